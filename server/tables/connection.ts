/** A connection to a database as the rest of the data plane uses it, whichever database it is. */

/** What stands for `?1`, `?2` … in a statement. */
export type Param = string | number | null | Uint8Array;

/**
 * `durable`: on disk when this returns (and with it everything committed before). Of a plain `write` a power cut may take
 * the last moment back, but never out of order. `alone` is a durable one that waits for all others of the store to end and
 * keeps them out. `read` gives one unchanging view to all statements of the work.
 */
export type TransactionKind = 'read' | 'write' | 'durable' | 'alone';

/** Not for sharing: whoever holds it (a lease) runs one statement after the other. Unqualified names are those of its store. */
export interface Connection {
  /** How often a transaction was rolled back: what was known of temporary tables no longer holds then. */
  readonly rollbacks: number;
  all<Row>(sql: string, params?: Param[], signal?: AbortSignal): Promise<Row[]>;
  /** The first column of the first row. */
  value<T>(sql: string, params?: Param[], signal?: AbortSignal): Promise<T | null>;
  /** The number of rows it changed. */
  run(sql: string, params?: Param[], signal?: AbortSignal): Promise<number>;
  /** The work may be done several times, until no other transaction comes in its way. */
  transaction<T>(kind: TransactionKind, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
