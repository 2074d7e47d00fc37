/** What store files have in common on disk: how they are made, marked, measured and removed. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UserError } from '../../../contract/errors.ts';
import { SqliteConnection } from './connection.ts';
import { sqliteDialect } from './dialect.ts';

/** Of the layout of the files. A file of a newer program is refused. */
const format = 1;

/** The log and the index of the log lie beside a file while it is open. */
const besides = ['-wal', '-shm'] as const;

/**
 * Makes a file with its tables under another name and gives it its own when it is complete, so that nobody ever sees half
 * of it. Freed space can be given back only if that is said before the first table is made.
 */
export async function createStoreFile(path: string, tables: string[], madeBy: string): Promise<void> {
  removeUnfinished(path);
  const unfinished = unfinishedPath(path);
  const db = await SqliteConnection.open(unfinished, { mode: 'rwc', cacheKiB: 1_024 });
  try {
    const own = sqliteDialect.createTable('_store', ['format INTEGER NOT NULL', 'made_by TEXT NOT NULL']);
    await db.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; ${[own, ...tables].join(';')}`);
    await db.run('INSERT INTO _store (format, made_by) VALUES (?1, ?2)', [format, madeBy]);
  } finally {
    await db.close();
  }
  renameSync(unfinished, path);
}

/** Throws UserError DATABASE_NEWER when the file was made by a newer program. */
export async function checkFormat(db: SqliteConnection): Promise<void> {
  const found = await db.value<number>('SELECT max(format) AS format FROM _store');
  if (found === format) return;
  const reason = `its layout is ${found}, and this program knows ${format}`;
  throw new UserError('DATABASE_NEWER', { file: 'of these rows', reason });
}

const unfinishedPath = (path: string): string => `${path}.new`;

/** What a crash left of the making of a file. */
export const removeUnfinished = (path: string): void => removeStoreFile(unfinishedPath(path));

export function removeStoreFile(path: string): void {
  for (const ending of [...besides, '']) rmSync(`${path}${ending}`, { force: true, maxRetries: 3 });
}

export async function storeFileBytes(path: string): Promise<number> {
  let bytes = 0;
  for (const ending of ['', ...besides])
    if (existsSync(`${path}${ending}`)) bytes += (await stat(`${path}${ending}`)).size;
  return bytes;
}

/** Pages that nobody uses leave the file; then the log is cut, which makes the file shorter. */
export async function reclaimPages(db: SqliteConnection): Promise<void> {
  await db.exec('PRAGMA main.incremental_vacuum; PRAGMA main.wal_checkpoint(TRUNCATE)');
}
