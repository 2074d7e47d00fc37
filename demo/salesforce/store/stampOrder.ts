import { MAX_ROWS } from '../ids.ts';
import { lowerBound, SortedKeys } from './sortedKeys.ts';

/** Stamps before this second cannot be stored: keys hold stamp and row in one exact double. */
export const EARLIEST_STAMP = Date.UTC(2010, 0, 1) / 1000;
const LATEST_STAMP = EARLIEST_STAMP + 2 ** 30 - 1;

/** Keys from the first to the last of a range, both included. */
export interface KeyRange {
  from: number;
  to: number;
}

/** One number that orders records by a stamp and their ids. */
function keyOf(stamp: number, row: number): number {
  return (stamp - EARLIEST_STAMP) * MAX_ROWS + row;
}

/** The range of keys with stamps and rows in these bounds; stamps outside what can be stored are cut off. */
export function rangeOf(fromStamp: number, fromRow: number, toStamp: number, toRow: number): KeyRange {
  const from = fromStamp < EARLIEST_STAMP ? 0 : keyOf(Math.min(fromStamp, LATEST_STAMP + 1), fromRow);
  const to = toStamp < EARLIEST_STAMP ? -1 : keyOf(Math.min(toStamp, LATEST_STAMP), toRow);
  return { from, to };
}

/** The order by a stamp and Id: generated rows sorted once, written rows kept beside them. */
export class StampOrder {
  private readonly generated: Float64Array;
  private readonly written = new SortedKeys();

  constructor(rows: number, stampOf: (row: number) => number) {
    this.generated = new Float64Array(rows);
    for (let row = 0; row < rows; row++) this.generated[row] = keyOf(stampOf(row), row);
    this.generated.sort();
  }

  /** Moves a row. A stamp is undefined where the row's place is the generated one. */
  move(row: number, before: number | undefined, after: number | undefined): void {
    if (before !== undefined) this.written.delete(keyOf(before, row));
    if (after !== undefined) this.written.add(keyOf(after, row));
  }

  /** How many rows the ranges hold at most: cheap, and enough to choose a plan by. */
  estimate(ranges: readonly KeyRange[]): number {
    let rows = this.written.size;
    for (const { from, to } of ranges) {
      rows += lowerBound(this.generated, to + 1) - lowerBound(this.generated, from);
    }
    return rows;
  }

  /**
   * The rows of the ranges in order, at most `most`. Rows with one of the `unwanted` flags are left out, and generated
   * rows with one of `moved` too: these have another place now.
   */
  gather(ranges: readonly KeyRange[], most: number, flags: Uint8Array, unwanted: number, moved: number): Uint32Array {
    const rows = new Uint32Array(Math.min(most, this.estimate(ranges)));
    let count = 0;
    for (const { from, to } of ranges) {
      const written = this.written.between(from, to);
      let start = lowerBound(this.generated, from);
      for (const key of [...written, to + 1]) {
        const end = lowerBound(this.generated, key);
        count = copyRows(this.generated, start, end, rows, count, flags, unwanted | moved);
        start = end;
        const row = rowOfKey(key);
        if (key <= to && count < rows.length && (flags[row]! & unwanted) === 0) rows[count++] = row;
      }
    }
    return count === rows.length ? rows : rows.slice(0, count);
  }
}

/** The loop that a page over a million rows waits for. Returns the new count. */
function copyRows(
  keys: Float64Array,
  start: number,
  end: number,
  rows: Uint32Array,
  already: number,
  flags: Uint8Array,
  unwanted: number,
): number {
  let count = already;
  for (let i = start; i < end && count < rows.length; i++) {
    const row = rowOfKey(keys[i]!);
    if ((flags[row]! & unwanted) === 0) rows[count++] = row;
  }
  return count;
}

/** Division by a power of two is exact, and many times faster than the remainder of doubles. */
export function rowOfKey(key: number): number {
  return key - Math.floor(key / MAX_ROWS) * MAX_ROWS;
}
