/** The form of every reject transition: four columns that say why, then the record itself. */
import type { ErrorCode, ErrorDetails } from '../../contract/errors.ts';
import { describeError } from '../../contract/errors.ts';
import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, rowId, scan } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';

export const rejectColumns: readonly Column[] = [
  { name: 'errorCode', label: 'Error code', type: 'text' },
  { name: 'errorSymbol', label: 'Error symbol', type: 'text' },
  // It may name keys and values of the record.
  { name: 'errorMessage', label: 'Error message', type: 'text', personal: true },
  { name: 'errorFields', label: 'Error fields', type: 'text' },
];

/** Reject columns, and those of the node's own, in front of a record's; a column of the record with one of their names gives way to them. */
export function withRejectColumns(columns: readonly Column[], more: readonly Column[] = []): Column[] {
  const added = [...rejectColumns, ...more];
  const taken = new Set(added.map((own) => own.name));
  return [...added, ...columns.filter((own) => !taken.has(own.name))];
}

export interface RejectReason {
  /** Syncline's code, for example NO_MATCH. */
  code: string;
  /** The outside system's own code; the same as `code` where there is none. */
  symbol: string;
  message: string;
  /** Names of the columns to blame. */
  fields: readonly string[];
}

/** A reason of our own: the sentence of `code`, filled with the details. */
export function ownReason(code: ErrorCode, details: ErrorDetails = {}, fields: readonly string[] = []): RejectReason {
  return { code, symbol: code, message: describeError(code, details).message, fields };
}

/** The cells of `rejectColumns`; no fields are null. */
export function rejectCells(reason: RejectReason): Cell[] {
  return [reason.code, reason.symbol, reason.message, reason.fields.join(', ') || null];
}

/** The cells of `rejectColumns` beside a record that is fine. */
export const noReason: readonly Cell[] = rejectColumns.map(() => null);

/**
 * The rows of a reject transition, as set work. `failures` has the `rejectColumns`, those of `more` and an integer column named
 * by `row`: the `_id` of the failed row in `input`, at most once.
 */
export function rejectedRows(input: TableRef, failures: Relation, row: string, more: readonly Column[] = []): Relation {
  const added = [...rejectColumns, ...more];
  const reasons = added.map((own, index) => ({ ...own, name: placed(index) }));
  const joined: Relation = {
    op: 'join',
    kind: 'inner',
    left: {
      op: 'project',
      input: scan(input),
      columns: input.columns.map((own, index) => ({ ...own, name: `c${index}`, expr: column(own.name) })),
    },
    right: failures,
    on: [{ left: rowId, right: column(row) }],
    columns: reasons.map((as, index) => ({ from: added[index]?.name ?? '', as })),
  };
  const columns = withRejectColumns(input.columns, more).map((own, index) => {
    const place = input.columns.findIndex((one) => one.name === own.name);
    return { ...own, expr: column(index < added.length ? placed(index) : `c${place}`) };
  });
  return { op: 'project', input: joined, columns };
}

const placed = (index: number): string => `reject${index}`;
