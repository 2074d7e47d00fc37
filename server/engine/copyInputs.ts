/**
 * The rows that a run takes over from another one, copied into its own store before its first task runs. The copy belongs to
 * the task that stands for the one that made them, is found again by a later attempt, and outlives the old run.
 */
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { ArrivalRow } from '../db/rows.ts';
import { holdsAttempt } from './close.ts';
import type { Execution } from './execute.ts';
import { commitChange } from './host.ts';

type Stored = ArrivalRow & { from_run: string; table_ref: string; port: string };

/** Throws UserError WORK_TABLE_LOST when the other run was purged meanwhile. */
export async function copyInputs(execution: Execution): Promise<void> {
  const { host, flow, task } = execution;
  const rows: ArrivalRow[] = await host
    .db('arrivals')
    .where({ task_id: task.id })
    .whereNotNull('from_run')
    .orderBy('id');
  for (const row of rows) {
    const { from_run, table_ref } = row;
    const port = flow.graph.in.get(task.node_id)?.find((transition) => transition.id === row.transition_id)?.port;
    if (from_run === null || table_ref === null || port === undefined) continue;
    await take(execution, { ...row, from_run, table_ref, port });
  }
}

async function take({ host, task, signal, report }: Execution, row: Stored): Promise<void> {
  const old = JSON.parse(row.table_ref) as TableRef;
  await host.stores.run(row.from_run).verify(old);
  const owner = { taskId: row.from_task, attempt: task.attempt };
  const options = { columns: old.columns, name: row.port, resume: true, signal };
  const writer = await host.stores.run(task.run_id).writer(owner, options);
  const after = Number(writer.position ?? 0);
  for await (const { ids, rids, rows } of host.stores.run(row.from_run).read(old, { after, signal })) {
    await writer.append(rows, { rids, position: ids.at(-1) ?? null });
    report.progress({ done: writer.count, total: old.count, unit: 'rows taken over' }, {});
  }
  const table = await writer.finish();
  if (table.count !== old.count) throw new UserError('WORK_TABLE_LOST', { table: old.id, reason: 'rows are missing' });
  const table_ref = JSON.stringify(table);
  await commitChange(host, task.run_id, async (change) => {
    if (!(await holdsAttempt(change, task))) return;
    await change.tx('arrivals').where({ id: row.id }).update({ table_ref, from_run: null });
    await change.tx('outputs').where({ task_id: row.from_task, port: row.port }).update({ table_ref, kept: true });
  });
}
