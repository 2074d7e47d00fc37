/** What a node that exports keeps, and what it is told of earlier exports. */
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { SentRows } from '../../contract/sent.ts';
import type { Cell } from '../../contract/types.ts';
import type { NodeContext, UndoneExport } from '../../nodes/kit/run.ts';
import { keepExport, readTables } from '../exports/keep.ts';
import { findOlderDoubt } from '../exports/olderDoubt.ts';
import type { ExportRow, ExportRunRow } from '../exports/rows.ts';
import { FencedError } from '../tables/types.ts';
import type { Attempt, Execution } from './attempt.ts';
import { holdsAttempt } from './close.ts';
import type { Chosen } from './copyTable.ts';
import { copyTable } from './copyTable.ts';
import { commitChange } from './host.ts';

export function exportContext(attempt: Attempt): Pick<NodeContext, 'keepExport' | 'undoes' | 'olderDoubt'> {
  const { host, flow, task, node, signal, undoes } = attempt;
  return {
    undoes,
    async keepExport(report) {
      signal.throwIfAborted();
      await commitChange(host, task.run_id, async (change) => {
        if (!(await holdsAttempt(change.tx, task)))
          throw new FencedError(`The attempt ${task.attempt} of the task ${task.id} is over.`);
        await keepExport(change, { ...task, node_label: node.label }, report);
      });
    },
    async olderDoubt() {
      signal.throwIfAborted();
      return findOlderDoubt(host.db, flow.workflow.internalName, task);
    },
  };
}

const written = new Set<Cell>(['created', 'updated', 'deleted', 'undeleted']);

/** What the run was started to undo, copied into its store; null: it was started for something else. */
export async function takeUndone(execution: Execution): Promise<UndoneExport | null> {
  const { host, task } = execution;
  const asked: ExportRunRow | undefined = await host
    .db('export_runs')
    .where({ run_id: task.run_id, purpose: 'undo' })
    .first();
  if (!asked) return null;
  const undone: ExportRow | undefined = await host.db('exports').where({ id: asked.export_id, gone: false }).first();
  if (!undone) throw new UserError('EXPORT_ROWS_GONE');
  const { records, sent } = readTables(undone);
  const only = asked.rows === null ? null : new Set(JSON.parse(asked.rows) as number[]);
  const chosen = await choose(execution, undone, (row, outcome) => written.has(outcome) && (only?.has(row) ?? true));
  const copyOf = (table: TableRef, name: string): Promise<TableRef> =>
    copyTable(execution, { run: undone.run_id, table }, { taskId: task.id, name, resume: true }, chosen);
  const copy = await copyOf(records, 'undone');
  const states: SentRows[] = [];
  for (const { state, rows } of sent) states.push({ state, rows: await copyOf(rows, `undone ${state}`) });
  return { export: undone.id, object: undone.object, records: copy, sent: states };
}

/** Rows of an export by what became of them. */
async function choose(
  { host, signal }: Execution,
  { run_id, ...row }: ExportRow,
  isChosen: (row: number, outcome: Cell) => boolean,
): Promise<Chosen> {
  const { records } = readTables(row);
  const flags = new Uint8Array(records.count + 1);
  let count = 0;
  const options = { columns: ['_row', 'outcome'], signal };
  for await (const { ids, rows } of host.stores.run(run_id).read(records, options))
    for (const [index, [place = null, outcome = null]] of rows.entries()) {
      if (!isChosen(Number(place), outcome)) continue;
      flags[ids[index] ?? 0] = 1;
      count += 1;
    }
  return { count, has: (id) => flags[id] === 1 };
}
