/** Whether a workflow has a run that is not over is asked with every run: the answer must not wait for all that are kept. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('runs', (t) => {
    t.index(['workflow_name', 'state']);
    t.index(['workflow_id', 'state']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('runs', (t) => {
    t.dropIndex(['workflow_name', 'state']);
    t.dropIndex(['workflow_id', 'state']);
  });
}
