/**
 * The control store. Instants are ISO text in UTC with milliseconds (they sort as text); JSON is text; ids are text that
 * sorts by time. The same statements on every database.
 */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await workflows(db);
  await runs(db);
  await options(db);
  await schedules(db);
  await access(db);
  await connections(db);
}

async function workflows(db: Knex): Promise<void> {
  await db.schema.createTable('workflows', (t) => {
    t.text('id').primary();
    t.text('internal_name').notNullable().unique();
    t.text('label').notNullable();
    t.text('draft').notNullable();
    t.integer('revision').notNullable();
    t.integer('published_version');
    t.text('created_at').notNullable();
    t.text('created_by').notNullable();
    t.text('updated_at').notNullable();
    t.text('updated_by').notNullable();
  });
  await db.schema.createTable('workflow_versions', (t) => {
    t.text('workflow_id').notNullable();
    t.integer('version').notNullable();
    t.text('file').notNullable();
    t.text('note').notNullable();
    t.text('created_at').notNullable();
    t.text('created_by').notNullable();
    t.primary(['workflow_id', 'version']);
  });
}

async function runs(db: Knex): Promise<void> {
  await db.schema.createTable('runs', (t) => {
    t.text('id').primary();
    t.text('workflow_id');
    t.text('workflow_name').notNullable();
    t.text('workflow_label').notNullable();
    t.integer('version');
    t.text('state').notNullable();
    t.text('origin').notNullable();
    t.text('start_node');
    t.text('created_at').notNullable();
    t.text('started_at');
    t.text('ended_at');
    // Written first by every transaction on the run: that write is its lock.
    t.integer('lock').notNullable().defaultTo(0);
    t.integer('last_seq').notNullable().defaultTo(0);
    t.integer('rejects').notNullable().defaultTo(0);
    t.text('error');
    t.text('instance_vars').notNullable().defaultTo('{}');
    // Waits for another run of its workflow to end; none of its tasks may be claimed.
    t.boolean('held').notNullable().defaultTo(false);
    // null; 'stop', 'fail' or 'end' while tasks that still run are being interrupted.
    t.text('ending');
    t.text('ending_at');
    // Its rows are being given up: nobody opens them any more.
    t.boolean('purged').notNullable().defaultTo(false);
    // The frozen workflow. Last, because SQLite reads through it to reach what stands behind.
    t.text('file').notNullable();
    t.index(['workflow_name', 'created_at']);
    t.index(['state']);
    t.index(['held']);
  });
  await db.schema.createTable('tasks', (t) => {
    t.text('id').primary();
    t.text('run_id').notNullable().index().references('runs.id').onDelete('CASCADE');
    t.text('node_id').notNullable();
    t.text('state').notNullable();
    // Counts claims. Every write of an attempt says its number, so a later claim fences it.
    t.integer('attempt').notNullable().defaultTo(0);
    t.integer('pass').notNullable();
    t.text('due').notNullable();
    t.text('lease_owner');
    t.text('lease_until');
    // Attempts that failed and were retried under the node's policy.
    t.integer('retries').notNullable().defaultTo(0);
    // Attempts in a row that ended with their process.
    t.integer('takeovers').notNullable().defaultTo(0);
    t.text('created_at').notNullable();
    t.text('started_at');
    t.text('ended_at');
    t.integer('duration_ms');
    t.integer('rows_in').notNullable().defaultTo(0);
    // Variables that came in, and those that left.
    t.text('vars').notNullable().defaultTo('{}');
    t.text('vars_out');
    // What a waiting node gave to be given back; null: it never waited.
    t.text('memory');
    t.text('scheduled_for');
    t.text('progress');
    t.integer('log_lines').notNullable().defaultTo(0);
    t.text('error');
    t.index(['state', 'due']);
  });
  await db.schema.createTable('arrivals', (t) => {
    t.increments('id');
    t.text('run_id').notNullable().references('runs.id').onDelete('CASCADE');
    t.text('transition_id').notNullable();
    t.text('from_task').notNullable();
    t.text('to_node').notNullable();
    t.text('table_ref');
    t.integer('count');
    t.text('vars').notNullable();
    // waiting: a token in a join. taken: by task_id. dropped: its branch stops here.
    t.text('state').notNullable();
    t.text('task_id').index();
    t.index(['run_id', 'state', 'to_node']);
  });
  await db.schema.createTable('outputs', (t) => {
    t.text('task_id').notNullable();
    t.text('port').notNullable();
    t.text('run_id').notNullable().index().references('runs.id').onDelete('CASCADE');
    // The kind of the port: success, reject, error or branch.
    t.text('kind').notNullable();
    t.integer('count');
    t.text('table_ref');
    t.boolean('kept').notNullable().defaultTo(true);
    t.primary(['task_id', 'port']);
  });
  await db.schema.createTable('events', (t) => {
    t.text('run_id').notNullable().references('runs.id').onDelete('CASCADE');
    t.integer('seq').notNullable();
    t.text('at').notNullable();
    t.text('type').notNullable();
    t.text('task_id');
    t.text('body').notNullable();
    t.primary(['run_id', 'seq']);
    t.index(['task_id', 'type']);
  });
  await db.schema.createTable('pending_effects', (t) => {
    t.increments('id');
    t.text('run_id').notNullable().index().references('runs.id').onDelete('CASCADE');
    t.text('task_id').notNullable();
    t.text('effect').notNullable();
  });
  // One row per engine process: its heartbeat is what health looks at.
  await db.schema.createTable('engines', (t) => {
    t.text('id').primary();
    t.integer('pid').notNullable();
    t.text('host').notNullable();
    t.text('started_at').notNullable();
    t.text('beat_at').notNullable();
  });
}

