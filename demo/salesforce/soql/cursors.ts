import type { Clock } from '../../kit/clock.ts';
import { ApiError } from '../errors.ts';
import { idMaker } from '../ids.ts';
import type { Table } from '../store/table.ts';

const LIFE_SECONDS = 2 * 86_400;
const MOST_BYTES = 96 * 1024 * 1024;

/** Writes a row as the JSON text of one record. */
export type Projection = (row: number) => string;

/** A query's result: the rows are fixed when it is asked, their values are read when a page is. */
export interface Cursor {
  id: string;
  table: Table;
  rows: Uint32Array;
  projection: Projection;
  withDeleted: boolean;
  pageRows: number;
  expires: number;
}

/** Results that were not delivered in one page. */
export class Cursors {
  private readonly clock: Clock;
  private readonly open = new Map<string, Cursor>();
  private readonly idOf = idMaker('01g');
  private count = 0;
  private bytes = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get size(): number {
    return this.open.size;
  }

  add(result: Omit<Cursor, 'id' | 'expires'>): Cursor {
    const cursor = { ...result, id: this.idOf(++this.count), expires: this.clock.seconds() + LIFE_SECONDS };
    this.open.set(cursor.id, cursor);
    this.bytes += cursor.rows.byteLength;
    this.dropOldest();
    return cursor;
  }

  /** Throws INVALID_QUERY_LOCATOR for a cursor that never was, expired, or was dropped for newer ones. */
  get(id: string): Cursor {
    const cursor = this.open.get(id);
    if (cursor === undefined || cursor.expires < this.clock.seconds()) {
      if (cursor) this.drop(cursor);
      throw invalidLocator();
    }
    this.open.delete(id);
    this.open.set(id, cursor);
    return cursor;
  }

  clear(): void {
    this.open.clear();
    this.bytes = 0;
  }

  /** Cursors are kept in the order of their last use: those left behind by keyset readers go first. */
  private dropOldest(): void {
    for (const cursor of this.open.values()) {
      if (this.bytes <= MOST_BYTES || this.open.size === 1) return;
      this.drop(cursor);
    }
  }

  private drop(cursor: Cursor): void {
    this.open.delete(cursor.id);
    this.bytes -= cursor.rows.byteLength;
  }
}

export function invalidLocator(): ApiError {
  return new ApiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
}
