/** A schedule that is published again goes on counting its runs. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('schedule_starts', (t) => {
    t.text('workflow_id').notNullable().references('workflows.id').onDelete('CASCADE');
    t.text('node_id').notNullable();
    // As they were when it was published last: with others it begins anew.
    t.text('plan').notNullable();
    t.text('time_zone').notNullable();
    t.integer('starts').notNullable();
    t.primary(['workflow_id', 'node_id']);
  });
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
