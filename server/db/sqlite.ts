/** The control store as one file of the data folder. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import knex from 'knex';
import { UserError } from '../../contract/errors.ts';
import type { Clock } from './clock.ts';
import { nowText } from './clock.ts';
import type { Migration } from './migrate.ts';
import { createMarks, migrate } from './migrate.ts';
import { quietLog } from './quiet.ts';
import type { Db } from './transaction.ts';

interface Statement {
  run(sql: string, done: (error: Error | null) => void): void;
}

/** How often, and after at most which milliseconds, a statement of opening that found the store busy is tried again. */
const patience = 1_000;
const pauseMs = 20;
/** Transactions wait for each other before they reach SQLite; the other connections are for reading beside them. */
const connections = 4;
const pragmas = [
  // Two that make a new store change to WAL at once wait for each other: one has to give way, and tries again.
  'pragma busy_timeout = 0',
  'pragma journal_mode = wal',
  'pragma busy_timeout = 10000',
  // A run that was committed stays committed when the power fails.
  'pragma synchronous = full',
  'pragma foreign_keys = on',
];

export async function openSqlite(folder: string, clock: Clock, migrations: readonly Migration[]): Promise<Db> {
  await makeFolder(folder);
  const file = join(folder, 'control.sqlite');
  const db = connect(file);
  try {
    await createMarks(db);
    await migrate(db, { clock, migrations, backup: () => backUp(db, file, nowText(clock)) });
    return db;
  } catch (error) {
    await db.destroy();
    throw folderError(folder, error) ?? damageError(file, error) ?? error;
  }
}

const damageCodes = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB']);

/** The error of a file that is no database (any more); undefined if it is another one. */
function damageError(file: string, error: unknown): UserError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !damageCodes.has(String(error.code))) return undefined;
  return new UserError('DATABASE_DAMAGED', { file, reason: error.message }, { cause: error });
}

function connect(file: string): Db {
  return knex({
    client: 'sqlite3',
    connection: { filename: file },
    useNullAsDefault: true,
    // A failing statement is named without its values: they may be secrets, and messages reach the log.
    compileSqlOnError: false,
    log: quietLog,
    pool: {
      min: 0,
      max: connections,
      afterCreate: (connection: Statement, done: (error: Error | null) => void) => runAll(connection, pragmas, done),
    },
  });
}

function runAll(connection: Statement, statements: readonly string[], done: (error: Error | null) => void): void {
  const [first, ...rest] = statements;
  if (first === undefined) done(null);
  else runPatiently(connection, first, patience, (error) => (error ? done(error) : runAll(connection, rest, done)));
}

function runPatiently(
  connection: Statement,
  statement: string,
  tries: number,
  done: (error: Error | null) => void,
): void {
  connection.run(statement, (error) => {
    const busy = error !== null && 'code' in error && error.code === 'SQLITE_BUSY';
    if (busy && tries > 1)
      setTimeout(() => runPatiently(connection, statement, tries - 1, done), Math.random() * pauseMs);
    else done(error);
  });
}

/** Makes the folder if need be, for its owner only. Throws UserError DATA_FOLDER_READ_ONLY. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw folderError(folder, error) ?? error;
  }
}

const readOnlyCodes = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EEXIST',
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
  'SQLITE_PERM',
]);

/** The error of a folder that cannot be written, in words; undefined if it is another one. */
export function folderError(folder: string, error: unknown): UserError | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  if (!readOnlyCodes.has(error.code)) return undefined;
  return new UserError('DATA_FOLDER_READ_ONLY', { folder, reason: error.message }, { cause: error });
}

async function backUp(db: Db, file: string, at: string): Promise<void> {
  const found: { integrity_check: string }[] = await db.raw('pragma integrity_check(1)');
  const verdict = found[0]?.integrity_check;
  if (verdict !== 'ok') throw new UserError('DATABASE_DAMAGED', { file, reason: verdict });
  await db.raw('vacuum into ?', [`${file}.${at.replaceAll(/[:.]/g, '-')}.backup`]);
}
