import type { Db, Tx } from '../db/transaction.ts';
import type { Actor } from './actor.ts';
import type { UserRow } from './rows.ts';
import { hashSecret, makeSecret } from './secrets.ts';

interface SessionRow {
  id: string;
  user_name: string;
  created_at: string;
  expires_at: string;
}

export interface Session {
  /** What is stored: the hash of the cookie's value. */
  id: string;
  actor: Actor;
}

/** How old the recorded use of a session may get: one write a minute, not one per request. */
const seenEveryMs = 60_000;
const hourMs = 3_600_000;

/** Gives the cookie's value; only its hash is stored. */
export async function openSession(tx: Tx, userName: string, options: { now: Date; hours: number }): Promise<string> {
  const secret = makeSecret();
  const { now, hours } = options;
  await tx('sessions').where('expires_at', '<=', now.toISOString()).delete();
  await tx('sessions').insert({
    id: hashSecret(secret),
    user_name: userName,
    created_at: now.toISOString(),
    expires_at: new Date(now.getTime() + hours * hourMs).toISOString(),
  });
  await tx('users').where({ name: userName }).update({ last_seen_at: now.toISOString() });
  return secret;
}

/** The session of a cookie's value; null when it has ended or its user is gone or disabled. */
export async function findSession(db: Db, secret: string, now: Date): Promise<(Session & { due: boolean }) | null> {
  const row = await db<SessionRow>('sessions')
    .where({ id: hashSecret(secret) })
    .first();
  if (!row || row.expires_at <= now.toISOString()) return null;
  const user = await db<UserRow>('users').where({ name: row.user_name }).first();
  if (!user || user.disabled) return null;
  const seen = Date.parse(user.last_seen_at ?? row.created_at);
  const actor: Actor = { kind: 'user', name: user.name, role: user.role };
  return { id: row.id, actor, due: now.getTime() - seen >= seenEveryMs };
}

/** Moves the end of a session that is in use, and notes when its user was last here. */
export async function prolongSession(tx: Tx, session: Session, options: { now: Date; hours: number }): Promise<void> {
  const { now, hours } = options;
  const expires = new Date(now.getTime() + hours * hourMs).toISOString();
  await tx('sessions').where({ id: session.id }).update({ expires_at: expires });
  await tx('users').where({ name: session.actor.name }).update({ last_seen_at: now.toISOString() });
}

export async function endSession(tx: Tx, id: string): Promise<void> {
  await tx('sessions').where({ id }).delete();
}

/** Ends all sessions of a user, but the one to keep. */
export async function endSessions(tx: Tx, userName: string, keep = ''): Promise<void> {
  await tx('sessions').where({ user_name: userName }).whereNot({ id: keep }).delete();
}
