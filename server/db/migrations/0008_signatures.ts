/** One message is taken at one webhook only; which signals are still needed is found by their run and task. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  const first = db('signals').whereNotNull('signature').groupBy('signature').min('id');
  // What was taken twice is over: only the first is still known by it.
  await db('signals').whereNotNull('signature').whereNotIn('id', first).update({ signature: null });
  await db.schema.alterTable('signals', (t) => {
    t.dropUnique(['hook', 'signature']);
    t.unique(['signature']);
    t.index(['run_id']);
  });
  await db.schema.alterTable('tasks', (t) => {
    t.index(['signal_id']);
  });
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
