import { createHash, createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Clock } from '../../kit/clock.ts';
import type { Settings } from '../options.ts';
import { guidOf } from '../store/guid.ts';

/** The registered application: who may sign in, and the tokens that are good now. */
export class App {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly publicKey: KeyObject | null;
  /** The secret has run out; the app proves itself by its certificate only. */
  secretExpired = false;
  /** Whether an application user exists in the organisation. */
  hasUser = true;
  private readonly clock: Clock;
  private readonly seconds: number;
  /** By token: the second at which it ends. */
  private readonly tokens = new Map<string, number>();
  private readonly assertions = new Set<string>();

  /** Throws Error when the public key is none. */
  constructor(clock: Clock, { seed, tokenSeconds, publicKey }: Settings) {
    this.clock = clock;
    this.seconds = tokenSeconds;
    this.clientId = guidOf(seed, 'application', 0);
    this.clientSecret = `${createHash('sha256').update(`secret ${seed}`).digest('base64url').slice(0, 37)}~Q8`;
    this.publicKey = publicKey === null ? null : readKey(publicKey);
  }

  get tokenSeconds(): number {
    return this.seconds;
  }

  get openTokens(): number {
    return this.tokens.size;
  }

  issue(audience: string, tenant: string): string {
    const now = this.clock.seconds();
    const claims = {
      aud: audience,
      iss: `https://sts.windows.net/${tenant}/`,
      appid: this.clientId,
      exp: now + this.seconds,
    };
    const parts = [
      { typ: 'JWT', alg: 'RS256' },
      { ...claims, iat: now, tid: tenant, ver: '1.0' },
    ];
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const token = `${text}.${randomBytes(32).toString('base64url')}`;
    this.tokens.set(token, now + this.seconds);
    return token;
  }

  isGood(token: string): boolean {
    const end = this.tokens.get(token);
    if (end === undefined) return false;
    if (this.clock.seconds() < end) return true;
    this.tokens.delete(token);
    return false;
  }

  expireAll(): void {
    this.tokens.clear();
  }

  /** Whether an assertion is used for the first time. */
  takeAssertion(id: string): boolean {
    if (this.assertions.has(id)) return false;
    this.assertions.add(id);
    return true;
  }
}

function readKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new Error('publicKey must be a certificate or a public key in PEM form', { cause: error });
  }
}