async function options(db: Knex): Promise<void> {
  await db.schema.createTable('options', (t) => {
    t.text('name').primary();
    t.text('value').notNullable();
    t.boolean('is_cursor').notNullable().defaultTo(false);
    t.text('updated_at').notNullable();
    t.text('updated_by').notNullable();
  });
  await db.schema.createTable('option_changes', (t) => {
    t.increments('id');
    t.text('name').notNullable().index();
    t.text('at').notNullable();
    t.text('by').notNullable();
    t.text('run_id');
    t.text('old');
    t.text('new');
  });
}

async function schedules(db: Knex): Promise<void> {
  await db.schema.createTable('schedules', (t) => {
    t.text('workflow_id').notNullable();
    t.text('node_id').notNullable();
    t.integer('version').notNullable();
    t.text('cron').notNullable();
    t.text('time_zone').notNullable();
    t.text('overlap').notNullable();
    t.text('catch_up').notNullable();
    t.text('next_at').index();
    t.primary(['workflow_id', 'node_id']);
  });
  await db.schema.createTable('schedule_fires', (t) => {
    t.text('workflow_id').notNullable();
    t.text('node_id').notNullable();
    t.text('instant').notNullable();
    // null: the instant was passed over (overlap, catch-up, or the start was refused), which is recorded too.
    t.text('run_id');
    // started, queued, skipped, missed or refused.
    t.text('outcome').notNullable();
    t.text('error');
    t.text('at').notNullable();
    t.primary(['workflow_id', 'node_id', 'instant']);
  });
}

async function access(db: Knex): Promise<void> {
  await db.schema.createTable('users', (t) => {
    t.text('name').primary();
    t.text('role').notNullable();
    // argon2id; null: signs in by link only.
    t.text('password_hash');
    t.boolean('disabled').notNullable().defaultTo(false);
    t.text('created_at').notNullable();
    t.text('last_seen_at');
  });
  await db.schema.createTable('sessions', (t) => {
    // SHA-256 of the cookie's value.
    t.text('id').primary();
    t.text('user_name').notNullable().index();
    t.text('created_at').notNullable();
    t.text('expires_at').notNullable();
  });
  await db.schema.createTable('sign_in_links', (t) => {
    t.text('id').primary();
    t.text('user_name').notNullable();
    t.text('expires_at').notNullable();
    t.text('used_at');
  });
  await db.schema.createTable('sign_in_attempts', (t) => {
    t.increments('id');
    t.text('key').notNullable();
    t.text('at').notNullable();
    t.index(['key', 'at']);
  });
  await db.schema.createTable('tokens', (t) => {
    t.text('id').primary();
    t.text('hash').notNullable().unique();
    t.text('label').notNullable();
    t.text('role').notNullable();
    t.text('created_by').notNullable();
    t.text('created_at').notNullable();
    t.text('last_used_at');
  });
  await db.schema.createTable('audit', (t) => {
    t.increments('id');
    t.text('at').notNullable();
    t.text('by').notNullable();
    t.text('action').notNullable();
    t.text('subject').notNullable().index();
    t.text('old');
    t.text('new');
  });
  await db.schema.createTable('settings', (t) => {
    t.text('name').primary();
    t.text('value').notNullable();
  });
}

async function connections(db: Knex): Promise<void> {
  await db.schema.createTable('connections', (t) => {
    t.text('name').primary();
    t.text('kind').notNullable();
    t.text('label').notNullable();
    t.text('settings').notNullable();
    // AES-256-GCM of the JSON of the secret settings.
    t.text('secrets').notNullable();
    t.text('verified');
    t.text('updated_at').notNullable();
    t.text('updated_by').notNullable();
  });
}

export async function down(): Promise<void> {
  throw new Error('The first migration is not undone: restore a backup instead.');
}
