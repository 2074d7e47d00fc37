/** The form of every reject transition: four columns that say why, then the record itself. */
import type { Cell, Column } from '../../contract/types.ts';

export const rejectColumns: readonly Column[] = [
  { name: 'errorCode', label: 'Error code', type: 'text' },
  { name: 'errorSymbol', label: 'Error symbol', type: 'text' },
  { name: 'errorMessage', label: 'Error message', type: 'text' },
  { name: 'errorFields', label: 'Error fields', type: 'text' },
];

/** Reject columns in front of a record's own; a column of the record with one of their names gives way to them. */
export function withRejectColumns(columns: readonly Column[]): Column[] {
  const taken = new Set(rejectColumns.map((column) => column.name));
  return [...rejectColumns, ...columns.filter((column) => !taken.has(column.name))];
}

export interface RejectReason {
  /** Syncline's code, for example NO_MATCH. */
  code: string;
  /** The outside system's own code; the same as `code` where there is none. */
  symbol: string;
  message: string;
  fields: readonly string[];
}

export function rejectCells(reason: RejectReason): Cell[] {
  return [reason.code, reason.symbol, reason.message, reason.fields.join(', ')];
}
