import { createHash, createPublicKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** What an administrator decides about the app that clients sign in through. */
export interface AppSettings {
  /**
   * Addresses a browser may be sent back to, compared as they are written. `loopback` stands for any http address of this
   * machine: the port of a program under test is not known before it runs.
   */
  redirectUris: readonly string[];
  /** Certificate or public key (PEM) that assertions are checked against; null: JWT bearer is not set up. */
  publicKey: string | null;
  /** Each refresh gives a new refresh token and ends the one it was asked with. */
  rotateRefreshTokens: boolean;
  /** Authorisation needs a code challenge, as new External Client Apps ask for. */
  requirePkce: boolean;
  /** A code or a refresh token is of use only together with the consumer secret. */
  requireSecret: boolean;
  /** Users need not have approved the app themselves before JWT bearer works for them. */
  preauthorised: boolean;
  /** Username-password is blocked in many organisations. */
  passwordFlow: boolean;
  /** A user is set that client credentials run as. */
  clientCredentialsUser: boolean;
}

const DEFAULTS: AppSettings = {
  redirectUris: ['loopback'],
  publicKey: null,
  rotateRefreshTokens: false,
  requirePkce: true,
  requireSecret: true,
  preauthorised: true,
  passwordFlow: true,
  clientCredentialsUser: true,
};

/** Scopes the app may ask for; without a scope in the request it is given all of them. */
const SCOPES = ['refresh_token', 'openid', 'api', 'id'];
const ALIASES: Record<string, string> = { offline_access: 'refresh_token', profile: 'id', email: 'id' };

/** The External Client App of the organisation, and how it is set up. */
export class App {
  readonly clientId: string;
  readonly clientSecret: string;
  private current: AppSettings;
  private key: KeyObject | null;

  constructor(seed: number, given: Partial<AppSettings>) {
    const { clientId, clientSecret } = credentialsOf(seed);
    this.clientId = clientId;
    this.clientSecret = clientSecret;
    this.current = { ...DEFAULTS, ...given };
    this.key = readKey(this.current.publicKey);
  }

  get settings(): AppSettings {
    return this.current;
  }

  get publicKey(): KeyObject | null {
    return this.key;
  }

  /** Throws RangeError for what is no certificate or public key, and then changes nothing. */
  change(given: Partial<AppSettings>): void {
    const next = { ...this.current, ...given };
    this.key = readKey(next.publicKey);
    this.current = next;
  }

  isClient(id: string): boolean {
    return isSame(id, this.clientId);
  }

  isSecret(secret: string): boolean {
    return isSame(secret, this.clientSecret);
  }

  /** `base` is the organisation's address: it has a page of its own for clients that no browser can come back to. */
  mayRedirectTo(uri: string, base: string): boolean {
    if (uri === `${base}/services/oauth2/success` || this.current.redirectUris.includes(uri)) return true;
    return this.current.redirectUris.includes('loopback') && isLoopback(uri);
  }
}

function isLoopback(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname, username } = new URL(uri);
  return protocol === 'http:' && username === '' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function readKey(pem: string | null): KeyObject | null {
  if (pem === null) return null;
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new RangeError('publicKey must be a certificate or a public key in PEM form', { cause: error });
  }
}

/** The scopes that are granted; null when one of them is not the app's. Empty text asks for all. */
export function readScopes(text: string): string[] | null {
  const asked = text.split(/\s+/).filter((scope) => scope !== '');
  if (asked.length === 0) return SCOPES;
  const wanted = new Set(asked.map((scope) => ALIASES[scope] ?? scope));
  return [...wanted].every((scope) => SCOPES.includes(scope)) ? SCOPES.filter((scope) => wanted.has(scope)) : null;
}

/** Compares in a time that says nothing about where two texts differ. */
export function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The consumer key and secret: the same for the same seed, so that a saved connection stays good. */
function credentialsOf(seed: number): { clientId: string; clientSecret: string } {
  return {
    clientId: `3MVG9${digestOf(seed, 'client id').toString('base64url').replaceAll('-', '.').slice(0, 80)}`,
    clientSecret: digestOf(seed, 'client secret').toString('hex').slice(0, 64).toUpperCase(),
  };
}

/** The demo user's password and security token. */
export function passwordOf(seed: number): { password: string; securityToken: string } {
  return {
    password: `demo-${digestOf(seed, 'password').toString('hex').slice(0, 10)}`,
    securityToken: digestOf(seed, 'security token').toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, 24),
  };
}

function digestOf(seed: number, text: string): Buffer {
  return createHash('sha512').update(`syncline demo ${seed} ${text}`).digest();
}
