/** Alarms are states: one row for each, and a message for each change of state. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('alarms', (t) => {
    t.increments('id');
    t.text('kind').notNullable();
    // '' where it belongs to no workflow, or to no node.
    t.text('workflow').notNullable();
    t.text('node').notNullable();
    // raised or cleared.
    t.text('state').notNullable();
    t.text('severity').notNullable();
    t.text('since').notNullable();
    t.text('message').notNullable();
    // How often it was noticed since it was raised.
    t.integer('times').notNullable();
    t.text('run_id');
    t.text('acknowledged_at');
    t.text('acknowledged_by');
    t.unique(['kind', 'workflow', 'node']);
    t.index(['workflow', 'state']);
  });
  await db.schema.createTable('alarm_messages', (t) => {
    // Stays the same for each attempt: by it a receiver drops what it has already.
    t.text('id').primary();
    t.integer('alarm_id').notNullable().references('alarms.id').onDelete('CASCADE');
    t.text('connection').notNullable();
    // JSON: e-mail addresses.
    t.text('to').notNullable();
    t.text('body').notNullable();
    // due, sending, sent or failed.
    t.text('state').notNullable();
    t.integer('attempts').notNullable().defaultTo(0);
    // When it is tried next; while it is being sent, when its sender counts as lost.
    t.text('due').notNullable();
    t.text('error');
    t.text('created_at').notNullable();
    t.text('sent_at');
    t.index(['state', 'due']);
    t.index(['alarm_id', 'created_at']);
  });
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
