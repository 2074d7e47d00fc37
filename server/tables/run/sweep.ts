/** Tables that go: replaced, left behind by an attempt that lost, or dropped with their space given back. */
import type { TableRef } from '../../../contract/relation.ts';
import type { Connection } from '../connection.ts';
import { isAwaited } from './awaited.ts';
import { findTables, type TableRecord, tableId } from './catalogue.ts';
import { dropParts } from './physical.ts';

/**
 * A table that is not to be seen any more. Its rows go with the next sweep or drop of the run, and not before the last
 * selection that points to them: who takes rows away must be alone, so that nobody begins to point to them meanwhile.
 */
export async function hideTable(db: Connection, { no }: TableRecord): Promise<void> {
  await db.run('UPDATE _tables SET dropped = 1 WHERE no = ?1', [no]);
}

/** Drops all tables of a task that are not to be kept. */
export function sweepTask(db: Connection, taskId: string, keep: TableRef[]): Promise<void> {
  return dropSome(db, () => findUnkept(db, taskId, keep));
}

export async function hasToSweep(db: Connection, taskId: string, keep: TableRef[]): Promise<boolean> {
  return (await findUnkept(db, taskId, keep)).length > 0 || (await findTables(db, unused)).length > 0;
}

async function findUnkept(db: Connection, taskId: string, keep: TableRef[]): Promise<TableRecord[]> {
  const kept = new Set(keep.map(({ id }) => id));
  const records = await findTables(db, 't.dropped = 0 AND t.task = ?1', [taskId]);
  return records.filter(({ no, name }) => !kept.has(tableId(no)) && !isAwaited(name));
}

/** Those that are there of the given tables. */
export function dropTables(db: Connection, tables: TableRef[]): Promise<void> {
  const dropped = new Set(tables.map(({ id }) => id));
  return dropSome(db, async () => {
    const records = await findTables(db, 't.dropped = 0');
    return records.filter(({ no }) => dropped.has(tableId(no)));
  });
}

/** All but the given ones, and those whose rows wait for a delivery. */
export function dropOthers(db: Connection, tables: TableRef[]): Promise<void> {
  const kept = new Set(tables.map(({ id }) => id));
  return dropSome(db, async () => {
    const records = await findTables(db, 't.dropped = 0');
    return records.filter(({ no, name }) => !kept.has(tableId(no)) && !isAwaited(name));
  });
}

async function dropSome(db: Connection, find: () => Promise<TableRecord[]>): Promise<void> {
  await db.transaction('alone', async () => {
    for (const record of await find()) await hideTable(db, record);
  });
  // A selection may have been the last that pointed to other tables.
  while ((await db.transaction('alone', () => releaseSome(db))) > 0);
}

const unused = 't.dropped = 1 AND NOT EXISTS (SELECT 1 FROM _tables s WHERE s.base = t.no)';
/** Databases lock every table they drop, and have room for so many locks in a transaction. */
const tablesPerStep = 100;

async function releaseSome(db: Connection): Promise<number> {
  const records = (await findTables(db, unused)).slice(0, tablesPerStep);
  for (const record of records) {
    await dropParts(db, record);
    for (const table of ['_outputs', '_positions', '_identities', ...(record.via ? ['_lineage'] : []), '_tables'])
      await db.run(`DELETE FROM ${table} WHERE no = ?1`, [record.no]);
  }
  return records.length;
}
