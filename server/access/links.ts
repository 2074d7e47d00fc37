import { UserError } from '../../contract/errors.ts';
import type { Tx } from '../db/transaction.ts';
import type { Change } from './audit.ts';
import { audited } from './audit.ts';
import type { UserRow } from './rows.ts';
import { hashSecret, makeSecret } from './secrets.ts';
import { createUser } from './users.ts';

interface LinkRow {
  id: string;
  user_name: string;
  expires_at: string;
  used_at: string | null;
}

const lifetimeMs = 24 * 3_600_000;
const firstAdmin = 'admin';

/** A token that signs a user in once, within a day. Earlier ones of the user end. */
async function createLink(change: Change, userName: string): Promise<string> {
  const { tx, now } = change;
  const token = makeSecret();
  await tx('sign_in_links').where({ user_name: userName }).delete();
  await tx('sign_in_links').insert({
    id: hashSecret(token),
    user_name: userName,
    expires_at: new Date(now.getTime() + lifetimeMs).toISOString(),
    used_at: null,
  });
  await audited(change, 'user.link', `user:${userName}`);
  return token;
}

/** The user a token signs in; it is spent with that. Throws UserError LINK_USED. */
export async function spendLink(tx: Tx, token: string, now: Date): Promise<UserRow> {
  const instant = now.toISOString();
  const link = tx<LinkRow>('sign_in_links').where({ id: hashSecret(token) });
  const spent = await link.clone().whereNull('used_at').where('expires_at', '>', instant).update({ used_at: instant });
  const row = spent === 1 ? await link.first() : undefined;
  const user = row && (await tx<UserRow>('users').where({ name: row.user_name, disabled: false }).first());
  if (!user) throw new UserError('LINK_USED');
  return user;
}

/**
 * The token to print at a start, or null. There is one when nobody could sign in otherwise (no admin has a password), and
 * always when asked for. The first start makes the user `admin`.
 */
export async function createStartLink(change: Change, always: boolean): Promise<string | null> {
  const { tx } = change;
  const admins = tx<UserRow>('users').where({ role: 'admin', disabled: false });
  const withPassword = await admins.clone().whereNotNull('password_hash').first();
  if (withPassword && !always) return null;
  const admin = (await admins.clone().where({ name: firstAdmin }).first()) ?? (await admins.orderBy('name').first());
  if (admin) return createLink(change, admin.name);
  await createUser(change, { name: firstAdmin, role: 'admin', passwordHash: null });
  return createLink(change, firstAdmin);
}
