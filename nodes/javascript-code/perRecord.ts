/** The script's results lie beside the rows in a table of their own; the outputs are joins with it. */
import type { Predicate, Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, rowId, scan } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { RejectReason } from '../kit/rejects.ts';
import { noReason, ownReason, rejectCells, rejectColumns, rejectedRows } from '../kit/rejects.ts';
import { arrivedRows, countText } from '../kit/rows.ts';
import type { NodeContext, NodeOutcome, RecordBatch } from '../kit/run.ts';
import { scriptCell } from '../kit/scripts.ts';
import type { JavascriptCodeConfig } from './definition.ts';
import { changedColumns, declaredColumns } from './definition.ts';
import { effectsOf } from './effects.ts';

type Outcome = 'kept' | 'dropped' | 'failed';
type Counts = Record<Outcome, number>;

export async function runPerRecord(context: NodeContext<JavascriptCodeConfig>): Promise<NodeOutcome> {
  const input = arrivedRows(context);
  const declared = declaredColumns(context.config);
  const counts: Counts = { kept: 0, dropped: 0, failed: 0 };
  const side = await context.writer({ columns: sideColumns(declared), name: 'results' });
  const left = await context.eachRecord({
    program: { kind: 'script', source: context.config.script, output: declared.map(({ name }) => name) },
    input,
    handle: async ({ ids, results }) => {
      context.signal.throwIfAborted();
      const rows = results.map((result, index) => sideRow(ids[index] ?? 0, result, declared));
      for (const row of rows) counts[row[1] as Outcome] += 1;
      await side.append(rows);
      context.progress(side.count, input.count, 'rows', { success: counts.kept, reject: counts.failed });
    },
  });
  const results = await side.finish();
  context.log('info', describe(counts));
  const success = await context.table(keptRows(input, results, declared));
  const reject = await context.table(rejectedRows(input, outcomeRows(results, 'failed'), 'row'));
  return { ports: { success, reject }, effects: effectsOf(left) };
}

const valueName = (index: number): string => `value${index}`;

function sideColumns(declared: readonly Column[]): Column[] {
  const values = declared.map(({ type }, index): Column => ({ name: valueName(index), label: '', type }));
  const row: Column = { name: 'row', label: '', type: 'integer' };
  return [row, { name: 'outcome', label: '', type: 'text' }, ...values, ...rejectColumns];
}

function sideRow(id: number, result: RecordBatch['results'][number], declared: readonly Column[]): Cell[] {
  const without = (outcome: Outcome, reason: readonly Cell[]): Cell[] => [
    id,
    outcome,
    ...declared.map(() => null),
    ...reason,
  ];
  if (!result.ok)
    return without('failed', rejectCells(ownReason('RECORD_FAILED', { where: result.where, reason: result.message })));
  if ('dropped' in result) return without('dropped', noReason);
  const cells = declared.map((one, index) => scriptCell(one.type, result.values[index] ?? null));
  const mismatch = findMismatch(declared, cells);
  if (mismatch) return without('failed', rejectCells(mismatch));
  return [id, 'kept', ...cells.map((cell) => (cell.ok ? cell.value : null)), ...noReason];
}

function findMismatch(declared: readonly Column[], cells: ReturnType<typeof scriptCell>[]): RejectReason | null {
  const wrong = declared.filter((_, index) => !cells[index]?.ok).map(({ name }) => name);
  const first = cells.find((cell) => !cell.ok);
  return first && !first.ok ? ownReason('TYPE_MISMATCH', { column: wrong[0], reason: first.reason }, wrong) : null;
}

const isOutcome = (outcome: Outcome): Predicate => ({
  op: 'eq',
  left: column('outcome'),
  right: literal(outcome, 'text'),
});
const outcomeRows = (results: TableRef, outcome: Outcome): Relation => ({
  op: 'filter',
  input: scan(results),
  where: isOutcome(outcome),
});

function keptRows(input: TableRef, results: TableRef, declared: readonly Column[]): Relation {
  const right = outcomeRows(results, 'kept');
  const on = [{ left: rowId, right: column('row') }];
  if (declared.length === 0) return { op: 'join', kind: 'semi', left: scan(input), right, on };
  const placed = (index: number): string => `own${index}`;
  const own = input.columns.map((one, index) => ({ ...one, name: placed(index), expr: column(one.name) }));
  const left: Relation = { op: 'project', input: scan(input), columns: own };
  const columns = declared.map((one, index) => ({ from: valueName(index), as: { ...one, name: valueName(index) } }));
  const joined: Relation = { op: 'join', kind: 'inner', left, right, on, columns };
  const final = changedColumns(input.columns, declared).map((one) => {
    const value = declared.findIndex(({ name }) => name === one.name);
    const source = input.columns.findIndex(({ name }) => name === one.name);
    return { ...one, expr: column(value >= 0 ? valueName(value) : placed(source)) };
  });
  return { op: 'project', input: joined, columns: final };
}

function describe({ kept, dropped, failed }: Counts): string {
  const parts = [`${countText(kept)} kept`];
  if (dropped > 0) parts.push(`${countText(dropped)} dropped`);
  if (failed > 0) parts.push(`${countText(failed)} rejected`);
  return parts.join(', ');
}
