/** Records of the CRM by their keys, one row for each key that was asked for. A later attempt goes on behind the last batch. */
import type { ReadPage } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import type { Predicate, Relation, TableRef } from '../../../contract/relation.ts';
import { column, scan } from '../../../contract/relation.ts';
import type { Cell, Column, Json } from '../../../contract/types.ts';
import { noReason, rejectCells, rejectColumns } from '../../kit/rejects.ts';
import type { Context } from '../readRecords.ts';

/** Rows that hold a key: `match` is the form in which it is found, `key` the key as it is asked for. */
interface KeyColumns {
  match: string;
  key: string;
}

/** Each key once: how many rows have it, and whether one of them is rejected already. */
export function distinctKeys(rows: TableRef, { match, key }: KeyColumns): Relation {
  const known: Predicate = { op: 'isNotNull', value: column(match) };
  return {
    op: 'group',
    input: { op: 'filter', input: scan(rows), where: known },
    by: [{ name: 'match', label: '', type: 'text', expr: column(match) }],
    aggregates: [
      { name: 'key', label: '', type: 'text', fn: 'first', of: column(key) },
      { name: 'rows', label: '', type: 'integer', fn: 'count' },
      { name: 'refused', label: '', type: 'text', fn: 'max', of: column('errorCode') },
    ],
  };
}

/** `found` is the number of records with the key, at most two; `recordId`, `name`, `stamp` and `before` are those of the first. */
export const foundColumns: readonly Column[] = [
  { name: 'match', label: '', type: 'text' },
  { name: 'found', label: '', type: 'integer' },
  { name: 'recordId', label: '', type: 'text' },
  { name: 'name', label: '', type: 'text' },
  { name: 'stamp', label: '', type: 'text' },
  { name: 'before', label: '', type: 'json' },
  ...rejectColumns,
];

export interface Finding {
  /** Of the table that is made. */
  name: string;
  /** Has the columns `match` and `key`. */
  keys: TableRef;
  /** Records for at most a thousand keys. */
  read(keys: readonly string[]): AsyncIterable<ReadPage>;
  /** The key of a record, in the form in which keys are found; null: it has none. */
  matchOf(row: readonly Cell[]): string | null;
  /** The same for one that could not be read. */
  matchOfUnread(reject: ReadPage['rejects'][number]): string | null;
  /** What is kept of a record. */
  keep(row: readonly Cell[]): { id: Cell; name: Cell; stamp: Cell; before: Json };
  unit: string;
}

export async function findRecords(context: Context, finding: Finding): Promise<TableRef> {
  const { keys } = finding;
  const writer = await context.writer({ columns: [...foundColumns], name: finding.name, resume: true });
  let done = typeof writer.position === 'number' ? writer.position : 0;
  for await (const batch of context.read(keys, { columns: ['match', 'key'], after: done })) {
    context.signal.throwIfAborted();
    const found = await readBatch(
      finding,
      batch.rows.map(([, key = null]) => String(key)),
    );
    done = batch.ids.at(-1) ?? done;
    await writer.append([...found.values()], { position: done });
    context.progress(done, keys.count, finding.unit);
  }
  return writer.finish();
}

async function readBatch(finding: Finding, keys: readonly string[]): Promise<Map<string, Cell[]>> {
  const found = new Map<string, Cell[]>();
  for await (const page of finding.read(keys)) {
    for (const row of page.rows) {
      const match = finding.matchOf(row);
      const known = match === null ? undefined : found.get(match);
      if (known) known[1] = 2;
      else if (match !== null) found.set(match, foundRow(finding, match, row));
    }
    for (const reject of page.rejects) {
      const row = unreadRow(finding, reject);
      const match = String(row[0]);
      found.set(match, found.has(match) ? row.with(1, 2) : row);
    }
  }
  return found;
}

export function foundRow(finding: Finding, match: string, row: readonly Cell[]): Cell[] {
  const { id, name, stamp, before } = finding.keep(row);
  return [match, 1, id, name, stamp, before, ...noReason];
}

/** A record that nobody can tell the key of may be the one that is meant by any row. */
export function unreadRow(finding: Finding, reject: ReadPage['rejects'][number]): Cell[] {
  const match = finding.matchOfUnread(reject);
  if (match === null) throw new UserError('RECORD_MALFORMED', { reason: reject.message });
  return [match, 1, reject.id, null, null, null, ...rejectCells(reject)];
}
