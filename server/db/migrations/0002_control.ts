/** What control over runs needs: priority, restarts, partial and simulated runs, what a workflow carries from run to run. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await moveFiles(db);
  await db.schema.alterTable('runs', (t) => {
    // Higher ones are claimed first.
    t.integer('priority').notNullable().defaultTo(1);
    // Held until that run has ended, whatever else the workflow runs: it is the restart of it.
    t.text('after_run');
    // The node behind which nothing is done.
    t.text('to_node');
    // Nothing is written but work tables.
    t.boolean('simulated').notNullable().defaultTo(false);
    // By node: errors in a row that were ignored.
    t.text('error_counts').notNullable().defaultTo('{}');
  });
  await db.schema.alterTable('workflows', (t) => {
    // What a run that a schedule starts begins with.
    t.text('instance_vars').notNullable().defaultTo('{}');
    t.text('error_counts').notNullable().defaultTo('{}');
  });
  await db.schema.alterTable('arrivals', (t) => {
    // The run whose store still holds the rows; the engine copies them before the task runs.
    t.text('from_run');
  });
}

/** In a table of their own, because SQLite reads through a long column to reach those that are added behind it. */
async function moveFiles(db: Knex): Promise<void> {
  await db.schema.createTable('run_files', (t) => {
    t.text('run_id').primary().references('runs.id').onDelete('CASCADE');
    t.text('file').notNullable();
  });
  await db.raw('insert into run_files (run_id, file) select id, file from runs');
  // Not by the schema builder: on SQLite it would make the table anew, and dropping the old one would take the tasks along.
  await db.raw('alter table runs drop column file');
}

export async function down(): Promise<void> {
  throw new Error('This migration is not undone: restore a backup instead.');
}
