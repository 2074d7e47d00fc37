/** Tables that go: replaced, left behind by an attempt that lost, or dropped with their space given back. */
import type { TableRef } from '../../../contract/relation.ts';
import type { Connection } from '../connection.ts';
import { findTables, type TableRecord, tableId } from './catalogue.ts';
import { dropParts } from './physical.ts';

/**
 * Takes a table away. Rows that a selection still points to stay until the last selection has gone: until then the table
 * is only out of sight.
 */
export async function removeTable(db: Connection, record: TableRecord): Promise<void> {
  await db.run('UPDATE _tables SET dropped = 1 WHERE no = ?1', [record.no]);
  await releaseTables(db);
}

async function releaseTables(db: Connection): Promise<void> {
  for (const record of await findTables(
    db,
    `t.dropped = 1 AND NOT EXISTS (SELECT 1 FROM _tables s WHERE s.base = t.no)`,
  )) {
    await dropParts(db, record);
    for (const table of ['_outputs', '_positions', '_identities', ...(record.via ? ['_lineage'] : []), '_tables'])
      await db.run(`DELETE FROM ${table} WHERE no = ?1`, [record.no]);
  }
}

/** Drops all tables of a task that are not to be kept. */
export function sweepTask(db: Connection, taskId: string, keep: TableRef[]): Promise<void> {
  const kept = new Set(keep.map(({ id }) => id));
  return db.transaction('write', async () => {
    for (const record of await findTables(db, 't.dropped = 0 AND t.task = ?1', [taskId]))
      if (!kept.has(tableId(record.no))) await removeTable(db, record);
  });
}

/** Those that are there of the given tables. */
export function dropTables(db: Connection, tables: TableRef[]): Promise<void> {
  const dropped = new Set(tables.map(({ id }) => id));
  return db.transaction('write', async () => {
    for (const record of await findTables(db, 't.dropped = 0'))
      if (dropped.has(tableId(record.no))) await removeTable(db, record);
  });
}
