/**
 * The only place that opens files with rows. A file has one writer connection, whose users wait for each other, and a few
 * reader connections; open files are kept in an LRU. Nothing is created by accident: a file that is not there is lost.
 */
import { existsSync } from 'node:fs';
import { UserError } from '../../../contract/errors.ts';
import { Gate } from '../gate.ts';
import { type ConnectionSettings, SqliteConnection } from './connection.ts';

export interface StoreLimits {
  /** Run files kept open at the same time, if no more are in use. */
  openFiles: number;
  /** Reader connections per file. */
  readers: number;
  writerCacheKiB: number;
  readerCacheKiB: number;
}

export const defaultLimits: StoreLimits = { openFiles: 8, readers: 2, writerCacheKiB: 16_384, readerCacheKiB: 4_096 };

export interface StoreFileOptions {
  path: string;
  limits: StoreLimits;
  /** Makes the file, when somebody writes and it is not there. */
  create: () => Promise<void>;
  /** Looks at a file before it is written to. */
  prepare: (writer: SqliteConnection) => Promise<void>;
}

export class StoreFile {
  readonly path: string;
  readonly #options: StoreFileOptions;
  readonly #writing = new Gate(1);
  readonly #reading: Gate;
  #writer: SqliteConnection | null = null;
  readonly #idleReaders: SqliteConnection[] = [];
  #closed = false;
  /** It was opened: from then on it must be there. One that is just being made is not there yet. */
  #wasThere = false;

  constructor(options: StoreFileOptions) {
    this.path = options.path;
    this.#options = options;
    this.#reading = new Gate(options.limits.readers);
  }

  write<T>(work: (db: SqliteConnection) => Promise<T>): Promise<T> {
    return this.#writing.pass(async () => {
      this.#refuseClosed();
      this.#writer ??= await this.#openWriter();
      return work(this.#writer);
    });
  }

  read<T>(work: (db: SqliteConnection) => Promise<T>): Promise<T> {
    return this.#reading.pass(async () => {
      const db = this.#idleReaders.pop() ?? (await this.openReader());
      try {
        return await work(db);
      } finally {
        if (this.#closed) await db.close();
        else this.#idleReaders.push(db);
      }
    });
  }

  /** A reader of the caller's own, which he closes: for what takes as long as somebody downloads. */
  async openReader(): Promise<SqliteConnection> {
    this.#refuseClosed();
    return this.#open('ro', this.#options.limits.readerCacheKiB);
  }

  /** Somebody removed the file, even if it is still open here. */
  get isLost(): boolean {
    return this.#wasThere && !existsSync(this.path);
  }

  /** Waits for the write under way, then closes all connections; a read under way closes its own. Final. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing.pass(async () => {
      const writer = this.#writer;
      this.#writer = null;
      await Promise.all(this.#idleReaders.splice(0).map((reader) => reader.close()));
      // Last, so that it can fold the log back into the file.
      await writer?.close();
    });
  }

  #refuseClosed(): void {
    if (this.#closed) throw new UserError('WORK_TABLE_LOST', { table: this.path, reason: 'the store was closed' });
  }

  async #openWriter(): Promise<SqliteConnection> {
    if (!existsSync(this.path)) await this.#options.create();
    const writer = await this.#open('rw', this.#options.limits.writerCacheKiB);
    try {
      await writer.exec(writerPragmas);
      await this.#options.prepare(writer);
      return writer;
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  async #open(mode: ConnectionSettings['mode'], cacheKiB: number): Promise<SqliteConnection> {
    const db = await SqliteConnection.open(this.path, { mode, cacheKiB });
    this.#wasThere = true;
    return db;
  }
}

/** The log is folded back every 32 MB and is cut to 64 MB after a long transaction. */
const writerPragmas = `
  PRAGMA wal_autocheckpoint = 8000;
  PRAGMA journal_size_limit = 67108864;`;

/** Open files by key: the least recently used ones are closed when there are more than `limit` and nobody uses them. */
export class StorePool {
  readonly #files = new Map<string, { file: StoreFile; users: number }>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async use<T>(key: string, open: () => StoreFile, work: (file: StoreFile) => Promise<T>): Promise<T> {
    const entry = this.#files.get(key) ?? { file: open(), users: 0 };
    this.#files.delete(key);
    this.#files.set(key, entry);
    entry.users += 1;
    try {
      return await work(entry.file);
    } finally {
      entry.users -= 1;
      await this.#trim();
    }
  }

  async removeLost(key: string): Promise<void> {
    if (this.#files.get(key)?.file.isLost) await this.remove(key);
  }

  /** Takes a file out of the pool and closes it when its users are done. */
  async remove(key: string): Promise<void> {
    const entry = this.#files.get(key);
    this.#files.delete(key);
    await entry?.file.close();
  }

  async close(): Promise<void> {
    for (const key of [...this.#files.keys()]) await this.remove(key);
  }

  async #trim(): Promise<void> {
    for (const [key, { users }] of [...this.#files]) {
      if (this.#files.size <= this.#limit) return;
      if (users === 0) await this.remove(key);
    }
  }
}
