/**
 * A restored instance is held: its engine claims nothing, fires nothing and sends nothing. The one it was copied from may
 * still work, and what this one does would be done twice. A person lifts the hold.
 */
import { UserError } from '../../contract/errors.ts';
import type { Db, Tx } from '../db/transaction.ts';

export interface Hold {
  /** ISO. */
  restoredAt: string;
  /** ISO: the moment the data show. */
  backupAt: string;
}

const name = 'restored';

export async function setHold(tx: Tx, hold: Hold): Promise<void> {
  await tx('settings')
    .insert({ name, value: JSON.stringify(hold) })
    .onConflict('name')
    .merge();
}

/** null: the instance works. */
export async function readHold(db: Db): Promise<Hold | null> {
  const row: { value: string } | undefined = await db('settings').where({ name }).first('value');
  return row ? (JSON.parse(row.value) as Hold) : null;
}

/** A run that a person starts would wait without a word. Throws UserError INSTANCE_HELD. */
export async function refuseHeld(db: Db): Promise<void> {
  const hold = await readHold(db);
  if (hold) throw new UserError('INSTANCE_HELD', { backupAt: hold.backupAt });
}

/** From now on it works. Gives whether it was held; nudge the engine after the commit. */
export async function liftHold(tx: Tx): Promise<boolean> {
  return (await tx('settings').where({ name }).delete()) > 0;
}
