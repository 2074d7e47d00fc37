/** What is stored, in bytes, for people. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reply } from '../../contract/api.ts';
import type { Db } from '../db/transaction.ts';
import { isSqlite } from '../db/transaction.ts';
import type { Stores } from '../tables/types.ts';
import { listKept } from './candidates.ts';

const runsShown = 200;

export interface SizesOf {
  db: Db;
  stores: Pick<Stores, 'run' | 'freeBytes'>;
  folder: string;
  floorBytes: number;
}

/** The largest runs first. Where data lie on a database server, their sizes are its affair: null. */
export async function readSizes({ db, stores, folder, floorBytes }: SizesOf): Promise<Reply<'getStorage'>> {
  const runs = (await listKept(db, stores)).filter((run) => run.bytes > 0 || run.tables > 0);
  const workflows = [...Map.groupBy(runs, (run) => run.workflow)].map(([workflow, own]) => ({
    workflow,
    runs: own.length,
    bytes: own.reduce((sum, run) => sum + run.bytes, 0),
    tables: own.reduce((sum, run) => sum + run.tables, 0),
  }));
  const bytesOf = (name: string) => (isSqlite(db) ? fileBytes(join(folder, name)) : null);
  return {
    freeBytes: isSqlite(db) ? await stores.freeBytes() : null,
    floorBytes,
    controlBytes: await bytesOf('control.sqlite'),
    localBytes: await bytesOf('local.sqlite'),
    runBytes: runs.reduce((sum, run) => sum + run.bytes, 0),
    exportBytes: await sumExports(db, stores),
    workflows: workflows.sort((a, b) => b.bytes - a.bytes),
    runs: runs.sort((a, b) => b.bytes - a.bytes).slice(0, runsShown),
  };
}

/** What is left of runs whose other rows are gone. */
async function sumExports(db: Db, stores: SizesOf['stores']): Promise<number> {
  const left: { run: string }[] = await db('exports')
    .leftJoin('runs', 'runs.id', 'exports.run_id')
    .where((gone) => gone.whereNull('runs.id').orWhere({ 'runs.purged': true }))
    .distinct({ run: 'exports.run_id' });
  const sizes = await Promise.all(left.map(({ run }) => stores.run(run).bytes()));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** With the log beside it. */
async function fileBytes(path: string): Promise<number> {
  const sizes = await Promise.all(['', '-wal', '-shm'].map((ending) => sizeOf(path + ending)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** 0 for a file that is not there: the log comes and goes. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}
