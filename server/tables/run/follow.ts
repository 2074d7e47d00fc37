/** One record through all work tables of a run: by an identifying value, by its identity, by its descendants. */
import { column, type Relation, type TableRef } from '../../../contract/relation.ts';
import { type Cell, type Column, canonicalText, foldText } from '../../../contract/types.ts';
import type { Connection } from '../connection.ts';
import { withPlan } from '../relation/plan.ts';
import { ownRid, type Shape, tableShape } from '../relation/shape.ts';
import { rowsByIds } from '../rows/page.ts';
import type { StoreAccess } from '../setting.ts';
import { findTables, type TableRecord, tableId, toRef } from './catalogue.ts';
import { findIdentities, identifyingPlaces } from './identities.ts';

/** More rows of one table than this are not shown. */
const rowsPerTable = 1_000;

export interface Followed {
  table: TableRef;
  id: number;
  rid: string;
  row: Cell[];
}

/** In one transaction. Tables that are gone are left out. */
export async function followValue(
  db: Connection,
  access: StoreAccess,
  tables: TableRef[],
  value: string,
): Promise<Followed[]> {
  const reached = `${access.dialect.temporary}.reached`;
  const finished = (await findTables(db, 't.dropped = 0')).filter(({ count }) => count !== null);
  await collectFamily(db, access, reached, await findRids(db, access, finished, value));
  const wanted = new Set(tables.map(({ id }) => id));
  const found: Followed[] = [];
  for (const record of finished)
    if (wanted.has(tableId(record.no))) found.push(...(await rowsReached(db, access, record, reached)));
  return found;
}

/** Identities of the records that carry the value where they enter the run. */
async function findRids(db: Connection, access: StoreAccess, records: TableRecord[], value: string): Promise<number[]> {
  const rids = new Set<number>();
  for (const record of records) {
    if (record.base || record.identity === 'given' || identifyingPlaces(record.columns).length === 0) continue;
    const table = toRef(access.schemas.store, record, record.count ?? 0);
    const written = (await db.value('SELECT 1 AS one FROM _identities WHERE no = ?1 LIMIT 1', [record.no])) !== null;
    const ids = written ? await findIdentities(db, record, value) : await searchIds(db, access, table, value);
    for (const { rid, row } of await readRows(db, access, table, tableShape(access.dialect, '', record), ids))
      if (carries(record.columns, row, value)) rids.add(rid);
  }
  return [...rids];
}

/** For rows that did not come from a writer: those of local data, groups and unions. */
async function searchIds(db: Connection, access: StoreAccess, table: TableRef, value: string): Promise<number[]> {
  const items = identifyingPlaces(table.columns).map((place) => {
    const name = table.columns[place]?.name ?? '';
    return { op: 'contains', value: column(name), text: value.trim() } as const;
  });
  const relation: Relation = { op: 'filter', input: { op: 'scan', table }, where: { op: 'or', items } };
  return withPlan(db, access, { relation, want: { columns: new Set() } }, async ({ select, compiler }) => {
    const sql = `SELECT q.o1 AS id FROM (${select.sql}) q LIMIT ${rowsPerTable}`;
    return (await db.all<{ id: number }>(sql, compiler.params)).map(({ id }) => id);
  });
}

function carries(columns: readonly Column[], row: Cell[], value: string): boolean {
  const wanted = foldText(value.trim());
  return identifyingPlaces(columns).some((place) => {
    const text = canonicalText(columns[place]?.type ?? 'text', row[place] ?? null);
    return text !== null && foldText(text.trim()) === wanted;
  });
}

/**
 * Identities with the number of the first table in which each counts: a joined row has the identity of its left record,
 * so its right parent is found in it, but not in the tables the left record went through before.
 */
async function collectFamily(db: Connection, { dialect }: StoreAccess, reached: string, rids: number[]): Promise<void> {
  await db.run(`DROP TABLE IF EXISTS ${reached}`);
  await db.run(`CREATE TABLE ${reached} (rid ${dialect.idType}, since INTEGER NOT NULL)`);
  const params: string[] = [];
  const list = dialect.cells((param) => dialect.param(params.push(String(param)), param), 'integer', rids);
  const sql = `INSERT INTO ${reached} (rid, since)
    WITH RECURSIVE family (rid, since) AS (
      SELECT s.value, CAST(0 AS BIGINT) FROM ${list} s
      UNION
      SELECT l.child, l.no FROM family f JOIN _lineage l ON l.parent = f.rid AND l.no >= f.since)
    SELECT rid, min(since) FROM family GROUP BY rid`;
  await db.run(sql, params);
}

async function rowsReached(
  db: Connection,
  access: StoreAccess,
  record: TableRecord,
  reached: string,
): Promise<Followed[]> {
  const shape = tableShape(access.dialect, '', record);
  const found = await db.all<{ id: number }>(
    `SELECT ${shape.id} AS id FROM ${shape.from([shape.rid.alias])}
     WHERE ${isReached(record, shape, `SELECT rid FROM ${reached} WHERE since <= ${record.no}`)}
     ORDER BY ${shape.id} LIMIT ${rowsPerTable}`,
  );
  const table = toRef(access.schemas.store, record, record.count ?? 0);
  const read = await readRows(
    db,
    access,
    table,
    shape,
    found.map(({ id }) => id),
  );
  return read.map(({ id, rid, row }) => ({ table, id, rid: String(rid), row }));
}

/** Where identities follow from the place of a row, its place is looked up instead of all rows. */
function isReached(record: TableRecord, shape: Shape, rids: string): string {
  const owner = record.base ?? record;
  if (owner.identity !== 'own') return `${shape.rid.sql} IN (${rids})`;
  return `${shape.base.sql} IN (SELECT o.rid - ${ownRid(owner.no, '0')} FROM (${rids}) o)`;
}

async function readRows(db: Connection, access: StoreAccess, table: TableRef, shape: Shape, ids: number[]) {
  const rows = await rowsByIds(db, access, { rows: { op: 'scan', table }, shape }, ids);
  const found: { id: number; rid: number; row: Cell[] }[] = [];
  for (const [index, id] of ids.entries()) {
    const sql = `SELECT ${shape.rid.sql} AS rid FROM ${shape.from([shape.rid.alias])} WHERE ${shape.id} = ?1`;
    found.push({ id, rid: Number(await db.value<number>(sql, [id])), row: rows[index] ?? [] });
  }
  return found;
}
