import { UserError } from '../../contract/errors.ts';
import type { Tx } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Access } from './access.ts';
import { audited } from './audit.ts';
import { spendLink } from './links.ts';
import { isPassword } from './passwords.ts';
import type { UserRow } from './rows.ts';
import { openSession } from './sessions.ts';
import type { AttemptKeys } from './throttle.ts';
import { countAttempt, forgetAttempts } from './throttle.ts';
import { findUser } from './users.ts';

/** A new session: `secret` is the cookie's value. */
export interface SignedIn {
  secret: string;
  user: Pick<UserRow, 'name' | 'role'>;
}

/** Throws UserError WRONG_PASSWORD or TOO_MANY_ATTEMPTS; neither says whether the user exists. */
export async function signInByPassword(
  access: Access,
  given: { name: string; password: string; address: string },
): Promise<SignedIn> {
  const keys: AttemptKeys = { address: given.address, user: given.name };
  await inTransaction(access.db, (tx) => countAttempt(tx, keys, access.clock.now()));
  const user = await findUser(access.db, given.name);
  const right = await isPassword(given.password, user?.password_hash ?? null);
  if (!right || !user || user.disabled) throw new UserError('WRONG_PASSWORD');
  return open(access, async () => user, keys);
}

/** Throws UserError LINK_USED or TOO_MANY_ATTEMPTS. */
export async function signInByLink(access: Access, given: { token: string; address: string }): Promise<SignedIn> {
  const keys: AttemptKeys = { address: given.address };
  await inTransaction(access.db, (tx) => countAttempt(tx, keys, access.clock.now()));
  return open(access, (tx) => spendLink(tx, given.token, access.clock.now()), keys);
}

async function open(access: Access, find: (tx: Tx) => Promise<SignedIn['user']>, keys: AttemptKeys): Promise<SignedIn> {
  const now = access.clock.now();
  return inTransaction(access.db, async (tx) => {
    const { name, role } = await find(tx);
    const secret = await openSession(tx, name, { now, hours: access.sessionHours });
    await forgetAttempts(tx, keys);
    await audited({ tx, actor: { kind: 'user', name, role }, now }, 'user.sign-in', `user:${name}`);
    return { secret, user: { name, role } };
  });
}
