/** The tables of the control store, from SQLite to PostgreSQL. */
import type { TableRef } from '../../contract/relation.ts';
import { tableRefSchema } from '../../contract/relation.ts';
import type { Json } from '../../contract/types.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Given } from './copyTables.ts';
import { tableKey } from './copyTables.ts';

/** What belongs to a program or to a process, not to the instance. */
const own = new Set(['migrations', 'engines']);
const rowsAtOnce = 200;

type Row = Record<string, unknown>;

/** Copies all rows in the transaction. `refs` says where work tables are now. Gives the counts of tables that hold rows. */
export async function copyControl(
  from: Db,
  to: Tx,
  refs: ReadonlyMap<string, TableRef>,
): Promise<Record<string, number>> {
  const counts = await countRows(from);
  for (const table of await inOrder(to, Object.keys(counts))) await copyRows(from, to, table, refs);
  const arrived = await countRows(to);
  if (JSON.stringify(arrived) !== JSON.stringify(counts))
    throw new Error(`Other counts arrived: ${JSON.stringify(arrived)} instead of ${JSON.stringify(counts)}.`);
  return counts;
}

/** Rows by table, in the order of the names; empty tables are left out. */
export async function countRows(db: Db | Tx): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of await listTables(db)) {
    const row: { n?: number | string } | undefined = await db(name).count({ n: '*' }).first();
    const n = Number(row?.n ?? 0);
    if (n > 0) counts[name] = n;
  }
  return counts;
}

async function listTables(db: Db | Tx): Promise<string[]> {
  const found: { name: string }[] =
    db.client.config.client === 'pg'
      ? await db('pg_tables').whereRaw('schemaname = current_schema()').select({ name: 'tablename' })
      : await db('sqlite_master').where({ type: 'table' }).whereNot('name', 'like', 'sqlite%').select('name');
  return found
    .map(({ name }) => name)
    .filter((name) => !own.has(name))
    .sort();
}

/** A table comes behind those it refers to. */
async function inOrder(tx: Tx, tables: readonly string[]): Promise<string[]> {
  const { rows }: { rows: { child: string; parent: string }[] } = await tx.raw(
    "select c.relname as child, p.relname as parent from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class p on p.oid = k.confrelid where k.contype = 'f' and k.connamespace = current_schema()::regnamespace",
  );
  const parents = (table: string) =>
    rows.filter((row) => row.child === table && row.parent !== table).map((row) => row.parent);
  const ordered = new Set<string>();
  const visit = (table: string): void => {
    if (ordered.has(table)) return;
    for (const parent of parents(table)) visit(parent);
    ordered.add(table);
  };
  for (const table of tables) visit(table);
  return [...ordered];
}

async function copyRows(from: Db, to: Tx, table: string, refs: ReadonlyMap<string, TableRef>): Promise<void> {
  const columns = await to(table).columnInfo();
  const booleans = Object.keys(columns).filter((name) => columns[name]?.type === 'boolean');
  let last = 0;
  for (;;) {
    const rows: (Row & { rowid_: number })[] = await from(table)
      .whereRaw('rowid > ?', [last])
      .orderByRaw('rowid')
      .limit(rowsAtOnce)
      .select('*', from.raw('rowid as rowid_'));
    if (rows.length === 0) break;
    last = rows.at(-1)?.rowid_ ?? last;
    await to(table).insert(rows.map(({ rowid_: _, ...row }) => moved(row, booleans, refs)));
  }
  if ('id' in columns && columns.id?.type === 'integer') await continueCounting(to, table);
}

function moved(row: Row, booleans: readonly string[], refs: ReadonlyMap<string, TableRef>): Row {
  const result = { ...row };
  for (const name of booleans) if (result[name] !== null) result[name] = Boolean(result[name]);
  const there = (table: TableRef): TableRef => refs.get(tableKey(table)) ?? table;
  if (typeof result.table_ref === 'string')
    result.table_ref = JSON.stringify(there(JSON.parse(result.table_ref) as TableRef));
  if (typeof result.given === 'string') {
    const given = JSON.parse(result.given) as Given;
    result.given = JSON.stringify({ ...given, table: there(given.table) });
  }
  if (typeof result.tables === 'string')
    result.tables = JSON.stringify(
      JSON.parse(result.tables, (_, value: Json) => (isTable(value) ? there(value) : value)),
    );
  return result;
}

const isTable = (value: unknown): value is TableRef => tableRefSchema.safeParse(value).success;

async function continueCounting(to: Tx, table: string): Promise<void> {
  await to.raw("select setval(pg_get_serial_sequence(?, 'id'), (select max(id) from ??))", [table, table]);
}
