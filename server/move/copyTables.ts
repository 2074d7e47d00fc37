/** Work tables, from one kind of store to the other. Each record keeps its identity within the run. */
import type { TableRef } from '../../contract/relation.ts';
import type { Db } from '../db/transaction.ts';
import type { Stores } from '../tables/types.ts';

/** A table is found by both: ids are those of its store. */
export const tableKey = ({ store, id }: TableRef): string => `${store}/${id}`;

/** The tables that runs still have. Several outputs and arrivals may name one. */
export async function listKept(db: Db): Promise<TableRef[]> {
  const rows: { table_ref: string }[] = await db('outputs')
    .join('runs', 'runs.id', 'outputs.run_id')
    .where({ 'outputs.kept': true, 'runs.purged': false })
    .whereNotNull('outputs.table_ref')
    .orderBy(['outputs.run_id', 'outputs.task_id', 'outputs.port'])
    .select('outputs.table_ref');
  const tables = rows.map((row) => JSON.parse(row.table_ref) as TableRef);
  return [...new Map(tables.map((table) => [tableKey(table), table])).values()];
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
