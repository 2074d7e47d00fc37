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

interface Given {
  name: string;
  password: string;
  /** Of the client: failures are counted by it, too. */
  address: string;
}

/** Throws UserError WRONG_PASSWORD or TOO_MANY_ATTEMPTS; neither says whether the user exists. */
export async function signInByPassword(access: Access, given: Given): Promise<SignedIn> {
  const user = await checkPassword(access, given);
  return open(access, async () => user, { address: given.address, user: given.name });
}

/** Asks somebody who is signed in for the password again, throttled like a sign-in. */
export async function confirmPassword(access: Access, given: Given): Promise<void> {
  await checkPassword(access, given);
  await inTransaction(access.db, (tx) => forgetAttempts(tx, { address: given.address, user: given.name }));
}

async function checkPassword(access: Access, { name, password, address }: Given): Promise<UserRow> {
  await inTransaction(access.db, (tx) => countAttempt(tx, { address, user: name }, access.clock.now()));
  const user = await findUser(access.db, name);
  const right = await isPassword(password, user?.password_hash ?? null);
  if (!right || !user || user.disabled) throw new UserError('WRONG_PASSWORD');
  return user;
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
