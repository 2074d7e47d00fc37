/** A task may wait for a person's answer: its question, and the last answer as JSON. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('tasks', (t) => {
    t.text('asks');
    t.text('decision');
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('tasks', (t) => t.dropColumns('asks', 'decision'));
}
