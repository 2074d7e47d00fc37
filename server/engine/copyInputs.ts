/**
 * The rows that a run takes over from another one, copied into its own store before its first task runs. The copy belongs to
 * the task that stands for the one that made them, is found again by a later attempt, and outlives the old run.
 */
import type { TableRef } from '../../contract/relation.ts';
import type { ArrivalRow } from '../db/rows.ts';
import type { Execution } from './attempt.ts';
import { findRequeued } from './chosenRows.ts';
import { holdsAttempt } from './close.ts';
import { copyTable } from './copyTable.ts';
import { commitChange } from './host.ts';

type Stored = ArrivalRow & { from_run: string; table_ref: string; port: string };

/** Gives the arrivals with tables of this run. Throws UserError WORK_TABLE_LOST when the other run was purged meanwhile. */
export async function copyInputs(execution: Execution, arrived: readonly ArrivalRow[]): Promise<ArrivalRow[]> {
  const { flow, task } = execution;
  const rows: ArrivalRow[] = [];
  for (const row of arrived) {
    const { from_run, table_ref } = row;
    const port = flow.graph.in.get(task.node_id)?.find((transition) => transition.id === row.transition_id)?.port;
    const isOwn = from_run === null || table_ref === null || port === undefined;
    rows.push(isOwn ? row : await take(execution, { ...row, from_run, table_ref, port }));
  }
  return rows;
}

/** Rows that wait for a delivery wait for it here as well: they are the same records. */
async function takeAwaited(execution: Execution, { from_run: run, from_task: taskId }: Stored): Promise<void> {
  for (const { name, table } of await execution.host.stores.run(run).awaited())
    await copyTable(execution, { run, table }, { taskId, name, resume: true });
}

async function take(execution: Execution, row: Stored): Promise<ArrivalRow> {
  const { host, task } = execution;
  const source = { run: row.from_run, table: JSON.parse(row.table_ref) as TableRef };
  const chosen = await findRequeued(execution, row.from_run);
  const table = await copyTable(execution, source, { taskId: row.from_task, name: row.port, resume: true }, chosen);
  await takeAwaited(execution, row);
  const table_ref = JSON.stringify(table);
  await commitChange(host, task.run_id, async (change) => {
    if (!(await holdsAttempt(change.tx, task))) return;
    await change.tx('arrivals').where({ id: row.id }).update({ table_ref, from_run: null });
    await change.tx('outputs').where({ task_id: row.from_task, port: row.port }).update({ table_ref, kept: true });
  });
  return { ...row, table_ref, from_run: null };
}
