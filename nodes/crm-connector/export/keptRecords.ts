/** The records of an export as they are kept: one row for each row that came, in their order. */
import type { ExportOutcome } from '../../../contract/exports.ts';
import { exportCallColumns, exportRecordColumns } from '../../../contract/exports.ts';
import type { Expr, Predicate, Relation, TableRef } from '../../../contract/relation.ts';
import { column, either, literal, scan } from '../../../contract/relation.ts';
import type { Column } from '../../../contract/types.ts';
import { rejectColumns } from '../../kit/rejects.ts';

/** What is known so far: what became of the rows, and what was found when they were looked at afterwards. */
export interface Known {
  outcomes: Relation;
  /** Whether more can follow. */
  isOver: boolean;
  /** With `verifiedColumns`; null: not looked at. */
  verified: TableRef | null;
}

const became = (name: string): string => `became ${name}`;
const seen = (name: string): string => `seen ${name}`;

export function keptRecords(verdicts: TableRef, known: Known | null): Relation {
  const own: Relation = scan(verdicts);
  const told = known === null ? own : beside(own, known.outcomes, ['outcome', 'recordId', 'call', ...reasons], became);
  const verified = known?.verified ?? null;
  const input = verified === null ? told : beside(told, scan(verified), ['name', 'stamp', ...reasons], seen);
  const give: Partial<Record<string, Expr>> = {
    values: first('told', 'values'),
    ...(known === null ? notYet : saidOf(known)),
    ...(verified === null ? {} : { name: first(seen('name'), 'name'), stamp: first(seen('stamp'), 'stamp') }),
  };
  for (const name of reasons) {
    const places = [...(known ? [became(name)] : []), ...(verified ? [seen(name)] : []), name];
    give[name] = first(...places);
  }
  return {
    op: 'project',
    input,
    columns: exportRecordColumns.map((kept) => ({ ...kept, expr: give[kept.name] ?? column(kept.name) })),
  };
}

const reasons = rejectColumns.map(({ name }) => name);

const notYet = { outcome: literal(null, 'text'), call: literal(null, 'integer') };

function saidOf({ isOver }: Known): Record<string, Expr> {
  const refused: Predicate = { op: 'isNull', value: column('action') };
  const word = column(became('outcome'));
  const unsent: Predicate = { op: 'eq', left: word, right: text('unsent') };
  return {
    outcome: either(refused, text('rejected'), isOver ? word : either(unsent, literal(null, 'text'), word)),
    recordId: first(became('recordId'), 'recordId'),
    call: column(became('call')),
  };
}

const text = (value: ExportOutcome): Expr => literal(value, 'text');

const first = (...names: string[]): Expr =>
  names.length === 1 ? column(names[0] ?? '') : { op: 'call', fn: 'coalesce', args: names.map((name) => column(name)) };

function beside(left: Relation, right: Relation, names: readonly string[], as: (name: string) => string): Relation {
  const typeOf = (name: string): Column['type'] => (name === 'call' ? 'integer' : 'text');
  return {
    op: 'join',
    kind: 'left',
    left,
    right,
    on: [{ left: column('_row', 'left'), right: column('_row', 'right') }],
    columns: names.map((name) => ({ from: name, as: { name: as(name), label: '', type: typeOf(name) } })),
  };
}

export const keptCalls = (calls: TableRef): Relation => ({
  op: 'project',
  input: scan(calls),
  columns: exportCallColumns.map((kept) => ({ ...kept, expr: column(kept.name) })),
});
