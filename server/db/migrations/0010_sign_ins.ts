/** Sign-ins of people at outside systems, who is renewing a connection's session, and the calls that connections make. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('sign_ins', (t) => {
    // SHA-256 of the state, which only the browser of the person knows.
    t.text('state_hash').primary();
    t.text('connection').notNullable().index();
    // The session (or the API token) that began it.
    t.text('bound_to').notNullable();
    t.text('redirect_uri').notNullable();
    // The PKCE verifier, sealed as the connection's secrets are.
    t.text('verifier').notNullable();
    t.text('begun_at').notNullable();
    t.text('expires_at').notNullable();
  });
  await db.schema.createTable('connection_leases', (t) => {
    t.text('connection').primary();
    t.text('holder').notNullable();
    t.text('until').notNullable();
  });
  await db.schema.createTable('connection_usage', (t) => {
    t.text('connection').primary();
    // As the outside system last said.
    t.integer('used').notNullable();
    t.integer('allowed').notNullable();
    t.text('told_at').notNullable();
  });
  await db.schema.createTable('connection_calls', (t) => {
    t.text('connection').notNullable();
    // The beginning of ten minutes.
    t.text('slot').notNullable();
    // Made in them, and reserved by processes that may still make them.
    t.integer('calls').notNullable();
    t.primary(['connection', 'slot']);
  });
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
