/** Events of webhooks: how many a call brought, which of them were known, and the calls that one run took together. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('signals', (t) => {
    // Those that were not known.
    t.integer('events').notNullable().defaultTo(1);
    // Of the payload.
    t.integer('bytes').notNullable().defaultTo(0);
    // JSON: the places of events that were known, in the list that was sent; null: none.
    t.text('known');
    // The first of the calls that were taken together; null: it was taken alone.
    t.text('batch').index();
    // Whoever looks whether something waits reads no payload on the way.
    t.index(['workflow_id', 'hook', 'state', 'id', 'events', 'bytes', 'received_at']);
    t.index(['state', 'workflow_id', 'name', 'hook']);
  });
  await db.schema.createTable('hook_events', (t) => {
    t.text('workflow_id').notNullable().references('workflows.id').onDelete('CASCADE');
    t.text('path').notNullable();
    // A digest of the id that the sender gave it.
    t.text('event').notNullable();
    t.text('received_at').notNullable();
    t.primary(['workflow_id', 'path', 'event']);
    t.index(['received_at']);
  });
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
