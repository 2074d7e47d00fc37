/**
 * After an import, what the CRM counts stands beside what was read. A difference is first explained by reading the ids
 * again: records that were committed late are fetched and belong to the import; others were changed or deleted meanwhile.
 * What nothing explains is an alarm. It costs one call where the numbers agree, and a few where they do not; the ids are
 * compared by the database.
 */
import type { CrmClient, ReadQuery } from '../../contract/connector.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { Predicate, Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, scan } from '../../contract/relation.ts';
import type { Effect } from '../../contract/run.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { countText } from '../kit/rows.ts';
import { idField } from './config.ts';
import type { Context, Reading, ReadTables } from './readRecords.ts';
import { readColumns, rowsOf } from './readRecords.ts';

export interface Reconciling {
  query: ReadQuery;
  read: ReadTables;
  reading: Reading;
  /** The field that tells when a record changed; null: the object has none. */
  stampField: string | null;
  /** Records with a stamp from there on (ISO) may have come while the import was under way. */
  movingSince: string;
  /** Changes from there on (ISO) explain that a record is not among those counted any more. */
  changedSince: string;
}

export interface Verdict {
  /** null: the CRM could not count. */
  counted: number | null;
  read: number;
  /** Committed late or made meanwhile; read by their ids. */
  late: number;
  /** Changed or deleted meanwhile. */
  moved: number;
  /** Nothing explains them. */
  unexplained: number;
  /** Not read: too many to be fetched by their ids. */
  left: number;
}

/** Ids that are fetched one by one at most: a few calls. */
const mostFetched = 2_000;

export async function reconcile(
  context: Context,
  client: CrmClient,
  scope: Reconciling,
): Promise<{ verdict: Verdict; late: TableRef }> {
  // The verdict lies in the position: an attempt that goes on keeps it together with the records that it has found.
  const writer = await context.writer({ columns: readColumns(scope.reading), name: 'late', resume: true });
  if (writer.position !== null) return { verdict: writer.position as unknown as Verdict, late: await writer.finish() };
  const read = scope.read.records.count + scope.read.rejects.count;
  const counted = await count(context, client, scope.query);
  const agreed: Verdict = { counted, read, late: 0, moved: 0, unexplained: 0, left: 0 };
  if (counted === null || counted === read) {
    await writer.append([], { position: { ...agreed } });
    return { verdict: agreed, late: await writer.finish() };
  }
  const { verdict, rows } = await explain(context, client, scope, { ...agreed, counted });
  await writer.append(rows, { position: { ...verdict } });
  return { verdict, late: await writer.finish() };
}

/** A count that fails is no reason to lose an import: it is said. */
async function count(context: Context, client: CrmClient, query: ReadQuery): Promise<number | null> {
  try {
    return await client.count(query);
  } catch (error) {
    // A stop is no answer of the CRM: the comparison is made by the attempt that goes on.
    context.signal.throwIfAborted();
    if (!(error instanceof UserError || error instanceof RetryLater)) throw error;
    context.log('warning', `What was read could not be compared with the count of the CRM: ${error.message}`);
    return null;
  }
}

async function explain(
  context: Context,
  client: CrmClient,
  scope: Reconciling,
  verdict: Verdict & { counted: number },
): Promise<{ verdict: Verdict; rows: Cell[][] }> {
  const again = await readIds(context, client, { ...scope.query, ...idQuery(scope) }, 'recount');
  const seen = seenIds(scope.read);
  const missing = await context.table(without(scan(again), seen), { name: 'missing' });
  const extra = await context.table(without(seen, scan(again)), { name: 'extra' });
  const suspect = missing.count - (await context.count(since(scan(missing), scope.stampField, scope.movingSince)));
  const rows = await fetchRows(context, client, scope, missing);
  const gone = await explainGone(context, client, scope, extra);
  const uncounted = await countedElse(context, client, scope.query, verdict.counted, again.count);
  return {
    verdict: {
      ...verdict,
      late: missing.count - suspect,
      moved: extra.count - gone,
      unexplained: suspect + gone + uncounted,
      left: Math.max(0, missing.count - mostFetched),
    },
    rows,
  };
}

const idColumn: Column = { name: idField, label: idField, type: 'text' };
const stampColumn: Column = { name: '_stamp', label: '_stamp', type: 'datetime' };

function idQuery({ stampField }: Reconciling): Pick<ReadQuery, 'fields' | 'orderBy' | 'raw'> {
  return { fields: [idField, ...(stampField === null ? [] : [stampField])], orderBy: [], raw: [] };
}

async function readIds(context: Context, client: CrmClient, query: ReadQuery, name: string): Promise<TableRef> {
  const writer = await context.writer({ columns: [idColumn, stampColumn], name });
  for await (const page of client.read(query)) {
    context.signal.throwIfAborted();
    const rejected = page.rejects.map((reject): Cell[] => [reject.id, null]);
    await writer.append([...page.rows.map(([id = null, stamp = null]) => [id, stamp]), ...rejected]);
  }
  return writer.finish();
}

