/**
 * Which runs are not over is asked with every run and every half second: the answer must not wait for all that are kept. An
 * index of `held` alone would be taken for it, and holds nearly all of them under one value.
 */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('runs', (t) => {
    t.dropIndex(['held']);
    t.index(['held', 'state']);
    t.index(['workflow_name', 'state']);
    t.index(['workflow_id', 'state']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('runs', (t) => {
    t.dropIndex(['workflow_id', 'state']);
    t.dropIndex(['workflow_name', 'state']);
    t.dropIndex(['held', 'state']);
    t.index(['held']);
  });
}
