/**
 * What a commit makes and begins itself is nobody else's business: on PostgreSQL a new task is told of at the end of the
 * transaction, and only if it is still to be claimed. And the questions of every commit find their rows by an index.
 */
import type { Knex } from 'knex';
import { isSqlite } from '../transaction.ts';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('tasks', (t) => {
    t.index(['run_id', 'node_id']);
    t.dropIndex(['run_id']);
  });
  if (isSqlite(db)) return;
  await db.raw(`
    create function tell_new_task() returns trigger language plpgsql as $$
    begin
      perform pg_notify(tg_table_schema, 'task') from tasks where id = new.id and state = 'pending';
      return null;
    end $$`);
  await db.raw('drop trigger tell_insert on tasks');
  await db.raw(`
    create constraint trigger tell_insert after insert on tasks deferrable initially deferred
    for each row when (new.state = 'pending') execute function tell_new_task()`);
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