/** What was read, rejects among it. */
function seenIds({ records, rejects }: ReadTables): Relation {
  const ids = (table: TableRef): Relation => ({
    op: 'project',
    input: scan(table),
    columns: [{ ...idColumn, expr: column(idField) }],
  });
  return { op: 'set', kind: 'unionAll', by: [idField], inputs: [ids(records), ids(rejects)] };
}

const without = (left: Relation, right: Relation): Relation => ({
  op: 'join',
  kind: 'anti',
  left,
  right,
  on: [{ left: column(idField, 'left'), right: column(idField, 'right') }],
});

function since(input: Relation, stampField: string | null, from: string): Relation {
  // Without a date nothing can be said against it.
  if (stampField === null) return input;
  const where: Predicate = { op: 'ge', left: column(stampColumn.name), right: literal(from, 'datetime') };
  return { op: 'filter', input, where };
}

/** The records that were missed, as rows of the import. */
async function fetchRows(
  context: Context,
  client: CrmClient,
  { query, reading }: Reconciling,
  missing: TableRef,
): Promise<Cell[][]> {
  const toRows = rowsOf(context, reading);
  const rows: Cell[][] = [];
  for await (const page of client.readByIds(query, await firstIds(context, missing))) rows.push(...toRows(page.rows));
  return rows;
}

async function firstIds(context: Context, table: TableRef): Promise<string[]> {
  const ids: string[] = [];
  for await (const batch of context.read(table, { columns: [idField] })) {
    ids.push(...batch.rows.flatMap(([id]) => (typeof id === 'string' ? [id] : [])));
    if (ids.length >= mostFetched) break;
  }
  return ids.slice(0, mostFetched);
}

/** How many of those that were read, and are not counted any more, nothing explains. */
async function explainGone(context: Context, client: CrmClient, scope: Reconciling, extra: TableRef): Promise<number> {
  if (extra.count === 0) return 0;
  const writer = await context.writer({ columns: [idColumn, stampColumn], name: 'gone' });
  const query: ReadQuery = { object: scope.query.object, ...idQuery(scope) };
  for await (const page of client.readByIds(query, await firstIds(context, extra)))
    await writer.append(page.rows.map(([id = null, stamp = null]) => [id, stamp]));
  const there = await writer.finish();
  // One that is not there any more was deleted meanwhile.
  const changed = await context.count(since(scan(there), scope.stampField, scope.changedSince));
  return Math.max(0, extra.count - mostFetched) + there.count - changed;
}

/** Records that are counted and cannot be read at all: the count is made again, since it may have moved with the rest. */
async function countedElse(
  context: Context,
  client: CrmClient,
  query: ReadQuery,
  before: number,
  readAgain: number,
): Promise<number> {
  const after = (await count(context, client, query)) ?? before;
  return Math.max(0, Math.min(before, after) - readAgain, readAgain - Math.max(before, after));
}

/**
 * Nearly always there is none that came late. A later attempt reads on behind the last record, and may then have read what an
 * earlier one has fetched.
 */
export async function withLate(context: Context, records: TableRef, late: TableRef): Promise<TableRef> {
  if (late.count === 0) return records;
  const others: Relation = {
    op: 'join',
    kind: 'anti',
    left: scan(late),
    right: scan(records),
    on: [{ left: column(idField, 'left'), right: column(idField, 'right') }],
  };
  const inputs = [scan(records), others];
  return context.table({ op: 'set', kind: 'unionAll', by: [idField], inputs }, { name: 'all' });
}

/** For the log; empty where the CRM could not count. */
export function verdictText({ counted, read, late, moved, unexplained }: Verdict): string {
  if (counted === null) return '';
  if (counted === read) return 'The CRM counts as many.';
  const parts = [
    ...(late > 0 ? [`${countText(late)} came while they were read and were fetched`] : []),
    ...(moved > 0 ? [`${countText(moved)} were changed or deleted meanwhile`] : []),
    ...(unexplained > 0 ? [`${countText(unexplained)} are not explained`] : []),
  ];
  const why = parts.length > 0 ? parts.join(', ') : 'the difference was gone when the ids were read again';
  return `The CRM counts ${countText(counted)} where ${countText(read)} were read: ${why}.`;
}

/** An alarm for what nothing explains. */
export function verdictEffects(verdict: Verdict, object: string): Effect[] {
  if (verdict.unexplained === 0 && verdict.left === 0) return [];
  const left = verdict.left > 0 ? ` ${countText(verdict.left)} were not read, so the import date was not moved.` : '';
  return [{ type: 'alarm', severity: 'warning', message: `${object}: ${verdictText(verdict)}${left}` }];
}
