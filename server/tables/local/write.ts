/**
 * A write into local data. The source is evaluated once, into a temporary table beside the rows it meets; what differs is
 * then written from there. So the numbers add up, and no statement can be tempted to look through the whole table.
 */
import { UserError } from '../../../contract/errors.ts';
import {
  column,
  type LocalWrite,
  type LocalWriteResult,
  type ProjectedColumn,
  type Relation,
  relationColumns,
} from '../../../contract/relation.ts';
import type { Connection } from '../connection.ts';
import { violatedConstraint } from '../errors.ts';
import { planRelation, type Setting } from '../relation/plan.ts';
import { checkType, findLocal, type LocalTable } from './catalogue.ts';

interface Writing {
  db: Connection;
  setting: Setting;
  signal: AbortSignal;
  /** Name of the temporary table. */
  staged: string;
}

/** A value column: where it lies in the table, in the staged rows, and on what it depends. */
interface Target {
  stored: string;
  staged: string;
  when: string | null;
  onlyOn: 'insert' | 'update' | undefined;
}

/** Inside a transaction. Rows that an operation has nothing to do with (to insert: there already; to update or delete: not there) count as unchanged. */
export async function applyWrite(
  db: Connection,
  setting: Setting,
  write: LocalWrite,
  signal: AbortSignal,
): Promise<LocalWriteResult> {
  const table = await findLocal(db, 'main', write.table);
  if (!table) return refuseOrSkip(db, setting, write, signal);
  const writing = { db, setting, signal, staged: `${setting.dialect.temporary}.staged` };
  const targets = targetsOf(table, write);
  await stage(writing, table, write, targets);
  try {
    const found = await countStaged(writing);
    return await change(writing, table, write, targets, found);
  } catch (error) {
    throw explainConflict(error, table);
  } finally {
    await db.run(`DROP TABLE IF EXISTS ${writing.staged}`);
  }
}

async function refuseOrSkip(db: Connection, setting: Setting, write: LocalWrite, signal: AbortSignal) {
  if (write.operation === 'insert' || write.operation === 'upsert')
    throw new UserError('NOT_FOUND', { what: `The local table "${write.table}"` });
  const { select, compiler } = await planRelation(db, setting, write.source, { columns: new Set() }, signal);
  const unchanged = await db.value<number>(`SELECT count(*) AS n FROM (${select.sql}) q`, compiler.params, signal);
  return { inserted: 0, updated: 0, deleted: 0, unchanged: unchanged ?? 0 };
}

function storedName(table: LocalTable, name: string): string {
  const place = table.columns.findIndex((one) => one.name === name);
  if (place < 0) throw new UserError('COLUMN_UNKNOWN', { column: name });
  return `c${place + 1}`;
}

function targetsOf(table: LocalTable, { operation, values }: LocalWrite): Target[] {
  if (operation === 'delete') return [];
  return values.map(({ name, onlyOn, when }, index) => ({
    stored: storedName(table, name),
    staged: `v${index + 1}`,
    when: when === undefined ? null : `w${index + 1}`,
    onlyOn,
  }));
}

/** Key, values and conditions of the source, in the types of the table. */
function stagedRelation(
  table: LocalTable,
  { key, values, source, operation }: LocalWrite,
): { relation: Relation; names: string[] } {
  const given = new Map(relationColumns(source).map((one) => [one.name, one]));
  const wanted: [string, string][] = key.map((name, index) => [`k${index + 1}`, name]);
  if (operation !== 'delete') {
    wanted.push(...values.map(({ name }, index): [string, string] => [`v${index + 1}`, name]));
    for (const [index, { when }] of values.entries()) if (when !== undefined) wanted.push([`w${index + 1}`, when]);
  }
  const columns = wanted.map(([staged, name]): ProjectedColumn => {
    const found = given.get(name);
    if (!found) throw new UserError('COLUMN_UNKNOWN', { column: name });
    if (!staged.startsWith('w')) checkType(table, name, found.type);
    return { name: staged, label: '', type: found.type, expr: column(name) };
  });
  return { relation: { op: 'project', input: source, columns }, names: wanted.map(([staged]) => staged) };
}

