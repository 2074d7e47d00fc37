/** The file of local data, `local.sqlite`: one writer, beside which the store of one run can be read. */
import { existsSync } from 'node:fs';
import { explained } from '../errors.ts';
import { localTables } from '../local/catalogue.ts';
import type { Setting } from '../relation/sources.ts';
import type { LocalAccess } from '../setting.ts';
import type { SqliteConnection } from './connection.ts';
import { sqliteDialect } from './dialect.ts';
import { faultOf } from './faults.ts';
import { checkFormat, createStoreFile, reclaimPages } from './files.ts';
import { ReaderProcess } from './readerProcess.ts';
import { StoreFile, type StoreLimits } from './storeFile.ts';

export interface LocalFileOptions {
  path: string;
  ownerName: string;
  limits: StoreLimits;
  runPath(runId: string): string;
}

const runSchema = 'run_data';
const what = 'local data';
/** Keys come in any order, so every batch touches most pages of a large index. */
const localLimits = { writerCacheKiB: 32_768 };

export class LocalFile implements LocalAccess {
  readonly dialect = sqliteDialect;
  readonly #options: LocalFileOptions;
  readonly #file: StoreFile;
  #besideRun: string | null = null;

  constructor(options: LocalFileOptions) {
    const { path, limits, ownerName } = options;
    this.#options = options;
    const create = () => createStoreFile(path, localTables(sqliteDialect), ownerName);
    this.#file = new StoreFile({ path, limits: { ...limits, ...localLimits }, create, prepare: checkFormat });
  }

  write<T>(work: (db: SqliteConnection) => Promise<T>): Promise<T> {
    return explained(what, faultOf, () => this.#file.write(work));
  }

  writeBeside<T>(runId: string, work: (db: SqliteConnection, setting: Setting) => Promise<T>): Promise<T> {
    return this.write(async (db) => {
      const run = (await this.#attachRun(db, runId)) ? `${runSchema}.` : null;
      return work(db, { dialect: this.dialect, schemas: { store: runId, run, local: '' } });
    });
  }

  async read<T>(work: (db: SqliteConnection) => Promise<T>): Promise<T | null> {
    return existsSync(this.#options.path) ? explained(what, faultOf, () => this.#file.read(work)) : null;
  }

  async openReader(): Promise<ReaderProcess> {
    // There may be none yet, and a session that only reads makes none.
    if (!existsSync(this.#options.path)) await this.write(async () => undefined);
    return new ReaderProcess(this.#options.path);
  }

  reclaim(): Promise<void> {
    return this.write(reclaimPages);
  }

  /** So that the file of the run can be deleted. */
  async leaveRun(runId: string): Promise<void> {
    if (this.#besideRun === runId) await this.write((db) => this.#detachRun(db));
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #attachRun(db: SqliteConnection, runId: string): Promise<boolean> {
    if (this.#besideRun === runId) return true;
    await this.#detachRun(db);
    const path = this.#options.runPath(runId);
    if (!existsSync(path)) return false;
    await db.attach(runSchema, path);
    this.#besideRun = runId;
    return true;
  }

  async #detachRun(db: SqliteConnection): Promise<void> {
    this.#besideRun = null;
    await db.detach(runSchema);
  }
}
