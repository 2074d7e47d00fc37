/** All rows a person asked for, in that order, batch by batch: for downloads. */

import { relationColumns } from '../../../contract/relation.ts';
import type { Cell, Json } from '../../../contract/types.ts';
import type { Connection } from '../connection.ts';
import type { Setting } from '../relation/sources.ts';
import { rowSql } from '../relation/wholeRows.ts';
import { fittingRows } from '../run/read.ts';
import { pickRows } from './picked.ts';
import type { Wish } from './query.ts';
import { type RowSource, sortOf } from './sorted.ts';

/** Before it is known how long rows are. */
const firstRows = 100;

/** The connection is nobody else's until the last batch was fetched. */
export async function* exportRows(
  db: Connection,
  setting: Setting,
  source: RowSource,
  wish: Wish,
  signal: AbortSignal,
): AsyncIterable<Cell[][]> {
  const sort = sortOf(source, wish);
  const { table, count } = await db.transaction('read', () =>
    pickRows(db, setting, source, { query: wish, sort, signal }),
  );
  const names = relationColumns(source.rows).map(({ name }) => name);
  const { sql: row, from, format } = rowSql(setting.dialect, source.shape, names);
  const sql = `SELECT ${setting.dialect.collect('r.row')} AS rows FROM (
    SELECT ${row} AS row FROM ${table} p CROSS JOIN ${from}
    WHERE p.i > ?1 AND p.i <= ?2 AND ${source.shape.id} = p.id
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
