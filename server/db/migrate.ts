/**
 * Brings the control store to the schema of this program. Each migration is one transaction with its own mark, so a kill
 * in the middle leaves the schema before it; there is no lock row that could be left behind.
 */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../contract/errors.ts';
import type { Clock } from './clock.ts';
import { nowText } from './clock.ts';
import type { Db, Tx } from './transaction.ts';

export interface Migration {
  /** The file's name without its ending; migrations run in the order of their names. */
  name: string;
  up(tx: Tx): Promise<void>;
}

export interface MigrateOptions {
  clock: Clock;
  migrations: readonly Migration[];
  /** Called before the first change to a store that already holds something. */
  backup(): Promise<void>;
}

const migrationsFolder = new URL('./migrations/', import.meta.url);

/** The migrations of this program, found by folder. */
export async function findMigrations(): Promise<Migration[]> {
  const files = (await readdir(fileURLToPath(migrationsFolder))).filter((file) => /^\d{4}_\w+\.ts$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(new URL(file, migrationsFolder).href)) as { up(tx: Tx): Promise<void> };
      return { name: file.replace(/\.ts$/, ''), up: module.up };
    }),
  );
}

/** Gives the names of the migrations it made. Throws UserError DATABASE_NEWER for a store written by a newer program. */
export async function migrate(db: Db, options: MigrateOptions): Promise<string[]> {
  const marks = await readMarks(db);
  refuseNewerStore(marks, options.migrations);
  const due = options.migrations.filter((migration) => !marks.includes(migration.name));
  if (due.length > 0 && marks.length > 0) await options.backup();
  const made: string[] = [];
  for (const migration of due) if (await apply(db, migration, options.clock)) made.push(migration.name);
  return made;
}

/** Where each migration leaves its mark: there before `migrate`. */
export async function createMarks(db: Db): Promise<void> {
  await db.raw('create table if not exists migrations (name text primary key, at text not null)');
}

async function readMarks(db: Db): Promise<string[]> {
  const rows: { name: string }[] = await db('migrations').select('name').orderBy('name');
  return rows.map((row) => row.name);
}

function refuseNewerStore(marks: string[], known: readonly Migration[]): void {
  const unknown = marks.filter((mark) => !known.some((migration) => migration.name === mark));
  if (unknown.length === 0) return;
  throw new UserError('DATABASE_NEWER', { file: 'of this instance', reason: `it has ${unknown.join(', ')}` });
}

/** The mark comes first: it takes the write lock, and a process that migrates at the same time finds it. */
function apply(db: Db, migration: Migration, clock: Clock): Promise<boolean> {
  return db.transaction(async (tx) => {
    const mark = { name: migration.name, at: nowText(clock) };
    const inserted: unknown[] = await tx('migrations').insert(mark).onConflict('name').ignore().returning('name');
    if (inserted.length === 0) return false;
    await migration.up(tx);
    return true;
  });
}
