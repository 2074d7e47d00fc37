/** What reaches workflows from outside: stored before it is acknowledged, taken by one task. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('signals', (t) => {
    t.text('id').primary();
    t.text('workflow_id').notNullable().references('workflows.id').onDelete('CASCADE');
    t.text('name').notNullable();
    // JSON object: variables of the task that takes it.
    t.text('parameters').notNullable();
    t.boolean('complete').notNullable();
    t.text('by').notNullable();
    t.text('received_at').notNullable();
    // queued, taken or failed.
    t.text('state').notNullable();
    // The node at which it starts a run of the published version; null: it waits for a task.
    t.text('start_node');
    t.text('run_id');
    t.text('task_id');
    t.text('taken_at');
    t.text('error');
    t.index(['state', 'id']);
    t.index(['workflow_id', 'state']);
  });
  await db.schema.alterTable('tasks', (t) => {
    // The signal it waits for, and the one that was given to it.
    t.text('signal');
    t.text('signal_id');
  });
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
