/**
 * Sent states, each a table of local data: what was last sent, by key. Rows move as sets, beside the work tables that say what
 * they are. Nothing is marked: what is said again changes nothing, and a late attempt is fenced.
 */
import { column, type Relation } from '../../../contract/relation.ts';
import { readSentTable, type SentSummary, sentColumns, sentTable } from '../../../contract/sent.ts';
import type { Connection } from '../connection.ts';
import { withPlan } from '../relation/plan.ts';
import { orderText } from '../relation/select.ts';
import type { Setting } from '../relation/sources.ts';
import type { SentMove } from '../types.ts';
import { findLocal, type LocalTable, listLocal } from './catalogue.ts';
import { ensureTable } from './ensure.ts';

/** What a source gives, and how it is called beside the sent state; a relation need not have the last two. */
const given = ['key', 'hash', 'base', 'recordId'];
const place = (name: string): string => `c${sentColumns.findIndex((own) => own.name === name) + 1}`;
const [key, hash, dismissed, recordId, run, sentAt] = sentColumns.map(({ name }) => place(name));

interface Moving {
  db: Connection;
  setting: Setting;
  table: LocalTable;
  staged: string;
  move: SentMove;
  signal: AbortSignal;
}

/** Inside a transaction. */
export async function moveSent(db: Connection, setting: Setting, move: SentMove, signal: AbortSignal): Promise<void> {
  const name = sentTable(move.state);
  await ensureTable(db, setting.dialect, { name, columns: sentColumns, key: ['key'] });
  const table = await findLocal(db, '', name);
  if (!table) throw new Error(`The sent state ${move.state} was not made`);
  const moving = { db, setting, table, staged: `${setting.dialect.temporary}.moved`, move, signal };
  await stage(moving);
  const { inserted, deleted } = await changes[move.kind](moving);
  await db.run(`DROP TABLE ${moving.staged}`);
  await db.run('UPDATE _local SET rows = rows + ?2 WHERE no = ?1', [table.no, inserted - deleted]);
}

interface Changed {
  inserted: number;
  deleted: number;
}

/** Each key once, beside the row that it has. */
async function stage({ db, setting, table, staged, move, signal }: Moving): Promise<void> {
  const { dialect } = setting;
  const text = dialect.columnType('text');
  const columns = given.map((name) => `${name} ${text}`);
  await db.run(
    `CREATE TABLE ${staged} (n ${dialect.idType}, id ${dialect.columnType('integer')}, ${columns.join(', ')})`,
  );
  const known: Relation = { op: 'filter', input: move.rows, where: { op: 'isNotNull', value: column('key') } };
  const relation: Relation = {
    op: 'project',
    input: known,
    columns: given.map((name) => ({ name, label: '', type: 'text', expr: column(name) })),
  };
  const want = { columns: new Set(given.keys()) };
  await withPlan(db, setting, { relation, want, signal }, ({ select, compiler }) => {
    const insert = {
      into: staged,
      id: 'n',
      after: 0,
      columns: ['id', ...given],
      values: ['t._id', ...given.map((_, index) => `s.x${index}`)],
      from: `(${select.sql}) s LEFT JOIN t${table.no} t ON t.${key} = s.x0`,
      order: orderText(select.orders, 's'),
    };
    return db.run(dialect.insertNumbered(insert), compiler.params, signal);
  });
}

/**
 * A row that another run has moved since it was compared: which of the two the target has last, nobody knows, so it is due
 * whatever it is.
 */
async function confirm(moving: Moving): Promise<Changed> {
  const { db, setting, table, staged, move, signal } = moving;
  const params = [move.runId, move.at];
  const [runParam, atParam] = params.map((param, index) => setting.dialect.param(index + 1, param));
  const { same } = setting.dialect;
  const expected = `t.${hash} IS NULL OR t.${hash} = s.hash OR ${same(`t.${hash}`, 's.base')}`;
  const sets = [
    `${hash} = CASE WHEN ${expected} THEN s.hash ELSE '' END`,
    `${dismissed} = NULL`,
    `${recordId} = coalesce(s.recordId, t.${recordId})`,
    `${run} = ${runParam}`,
    `${sentAt} = ${atParam}`,
  ];
  await db.run(
    `UPDATE t${table.no} AS t SET ${sets.join(', ')} FROM ${staged} s WHERE s.hash IS NOT NULL AND t._id = +s.id`,
    params,
    signal,
  );
  const values = { [`${hash}`]: 's.hash', [`${recordId}`]: 's.recordId', [`${run}`]: runParam, [`${sentAt}`]: atParam };
  return { inserted: await insertNew(moving, values, params), deleted: await forgetGone(moving) };
}