async function stage(writing: Writing, table: LocalTable, write: LocalWrite, targets: Target[]): Promise<void> {
  const { db, setting, signal, staged } = writing;
  const { relation, names } = stagedRelation(table, write);
  const types = relationColumns(relation).map(({ type }) => setting.dialect.columnType(type));
  const columns = names.map((name, index) => `${name} ${types[index]}`);
  await db.run(`DROP TABLE IF EXISTS ${staged}`);
  await db.run(`CREATE TABLE ${staged} (n INTEGER PRIMARY KEY, id INTEGER, differs INTEGER, ${columns.join(', ')})`);
  const want = { columns: new Set(names.keys()) };
  const { select, compiler } = await planRelation(db, setting, relation, want, signal);
  const keys = write.key.map((name, index) => `t.${storedName(table, name)} = s.x${index}`);
  const differs = targets
    .filter(({ onlyOn }) => onlyOn !== 'insert')
    .map((target) => differsSql(setting, target, names));
  const sql = `INSERT INTO ${staged} (id, differs, ${names.join(', ')})
    SELECT t._id, ${differs.length === 0 ? '0' : `(${differs.join(' OR ')})`}, ${names.map((_, index) => `s.x${index}`).join(', ')}
    FROM (${select.sql}) s LEFT JOIN main.t${table.no} t ON ${keys.join(' AND ')} ORDER BY s.o1`;
  await db.run(sql, compiler.params, signal);
}

function differsSql({ dialect }: Setting, { stored, staged, when }: Target, names: string[]): string {
  const differs = `NOT (${dialect.same(`t.${stored}`, `s.x${names.indexOf(staged)}`)})`;
  return when === null ? differs : `(coalesce(s.x${names.indexOf(when)}, 0) = 1 AND ${differs})`;
}

interface Found {
  total: number;
  matched: number;
  differing: number;
}

async function countStaged({ db, staged }: Writing): Promise<Found> {
  const [found] = await db.all<Found & { rows: number }>(
    `SELECT count(*) AS total, count(id) AS matched, count(DISTINCT id) AS rows,
       coalesce(sum(CASE WHEN id IS NOT NULL THEN differs END), 0) AS differing FROM ${staged}`,
  );
  if (!found) throw new Error('The staged rows could not be counted');
  if (found.rows !== found.matched) throw new UserError('DUPLICATE_KEY');
  return found;
}

async function change(
  writing: Writing,
  table: LocalTable,
  { operation, key }: LocalWrite,
  targets: Target[],
  { total, matched, differing }: Found,
): Promise<LocalWriteResult> {
  const inserts = operation === 'insert' || operation === 'upsert' ? total - matched : 0;
  const updates = operation === 'update' || operation === 'upsert' ? differing : 0;
  const deletes = operation === 'delete' ? matched : 0;
  if (updates > 0) await updateRows(writing, table, targets);
  if (inserts > 0) await insertRows(writing, table, key, targets);
  if (deletes > 0) await deleteRows(writing, table);
  await writing.db.run('UPDATE _local SET rows = rows + ?2 WHERE no = ?1', [table.no, inserts - deletes]);
  return { inserted: inserts, updated: updates, deleted: deletes, unchanged: total - inserts - updates - deletes };
}

/** The plus keeps the planner from making an index over the staged rows and going through the whole table. */
async function updateRows({ db, staged, signal }: Writing, table: LocalTable, targets: Target[]): Promise<void> {
  const sets = targets
    .filter(({ onlyOn }) => onlyOn !== 'insert')
    .map(({ stored, staged: value, when }) => {
      return when === null
        ? `${stored} = s.${value}`
        : `${stored} = CASE s.${when} WHEN 1 THEN s.${value} ELSE t.${stored} END`;
    });
  const sql = `UPDATE main.t${table.no} AS t SET ${sets.join(', ')} FROM ${staged} s WHERE s.differs = 1 AND t._id = +s.id`;
  await db.run(sql, [], signal);
}

async function insertRows(
  { db, staged, signal }: Writing,
  table: LocalTable,
  key: string[],
  targets: Target[],
): Promise<void> {
  const written = targets.filter(({ onlyOn }) => onlyOn !== 'update');
  const stored = [...key.map((name) => storedName(table, name)), ...written.map((target) => target.stored)];
  const values = [
    ...key.map((_, index) => `s.k${index + 1}`),
    ...written.map(({ staged: value, when }) =>
      when === null ? `s.${value}` : `CASE s.${when} WHEN 1 THEN s.${value} END`,
    ),
  ];
  const sql = `INSERT INTO main.t${table.no} (${stored.join(', ')})
    SELECT ${values.join(', ')} FROM ${staged} s WHERE s.id IS NULL ORDER BY s.n`;
  await db.run(sql, [], signal);
}

async function deleteRows({ db, staged, signal }: Writing, table: LocalTable): Promise<void> {
  await db.run(
    `DELETE FROM main.t${table.no} WHERE _id IN (SELECT id FROM ${staged} WHERE id IS NOT NULL)`,
    [],
    signal,
  );
}

function explainConflict(error: unknown, table: LocalTable): unknown {
  const violated = violatedConstraint(error);
  if (violated?.kind === 'unique') return new UserError('DUPLICATE_KEY', {}, { cause: error });
  if (violated?.kind !== 'notNull') return error;
  const name = table.columns[Number(violated.column.slice(1)) - 1]?.name;
  return new UserError('KEY_EMPTY', { column: name }, { cause: error });
}
