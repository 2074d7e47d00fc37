/** Webhooks: the paths of published workflows, and what their calls bring besides parameters. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('hooks', (t) => {
    t.text('path').primary();
    t.text('workflow_id').notNullable().index();
    t.text('node_id').notNullable();
    // JSON of the HookDeclaration.
    t.text('declaration').notNullable();
  });
  await db.schema.alterTable('signals', (t) => {
    // The path it came by; null: it was sent by its name.
    t.text('hook');
    // The JSON that was sent.
    t.text('payload');
    // By both of these a call is known again: a replay, and a sender that tries again.
    t.text('signature');
    t.text('event_id');
    t.unique(['hook', 'signature']);
    t.unique(['hook', 'event_id']);
    t.index(['hook', 'received_at']);
  });
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
