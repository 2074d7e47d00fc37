import type { Reply, Role } from '../../contract/api.ts';
import { UserError } from '../../contract/errors.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Actor } from './actor.ts';
import { actorText } from './actor.ts';
import type { Change } from './audit.ts';
import { audited } from './audit.ts';
import { hashSecret, makeSecret } from './secrets.ts';

interface TokenRow {
  id: string;
  hash: string;
  label: string;
  role: Role;
  created_by: string;
  created_at: string;
  last_used_at: string | null;
}
type Token = Reply<'listTokens'>[number];

/** Marks the text as a secret of ours, so that scanners of repositories can find it. */
const prefix = 'syncline_';
const usedEveryMs = 60_000;

const toToken = (row: TokenRow): Token => ({
  id: row.id,
  label: row.label,
  role: row.role,
  createdBy: row.created_by,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
});

export async function listTokens(db: Db): Promise<Token[]> {
  return (await db<TokenRow>('tokens').orderBy('created_at')).map(toToken);
}

/** The secret is in this reply and nowhere else: only its hash is stored. */
export async function createToken(
  change: Change,
  token: { id: string; label: string; role: Role },
): Promise<Reply<'createToken'>> {
  const { tx, actor, now } = change;
  const secret = makeSecret(prefix);
  const row: TokenRow = {
    ...token,
    hash: hashSecret(secret),
    created_by: actorText(actor),
    created_at: now.toISOString(),
    last_used_at: null,
  };
  await tx('tokens').insert(row);
  await audited(change, 'token.create', `token:${row.id}`, null, { label: row.label, role: row.role });
  return { ...toToken(row), secret };
}

/** Throws UserError NOT_FOUND. */
export async function deleteToken(change: Change, id: string): Promise<void> {
  const row = await change.tx<TokenRow>('tokens').where({ id }).first();
  if (!row) throw new UserError('NOT_FOUND', { what: 'The API token' });
  await change.tx('tokens').where({ id }).delete();
  await audited(change, 'token.delete', `token:${id}`, { label: row.label, role: row.role });
}

/** Who sends a token (its label, and who made it), and whether its last use is due to be noted; null for one that is not ours. */
export async function findToken(
  db: Db,
  secret: string,
  now: Date,
): Promise<{ id: string; actor: Actor; due: boolean } | null> {
  const row = await db<TokenRow>('tokens')
    .where({ hash: hashSecret(secret) })
    .first();
  if (!row) return null;
  const due = row.last_used_at === null || now.getTime() - Date.parse(row.last_used_at) >= usedEveryMs;
  return { id: row.id, actor: { kind: 'token', name: row.label, maker: row.created_by, role: row.role }, due };
}

export async function noteTokenUse(tx: Tx, id: string, now: Date): Promise<void> {
  await tx('tokens').where({ id }).update({ last_used_at: now.toISOString() });
}
