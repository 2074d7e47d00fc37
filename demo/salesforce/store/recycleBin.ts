import { MAX_ROWS } from '../ids.ts';
import type { Deletion } from './deleteLog.ts';
import { rangeOf } from './stampOrder.ts';
import type { Table } from './table.ts';

/** How long a deleted record stays in the bin. */
export const BIN_SECONDS = 15 * 86_400;

/** What is deleted since a second between two, both included, as far back as the log goes. In no order. */
export function deletedBetween(table: Table, from: number, to: number): Deletion[] {
  const first = Math.max(from, table.deletions.knownSince);
  const ranges = [rangeOf(first, 0, to, MAX_ROWS - 1)];
  const generated = [...table.gatherByStamp('SystemModstamp', ranges, true, Infinity)]
    .filter((row) => table.isDeletedByBirth(row))
    .map((row) => ({ row, at: table.stamp(row) }));
  return [...generated, ...table.deletions.between(first, to)];
}

/**
 * Empties the bin of what was written as deleted up to a second, and lets the log begin there. Records that were generated
 * as deleted stay in the bin whatever the clock says, so that there is always something in it to read.
 */
export function sweepBin(table: Table, until: number): void {
  for (const { row } of table.deletions.between(0, until)) {
    const written = table.current(row)!;
    if (!written.gone) table.replace(row, { ...written, gone: true });
    table.deletions.forget(row);
  }
  table.deletions.purge(until);
}
