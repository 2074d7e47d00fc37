/** How the parts of the data plane reach the stores: leases of connections, whichever database is behind them. */
import type { Connection } from './connection.ts';
import type { LocalReader } from './query/reader.ts';
import type { Dialect } from './relation/dialect.ts';
import type { Schemas, Setting } from './relation/sources.ts';

/** The store of one run; local data can be read beside it. */
export interface StoreAccess {
  readonly dialect: Dialect;
  readonly schemas: Schemas;
  /** A task that made no table leaves no store behind. */
  exists(): Promise<boolean>;
  /** Creates the store if it is not there. Work waits for other work of the same store. */
  write<T>(work: (db: Connection) => Promise<T>): Promise<T>;
  /** Throws WORK_TABLE_LOST if the store is not there. */
  read<T>(work: (db: Connection) => Promise<T>): Promise<T>;
  /** A connection of the caller's own, which he closes. */
  open(): Promise<Connection>;
  /** Gives the space of dropped tables back. */
  reclaim(): Promise<void>;
  bytes(): Promise<number>;
}

export interface LocalAccess {
  readonly dialect: Dialect;
  write<T>(work: (db: Connection) => Promise<T>): Promise<T>;
  /** With the work tables of a run readable beside it. */
  writeBeside<T>(runId: string, work: (db: Connection, setting: Setting) => Promise<T>): Promise<T>;
  /** null: there is no local data yet. */
  read<T>(work: (db: Connection) => Promise<T>): Promise<T | null>;
  /** A session of the caller's own, which he closes; made for statements of so many seconds. */
  openReader(seconds: number): Promise<LocalReader>;
  reclaim(): Promise<void>;
}
