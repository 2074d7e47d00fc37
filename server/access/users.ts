import type { Reply, Role } from '../../contract/api.ts';
import { UserError } from '../../contract/errors.ts';
import { foldText } from '../../contract/types.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Change } from './audit.ts';
import { audited } from './audit.ts';
import type { UserRow } from './rows.ts';
import { endSessions } from './sessions.ts';

type User = Reply<'createUser'>;

const toUser = (row: UserRow): User => ({
  name: row.name,
  role: row.role,
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at,
  disabled: Boolean(row.disabled),
});
const subjectOf = (name: string): string => `user:${name}`;

export async function listUsers(db: Db): Promise<User[]> {
  return (await db<UserRow>('users').orderBy('name')).map(toUser);
}

/** Upper and lower case are the same name; null where there is none. */
export async function findUser(db: Db, name: string): Promise<UserRow | null> {
  const exact = await db<UserRow>('users').where({ name }).first();
  if (exact) return exact;
  const all = await db<UserRow>('users').select('*');
  return all.find((row) => foldText(row.name) === foldText(name)) ?? null;
}

async function getUser(db: Db, name: string): Promise<UserRow> {
  const row = await db<UserRow>('users').where({ name }).first();
  if (!row) throw new UserError('NOT_FOUND', { what: `The user "${name}"` });
  return row;
}

/** Passwords are hashed by the caller, before the transaction: it takes tens of milliseconds. Throws UserError NAME_TAKEN. */
export async function createUser(
  change: Change,
  user: { name: string; role: Role; passwordHash: string | null },
): Promise<User> {
  const { tx, now } = change;
  if (await findUser(tx, user.name)) throw new UserError('NAME_TAKEN', { name: user.name });
  const row: UserRow = {
    name: user.name,
    role: user.role,
    password_hash: user.passwordHash,
    disabled: false,
    created_at: now.toISOString(),
    last_seen_at: null,
  };
  await tx('users').insert(row);
  await audited(change, 'user.create', subjectOf(row.name), null, { role: row.role });
  return toUser(row);
}

export interface UserUpdate {
  role?: Role | undefined;
  disabled?: boolean | undefined;
  passwordHash?: string | undefined;
}

/** A new password and disabling end the user's sessions. Throws UserError NOT_FOUND or LAST_ADMIN. */
export async function updateUser(change: Change, name: string, update: UserUpdate): Promise<User> {
  const { tx } = change;
  const old = await getUser(tx, name);
  const row: UserRow = {
    ...old,
    role: update.role ?? old.role,
    disabled: update.disabled ?? Boolean(old.disabled),
    password_hash: update.passwordHash ?? old.password_hash,
  };
  await tx('users').where({ name }).update(row);
  await keepAnAdmin(tx);
  if (row.disabled || update.passwordHash !== undefined) await endSessions(tx, name);
  const seen = (user: UserRow) => ({ role: user.role, disabled: Boolean(user.disabled) });
  await audited(change, 'user.update', subjectOf(name), seen(old), {
    ...seen(row),
    ...(update.passwordHash === undefined ? {} : { password: 'set' }),
  });
  return toUser(row);
}

/** Throws UserError NOT_FOUND or LAST_ADMIN. */
export async function deleteUser(change: Change, name: string): Promise<void> {
  const old = await getUser(change.tx, name);
  await change.tx('users').where({ name }).delete();
  await keepAnAdmin(change.tx);
  await endSessions(change.tx, name);
  await change.tx('sign_in_links').where({ user_name: name }).delete();
  await audited(change, 'user.delete', subjectOf(name), { role: old.role });
}

async function keepAnAdmin(tx: Tx): Promise<void> {
  const admin = await tx<UserRow>('users').where({ role: 'admin', disabled: false }).first();
  if (!admin) throw new UserError('LAST_ADMIN');
}

/** Sets the own password and ends the user's other sessions. The caller has checked the old one. */
export async function setOwnPassword(change: Change, password: string, keepSession: string): Promise<void> {
  const { tx, actor } = change;
  await tx('users').where({ name: actor.name }).update({ password_hash: password });
  await endSessions(tx, actor.name, keepSession);
  await audited(change, 'user.password', subjectOf(actor.name), null, { password: 'set' });
}
