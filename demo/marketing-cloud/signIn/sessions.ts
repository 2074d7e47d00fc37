import { randomBytes } from 'node:crypto';
import type { Clock } from '../../kit/clock.ts';

/** Seconds for which a token is good; what is said to the client is shorter. */
const LIFETIME = 1200;
export const SAID_LIFETIME = 1079;

export interface Session {
  /** The business unit that the token acts in; data extensions of others are not seen. */
  accountId: number;
  scopes: readonly string[];
  ends: number;
}

/** Access tokens that were given out. */
export class Sessions {
  private readonly open = new Map<string, Session>();
  private readonly ended = new Set<string>();
  private readonly clock: Clock;
  private issued = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get size(): number {
    return this.open.size;
  }

  /** Tokens given out since the start. */
  get total(): number {
    return this.issued;
  }

  start(accountId: number, scopes: readonly string[]): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const secret = randomBytes(18).toString('base64url');
    const token = `${part({ alg: 'HS256', kid: '1', ver: '1', typ: 'JWT' })}.${part({ access_token: secret })}.${randomBytes(32).toString('base64url')}`;
    this.open.set(token, { accountId, scopes, ends: this.clock.seconds() + LIFETIME });
    this.issued++;
    return token;
  }

  /** The session of a token; 'expired' when it is over, null when it never was. */
  find(token: string): Session | 'expired' | null {
    const session = this.open.get(token);
    if (session === undefined) return this.ended.has(token) ? 'expired' : null;
    if (this.clock.seconds() < session.ends) return session;
    this.end(token);
    return 'expired';
  }

  expireAll(): void {
    for (const token of this.open.keys()) this.end(token);
  }

  private end(token: string): void {
    this.open.delete(token);
    this.ended.add(token);
  }
}
