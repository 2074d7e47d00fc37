/** The files of runs: `runs/<id>.sqlite`, each the store of one run. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../contract/errors.ts';
import { explained } from '../errors.ts';
import { catalogueTables } from '../run/catalogue.ts';
import type { StoreAccess } from '../setting.ts';
import type { SqliteConnection } from './connection.ts';
import { sqliteDialect } from './dialect.ts';
import { faultOf } from './faults.ts';
import {
  checkFormat,
  createStoreFile,
  reclaimPages,
  removeStoreFile,
  removeUnfinished,
  storeFileBytes,
} from './files.ts';
import { StoreFile, type StoreLimits, StorePool } from './storeFile.ts';

export interface RunFilesOptions {
  folder: string;
  mode: 'write' | 'read';
  ownerName: string;
  limits: StoreLimits;
  /** Readable beside every run, as soon as it exists. */
  localPath: string;
}

const localSchema = 'local_data';
/** A file with this ending says that the store beside it is to be deleted. */
const deletedMark = '.deleted';

export class RunFiles {
  readonly #options: RunFilesOptions;
  readonly #pool: StorePool;
  readonly #deleted = new Set<string>();

  constructor(options: RunFilesOptions) {
    this.#options = options;
    this.#pool = new StorePool(options.limits.openFiles);
    if (options.mode !== 'write') return;
    mkdirSync(this.#folder, { recursive: true });
    for (const name of readdirSync(this.#folder))
      if (name.endsWith(deletedMark)) this.#remove(join(this.#folder, name.slice(0, -deletedMark.length)));
  }

  path(runId: string): string {
    if (!/^[\w-]{1,100}$/.test(runId)) throw new Error(`"${runId}" cannot be the id of a run`);
    return join(this.#folder, `${runId}.sqlite`);
  }

  access(runId: string): StoreAccess {
    const { localPath, mode } = this.#options;
    const path = this.path(runId);
    const use = <T>(work: (file: StoreFile) => Promise<T>) =>
      explained(`run ${runId}`, faultOf, () => this.#use(runId, work));
    return {
      dialect: sqliteDialect,
      schemas: {
        store: runId,
        run: '',
        get local() {
          return existsSync(localPath) ? `${localSchema}.` : null;
        },
      },
      exists: async () => existsSync(path),
      write: async (work) => {
        if (mode === 'read') throw new Error('The stores of runs are open for reading only');
        return use((file) => file.write(async (db) => work(await this.#withLocal(db))));
      },
      read: (work) => use((file) => file.read(async (db) => work(await this.#withLocal(db)))),
      open: () => use(async (file) => this.#withLocal(await file.openReader())),
      reclaim: () => use((file) => file.write(reclaimPages)),
      bytes: () => storeFileBytes(path),
    };
  }

  /** The mark comes first: what a crash leaves of it is deleted at the next start. */
  async delete(runId: string): Promise<void> {
    const path = this.path(runId);
    this.#deleted.add(runId);
    if (existsSync(path)) writeFileSync(`${path}${deletedMark}`, '');
    await this.#pool.remove(runId);
    this.#remove(path);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  get #folder(): string {
    return join(this.#options.folder, 'runs');
  }

  async #use<T>(runId: string, work: (file: StoreFile) => Promise<T>): Promise<T> {
    const path = this.path(runId);
    if (this.#deleted.has(runId))
      throw new UserError('WORK_TABLE_LOST', { table: `run ${runId}`, reason: 'the run was deleted' });
    await this.#pool.removeLost(runId);
    return this.#pool.use(runId, () => this.#open(path), work);
  }

  #open(path: string): StoreFile {
    const { limits, ownerName } = this.#options;
    const create = () => createStoreFile(path, catalogueTables(sqliteDialect), ownerName);
    return new StoreFile({ path, limits, create, prepare: checkFormat });
  }

  async #withLocal(db: SqliteConnection): Promise<SqliteConnection> {
    if (existsSync(this.#options.localPath)) await db.attach(localSchema, this.#options.localPath);
    return db;
  }

  #remove(path: string): void {
    removeUnfinished(path);
    removeStoreFile(path);
    removeStoreFile(`${path}${deletedMark}`);
  }
}
