/** All rows a person asked for, in that order, batch by batch: for downloads. */

import { relationColumns } from '../../../contract/relation.ts';
import type { Cell, Json } from '../../../contract/types.ts';
import type { Connection } from '../connection.ts';
import type { Setting } from '../relation/plan.ts';
import { rowSql } from '../relation/shape.ts';
import { fittingRows } from '../run/read.ts';
import { planSorted, type RowSource, sortText } from './page.ts';
import { findColumn, type Wish } from './query.ts';

/** Before it is known how long rows are. */
const firstRows = 100;

/**
 * The ids are put in order once, in a temporary table of this connection, which is nobody else's until it is closed. So
 * the work of sorting is not repeated, however slowly the rows are fetched.
 */
export async function* exportRows(
  db: Connection,
  setting: Setting,
  source: RowSource,
  wish: Wish,
  signal: AbortSignal,
): AsyncIterable<Cell[][]> {
  const picked = `${setting.dialect.temporary}.picked`;
  await db.run(`CREATE TABLE ${picked} (i INTEGER PRIMARY KEY, id INTEGER NOT NULL)`);
  const count = await db.transaction('read', () => pick(db, setting, source, wish, picked, signal));
  const names = relationColumns(source.rows).map(({ name }) => name);
  const { sql: row, from, format } = rowSql(setting.dialect, source.shape, names);
  const sql = `SELECT ${setting.dialect.collect('r.row')} AS rows FROM (
    SELECT ${row} AS row FROM ${picked} p CROSS JOIN ${from}
    WHERE p.i > ${setting.dialect.param(1)} AND p.i <= ${setting.dialect.param(2)} AND ${source.shape.id} = p.id
    ORDER BY p.i) r`;
  let limit = firstRows;
  for (let after = 0; after < count; ) {
    const text = (await db.value<string>(sql, [after, after + limit], signal)) ?? '[]';
    after += limit;
    const rows = JSON.parse(text) as Json[][];
    limit = fittingRows(text.length, rows.length);
    yield rows.map((cells) => format.decode(cells));
  }
}

async function pick(
  db: Connection,
  setting: Setting,
  source: RowSource,
  wish: Wish,
  picked: string,
  signal: AbortSignal,
): Promise<number> {
  const columns = relationColumns(source.rows);
  const sort = wish.sort && { column: findColumn(columns, wish.sort.column), direction: wish.sort.direction };
  const plan = await planSorted(db, setting, source, wish, sort, signal);
  const order = sortText(plan, source, sort);
  const sql = `INSERT INTO ${picked} (id) SELECT q.o1 FROM (${plan.select.sql}) q ORDER BY ${order}`;
  return db.run(sql, plan.compiler.params, signal);
}
