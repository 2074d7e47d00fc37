import { randomBytes } from 'node:crypto';
import type { Clock } from '../kit/clock.ts';

export interface Session {
  token: string;
  userId: string;
  scopes: readonly string[];
  /** The approval it came from; null for sessions that no refresh token stands behind. */
  grantId: string | null;
  started: number;
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

  start(userId: string, { grantId, scopes }: { grantId?: string; scopes?: readonly string[] } = {}): Session {
    const secret = randomBytes(72).toString('base64url').replaceAll('-', '.');
    const session = {
      token: `${this.organizationId.slice(0, 15)}!AQ${secret}`,
      userId,
      scopes: scopes ?? ['api'],
      grantId: grantId ?? null,
      started: this.clock.seconds(),
      lastUsed: this.clock.seconds(),
    };
    this.open.set(session.token, session);
    return session;
  }

  /** The session of a token, its idle time begun anew; null when it never was, was revoked, or idled too long. */
  use(token: string): Session | null {
    const session = this.find(token);
    if (session !== null) session.lastUsed = this.clock.seconds();
    return session;
  }

  /** The session of a token as `use` finds it, its idle time going on. */
  find(token: string): Session | null {
    const session = this.open.get(token);
    if (session === undefined) return null;
    if (this.clock.seconds() < this.endOf(session)) return session;
    this.open.delete(token);
    return null;
  }

  /** The second at which a session ends when nothing is asked with it. */
  endOf(session: Session): number {
    return session.lastUsed + this.idleSeconds + 1;
  }

  revoke(token: string): boolean {
    return this.open.delete(token);
  }

  /** Ends all that came from one approval. */
  endGrant(grantId: string): void {
    for (const session of this.open.values()) if (session.grantId === grantId) this.open.delete(session.token);
  }

  expireAll(): void {
    this.open.clear();
  }
}
