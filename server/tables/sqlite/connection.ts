/**
 * One connection to one SQLite file, as promises. Not for sharing: whoever holds it (a lease of `StoreFile`) runs one
 * statement after the other. Statements run on the thread pool, never on the event loop.
 */
import { pathToFileURL } from 'node:url';
import sqlite3 from 'sqlite3';
import type { Connection, Param, TransactionKind } from '../connection.ts';
import { stoppedBy, throwIfStopped } from '../errors.ts';

export interface ConnectionSettings {
  mode: 'ro' | 'rw' | 'rwc';
  /** Page cache, KiB. The sorter works in pieces of this size as well. */
  cacheKiB: number;
}

/** A lock of another process is waited for this long. */
const busyTimeoutMs = 15_000;
const cachedStatements = 40;
const longestCached = 65_536;
/** An interrupt that comes before the statement has left the thread pool's queue is lost, so it is repeated. */
const interruptEveryMs = 20;

/** Cells of local data are smaller, and programs of statements too. */
const limits: [id: number, most: number][] = [
  [sqlite3.LIMIT_ATTACHED, 0],
  [sqlite3.LIMIT_LENGTH, 64_000_000],
  [sqlite3.LIMIT_SQL_LENGTH, 4_000_000],
  [sqlite3.LIMIT_EXPR_DEPTH, 500],
  [sqlite3.LIMIT_COMPOUND_SELECT, 100],
  [sqlite3.LIMIT_VDBE_OP, 1_000_000],
  [sqlite3.LIMIT_LIKE_PATTERN_LENGTH, 1_000],
  [sqlite3.LIMIT_WORKER_THREADS, 0],
];

type Synchronous = 'NORMAL' | 'FULL';

export class SqliteConnection implements Connection {
  readonly #db: sqlite3.Database;
  readonly #statements = new Map<string, sqlite3.Statement>();
  readonly #attached = new Set<string>();
  #synchronous: Synchronous = 'NORMAL';
  #rollbacks = 0;

  private constructor(db: sqlite3.Database) {
    this.#db = db;
  }

  /** Throws the driver's error (`SQLITE_CANTOPEN` for a file that does not exist, unless mode is `rwc`). */
  static async open(path: string, settings: ConnectionSettings): Promise<SqliteConnection> {
    const flags = settings.mode === 'ro' ? sqlite3.OPEN_READONLY : sqlite3.OPEN_READWRITE;
    const create = settings.mode === 'rwc' ? sqlite3.OPEN_CREATE : 0;
    const db = await openDatabase(fileUri(path, settings.mode), flags | create | sqlite3.OPEN_URI);
    db.configure('busyTimeout', busyTimeoutMs);
    const connection = new SqliteConnection(db);
    try {
      await connection.exec(startPragmas(settings));
    } catch (error) {
      await connection.close();
      throw error;
    }
    return connection;
  }

  async all<Row>(sql: string, params: Param[] = [], signal?: AbortSignal): Promise<Row[]> {
    throwIfStopped(signal);
    const statement = await this.#prepare(sql);
    return this.#interruptible(signal, () => allRows<Row>(statement, params)).finally(() => this.#release(sql));
  }

  /** The first column of the first row. */
  async value<T>(sql: string, params: Param[] = [], signal?: AbortSignal): Promise<T | null> {
    const [row] = await this.all<Record<string, T>>(sql, params, signal);
    return row === undefined ? null : (Object.values(row)[0] ?? null);
  }

  /** The number of rows it changed. */
  async run(sql: string, params: Param[] = [], signal?: AbortSignal): Promise<number> {
    throwIfStopped(signal);
    const statement = await this.#prepare(sql);
    return this.#interruptible(signal, () => runStatement(statement, params)).finally(() => this.#release(sql));
  }

