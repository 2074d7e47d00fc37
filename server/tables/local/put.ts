/** Inserts and plain upserts of cheap sources: one statement, in which each row finds its place by the unique key. */
import { UserError } from '../../../contract/errors.ts';
import type { LocalWriteResult } from '../../../contract/relation.ts';
import { type Plan, withPlan } from '../relation/plan.ts';
import { isCheap } from '../relation/references.ts';
import { orderText } from '../relation/select.ts';
import { type Given, givenBy, lastId, resultOf, type Writing } from './target.ts';

/** Conditions on single values need to know of each row whether it is there: see staged.ts. */
export function canBePut({ write }: Writing): boolean {
  if (write.operation !== 'insert' && write.operation !== 'upsert') return false;
  return isCheap(write.source) && write.values.every(({ when, onlyOn }) => when === undefined && onlyOn !== 'update');
}

/** Throws KEY_EMPTY, DUPLICATE_KEY. */
export async function putRows(writing: Writing): Promise<LocalWriteResult> {
  const given = givenBy(writing);
  const { db, setting, signal, table } = writing;
  const want = { columns: new Set(given.types.keys()) };
  const total = await withPlan(db, setting, { ...given, want: { columns: keyPlaces(given) }, signal }, (plan) =>
    countKeys(writing, given, plan),
  );
  const before = await lastId(writing);
  const changed = await withPlan(db, setting, { ...given, want, signal }, ({ select, compiler }) => {
    const targets = [...given.keys, ...given.targets.map(({ stored }) => stored)];
    const values = given.types.map((_, index) => `s.x${index}`);
    const from = `(${select.sql}) s`;
    const order = orderText(select.orders, 's');
    const insert = { into: `t${table.no} AS t`, id: '_id', after: before, columns: targets, values, from, order };
    const sql = `${setting.dialect.insertNumbered(insert)}
      ON CONFLICT (${given.keys.join(', ')}) ${onConflict(writing, given)}`;
    return db.run(sql, compiler.params, signal);
  });
  const inserted = await countBehind(writing, before);
  return resultOf(total, { inserted, updated: changed - inserted });
}

const keyPlaces = ({ keys }: Given): Set<number> => new Set(keys.keys());

/** New rows are numbered behind the last one. */
async function countBehind({ db, table }: Writing, id: number): Promise<number> {
  return (await db.value<number>(`SELECT count(*) AS n FROM t${table.no} WHERE _id > ?1`, [id])) ?? 0;
}

function onConflict({ setting, write }: Writing, { targets }: Given): string {
  const updated = write.operation === 'insert' ? [] : targets.filter(({ onlyOn }) => onlyOn !== 'insert');
  if (updated.length === 0) return 'DO NOTHING';
  const sets = updated.map(({ stored }) => `${stored} = excluded.${stored}`);
  const differs = updated.map(({ stored }) => `NOT (${setting.dialect.same(`t.${stored}`, `excluded.${stored}`)})`);
  return `DO UPDATE SET ${sets.join(', ')} WHERE ${differs.join(' OR ')}`;
}

/** The number of rows; none may lack a key or share it with another one. */
async function countKeys({ db, signal, write }: Writing, { keys }: Given, { select, compiler }: Plan): Promise<number> {
  const places = keys.map((_, index) => `x${index}`);
  const [only] = places;
  const counts = places.map((place) => `count(${place}) AS n${place}`).join(', ');
  const sql =
    places.length === 1
      ? `SELECT count(*) AS total, count(DISTINCT ${only}) AS keys, ${counts} FROM (${select.sql}) q`
      : `SELECT sum(n) AS total, count(*) AS keys, ${places.map((place) => `sum(CASE WHEN ${place} IS NOT NULL THEN n ELSE 0 END) AS n${place}`).join(', ')}
         FROM (SELECT ${places.join(', ')}, count(*) AS n FROM (${select.sql}) q GROUP BY ${places.join(', ')}) g`;
  const [found] = await db.all<Record<string, number | null>>(sql, compiler.params, signal);
  const total = found?.total ?? 0;
  const empty = places.findIndex((place) => (found?.[`n${place}`] ?? 0) < total);
  if (empty >= 0) throw new UserError('KEY_EMPTY', { column: write.key[empty] });
  if ((found?.keys ?? 0) < total) throw new UserError('DUPLICATE_KEY');
  return total;
}
