/** What becomes of signals that are over. A run that can be tried again needs what it was given. */
import type { Knex } from 'knex';
import type { Db } from '../db/transaction.ts';
import { forgetEvents } from './eventIds.ts';

/** Milliseconds after which a signal that is over is forgotten, if no run needs it; and an event, in any case. */
const keptFor = 30 * 86_400_000;

/** Drops what signals brought whose runs are gone. That they came is known for longer. */
export async function dropContents(db: Db): Promise<void> {
  await unneeded(db)
    .whereIn('state', ['taken', 'dismissed'])
    .andWhere((either) => either.whereNotNull('payload').orWhereNot({ parameters: '{}' }))
    .update({ payload: null, parameters: '{}' });
}

/** What came before this instant (ISO) is forgotten. */
export const forgottenBefore = (now: Date): string => new Date(now.getTime() - keptFor).toISOString();

/** `of` left out: those of every workflow. */
export async function forgetOld(db: Db, now: Date, of: { workflow_id?: string } = {}): Promise<void> {
  const before = forgottenBefore(now);
  await unneeded(db)
    .where(of)
    .andWhere('received_at', '<', before)
    // What came by a webhook and could not start a run waits until a person says what becomes of it.
    .andWhere((over) => over.whereIn('state', ['taken', 'dismissed']).orWhere({ state: 'failed', hook: null }))
    .delete();
  await forgetEvents(db, before, of);
}

/** Neither the run that took it is there, nor one that began anew in its place. */
function unneeded(db: Db): Knex.QueryBuilder {
  return db('signals')
    .whereNotExists(db('runs').select('id').where('runs.id', db.ref('signals.run_id')))
    .whereNotExists(
      db('tasks')
        .select('id')
        .where('tasks.signal_id', db.raw('coalesce(??, ??)', ['signals.batch', 'signals.id'])),
    );
}
