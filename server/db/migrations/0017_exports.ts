/** What is kept of exports, what people said of their records, and the runs that undo or repeat them. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('exports', (t) => {
    // That of the task that made it.
    t.text('id').primary();
    // Its run may be gone before it.
    t.text('run_id').notNullable().index();
    t.text('workflow_id');
    t.text('workflow_name').notNullable();
    t.text('workflow_label').notNullable();
    t.integer('version');
    t.text('node_id').notNullable();
    t.text('node_label').notNullable();
    t.text('connection').notNullable();
    t.text('object').notNullable();
    t.text('object_label').notNullable();
    t.text('operation').notNullable();
    t.text('stage').notNullable();
    t.text('counts').notNullable();
    t.text('forecast');
    t.text('fields').notNullable();
    t.text('remarks').notNullable();
    // JSON: input, records and calls, in the store of its run.
    t.text('tables').notNullable();
    // Records of which no person has said anything yet.
    t.integer('open_doubt').notNullable();
    t.integer('open_rejects').notNullable();
    // Of its task and its run, for one that undoes or repeats it: variables, and the transition along which its rows came.
    t.text('vars').notNullable();
    t.text('instance_vars').notNullable();
    t.text('transition_id');
    // The export that it undoes.
    t.text('undoes').index();
    t.text('created_at').notNullable();
    t.text('updated_at').notNullable();
    // Of its run, since that is gone: when it ended, and the workflow as it was frozen.
    t.text('run_ended_at');
    t.text('run_file');
    // Its rows are being given up: nobody opens them any more.
    t.boolean('gone').notNullable().defaultTo(false);
    t.index(['workflow_name', 'node_id']);
    // Whoever looks whether the list has changed reads the end of it.
    t.index(['updated_at']);
  });
  await db.schema.createTable('export_marks', (t) => {
    t.text('export_id').notNullable();
    // What the record was when it was marked: rejected, unsent or doubt.
    t.text('of').notNullable();
    // 0: all of these that have no mark of their own.
    t.integer('row').notNullable();
    t.text('mark').notNullable();
    t.text('by').notNullable();
    t.text('at').notNullable();
    // The run that it was requeued in.
    t.text('run_id');
    t.primary(['export_id', 'of', 'row']);
  });
  await db.schema.createTable('export_runs', (t) => {
    t.text('run_id').primary().references('runs.id').onDelete('CASCADE');
    t.text('export_id').notNullable().index();
    // undo or requeue.
    t.text('purpose').notNullable();
    // JSON: the chosen rows; null: all.
    t.text('rows');
    // JSON: what it undoes, once that is copied into its store.
    t.text('tables');
  });
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['export_runs', 'export_marks', 'exports']) await db.schema.dropTable(table);
}
