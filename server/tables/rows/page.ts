/** Pages of rows for people: sorted, filtered, searched, with a cursor that neither skips nor repeats a row. */
import { relationColumns } from '../../../contract/relation.ts';
import type { Cell, Json } from '../../../contract/types.ts';
import type { Connection } from '../connection.ts';
import { predicate } from '../relation/expression.ts';
import type { Plan } from '../relation/plan.ts';
import type { Setting } from '../relation/sources.ts';
import { rowSql } from '../relation/wholeRows.ts';
import type { RowPage, RowQuery } from '../types.ts';
import { pickRows } from './picked.ts';
import { behindValue, type Cursor, passing, readCursor, sameValue, type Wish, writeCursor } from './query.ts';
import { type RowSource, type Sort, sortOf, sortText, withSorted } from './sorted.ts';

/** In one transaction, so that ids, rows and counts belong together. */
export async function readPage(db: Connection, setting: Setting, source: RowSource, query: RowQuery): Promise<RowPage> {
  const columns = relationColumns(source.rows);
  const sort = sortOf(source, query);
  const limit = Math.max(1, Math.trunc(query.limit));
  const asked = { query, cursor: readCursor(query.cursor), sort, limit: limit + 1 };
  const { ids, matching } = await findIds(db, setting, source, asked);
  const shown = ids.slice(0, limit);
  const rows = await rowsByIds(db, setting, source, shown);
  const last = shown.at(-1);
  const more = ids.length > limit && last !== undefined;
  const place = sort ? columns.indexOf(sort.column) : -1;
  const value = rows.at(-1)?.[place] ?? null;
  const next = more ? writeCursor({ id: last, value, matching }) : null;
  return { columns, rows, ids: shown, cursor: next, matching, total: source.total };
}

/** Those behind the cursor, one more than are shown. Only ids are sorted: rows are read for what is shown. */
async function findIds(db: Connection, setting: Setting, source: RowSource, wish: PageWish): Promise<Found> {
  const { query, sort, cursor, limit } = wish;
  if (cursor) return { ids: await pageIds(db, setting, source, wish), matching: cursor.matching };
  if (passing(source.rows, query) === source.rows)
    return { ids: await pageIds(db, setting, source, wish), matching: source.total };
  const { table, count } = await pickRows(db, setting, source, { query, sort });
  const ids = await db.all<{ id: number }>(`SELECT id FROM ${table} ORDER BY i LIMIT ${limit}`);
  return { ids: ids.map(({ id }) => id), matching: count };
}

interface Found {
  ids: number[];
  /** Rows that pass: counted for the first page, then carried along. */
  matching: number;
}

interface PageWish {
  query: Wish;
  cursor: Cursor | null;
  sort: Sort | null;
  limit: number;
}

function pageIds(db: Connection, setting: Setting, source: RowSource, wish: PageWish): Promise<number[]> {
  const { query, sort, cursor, limit } = wish;
  return withSorted(db, setting, source, { query, sort }, async (plan) => {
    const behind = cursor ? behindCursor(plan, source, sort, cursor) : '1 = 1';
    const sql = `SELECT q.o1 AS id FROM (${plan.select.sql}) q WHERE ${behind}
      ORDER BY ${sortText(plan, source, sort)} LIMIT ${plan.compiler.bind(limit)}`;
    return (await db.all<{ id: number }>(sql, plan.compiler.params)).map(({ id }) => id);
  });
}

function behindCursor({ compiler }: Plan, source: RowSource, sort: Sort | null, { id, value }: Cursor): string {
  const behindId = `q.o1 > ${compiler.bind(id)}`;
  if (!sort) return behindId;
  const scope = compiler.scope(source.rows, 'q');
  const further = predicate(scope, behindValue(sort.column, sort.direction, value));
  return `(${further} OR (${predicate(scope, sameValue(sort.column, value))} AND ${behindId}))`;
}

/** Whole rows, in the order of the ids. */
export async function rowsByIds(
  db: Connection,
  { dialect }: Setting,
  { rows, shape }: Pick<RowSource, 'rows' | 'shape'>,
  ids: number[],
): Promise<Cell[][]> {
  if (ids.length === 0) return [];
  const { sql, from, format } = rowSql(
    dialect,
    shape,
    relationColumns(rows).map(({ name }) => name),
  );
  const params: string[] = [];
  const list = dialect.cells((param) => dialect.param(params.push(String(param)), param), 'integer', ids);
  const found = await db.all<{ id: number; row: string }>(
    `SELECT ${shape.id} AS id, ${sql} AS row FROM ${from} WHERE ${shape.id} IN ${list}`,
    params,
  );
  const byId = new Map(found.map(({ id, row }) => [id, row]));
  return ids.map((id) => format.decode(JSON.parse(byId.get(id) ?? '[]') as Json[]));
}
