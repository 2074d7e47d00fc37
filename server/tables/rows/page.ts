/** Pages of rows for people: sorted, filtered, searched, with a cursor that neither skips nor repeats a row. */
import { column, type Relation, relationColumns } from '../../../contract/relation.ts';
import type { Cell, Column, Json } from '../../../contract/types.ts';
import type { Connection } from '../connection.ts';
import { predicate } from '../relation/expression.ts';
import { orderTerms } from '../relation/order.ts';
import { type Plan, planRelation, type Setting } from '../relation/plan.ts';
import { rowSql, type Shape } from '../relation/shape.ts';
import type { RowPage, RowQuery } from '../types.ts';
import {
  behindValue,
  type Cursor,
  findColumn,
  passing,
  readCursor,
  sameValue,
  type Wish,
  writeCursor,
} from './query.ts';

/** A table as a relation of its rows, and how they are reached. */
export interface RowSource {
  rows: Relation & { op: 'scan' | 'local' };
  shape: Shape;
  total: number;
}

/** In one transaction, so that ids, rows and counts belong together. */
export async function readPage(db: Connection, setting: Setting, source: RowSource, query: RowQuery): Promise<RowPage> {
  const columns = relationColumns(source.rows);
  const cursor = readCursor(query.cursor);
  const sort = query.sort && { column: findColumn(columns, query.sort.column), direction: query.sort.direction };
  const limit = Math.max(1, Math.trunc(query.limit));
  const matching = cursor?.matching ?? (await countMatching(db, setting, source, query));
  const ids = await pageIds(db, setting, source, { query, cursor, sort, limit: limit + 1 });
  const shown = ids.slice(0, limit);
  const rows = await rowsByIds(db, setting, source, shown);
  const last = shown.at(-1);
  const more = ids.length > limit && last !== undefined;
  const place = sort ? columns.indexOf(sort.column) : -1;
  const value = rows.at(-1)?.[place] ?? null;
  const next = more ? writeCursor({ id: last, value, matching }) : null;
  return { columns, rows, ids: shown, cursor: next, matching, total: source.total };
}

async function countMatching(db: Connection, setting: Setting, source: RowSource, wish: Wish): Promise<number> {
  const relation = passing(source.rows, wish);
  if (relation === source.rows) return source.total;
  const { select, compiler } = await planRelation(db, setting, relation, { columns: new Set() });
  return (await db.value<number>(`SELECT count(*) AS n FROM (${select.sql}) q`, compiler.params)) ?? 0;
}

interface Sort {
  column: Column;
  direction: 'asc' | 'desc';
}
interface PageWish {
  query: Wish;
  cursor: Cursor | null;
  sort: Sort | null;
  limit: number;
}

/** Only ids are sorted: the rows themselves are read for what is shown. */
async function pageIds(db: Connection, setting: Setting, source: RowSource, wish: PageWish): Promise<number[]> {
  const { sort, cursor, limit } = wish;
  const plan = await planSorted(db, setting, source, wish.query, sort);
  const behind = cursor ? behindCursor(plan, source, sort, cursor) : '1 = 1';
  const sql = `SELECT q.o1 AS id FROM (${plan.select.sql}) q WHERE ${behind}
    ORDER BY ${sortText(plan, source, sort)} LIMIT ${plan.compiler.bind(limit)}`;
  return (await db.all<{ id: number }>(sql, plan.compiler.params)).map(({ id }) => id);
}

export function planSorted(
  db: Connection,
  setting: Setting,
  source: RowSource,
  wish: Wish,
  sort: Sort | null,
  signal?: AbortSignal,
): Promise<Plan> {
  const place = sort ? [relationColumns(source.rows).indexOf(sort.column)] : [];
  return planRelation(db, setting, passing(source.rows, wish), { columns: new Set(place) }, signal);
}

/** The order of the statement around a planned select called `q`. */
export function sortText({ compiler }: Plan, source: RowSource, sort: Sort | null): string {
  if (!sort) return 'q.o1';
  const by = column(sort.column.name);
  const nulls = sort.direction === 'asc' ? 'first' : 'last';
  const terms = orderTerms(compiler.scope(source.rows, 'q'), [{ by, direction: sort.direction, nulls }]);
  return [...terms.map(({ text }) => text), 'q.o1'].join(', ');
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
  const list = dialect.cells((param) => dialect.param(params.push(String(param))), 'integer', ids);
  const found = await db.all<{ id: number; row: string }>(
    `SELECT ${shape.id} AS id, ${sql} AS row FROM ${from} WHERE ${shape.id} IN ${list}`,
    params,
  );
  const byId = new Map(found.map(({ id, row }) => [id, row]));
  return ids.map((id) => format.decode(JSON.parse(byId.get(id) ?? '[]') as Json[]));
}
