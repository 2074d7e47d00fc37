/** Variables of one task, which it keeps while it waits. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('tasks', (t) => {
    t.text('task_vars').notNullable().defaultTo('{}');
  });
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
