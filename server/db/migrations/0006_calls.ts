/** Workflows that call others: the run that was started, and the task that waits for it. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('runs', (t) => {
    // Of a run that a task of another run has called.
    t.text('parent_run');
    t.text('parent_task').index();
    // How many calls lie above it.
    t.integer('depth').notNullable().defaultTo(0);
  });
  await db.schema.alterTable('tasks', (t) => {
    // The run that it has called, last.
    t.text('call_run');
    // JSON: rows in the store of the calling run, for a task at which a called run begins.
    t.text('given');
  });
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
