import { MAX_ROWS } from '../ids.ts';
import { SortedKeys } from './sortedKeys.ts';
import { rangeOf, rowOfKey } from './stampOrder.ts';

const LAST_ROW = MAX_ROWS - 1;

/** A record that is deleted, and since when. */
export interface Deletion {
  row: number;
  /** Seconds since 1970. */
  at: number;
}

/** Which records of one object are deleted since when; those emptied from the recycle bin stay in it for a while. */
export class DeleteLog {
  private readonly keys = new SortedKeys();
  private readonly times = new Map<number, number>();
  private begins = 0;

  /** The second of the last physical deletion: the log knows nothing of what was deleted before. */
  get knownSince(): number {
    return this.begins;
  }

  /** Forgets what was deleted up to a second. */
  purge(until: number): void {
    this.begins = Math.max(this.begins, until);
  }

  note(row: number, at: number): void {
    this.forget(row);
    this.times.set(row, at);
    this.keys.add(rangeOf(at, row, at, row).from);
  }

  forget(row: number): void {
    const at = this.times.get(row);
    if (at === undefined) return;
    this.times.delete(row);
    this.keys.delete(rangeOf(at, row, at, row).from);
  }

  timeOf(row: number): number | undefined {
    return this.times.get(row);
  }

  /** What was written as deleted between two seconds, both included, the earliest first; the log's beginning is no matter. */
  between(from: number, to: number): Deletion[] {
    const { from: first, to: last } = rangeOf(from, 0, to, LAST_ROW);
    return this.keys.between(first, last).map((key) => {
      const row = rowOfKey(key);
      return { row, at: this.times.get(row)! };
    });
  }
}
