/** Work tables, from one kind of store to the other. Each record keeps its identity within the run. */
import type { TableRef } from '../../contract/relation.ts';
import type { TaskState } from '../../contract/run.ts';
import { openRunStates, openTaskStates } from '../../contract/run.ts';
import type { UndoneExport } from '../../nodes/kit/run.ts';
import type { Db } from '../db/transaction.ts';
import { listExportTables } from '../exports/keep.ts';
import type { Stores } from '../tables/types.ts';

/** A table is found by both: ids are those of its store. */
export const tableKey = ({ store, id }: TableRef): string => `${store}/${id}`;

/** Rows that a caller gave the run which it called: they lie in the store of the caller. */
export interface Given {
  run: string;
  table: TableRef;
}

/** The tables that runs and exports still have, and those that a task which is not over takes. Several may name one. */
export async function listKept(db: Db): Promise<TableRef[]> {
  const shown: { table_ref: string }[] = await db('outputs')
    .join('runs', 'runs.id', 'outputs.run_id')
    .where({ 'outputs.kept': true, 'runs.purged': false })
    .whereNotNull('outputs.table_ref')
    .orderBy(['outputs.run_id', 'outputs.task_id', 'outputs.port'])
    .select('outputs.table_ref');
  const exported = [...(await listExportTables(db)), ...(await listUndone(db))];
  const tables = [...shown.map(toTable), ...(await listBrought(db)), ...(await listGiven(db)), ...exported];
  return [...new Map(tables.map((table) => [tableKey(table), table])).values()];
}

const toTable = ({ table_ref }: { table_ref: string }): TableRef => JSON.parse(table_ref) as TableRef;
/** Of a run that failed or was stopped: it can be retried. */
const open: readonly TaskState[] = [...openTaskStates, 'stopped', 'failed'];

/** A loop gives up what its earlier passes put out, apart from what something still waits for. */
async function listBrought(db: Db): Promise<TableRef[]> {
  const rows: { table_ref: string }[] = await db('arrivals')
    .join('runs', 'runs.id', 'arrivals.run_id')
    .leftJoin('tasks', 'tasks.id', 'arrivals.task_id')
    .whereNotNull('arrivals.table_ref')
    .where((taken) => taken.where({ 'arrivals.state': 'waiting' }).orWhereIn('tasks.state', ['pending', 'waiting']))
    .whereNotIn('runs.state', ['succeeded', 'succeeded with rejects'])
    .where({ 'runs.purged': false })
    .orderBy('arrivals.id')
    .select('arrivals.table_ref');
  return whoseStoreIsThere(db, rows.map(toTable));
}

async function listGiven(db: Db): Promise<TableRef[]> {
  const rows: { given: string }[] = await db('tasks')
    .join('runs', 'runs.id', 'tasks.run_id')
    .whereNotNull('tasks.given')
    .whereIn('tasks.state', open)
    .where({ 'runs.purged': false })
    .orderBy('tasks.id')
    .select('tasks.given');
  return whoseStoreIsThere(
    db,
    rows.map(({ given }) => (JSON.parse(given) as Given).table),
  );
}

/** What runs that are not over are to undo. */
async function listUndone(db: Db): Promise<TableRef[]> {
  const rows: { tables: string }[] = await db('export_runs')
    .join('runs', 'runs.id', 'export_runs.run_id')
    .whereNotNull('export_runs.tables')
    .whereIn('runs.state', openRunStates)
    .orderBy('runs.id')
    .select('export_runs.tables');
  return rows.flatMap(({ tables }) => {
    const { records, sent } = JSON.parse(tables) as Pick<UndoneExport, 'records' | 'sent'>;
    return [records, ...sent.map(({ rows: beside }) => beside)];
  });
}

/** A task whose rows were purged says so when it takes them, here as there. */
async function whoseStoreIsThere(db: Db, tables: readonly TableRef[]): Promise<TableRef[]> {
  const runs: { id: string }[] = await db('runs').where({ purged: false }).select('id');
  const there = new Set(runs.map(({ id }) => id));
  return tables.filter(({ store }) => there.has(store));
}

/** Gives the reference of the copy. Throws when a row is missing on either side. */
export async function copyTable(from: Stores, to: Stores, table: TableRef, attempt: number): Promise<TableRef> {
  const signal = new AbortController().signal;
  // No task of the run: a task that goes on must not be taken for an older attempt than this.
  const owner = { taskId: 'moved', attempt };
  const writer = await to
    .run(table.store)
    .writer(owner, { columns: table.columns, name: `moved ${table.id}`, resume: false, signal });
  for await (const { rows, rids } of from.run(table.store).read(table, { signal })) await writer.append(rows, { rids });
  const copy = await writer.finish();
  if (copy.count !== table.count)
    throw new Error(`The work table ${tableKey(table)} has ${table.count} rows, and ${copy.count} arrived.`);
  return copy;
}
