/**
 * Writes that need to know of each row whether it is there. The source is evaluated once, into a temporary table beside
 * the rows it meets; what differs is then written from there.
 */
import { UserError } from '../../../contract/errors.ts';
import type { LocalWriteResult } from '../../../contract/relation.ts';
import { withPlan } from '../relation/plan.ts';
import { orderText } from '../relation/select.ts';
import { type Given, givenBy, lastId, resultOf, type Target, type Writing } from './target.ts';

interface Staging extends Writing {
  given: Given;
  /** Name of the temporary table: `n` (order), `id` (of the row that is there), `differs`, and the given columns. */
  staged: string;
}

/** Throws KEY_EMPTY, DUPLICATE_KEY. */
export async function writeStaged(writing: Writing): Promise<LocalWriteResult> {
  const staging = { ...writing, given: givenBy(writing), staged: `${writing.setting.dialect.temporary}.staged` };
  try {
    await stage(staging);
    const result = await change(staging, await countStaged(staging));
    await writing.db.run(`DROP TABLE ${staging.staged}`);
    return result;
  } catch (error) {
    throw explainConflict(error, writing);
  }
}

async function stage({ db, setting, signal, table, given, staged }: Staging): Promise<void> {
  const columns = given.types.map((type, index) => `g${index} ${setting.dialect.columnType(type)}`);
  const hidden = [`n ${setting.dialect.idType}`, `id ${setting.dialect.columnType('integer')}`, 'differs INTEGER'];
  await db.run(`CREATE TABLE ${staged} (${[...hidden, ...columns].join(', ')})`);
  const keys = given.keys.map((stored, index) => `t.${stored} = s.x${index}`).join(' AND ');
  const tests = updatedOf(given).map((target) => {
    const differs = `NOT (${setting.dialect.same(`t.${target.stored}`, `s.x${target.given}`)})`;
    return target.when === null ? differs : `(coalesce(s.x${target.when}, 0) = 1 AND ${differs})`;
  });
  const places = [...given.types.keys()];
  const want = { columns: new Set(places) };
  await withPlan(db, setting, { ...given, want, signal }, ({ select, compiler }) => {
    const differs = tests.length === 0 ? '0' : `CASE WHEN ${tests.join(' OR ')} THEN 1 ELSE 0 END`;
    const insert = {
      into: staged,
      id: 'n',
      after: 0,
      columns: ['id', 'differs', ...places.map((place) => `g${place}`)],
      values: ['t._id', differs, ...places.map((place) => `s.x${place}`)],
      from: `(${select.sql}) s LEFT JOIN t${table.no} t ON ${keys}`,
      order: orderText(select.orders, 's'),
    };
    return db.run(setting.dialect.insertNumbered(insert), compiler.params, signal);
  });
}

const updatedOf = ({ targets }: Given): Target[] => targets.filter(({ onlyOn }) => onlyOn !== 'insert');

interface Found {
  total: number;
  matched: number;
  differing: number;
}

async function countStaged({ db, staged }: Staging): Promise<Found> {
  const [found] = await db.all<Found & { rows: number }>(
    `SELECT count(*) AS total, count(id) AS matched, count(DISTINCT id) AS rows,
       coalesce(sum(CASE WHEN id IS NOT NULL THEN differs END), 0) AS differing FROM ${staged}`,
  );
  if (!found) throw new Error('The staged rows could not be counted');
  if (found.rows !== found.matched) throw new UserError('DUPLICATE_KEY');
  return found;
}

async function change(staging: Staging, { total, matched, differing }: Found): Promise<LocalWriteResult> {
  const { operation } = staging.write;
  const inserted = operation === 'insert' || operation === 'upsert' ? total - matched : 0;
  const updated = operation === 'update' || operation === 'upsert' ? differing : 0;
  const deleted = operation === 'delete' ? matched : 0;
  if (updated > 0) await updateRows(staging);
  if (inserted > 0) await insertRows(staging);
  if (deleted > 0) await deleteRows(staging);
  return resultOf(total, { inserted, updated, deleted });
}

/** The plus keeps the planner from making an index over the staged rows and going through the whole table. */
async function updateRows({ db, signal, staged, table, given }: Staging): Promise<void> {
  const sets = updatedOf(given).map(({ stored, given: place, when }) =>
    when === null
      ? `${stored} = s.g${place}`
      : `${stored} = CASE s.g${when} WHEN 1 THEN s.g${place} ELSE t.${stored} END`,
  );
  const sql = `UPDATE t${table.no} AS t SET ${sets.join(', ')} FROM ${staged} s WHERE s.differs = 1 AND t._id = +s.id`;
  await db.run(sql, [], signal);
}

async function insertRows({ db, setting, signal, staged, table, given }: Staging): Promise<void> {
  const written = given.targets.filter(({ onlyOn }) => onlyOn !== 'update');
  const stored = [...given.keys, ...written.map((target) => target.stored)];
  const values = [
    ...given.keys.map((_, index) => `s.g${index}`),
    ...written.map(({ given: place, when }) =>
      when === null ? `s.g${place}` : `CASE s.g${when} WHEN 1 THEN s.g${place} END`,
    ),
  ];
  const insert = {
    into: `t${table.no}`,
    id: '_id',
    after: await lastId({ db, table }),
    columns: stored,
    values,
    from: `(SELECT * FROM ${staged} WHERE id IS NULL) s`,
    order: 's.n',
  };
  await db.run(setting.dialect.insertNumbered(insert), [], signal);
}

async function deleteRows({ db, signal, staged, table }: Staging): Promise<void> {
  const sql = `DELETE FROM t${table.no} WHERE _id IN (SELECT id FROM ${staged} WHERE id IS NOT NULL)`;
  await db.run(sql, [], signal);
}

function explainConflict(error: unknown, { setting, table }: Writing): unknown {
  const violated = error instanceof Error ? setting.dialect.faultOf(error) : null;
  if (violated?.kind === 'unique') return new UserError('DUPLICATE_KEY', {}, { cause: error });
  if (violated?.kind !== 'notNull') return error;
  const name = table.columns[Number(violated.column.slice(1)) - 1]?.name;
  return new UserError('KEY_EMPTY', { column: name }, { cause: error });
}
