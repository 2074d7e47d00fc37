import type { Request } from 'express';
import type { Access } from '../access/access.ts';
import type { Actor } from '../access/actor.ts';
import { findSession, prolongSession } from '../access/sessions.ts';
import { findToken, noteTokenUse } from '../access/tokens.ts';
import { inTransaction } from '../db/transaction.ts';
import { readSessionCookie } from './cookies.ts';

/** Who sends a request, and how that is known. */
export interface Caller {
  actor: Actor;
  /** The session's id for a request by cookie; null for a token. */
  session: string | null;
}

/**
 * By `Authorization: Bearer` or by the session cookie; null when neither is one of ours. A wrong token is not replaced by
 * a cookie: whoever sends one means it.
 */
export async function identify(access: Access, request: Request, secure: boolean): Promise<Caller | null> {
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
  if (bearer !== undefined) return byToken(access, bearer);
  const cookie = readSessionCookie(request, secure);
  return cookie === null ? null : bySession(access, cookie);
}

async function byToken(access: Access, secret: string): Promise<Caller | null> {
  const now = access.clock.now();
  const token = await findToken(access.db, secret, now);
  if (!token) return null;
  if (token.due) await inTransaction(access.db, (tx) => noteTokenUse(tx, token.id, now));
  return { actor: token.actor, session: null };
}

async function bySession(access: Access, secret: string): Promise<Caller | null> {
  const now = access.clock.now();
  const session = await findSession(access.db, secret, now);
  if (!session) return null;
  if (session.due)
    await inTransaction(access.db, (tx) => prolongSession(tx, session, { now, hours: access.sessionHours }));
  return { actor: session.actor, session: session.id };
}
