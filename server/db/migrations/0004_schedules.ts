/** Schedules hold a plan (times and validity) in place of a cron text. */
import type { Knex } from 'knex';

interface OldRow {
  cron: string;
}

/** The table is made anew: SQLite cannot take a column away that must not be null. What was due stays due. */
export async function up(db: Knex): Promise<void> {
  const rows: OldRow[] = await db('schedules');
  await db.schema.dropTable('schedules');
  await db.schema.createTable('schedules', (t) => {
    t.text('workflow_id').notNullable();
    t.text('node_id').notNullable();
    t.integer('version').notNullable();
    t.text('plan').notNullable();
    t.text('time_zone').notNullable();
    t.text('overlap').notNullable();
    t.text('catch_up').notNullable();
    t.integer('catch_up_hours');
    t.integer('late_after');
    t.integer('starts').notNullable();
    t.text('next_at').index();
    t.primary(['workflow_id', 'node_id']);
  });
  const validity = { from: null, runs: null, to: null };
  for (const { cron, ...row } of rows)
    await db('schedules').insert({
      ...row,
      plan: JSON.stringify({ timing: { cron, kind: 'cron' }, validity }),
      starts: 0,
    });
}

export async function down(): Promise<void> {
  throw new Error('Schedules are not taken back to cron texts: restore a backup instead.');
}
