/**
 * Moves an instance from its data folder into a PostgreSQL database. The folder stays as it is; the key of the secrets and the
 * saved files stay in it, too. Nothing is left in the target when it fails: what names the rows is written last, at once.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Clock } from '../db/clock.ts';
import { openControl } from '../db/control.ts';
import { lockFolder } from '../db/folderLock.ts';
import { createIds } from '../db/ids.ts';
import { readPostgresAddress } from '../db/postgres.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import { openStores } from '../tables/stores.ts';
import type { Stores } from '../tables/types.ts';
import { copyControl, countRows } from './copyControl.ts';
import { copyLocalTable } from './copyLocal.ts';
import { copyTable, listKept, tableKey } from './copyTables.ts';

export interface Moved {
  /** Rows by table of the control store; empty ones are left out. */
  control: Record<string, number>;
  workTables: number;
  workRows: number;
  /** Rows by table of local data. */
  local: Record<string, number>;
}

interface Side {
  db: Db;
  stores: Stores;
}

/**
 * `to` is the address of a database whose schema holds no instance yet. Throws UserError NOT_FOUND (no instance in the folder),
 * DATA_FOLDER_BUSY, RUNS_UNDER_WAY, DATABASE_NOT_EMPTY or DATABASE_UNREACHABLE.
 */
export async function moveInstance(clock: Clock, folder: string, to: string): Promise<Moved> {
  if (!existsSync(join(folder, 'control.sqlite')))
    throw new UserError('NOT_FOUND', { what: `The data folder ${folder}` });
  await using opened = new AsyncDisposableStack();
  const lock = await lockFolder(folder);
  opened.defer(() => lock.release());
  const { url, schema } = readPostgresAddress(to);
  const source = await openSide(opened, folder, clock, { folder });
  const target = await openSide(opened, to, clock, { url, prefix: schema });
  await requireQuiet(source.db);
  await requireEmpty(target.db, new URL(url).pathname.slice(1));
  return await move(source, target, clock);
}

async function openSide(
  opened: AsyncDisposableStack,
  place: string,
  clock: Clock,
  where: { folder: string } | { url: string; prefix: string },
): Promise<Side> {
  const db = await openControl(place, { clock });
  opened.defer(() => db.destroy());
  const stores = openStores({ ...where, mode: 'write' });
  opened.defer(() => stores.close());
  return { db, stores };
}

async function move(source: Side, target: Side, clock: Clock): Promise<Moved> {
  const refs = new Map<string, TableRef>();
  const newId = createIds(clock);
  // Seconds: what an earlier attempt left behind is replaced.
  const attempt = Math.floor(clock.now().getTime() / 1_000);
  try {
    for (const table of await listKept(source.db))
      refs.set(tableKey(table), await copyTable(source.stores, target.stores, table, attempt));
    const local: Record<string, number> = {};
    for (const table of await source.stores.local.tables())
      local[table.name] = await copyLocalTable(source.stores, target.stores, table, { transit: newId(), attempt });
    const marks = await source.stores.local.marks();
    if (marks.length > 0) await target.stores.local.keepMarks(marks);
    const control = await inTransaction(target.db, (tx) => copyControl(source.db, tx, refs));
    const workRows = [...refs.values()].reduce((sum, table) => sum + table.count, 0);
    return { control, workTables: refs.size, workRows, local };
  } catch (error) {
    for (const table of refs.values()) await target.stores.run(table.store).drop([table]);
    for (const { name } of await target.stores.local.tables()) await target.stores.local.drop(name);
    throw error;
  }
}

/** How far a task has come lies in tables of its own that are not moved: it would begin again. */
async function requireQuiet(db: Db): Promise<void> {
  const begun = await db('tasks')
    .where({ state: 'running' })
    .orWhere((given) => given.where({ state: 'pending' }).andWhere('attempt', '>', 0))
    .countDistinct({ runs: 'run_id' })
    .first();
  const runs = Number(begun?.runs ?? 0);
  if (runs > 0) throw new UserError('RUNS_UNDER_WAY', { runs });
}

async function requireEmpty(db: Db, database: string): Promise<void> {
  const found = Object.keys(await countRows(db));
  if (found.length > 0) throw new UserError('DATABASE_NOT_EMPTY', { database, tables: found.slice(0, 3).join(', ') });
}