  exec(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#db.exec(sql, (error) => (error ? reject(error) : resolve()));
    });
  }

  get rollbacks(): number {
    return this.#rollbacks;
  }

  /** There is one writer, so it is always alone. */
  async transaction<T>(kind: TransactionKind, work: () => Promise<T>): Promise<T> {
    if (kind !== 'read') await this.#setSynchronous(kind === 'write' ? 'NORMAL' : 'FULL');
    await this.run(kind === 'read' ? 'BEGIN' : 'BEGIN IMMEDIATE');
    try {
      const result = await work();
      await this.run('COMMIT');
      return result;
    } catch (error) {
      await this.#rollback(error);
      throw error;
    }
  }

  /** For statements that people wrote: no other file is opened, and neither values nor programs grow without end. */
  confine(): void {
    for (const [id, most] of limits) this.#db.configure('limit', id, most);
  }

  /** Makes another file readable as `schema`; outside of transactions only. */
  async attach(schema: string, path: string): Promise<void> {
    if (this.#attached.has(schema)) return;
    await this.run(`ATTACH ?1 AS ${schema}`, [fileUri(path, 'ro')]);
    this.#attached.add(schema);
  }

  async detach(schema: string): Promise<void> {
    if (!this.#attached.delete(schema)) return;
    await this.#finalizeAll();
    await this.run(`DETACH ${schema}`);
  }

  async close(): Promise<void> {
    await this.#finalizeAll();
    await new Promise<void>((resolve, reject) => {
      this.#db.close((error) => (error ? reject(error) : resolve()));
    });
  }

  async #setSynchronous(synchronous: Synchronous): Promise<void> {
    if (this.#synchronous === synchronous) return;
    await this.exec(`PRAGMA synchronous = ${synchronous}`);
    this.#synchronous = synchronous;
  }

  async #rollback(cause: unknown): Promise<void> {
    this.#rollbacks += 1;
    try {
      await this.run('ROLLBACK');
    } catch (error) {
      // SQLite ends the transaction itself when a statement was interrupted or the disk is full.
      if (!(error instanceof Error) || !error.message.includes('no transaction is active'))
        throw new Error('The transaction could not be rolled back', { cause: new AggregateError([cause, error]) });
    }
  }

  async #prepare(sql: string): Promise<sqlite3.Statement> {
    const known = this.#statements.get(sql);
    if (known) {
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const statement = await prepareStatement(this.#db, sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Keeps short statements for the next time, and not too many of them. */
  async #release(sql: string): Promise<void> {
    if (sql.length > longestCached) await this.#finalize(sql);
    while (this.#statements.size > cachedStatements) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) await this.#finalize(oldest);
    }
  }

  async #finalize(sql: string): Promise<void> {
    const statement = this.#statements.get(sql);
    this.#statements.delete(sql);
    if (statement) await new Promise<void>((resolve) => statement.finalize(() => resolve()));
  }

  async #finalizeAll(): Promise<void> {
    for (const sql of [...this.#statements.keys()]) await this.#finalize(sql);
  }

  async #interruptible<T>(signal: AbortSignal | undefined, start: () => Promise<T>): Promise<T> {
    if (!signal) return start();
    let timer: NodeJS.Timeout | undefined;
    const interrupt = () => {
      this.#db.interrupt();
      timer ??= setInterval(interrupt, interruptEveryMs);
    };
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      return await start();
    } catch (error) {
      throw signal.aborted && isInterrupt(error) ? stoppedBy(signal) : error;
    } finally {
      signal.removeEventListener('abort', interrupt);
      clearInterval(timer);
    }
  }
}

function fileUri(path: string, mode: ConnectionSettings['mode']): string {
  return `${pathToFileURL(path).href}?mode=${mode}`;
}

/** A schema that someone slipped into the file may call no function with side effects, and damaged pages are noticed. */
function startPragmas({ cacheKiB }: ConnectionSettings): string {
  return [
    `PRAGMA cache_size = -${cacheKiB}`,
    'PRAGMA synchronous = NORMAL',
    'PRAGMA trusted_schema = OFF',
    'PRAGMA cell_size_check = ON',
  ].join(';');
}

const isInterrupt = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'SQLITE_INTERRUPT';

function openDatabase(uri: string, flags: number): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const db = new sqlite3.Database(uri, flags, (error) => (error ? reject(error) : resolve(db)));
  });
}

function prepareStatement(db: sqlite3.Database, sql: string): Promise<sqlite3.Statement> {
  return new Promise((resolve, reject) => {
    const statement = db.prepare(sql, (error) => (error ? reject(error) : resolve(statement)));
  });
}

function allRows<Row>(statement: sqlite3.Statement, params: Param[]): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    statement.all<Row>(params, (error, rows) => (error ? reject(error) : resolve(rows)));
  });
}

function runStatement(statement: sqlite3.Statement, params: Param[]): Promise<number> {
  return new Promise((resolve, reject) => {
    statement.run(params, function (error) {
      if (error) reject(error);
      else resolve(this.changes);
    });
  });
}
