/**
 * The ids of the rows a person asked for, put in order once, in a temporary table. So neither sorting nor searching is
 * repeated, however slowly the rows are fetched.
 */
import type { Connection } from '../connection.ts';
import type { Setting } from '../relation/sources.ts';
import type { Wish } from './query.ts';
import { type RowSource, type Sort, sortText, withSorted } from './sorted.ts';

/** Columns `i` (from 1, in the order asked for) and `id`. Replaces the last one of the connection; gives the number of rows. */
export async function pickRows(
  db: Connection,
  setting: Setting,
  source: RowSource,
  asked: { query: Wish; sort: Sort | null; signal?: AbortSignal },
): Promise<{ table: string; count: number }> {
  const table = `${setting.dialect.temporary}.picked`;
  await db.run(`DROP TABLE IF EXISTS ${table}`);
  await db.run(
    `CREATE TABLE ${table} (i ${setting.dialect.idType}, id ${setting.dialect.columnType('integer')} NOT NULL)`,
  );
  const count = await withSorted(db, setting, source, asked, (plan) => {
    const order = sortText(plan, source, asked.sort);
    const from = `(${plan.select.sql}) q`;
    const insert = { into: table, id: 'i', after: 0, columns: ['id'], values: ['q.o1'], from, order };
    return db.run(setting.dialect.insertNumbered(insert), plan.compiler.params, asked.signal);
  });
  return { table, count };
}
