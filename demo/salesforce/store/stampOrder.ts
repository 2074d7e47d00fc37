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

export const ALL_KEYS: KeyRange = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** One number that orders records by (SystemModstamp, Id). */
export function keyOf(stamp: number, row: number): number {
  return (stamp - EARLIEST_STAMP) * MAX_ROWS + row;
}

/** The range of keys with stamps and rows in these bounds; stamps outside what can be stored are cut off. */
export function rangeOf(fromStamp: number, fromRow: number, toStamp: number, toRow: number): KeyRange {
  const from = fromStamp < EARLIEST_STAMP ? 0 : keyOf(Math.min(fromStamp, LATEST_STAMP + 1), fromRow);
  const to = toStamp < EARLIEST_STAMP ? -1 : keyOf(Math.min(toStamp, LATEST_STAMP), toRow);
  return { from, to };
}

/** The order by (SystemModstamp, Id): generated rows sorted once, written rows kept beside them. */
export class StampOrder {
  private readonly generated: Float64Array;
  private readonly written = new SortedKeys();

  constructor(rows: number, stampOf: (row: number) => number) {
    this.generated = new Float64Array(rows);
    for (let row = 0; row < rows; row++) this.generated[row] = keyOf(stampOf(row), row);
    this.generated.sort();
  }

  /** Moves a row. `before` is its stamp when it was written before, null when its place is the generated one. */
  move(row: number, before: number | null, after: number | null): void {
    if (before !== null) this.written.delete(keyOf(before, row));
    if (after !== null) this.written.add(keyOf(after, row));
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
   * The rows of the ranges in order. `isAtHome` says whether a generated row still has its generated stamp and is
   * wanted; `isWanted` whether a written one is. Stops after `most` rows.
   */
  gather(
    ranges: readonly KeyRange[],
    most: number,
    isAtHome: (row: number) => boolean,
    isWanted: (row: number) => boolean,
  ): Uint32Array {
    const rows = new Uint32Array(Math.min(most, this.estimate(ranges)));
    let count = 0;
    const take = (key: number, isTaken: (row: number) => boolean): void => {
      const row = rowOfKey(key);
      if (count < rows.length && isTaken(row)) rows[count++] = row;
    };
    for (const { from, to } of ranges) {
      const written = this.written.between(from, to);
      const end = lowerBound(this.generated, to + 1);
      let next = 0;
      for (let i = lowerBound(this.generated, from); i < end && count < rows.length; i++) {
        const key = this.generated[i]!;
        while (next < written.length && written[next]! < key) take(written[next++]!, isWanted);
        take(key, isAtHome);
      }
      while (next < written.length) take(written[next++]!, isWanted);
    }
    return rows.slice(0, count);
  }
}

/** Division by a power of two is exact, and many times faster than the remainder of doubles. */
function rowOfKey(key: number): number {
  return key - Math.floor(key / MAX_ROWS) * MAX_ROWS;
}
