/** Rows that are written, inside a transaction, in statements that no system finds too long. */
import type { Knex } from 'knex';
import type { DatabaseTable, DatabaseWrite } from '../../contract/database.ts';
import { UserError } from '../../contract/errors.ts';
import type { Cell } from '../../contract/types.ts';
import type { Dialect } from './dialect.ts';

interface Place {
  tx: Knex.Transaction;
  dialect: Dialect;
  schema: string | null;
}

/** About so many characters in one statement: MySQL's packets are 16 MB at most unless somebody has changed that. */
const mostText = 2_000_000;

export async function applyWrite(place: Place, write: DatabaseWrite): Promise<void> {
  if (write.operation === 'upsert') return upsert(place, write.table, write.rows);
  if (write.operation === 'delete') return remove(place, write.table, write.keys);
  return move(place, write);
}

async function upsert(place: Place, table: DatabaseTable, rows: readonly Cell[][]): Promise<void> {
  const { mostBindings, mostRows } = place.dialect;
  for (const some of batches(rows, Math.min(mostRows, Math.floor(mostBindings / table.columns.length))))
    await query(place, table)
      .insert(some.map((row) => record(place.dialect, table, row)))
      .onConflict(table.key)
      .merge();
}

async function remove(place: Place, table: DatabaseTable, keys: readonly Cell[]): Promise<void> {
  for (let from = 0; from < keys.length; from += 2_000)
    await query(place, table)
      .whereIn(table.key, keys.slice(from, from + 2_000) as Knex.Value[])
      .delete();
}

async function move(place: Place, write: Extract<DatabaseWrite, { operation: 'move' }>): Promise<void> {
  const { table, column, expected } = write;
  const row = record(place.dialect, table, write.row);
  const key = { [table.key]: row[table.key] };
  if (expected === null) {
    const taken = await query(place, table).where(key).first(table.key);
    if (taken) throw overtaken(write);
    await query(place, table).insert(row);
    return;
  }
  const changed: number = await query(place, table)
    .where({ ...key, [column]: expected as Knex.Value })
    .update(row);
  if (changed === 0) throw overtaken(write);
}

function overtaken({ table, row }: Extract<DatabaseWrite, { operation: 'move' }>): UserError {
  const place = table.columns.findIndex((column) => column.name === table.key);
  return new UserError('DATABASE_OVERTAKEN', { table: String(row[place]) });
}

function query({ tx, schema }: Place, { name }: DatabaseTable): Knex.QueryBuilder {
  return schema === null ? tx(name) : tx(name).withSchema(schema);
}

function record(dialect: Dialect, table: DatabaseTable, row: Cell[]): Record<string, Knex.Value> {
  return Object.fromEntries(
    table.columns.map(({ name, type }, index) => [name, dialect.bound(type, row[index] ?? null)]),
  );
}

function* batches(rows: readonly Cell[][], most: number): Generator<Cell[][]> {
  let batch: Cell[][] = [];
  let size = 0;
  for (const row of rows) {
    const own = row.reduce((sum: number, cell) => sum + (typeof cell === 'string' ? cell.length : 20), 0);
    if (batch.length >= Math.max(1, most) || (batch.length > 0 && size + own > mostText)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(row);
    size += own;
  }
  if (batch.length > 0) yield batch;
}
