/** What becomes of signals that are over. A run that can be tried again needs what it was given. */
import type { Knex } from 'knex';
import type { Db } from '../db/transaction.ts';

/** Milliseconds after which a signal that is over is forgotten, if no run needs it. */
const keptFor = 30 * 86_400_000;

/** Drops what signals brought whose runs are gone. That they came is known for longer. */
export async function dropContents(db: Db): Promise<void> {
  await unneeded(db)
    .where({ state: 'taken' })
    .andWhere((either) => either.whereNotNull('payload').orWhereNot({ parameters: '{}' }))
    .update({ payload: null, parameters: '{}' });
}

/** `of` left out: those of every workflow. */
export async function forgetOld(db: Db, now: Date, of: { workflow_id?: string } = {}): Promise<void> {
  const before = new Date(now.getTime() - keptFor).toISOString();
  await unneeded(db).where(of).whereIn('state', ['taken', 'failed']).andWhere('received_at', '<', before).delete();
}

/** Neither the run that took it is there, nor one that began anew in its place. */
function unneeded(db: Db): Knex.QueryBuilder {
  return db('signals')
    .whereNotExists(db('runs').select('id').where('runs.id', db.ref('signals.run_id')))
    .whereNotExists(db('tasks').select('id').where('tasks.signal_id', db.ref('signals.id')));
}
