import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../kit/clock.ts';
import type { Sessions } from '../sessions.ts';

/** What a person allowed the app in the browser. */
export interface Approval {
  userId: string;
  scopes: readonly string[];
  redirectUri: string;
  /** SHA-256 of the code verifier in base64url; null without PKCE. */
  challenge: string | null;
}

interface Code extends Approval {
  expires: number;
}

/** One approval that lasts: a refresh token, and the sessions that came from it. */
export interface Grant {
  id: string;
  userId: string;
  scopes: readonly string[];
  refreshToken: string;
}

const CODE_SECONDS = 900;
/** A sixth grant of one user to one app ends the oldest. Only grants with a refresh token are counted. */
const MOST_GRANTS = 5;

/** Authorisation codes and refresh tokens. */
export class Grants {
  private readonly clock: Clock;
  private readonly sessions: Sessions;
  private readonly codes = new Map<string, Code>();
  /** By id, the oldest first. */
  private readonly open = new Map<string, Grant>();
  private readonly approvers = new Set<string>();
  private made = 0;

  constructor(clock: Clock, sessions: Sessions) {
    this.clock = clock;
    this.sessions = sessions;
  }

  get size(): number {
    return this.open.size;
  }

  /** Whether the user allowed the app before. */
  hasApproved(userId: string): boolean {
    return this.approvers.has(userId);
  }

  /** A code that is good once, for a quarter of an hour. */
  giveCode(approval: Approval): string {
    const code = `aPrx${secret(48)}==`;
    this.approvers.add(approval.userId);
    this.codes.set(code, { ...approval, expires: this.clock.seconds() + CODE_SECONDS });
    return code;
  }

  /** The approval behind a code, which is used up by asking; null when it never was, was used, or is too old. */
  takeCode(code: string): Approval | null {
    const approval = this.codes.get(code);
    this.codes.delete(code);
    return approval === undefined || approval.expires < this.clock.seconds() ? null : approval;
  }

  start(userId: string, scopes: readonly string[]): Grant {
    const grant = { id: `grant-${++this.made}`, userId, scopes, refreshToken: newRefreshToken() };
    this.open.set(grant.id, grant);
    const ofUser = [...this.open.values()].filter((other) => other.userId === userId);
    for (const oldest of ofUser.slice(0, -MOST_GRANTS)) this.end(oldest);
    return grant;
  }

  find(refreshToken: string): Grant | undefined {
    return [...this.open.values()].find((grant) => grant.refreshToken === refreshToken);
  }

  /** Gives a grant a new refresh token. The old one is dead from now on; what it began lives on. */
  rotate(grant: Grant): void {
    grant.refreshToken = newRefreshToken();
  }

  /** Ends a grant with every session that came from it. */
  end(grant: Grant): void {
    this.open.delete(grant.id);
    this.sessions.endGrant(grant.id);
  }

  /** What an administrator does who revokes the app: no user approves it any more. */
  endAll(): void {
    for (const grant of [...this.open.values()]) this.end(grant);
    this.approvers.clear();
    this.codes.clear();
  }
}

/** What a code challenge must be for a verifier. */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function newRefreshToken(): string {
  return `5Aep861${secret(60)}`;
}

function secret(bytes: number): string {
  return randomBytes(bytes).toString('base64url').replaceAll('-', '.');
}
