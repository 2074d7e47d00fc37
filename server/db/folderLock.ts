/**
 * One engine owns a data folder. The lock is the operating system's: it is held by an open SQLite transaction on
 * `engine.lock` and goes with the process, however that ends, so no stale lock is left and a reused pid means nothing. The
 * pid in `engine.pid` is only for the message.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { UserError } from '../../contract/errors.ts';
import { folderError, makeFolder } from './sqlite.ts';

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * `pid` is whom a person has to stop to free the folder. Throws UserError DATA_FOLDER_BUSY with the pid of the owner, or
 * DATA_FOLDER_READ_ONLY.
 */
export async function lockFolder(folder: string, pid = process.pid): Promise<FolderLock> {
  await makeFolder(folder);
  try {
    const database = await open(join(folder, 'engine.lock'));
    await hold(database, folder);
    await writeFile(join(folder, 'engine.pid'), `${pid}\n`);
    return { release: () => close(database) };
  } catch (error) {
    throw folderError(folder, error) ?? error;
  }
}

async function hold(database: sqlite3.Database, folder: string): Promise<void> {
  try {
    await run(database, 'begin exclusive');
  } catch (error) {
    await close(database);
    if (!(error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY')) throw error;
    throw new UserError('DATA_FOLDER_BUSY', { pid: await readPid(folder) }, { cause: error });
  }
}

/** The owner may not have written it yet: that is no reason to fail differently. */
async function readPid(folder: string): Promise<string> {
  try {
    return (await readFile(join(folder, 'engine.pid'), 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'unknown';
    throw error;
  }
}

function open(file: string): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const database: sqlite3.Database = new sqlite3.Database(file, (error) =>
      error ? reject(error) : resolve(database),
    );
  });
}

function run(database: sqlite3.Database, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    database.run(sql, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}

function close(database: sqlite3.Database): Promise<void> {
  return new Promise((resolve, reject) => {
    database.close((error) => (error ? reject(error) : resolve()));
  });
}
