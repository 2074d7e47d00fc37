import { useState } from 'react';
import type { ExportRecord } from '../../../contract/exports.ts';

/** Records that are chosen, by their row. */
export interface Choice {
  rows: ReadonlyMap<number, ExportRecord>;
  /** `range`: with all between this record and the last one that was chosen. */
  toggle(record: ExportRecord, range: boolean): void;
  clear(): void;
}

/** As many as can be named in one request. */
export const mostChosen = 10_000;

export function useChoice(records: readonly ExportRecord[]): Choice {
  const [rows, setRows] = useState<ReadonlyMap<number, ExportRecord>>(new Map());
  const [last, setLast] = useState<number | null>(null);
  return {
    rows,
    toggle(record, range) {
      const taken = range ? between(records, last, record) : [record];
      const next = new Map(rows);
      for (const one of taken) {
        if (rows.has(record.row)) next.delete(one.row);
        else if (next.size < mostChosen) next.set(one.row, one);
      }
      setRows(next);
      setLast(record.row);
    },
    clear() {
      setRows(new Map());
      setLast(null);
    },
  };
}

/** In the order in which they are shown, both ends included. */
export function between<T extends { row: number }>(records: readonly T[], from: number | null, to: T): readonly T[] {
  const places = [records.findIndex(({ row }) => row === from), records.findIndex(({ row }) => row === to.row)];
  const [first = -1, end = -1] = places.sort((one, other) => one - other);
  return first < 0 ? [to] : records.slice(first, end + 1);
}
