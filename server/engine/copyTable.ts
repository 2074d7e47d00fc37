/** Rows of another run, copied into the store of the run that works with them: it outlives the other one. */
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Execution } from './attempt.ts';

/** Rows of another run. */
export interface Given {
  run: string;
  table: TableRef;
}

interface Target {
  /** The task that the copy belongs to. */
  taskId: string;
  name: string;
  /** Whether a later attempt takes up what an earlier one has copied; only where both copy the same table. */
  resume: boolean;
}

/** Of the rows of a table, those that are copied. */
export interface Chosen {
  count: number;
  has(id: number): boolean;
}

/** Throws UserError WORK_TABLE_LOST when the other run was purged meanwhile. */
export async function copyTable(
  execution: Execution,
  { run, table }: Given,
  target: Target,
  chosen: Chosen = { count: table.count, has: () => true },
): Promise<TableRef> {
  const { host, task, signal, report } = execution;
  await host.stores.run(run).verify(table);
  const { taskId, name, resume } = target;
  const owner = { taskId, attempt: task.attempt };
  const options = { columns: table.columns, name, resume, signal };
  const writer = await host.stores.run(task.run_id).writer(owner, options);
  const after = Number(writer.position ?? 0);
  for await (const { ids, rids, rows } of host.stores.run(run).read(table, { after, signal })) {
    const isChosen = (_: unknown, index: number): boolean => chosen.has(ids[index] ?? 0);
    await writer.append(rows.filter(isChosen), { rids: rids.filter(isChosen), position: ids.at(-1) ?? null });
    report.progress({ done: writer.count, total: chosen.count, unit: 'rows taken over' }, {});
  }
  const copy = await writer.finish();
  if (copy.count === chosen.count) return copy;
  throw new UserError('WORK_TABLE_LOST', { table: table.id, reason: 'rows are missing' });
}
