/** Reading work tables in batches, in the order of `_id`. The next batch is read while the last one is worked on. */
import { UserError } from '../../../contract/errors.ts';
import type { TableRef } from '../../../contract/relation.ts';
import type { Json } from '../../../contract/types.ts';
import type { TableBatch } from '../../../nodes/kit/run.ts';
import type { Connection } from '../connection.ts';
import { throwIfStopped } from '../errors.ts';
import type { RowFormat } from '../relation/dialect.ts';
import { tableShape } from '../relation/shape.ts';
import { rowSql } from '../relation/wholeRows.ts';
import type { StoreAccess } from '../setting.ts';
import { findTable } from './catalogue.ts';

const rowsPerBatch = 1_000;
const bytesPerBatch = 4_000_000;

interface ReadOptions {
  columns?: string[];
  after?: number;
  signal?: AbortSignal;
}

interface Reading {
  columns: string[];
  format: RowFormat;
  sql: string;
}

/** Throws WORK_TABLE_LOST when there are fewer rows than the reference says: never ends early in silence. */
export async function* readTable(
  access: StoreAccess,
  table: TableRef,
  options: ReadOptions,
): AsyncIterable<TableBatch> {
  const { signal } = options;
  const reading = await access.read((db) => prepareReading(access, db, table, options.columns));
  let limit = rowsPerBatch;
  let after = options.after ?? 0;
  if (after >= table.count) return;
  const fetch = () => {
    throwIfStopped(signal);
    return access.read((db) => fetchBatch(db, reading, { after, limit, signal }));
  };
  for (let next = fetch(); ; ) {
    const { batch, bytes } = await next;
    const last = batch.ids.at(-1);
    if (last === undefined) throw new UserError('WORK_TABLE_LOST', { table: table.id, reason: 'rows are missing' });
    if (last >= table.count) {
      yield batch;
      return;
    }
    limit = fittingRows(bytes, batch.ids.length);
    after = last;
    next = fetch();
    // Whoever stops iterating never looks at it; whoever goes on gets its error then.
    next.catch(() => undefined);
    yield batch;
  }
}

/** How many rows to ask for next, when this many bytes were that many rows. */
export function fittingRows(bytes: number, rows: number): number {
  return Math.max(1, Math.min(rowsPerBatch, Math.floor(((bytesPerBatch / 2) * rows) / Math.max(1, bytes))));
}

async function prepareReading(
  { dialect }: StoreAccess,
  db: Connection,
  table: TableRef,
  names = table.columns.map(({ name }) => name),
): Promise<Reading> {
  const record = await findTable(db, '', table);
  const shape = tableShape(dialect, '', record);
  const { sql: row, from, format } = rowSql(dialect, shape, names);
  const rows = `SELECT ${shape.id} AS id, ${shape.rid.sql} AS rid, ${row} AS row
    FROM ${from} WHERE ${shape.id} > ?1 ORDER BY ${shape.id} LIMIT ?2`;
  const lists = ['id', 'rid', 'row'].map((name) => `${dialect.collect(`p.${name}`)} AS ${name}s`).join(', ');
  const sql = record.light
    ? `SELECT ${lists}, 0 AS bytes FROM (${rows}) p`
    : `SELECT ${lists}, coalesce(max(p.size), 0) AS bytes FROM (
         SELECT r.*, sum(${dialect.bytes('r.row')}) OVER (ORDER BY r.id ROWS UNBOUNDED PRECEDING) AS size
         FROM (${rows}) r) p WHERE p.size <= ${bytesPerBatch} OR p.size = ${dialect.bytes('p.row')}`;
  return { columns: names, format, sql };
}

async function fetchBatch(
  db: Connection,
  { columns, format, sql }: Reading,
  { after, limit, signal }: { after: number; limit: number; signal: AbortSignal | undefined },
): Promise<{ batch: TableBatch; bytes: number }> {
  const [text] = await db.all<Record<'ids' | 'rids' | 'rows', string> & { bytes: number }>(sql, [after, limit], signal);
  if (!text) throw new Error('The database gave no batch');
  const rids = JSON.parse(text.rids) as number[];
  const rows = (JSON.parse(text.rows) as Json[][]).map((row) => format.decode(row));
  const batch = { ids: JSON.parse(text.ids) as number[], rids: rids.map(String), columns, rows };
  return { batch, bytes: text.bytes };
}
