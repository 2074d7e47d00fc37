/** What became of each row of the plan. */
import type { ExportOutcome } from '../../../contract/exports.ts';
import { exportOutcomes, quietActions } from '../../../contract/exports.ts';
import type { Expr, Predicate, Relation, TableRef } from '../../../contract/relation.ts';
import { column, either, literal, rowId, scan } from '../../../contract/relation.ts';
import type { Cell, Column } from '../../../contract/types.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { noReason, rejectCells, rejectColumns } from '../../kit/rejects.ts';
import { movedColumn } from './moved.ts';

export const outcomes = exportOutcomes;
export type Outcome = ExportOutcome;

/** Beside the outcomes: to be sent again, in the next round. */
type Word = Exclude<Outcome, 'unsent'> | 'again';

const planRow: Column = { name: '_plan', label: '_plan', type: 'integer' };
const outcome: Column = { name: 'outcome', label: 'Outcome', type: 'text' };
const recordId: Column = { name: 'recordId', label: 'Record id', type: 'text' };
const call: Column = { name: 'call', label: 'Call', type: 'integer' };

/** `_plan` is the row's `_id` in the plan; the last row with one counts. */
export const resultColumns: readonly Column[] = [planRow, outcome, recordId, movedColumn, ...rejectColumns, call];

/** The cells of `resultColumns`. */
export function resultCells(
  row: number,
  word: Word,
  about: { recordId?: string | null; movedTo?: Cell; reason?: RejectReason; call: number | null },
): Cell[] {
  const reason = about.reason ? rejectCells(about.reason) : noReason;
  return [row, word, about.recordId ?? null, about.movedTo ?? null, ...reason, about.call];
}

/** The last word on each row that any was said on. */
function lastWords(results: TableRef): Relation {
  const rank = 'rank';
  const ranked: Relation = {
    op: 'rank',
    input: scan(results),
    partition: [column(planRow.name)],
    order: [{ by: rowId, direction: 'desc' }],
    as: rank,
  };
  return { op: 'filter', input: ranked, where: { op: 'eq', left: column(rank), right: literal(1, 'integer') } };
}

/** Rows of the plan that are to be sent again; `_plan` is their `_id` in it. */
export function dueAgain(results: TableRef): Relation {
  const again: Relation = {
    op: 'filter',
    input: lastWords(results),
    where: { op: 'eq', left: column(outcome.name), right: literal('again', 'text') },
  };
  return { op: 'project', input: again, columns: [{ ...planRow, expr: column(planRow.name) }] };
}

/** One row for each row of the plan, in its order: what became of it, and why where it was not written. */
export function outcomesOf(rows: TableRef, results: TableRef): Relation {
  const joined: Relation = {
    op: 'join',
    kind: 'left',
    left: scan(rows),
    right: lastWords(results),
    on: [{ left: rowId, right: column(planRow.name) }],
    columns: resultColumns.map((own) => ({ from: own.name, as: { ...own, name: said(own.name) } })),
  };
  return {
    op: 'project',
    input: joined,
    columns: [
      { name: '_row', label: '_row', type: 'integer', expr: column('_row') },
      { ...outcome, expr: becameOf(column(said(outcome.name))) },
      { ...recordId, expr: lastOf(recordId.name) },
      ...[movedColumn, ...rejectColumns].map((own) => ({ ...own, expr: lastOf(own.name) })),
      { ...call, expr: column(said(call.name)) },
    ],
  };
}

const said = (name: string): string => `said ${name}`;

/** What was said last; before anything was, what the plan says. */
const lastOf = (name: string): Expr => ({ op: 'call', fn: 'coalesce', args: [column(said(name)), column(name)] });

function becameOf(word: Expr): Expr {
  const text = (value: Outcome): Expr => literal(value, 'text');
  const isNot: Expr = either(
    {
      op: 'or',
      items: [
        { op: 'isNull', value: word },
        { op: 'eq', left: word, right: literal('again', 'text') },
      ],
    },
    text('unsent'),
    word,
  );
  const isQuiet: Predicate = { op: 'in', value: column('action'), list: [...quietActions], type: 'text' };
  return either(isQuiet, column('action'), isNot);
}
