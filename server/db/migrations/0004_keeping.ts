/** Rows of a run may go before the run does. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('runs', (t) => {
    // Marked as purged, and the store is really away.
    t.boolean('store_gone').notNullable().defaultTo(false);
    t.index(['purged', 'store_gone']);
  });
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
