/**
 * On PostgreSQL the store says by itself what others wait for (NOTIFY, on a channel named like the schema): whoever writes, and
 * whoever adds another way to write, cannot forget it. Listeners are in `../notices.ts`. SQLite has none: nobody could hear it.
 */
import type { Knex } from 'knex';
import { isSqlite } from '../transaction.ts';

export async function up(db: Knex): Promise<void> {
  if (isSqlite(db)) return;
  await db.raw(`
    create function tell_task() returns trigger language plpgsql as $$
    begin
      perform pg_notify(tg_table_schema, case when tg_op = 'INSERT' then 'task' else 'look' end);
      return null;
    end $$`);
  // A new task can be claimed at once; one that is given back or woken is found by looking.
  await db.raw(
    `create trigger tell_insert after insert on tasks for each row when (new.state = 'pending') execute function tell_task()`,
  );
  await db.raw(`
    create trigger tell_update after update of state, due on tasks for each row
    when (new.state in ('pending', 'waiting') and (old.state <> new.state or old.due <> new.due)) execute function tell_task()`);
  await db.raw(`
    create function tell_run() returns trigger language plpgsql as $$
    begin
      if old.last_seq <> new.last_seq then perform pg_notify(tg_table_schema, 'run ' || new.id); end if;
      if (old.held and not new.held) or (old.ending is null and new.ending is not null) or (old.state = 'paused' and new.state <> 'paused')
        then perform pg_notify(tg_table_schema, 'look');
      end if;
      return null;
    end $$`);
  await db.raw('create trigger tell_update after update on runs for each row execute function tell_run()');
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
