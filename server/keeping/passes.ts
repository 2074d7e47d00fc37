/** A loop keeps the tables of the last passes of each of its nodes: else the disk fills while it turns. */
import type { TableRef } from '../../contract/relation.ts';
import { openTaskStates } from '../../contract/run.ts';
import type { TaskRow } from '../db/rows.ts';
import type { Tx } from '../db/transaction.ts';
import { inRun } from '../db/transaction.ts';
import { listExportTables } from '../exports/keep.ts';
import type { Keeper } from './keeper.ts';

const passesKept = 3;

/**
 * Gives up what the same node put out `passesKept` passes ago, apart from tables that something else still shows or waits
 * for. A kill before they are dropped leaves them in the store until the run is purged.
 */
export async function dropOldPasses(
  { db, stores }: Pick<Keeper, 'db'> & { stores: Pick<Keeper['stores'], 'run'> },
  task: Pick<TaskRow, 'run_id' | 'node_id' | 'pass'>,
): Promise<void> {
  if (task.pass <= passesKept) return;
  const tables = await inRun(db, task.run_id, (tx) => release(tx, task));
  if (tables.length > 0) await stores.run(task.run_id).drop(tables);
}

async function release(
  tx: Tx,
  { run_id, node_id, pass }: Pick<TaskRow, 'run_id' | 'node_id' | 'pass'>,
): Promise<TableRef[]> {
  const old = tx('tasks')
    .where({ run_id, node_id })
    .where('pass', '<=', pass - passesKept)
    .select('id');
  const going: { table_ref: string | null }[] = await tx('outputs')
    .where({ kept: true })
    .whereIn('task_id', old)
    .select('table_ref');
  await tx('outputs').where({ kept: true }).whereIn('task_id', old).update({ kept: false });
  const used = await findUsed(tx, run_id);
  const tables = going.flatMap(({ table_ref }) => (table_ref === null ? [] : [JSON.parse(table_ref) as TableRef]));
  return [...new Map(tables.map((table) => [table.id, table])).values()].filter((table) => !used.has(table.id));
}

/** Tables that are shown or exported, or that a token or a task which is not over brings along. */
async function findUsed(tx: Tx, run_id: string): Promise<Set<string>> {
  const shown: { table_ref: string }[] = await tx('outputs')
    .where({ run_id, kept: true })
    .whereNotNull('table_ref')
    .select('table_ref');
  const open = tx('tasks').where({ run_id }).whereIn('state', openTaskStates).select('id');
  const brought: { table_ref: string }[] = await tx('arrivals')
    .where({ run_id })
    .whereNotNull('table_ref')
    .andWhere((on) => on.where({ state: 'waiting' }).orWhereIn('task_id', open))
    .select('table_ref');
  const exported = await listExportTables(tx, { run_id });
  const tables = [...shown, ...brought].map(({ table_ref }) => JSON.parse(table_ref) as TableRef);
  return new Set([...tables, ...exported].map(({ id }) => id));
}
