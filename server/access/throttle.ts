import { UserError } from '../../contract/errors.ts';
import { foldText } from '../../contract/types.ts';
import type { Tx } from '../db/transaction.ts';

/** Failed sign-ins that are allowed within the window. An address may stand for many people, so it gets more. */
const windowMs = 15 * 60_000;
const limits = { user: 8, address: 30 };

export interface AttemptKeys {
  address: string;
  /** Left out for links: they name no user. */
  user?: string;
}

const keysOf = ({ address, user }: AttemptKeys): { key: string; limit: number }[] => [
  { key: `address:${address}`, limit: limits.address },
  ...(user === undefined ? [] : [{ key: `user:${foldText(user)}`, limit: limits.user }]),
];

/**
 * Counts an attempt before it is tried, so that many at once cannot slip through, or throws UserError TOO_MANY_ATTEMPTS
 * with the seconds to wait. A success takes it back with `forgetAttempts`.
 */
export async function countAttempt(tx: Tx, keys: AttemptKeys, now: Date): Promise<void> {
  const since = new Date(now.getTime() - windowMs).toISOString();
  await tx('sign_in_attempts').where('at', '<=', since).delete();
  for (const { key, limit } of keysOf(keys)) {
    const tried = await tx<{ key: string; at: string }>('sign_in_attempts')
      .where({ key })
      .orderBy('at', 'desc')
      .limit(limit);
    const oldest = tried[limit - 1];
    if (oldest) throw new UserError('TOO_MANY_ATTEMPTS', { seconds: secondsUntilFree(oldest.at, now) });
    await tx('sign_in_attempts').insert({ key, at: now.toISOString() });
  }
}

function secondsUntilFree(at: string, now: Date): number {
  return Math.max(1, Math.ceil((Date.parse(at) + windowMs - now.getTime()) / 1_000));
}

/** After a success: the user starts afresh; of the address only this one attempt is taken back. */
export async function forgetAttempts(tx: Tx, keys: AttemptKeys): Promise<void> {
  for (const { key } of keysOf(keys)) {
    const newest = tx('sign_in_attempts').where({ key }).max('id');
    await tx('sign_in_attempts')
      .where({ key })
      .modify((rows) => {
        if (key.startsWith('address:')) rows.where('id', newest);
      })
      .delete();
  }
}