async function dismiss(moving: Moving): Promise<Changed> {
  const { db, table, staged, signal } = moving;
  const sql = `UPDATE t${table.no} AS t SET ${dismissed} = s.hash FROM ${staged} s WHERE s.hash IS NOT NULL AND t._id = +s.id`;
  await db.run(sql, [], signal);
  return {
    inserted: await insertNew(moving, { [`${dismissed}`]: 's.hash' }, []),
    deleted: await forgetGone(moving),
  };
}

/** A row without a hash is gone: its key is forgotten, unless another run has moved it. */
function forgetGone({ db, setting, table, staged, signal }: Moving): Promise<number> {
  const unmoved = setting.dialect.same(`u.${hash}`, 's.base');
  const gone = `SELECT s.id FROM ${staged} s JOIN t${table.no} u ON u._id = +s.id WHERE s.hash IS NULL AND ${unmoved}`;
  return db.run(`DELETE FROM t${table.no} WHERE _id IN (${gone})`, [], signal);
}

async function makeDue({ db, table, staged, signal }: Moving): Promise<Changed> {
  const sql = `UPDATE t${table.no} AS t SET ${dismissed} = NULL FROM ${staged} s WHERE t.${dismissed} = s.hash AND t._id = +s.id`;
  await db.run(sql, [], signal);
  return { inserted: 0, deleted: 0 };
}

const changes = { delivered: confirm, dismissed: dismiss, due: makeDue };

/** Keys that have no row yet; of several rows with one key the last. */
async function insertNew(
  { db, setting, table, staged, signal }: Moving,
  values: Record<string, string | undefined>,
  params: string[],
): Promise<number> {
  const after = (await db.value<number>(`SELECT max(_id) AS last FROM t${table.no}`)) ?? 0;
  const ranked = `SELECT r.*, row_number() OVER (PARTITION BY r.key ORDER BY r.n DESC) AS place FROM ${staged} r WHERE r.id IS NULL AND r.hash IS NOT NULL`;
  const insert = {
    into: `t${table.no}`,
    id: '_id',
    after,
    columns: [`${key}`, ...Object.keys(values)],
    values: ['s.key', ...Object.values(values).map(String)],
    from: `(SELECT * FROM (${ranked}) p WHERE p.place = 1) s`,
    order: 's.n',
  };
  return db.run(setting.dialect.insertNumbered(insert), params, signal);
}

/** Sent states of a workflow, of one node or of all. */
async function findSent(db: Connection, workflow: string, node: string | null) {
  return (await listLocal(db)).flatMap((table) => {
    const found = readSentTable(table.name);
    return found && found.workflow === workflow && (node === null || found.node === node) ? [{ table, ...found }] : [];
  });
}

/** Those of a node, by target. */
export async function sumSent(db: Connection, workflow: string, node: string): Promise<SentSummary[]> {
  const states = await findSent(db, workflow, node);
  const sums: SentSummary[] = [];
  for (const { table, target } of states) {
    const [sum] = await db.all<Omit<SentSummary, 'target'>>(
      `SELECT count(${hash}) AS sent, count(${dismissed}) AS dismissed, min(${sentAt}) AS since, max(${sentAt}) AS last FROM t${table.no}`,
    );
    if (sum) sums.push({ target, ...sum });
  }
  return sums;
}

/** Whatever is under way keeps its tables: only the rows go. Gives how many. */
export async function forgetSent(db: Connection, workflow: string, node: string | null): Promise<number> {
  let forgotten = 0;
  for (const { table } of await findSent(db, workflow, node)) {
    forgotten += await db.run(`DELETE FROM t${table.no}`);
    await db.run('UPDATE _local SET rows = 0 WHERE no = ?1', [table.no]);
  }
  return forgotten;
}
