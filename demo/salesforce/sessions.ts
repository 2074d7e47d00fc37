import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

export interface Session {
  token: string;
  userId: string;
  lastUsed: number;
}

/** Access tokens that are good now. */
export class Sessions {
  private readonly open = new Map<string, Session>();
  private readonly clock: Clock;
  private readonly organizationId: string;
  private readonly idleSeconds: number;

  constructor(clock: Clock, organizationId: string, idleSeconds: number) {
    this.clock = clock;
    this.organizationId = organizationId;
    this.idleSeconds = idleSeconds;
  }

  get size(): number {
    return this.open.size;
  }

  start(userId: string): Session {
    const secret = randomBytes(72).toString('base64url').replaceAll('-', '.');
    const session = {
      token: `${this.organizationId.slice(0, 15)}!AQ${secret}`,
      userId,
      lastUsed: this.clock.seconds(),
    };
    this.open.set(session.token, session);
    return session;
  }

  /** The session of a token, its idle time begun anew; null when it never was, was revoked, or idled too long. */
  use(token: string): Session | null {
    const session = this.open.get(token);
    if (session === undefined) return null;
    const now = this.clock.seconds();
    if (now - session.lastUsed > this.idleSeconds) {
      this.open.delete(token);
      return null;
    }
    session.lastUsed = now;
    return session;
  }

  revoke(token: string): boolean {
    return this.open.delete(token);
  }

  expireAll(): void {
    this.open.clear();
  }
}

/** The consumer key and secret of the organisation: the same for the same seed, so that a saved connection stays good. */
export function credentialsOf(seed: number): { clientId: string; clientSecret: string } {
  const digest = (text: string): Buffer => createHash('sha512').update(`syncline demo ${seed} ${text}`).digest();
  return {
    clientId: `3MVG9${digest('client id').toString('base64url').replaceAll('-', '.').slice(0, 80)}`,
    clientSecret: digest('client secret').toString('hex').slice(0, 64).toUpperCase(),
  };
}
