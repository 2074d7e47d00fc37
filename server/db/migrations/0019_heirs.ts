/** Calls of webhooks are in the hands of the run that was begun in place of theirs, last: what that brought through waits no more. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  const last = db('tasks')
    .where('tasks.signal_id', db.raw('coalesce(??, ??)', ['signals.batch', 'signals.id']))
    .max('tasks.run_id');
  await db('signals')
    .where({ state: 'taken' })
    .whereNotNull('hook')
    .whereIn('run_id', db('runs').whereIn('state', ['failed', 'stopped', 'in doubt']).select('id'))
    .update({ run_id: db.raw('coalesce((?), ??)', [last, 'signals.run_id']) });
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
