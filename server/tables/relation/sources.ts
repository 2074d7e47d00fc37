/** The tables a relation reads, looked up before it is compiled. */
import type { Relation, TableRef } from '../../../contract/relation.ts';
import type { Connection } from '../connection.ts';
import { checkType, findLocal } from '../local/catalogue.ts';
import { findTable, type TableRecord } from '../run/catalogue.ts';
import type { Dialect } from './dialect.ts';
import { leavesOf } from './references.ts';
import { emptyShape, localShape, type Shape, tableShape } from './shape.ts';

type LocalScan = Relation & { op: 'local' };

export interface Sources {
  table(ref: TableRef): Shape;
  record(ref: TableRef): TableRecord;
  local(scan: LocalScan): Shape;
}

/**
 * Where a connection sees the tables of the run and local data: what stands before their names, which is nothing in its own
 * store, else a schema with its dot. null: there are none.
 */
export interface Schemas {
  store: string;
  run: string | null;
  local: string | null;
}

export interface Setting {
  readonly dialect: Dialect;
  readonly schemas: Schemas;
}

/** Throws WORK_TABLE_LOST for a work table that is not there, TYPE_MISMATCH if local data has other types than expected. */
export async function findSources(db: Connection, setting: Setting, relation: Relation): Promise<Sources> {
  const { dialect, schemas } = setting;
  const records = new Map<string, TableRecord>();
  const locals = new Map<string, Shape>();
  for (const leaf of leavesOf(relation)) {
    if (leaf.op === 'scan') records.set(leaf.table.id, await findRecord(db, schemas, leaf.table));
    else locals.set(leaf.table, await findLocalShape(db, schemas, leaf));
  }
  const record = (ref: TableRef): TableRecord => {
    const found = records.get(ref.id);
    if (!found) throw new Error(`The work table ${ref.id} was not looked up`);
    return found;
  };
  return {
    record,
    table: (ref) => tableShape(dialect, schemas.run ?? '', record(ref)),
    local: (scan) => locals.get(scan.table) ?? emptyShape,
  };
}

async function findRecord(db: Connection, schemas: Schemas, table: TableRef): Promise<TableRecord> {
  if (schemas.run === null || table.store !== schemas.store)
    throw new Error(`The work table ${table.id} lies in the store ${table.store}, not in ${schemas.store}`);
  return findTable(db, schemas.run, table);
}

async function findLocalShape(db: Connection, { local }: Schemas, scan: LocalScan): Promise<Shape> {
  const table = local === null ? null : await findLocal(db, local, scan.table);
  if (!table || local === null) return emptyShape;
  for (const { name, type } of scan.columns) checkType(table, name, type);
  return localShape(local, table);
}
