/** All stores of a data folder: `runs/<id>.sqlite` for each run, `local.sqlite` for the user's own tables. */
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { StoredLocalData } from '../local/localData.ts';
import { StoredRunTables } from '../run/runTables.ts';
import type { LocalData, RunTables, Stores } from '../types.ts';
import { LocalFile } from './localFile.ts';
import { RunFiles } from './runFiles.ts';
import { defaultLimits } from './storeFile.ts';

export interface FolderStoresOptions {
  folder: string;
  /** `read`: stores of runs are opened read-only and never made; local data can be changed all the same. */
  mode: 'write' | 'read';
  ownerName: string;
}

/** Opens no file yet. In one data folder there is one process with `mode: 'write'`. */
export class FolderStores implements Stores {
  readonly local: LocalData;
  readonly #folder: string;
  readonly #runs: RunFiles;
  readonly #local: LocalFile;

  constructor({ folder, mode, ownerName }: FolderStoresOptions) {
    const localPath = join(folder, 'local.sqlite');
    this.#folder = folder;
    this.#runs = new RunFiles({ folder, mode, ownerName, limits: defaultLimits, localPath });
    const runPath = (runId: string) => this.#runs.path(runId);
    this.#local = new LocalFile({ path: localPath, ownerName, limits: defaultLimits, runPath });
    this.local = new StoredLocalData(this.#local);
  }

  run(runId: string): RunTables {
    return new StoredRunTables(this.#runs.access(runId));
  }

  async deleteRun(runId: string): Promise<void> {
    await this.#local.leaveRun(runId);
    await this.#runs.delete(runId);
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#folder);
    return bavail * bsize;
  }

  async close(): Promise<void> {
    await this.#runs.close();
    await this.#local.close();
  }
}
