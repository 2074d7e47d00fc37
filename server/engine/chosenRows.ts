/** Which rows of an export a run was started with, when they are copied into its store. */
import { UserError } from '../../contract/errors.ts';
import type { Cell } from '../../contract/types.ts';
import { readTables } from '../exports/keep.ts';
import { readMarks } from '../exports/marks.ts';
import { isWritten } from '../exports/named.ts';
import { openOutcome } from '../exports/open.ts';
import type { ExportRow, ExportRunRow } from '../exports/rows.ts';
import type { Execution } from './attempt.ts';
import type { Chosen } from './copyTable.ts';

/** Those of another run's rows that were requeued into this one; undefined: it was not started for that, or the other one held no more. */
export async function findRequeued(execution: Execution, from: string): Promise<Chosen | undefined> {
  const { host, task } = execution;
  const asked = await findAsked(execution, 'requeue');
  if (!asked) return undefined;
  const { export_id } = asked;
  const sameRows: unknown = await host.db('export_runs').where({ run_id: from, export_id }).first('run_id');
  if (sameRows) return undefined;
  const row = await findExported(execution, asked);
  const marks = await readMarks(host.db, row.id);
  return choose(execution, row, (id, action, outcome) => {
    const open = openOutcome(row.stage, action, outcome);
    const mark = open && marks.find(open, id);
    return mark?.mark === 'requeued' && mark.run_id === task.run_id;
  });
}

/** Those that were written, and of these only those that are asked for. */
export function findWritten(execution: Execution, row: ExportRow, { rows }: ExportRunRow): Promise<Chosen> {
  const only = rows === null ? null : new Set(JSON.parse(rows) as number[]);
  return choose(execution, row, (id, _, outcome) => isWritten(outcome) && (only?.has(id) ?? true));
}

export function findAsked(
  { host, task }: Execution,
  purpose: ExportRunRow['purpose'],
): Promise<ExportRunRow | undefined> {
  return host.db('export_runs').where({ run_id: task.run_id, purpose }).first();
}

/** Throws UserError EXPORT_ROWS_GONE. */
export async function findExported({ host }: Execution, { export_id }: ExportRunRow): Promise<ExportRow> {
  const row: ExportRow | undefined = await host.db('exports').where({ id: export_id, gone: false }).first();
  if (!row) throw new UserError('EXPORT_ROWS_GONE');
  return row;
}

async function choose(
  { host, signal }: Execution,
  row: ExportRow,
  isChosen: (id: number, action: Cell, outcome: Cell) => boolean,
): Promise<Chosen> {
  const { records } = readTables(row);
  const flags = new Uint8Array(records.count + 1);
  let count = 0;
  const options = { columns: ['action', 'outcome'], signal };
  for await (const { ids, rows } of host.stores.run(row.run_id).read(records, options))
    for (const [index, [action = null, outcome = null]] of rows.entries()) {
      const id = ids[index] ?? 0;
      if (!isChosen(id, action, outcome)) continue;
      flags[id] = 1;
      count += 1;
    }
  return { count, has: (id) => flags[id] === 1 };
}
