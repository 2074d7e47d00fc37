/**
 * Copies of SQLite files while others write to them. Files that are copied together all show one moment: writers are held
 * for as long as it takes to open that moment for reading, some milliseconds, and go on while it is being copied.
 */
import { existsSync } from 'node:fs';
import sqlite3 from 'sqlite3';

export interface Copy {
  from: string;
  to: string;
}

/** What the driver has and its types leave out. */
interface Backup {
  step(pages: number, done: (error: Error | null) => void): void;
  finish(done: (error: Error | null) => void): void;
}
interface Copyable extends sqlite3.Database {
  backup(path: string): Backup;
}

/** Files that are not there are left out; gives those that were copied. */
export async function copyTogether(copies: readonly Copy[]): Promise<Copy[]> {
  await using opened = new AsyncDisposableStack();
  const connect = async (path: string): Promise<Copyable> => {
    const database = await open(path);
    opened.defer(() => close(database));
    return database;
  };
  const there = copies.filter((copy) => existsSync(copy.from));
  const writers: Copyable[] = [];
  const readers: { database: Copyable; copy: Copy }[] = [];
  for (const copy of there) {
    const writer = await connect(copy.from);
    await run(writer, 'begin immediate');
    writers.push(writer);
  }
  for (const copy of there) {
    const database = await connect(copy.from);
    await run(database, 'begin');
    await run(database, 'select count(*) from sqlite_schema');
    readers.push({ database, copy });
  }
  for (const writer of writers) await run(writer, 'rollback');
  for (const { database, copy } of readers) await copyOpen(database, copy.to);
  return there;
}

/** For a file that holds a moment of its own. Gives false when it is not there any more. */
export async function copyAlone(copy: Copy): Promise<boolean> {
  return (await copyTogether([copy])).length > 0;
}

async function copyOpen(database: Copyable, to: string): Promise<void> {
  const backup = database.backup(to);
  await settled((done) => backup.step(-1, done));
  await settled((done) => backup.finish(done));
}

async function open(path: string): Promise<Copyable> {
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const made: sqlite3.Database = new sqlite3.Database(path, sqlite3.OPEN_READWRITE, (error) =>
      error ? reject(error) : resolve(made),
    );
  });
  await run(database, 'pragma busy_timeout = 60000');
  return database as Copyable;
}

const run = (database: sqlite3.Database, sql: string): Promise<void> => settled((done) => database.exec(sql, done));
const close = (database: sqlite3.Database): Promise<void> => settled((done) => database.close(done));

function settled(work: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => work((error) => (error ? reject(error) : resolve())));
}
