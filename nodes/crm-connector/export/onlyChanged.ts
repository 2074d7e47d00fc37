/**
 * Only what changed: rows whose prepared values are what was last sent with success for their key are left out, without asking
 * the CRM. Another mapping gives other values, and so makes all rows due.
 */
import type { Expr, Predicate, Relation, TableRef } from '../../../contract/relation.ts';
import { column, either, literal, rowId, scan } from '../../../contract/relation.ts';
import type { SentRows, SentState } from '../../../contract/sent.ts';
import type { Cell, Column, Json } from '../../../contract/types.ts';
import { demandColumns } from '../../kit/rows.ts';
import type { TableWriter } from '../../kit/run.ts';
import { besideSent, hashOf, isSent, keyOf, sentColumn } from '../../kit/sent.ts';
import type { CrmConfig } from '../config.ts';
import type { Context } from '../readRecords.ts';
import type { WrittenObject } from './fields.ts';
import { canUpdate } from './fields.ts';

const text = (name: string): Column => ({ name, label: '', type: 'text' });

/** What becomes of a row by what was sent; null: what the CRM says decides. */
export type SentVerdict = 'left' | 'twice' | 'empty' | null;

const leavesOut = ({ operation, export: { onlyChanged } }: CrmConfig): boolean =>
  operation === 'export' && onlyChanged.enabled;

/** What one organisation was sent says nothing of another. */
const stateOf = (context: Context): SentState =>
  context.sentState(`${context.config.connection} ${context.config.object}`);

/**
 * One row for each of the prepared ones, in their order: the `sentRowColumns`, `verdict` and the `recordId` it had when it was
 * sent. Null where everything is sent. The table belongs to the task: it is compared once.
 */
export async function compareWithSent(
  context: Context,
  written: WrittenObject,
  input: TableRef,
  prepared: TableRef,
): Promise<TableRef | null> {
  if (!leavesOut(context.config)) return null;
  const hashed = await hashRows(context, written, input, prepared);
  const counted: Relation = {
    op: 'group',
    input: { op: 'filter', input: scan(hashed), where: { op: 'isNotNull', value: column('key') } },
    by: [{ ...text('key'), expr: column('key') }],
    aggregates: [{ name: 'rows', label: '', type: 'integer', fn: 'count' }],
  };
  const beside: Relation = {
    op: 'join',
    kind: 'left',
    left: besideSent(scan(hashed), stateOf(context), 'key'),
    right: counted,
    on: [{ left: column('key', 'left'), right: column('key', 'right') }],
    columns: [{ from: 'rows', as: { name: 'rows', label: '', type: 'integer' } }],
  };
  const verdict = { ...text('verdict'), expr: verdictOf(context, written) };
  const judged: Relation = { op: 'project', input: beside, keep: true, columns: [verdict] };
  const isDue: Predicate = { op: 'isNull', value: column('verdict') };
  const columns = [
    { ...text('key'), expr: either(isDue, column('key'), literal(null, 'text')) },
    { ...text('hash'), expr: column('hash') },
    { ...text('base'), expr: sentColumn('hash') },
    { ...text('verdict'), expr: column('verdict') },
    { ...text('recordId'), expr: sentColumn('recordId') },
  ];
  return context.table({ op: 'project', input: judged, columns }, { name: 'sent' });
}

/** A new record is made once for each key, unless what has changed is to become a further one. */
function verdictOf({ config }: Context, written: WrittenObject): Expr {
  const word = (verdict: SentVerdict): Expr => literal(verdict, 'text');
  const wasSent: Predicate = { op: 'isNotNull', value: sentColumn('hash') };
  const onlyInserts = written.key === null || !canUpdate(written);
  const isLeft: Predicate =
    onlyInserts && !config.export.onlyChanged.again ? { op: 'or', items: [isSent('hash'), wasSent] } : isSent('hash');
  const isTwice: Predicate = { op: 'gt', left: column('rows'), right: literal(1, 'integer') };
  // Rows that share a key by which records are found are rejected for that in any case.
  const told = either(isTwice, word(written.key === null ? 'twice' : null), either(isLeft, word('left'), word(null)));
  return either({ op: 'isNull', value: column('key') }, word(written.key === null ? 'empty' : null), told);
}

/** Key and hash of each row. What could not be prepared counts by what came, and by why. */
async function hashRows(
  context: Context,
  { key }: WrittenObject,
  input: TableRef,
  prepared: TableRef,
): Promise<TableRef> {
  const { mapping, onlyChanged } = context.config.export;
  const sources = mapping.flatMap(({ source }) => (source.kind === 'column' ? [source.column] : []));
  const names = [...(key === null ? [onlyChanged.column] : []), ...sources];
  const columns = [...new Set(names)];
  demandColumns(input, columns);
  const writer: TableWriter = await context.writer({
    columns: [text('key'), text('hash')],
    name: 'hashed',
    resume: true,
  });
  const after = Number(writer.position ?? 0);
  if (writer.count === prepared.count) return writer.finish();
  const arrived = rowsOf(context.read(input, { columns, after }));
  const options = { columns: ['_match', 'values', 'errorCode', 'errorMessage'], after };
  for await (const { ids, rows } of context.read(prepared, options)) {
    context.signal.throwIfAborted();
    const hashed: Cell[][] = [];
    for (const [match = null, values = null, code = null, message = null] of rows) {
      const { value: given } = await arrived.next();
      if (!given) throw new Error('There are fewer rows than were prepared');
      const own = key === null ? (given[columns.indexOf(onlyChanged.column)] ?? null) : match;
      const sent = code === null ? (values as Record<string, Json>) : { code, message, given };
      hashed.push([keyOf([own]), hashOf(sent)]);
    }
    await writer.append(hashed, { position: ids.at(-1) ?? after });
    context.progress(writer.count, prepared.count, 'rows compared with what was sent');
  }
  return writer.finish();
}

async function* rowsOf(batches: AsyncIterable<{ rows: Cell[][] }>): AsyncGenerator<Cell[], undefined> {
  for await (const { rows } of batches) yield* rows;
  return undefined;
}

/** The prepared rows of which the CRM decides. */
export async function rowsToAskFor(context: Context, prepared: TableRef, sent: TableRef | null): Promise<TableRef> {
  if (sent === null) return prepared;
  const due: Relation = { op: 'filter', input: scan(sent), where: { op: 'isNull', value: column('verdict') } };
  const on = [{ left: rowId, right: rowId }];
  return context.table({ op: 'join', kind: 'semi', left: scan(prepared), right: due, on }, { name: 'due' });
}

type Sent = { sent: readonly SentRows[] };

/** What the rows are in the export's own sent state, where nothing but that tells whether they were made already. */
export function findUnkeyed(context: Context, { sent }: Sent): SentRows | undefined {
  if (context.undoes || context.config.export.key !== '') return undefined;
  const { name } = stateOf(context);
  return sent.find(({ state }) => state === name);
}

/**
 * A plan can wait for days, and another run send its rows meanwhile. Where a key tells, the CRM is asked again; these would be
 * made twice.
 */
export async function countSentMeanwhile(context: Context, plan: Sent): Promise<number> {
  const state = stateOf(context);
  const own = findUnkeyed(context, plan);
  if (!own) return 0;
  const counts: Predicate = { op: 'isNotNull', value: column('key') };
  const differs: Predicate = { op: 'different', left: sentColumn('hash'), right: column('base') };
  const moved: Predicate = { op: 'and', items: [counts, differs] };
  return context.count({ op: 'filter', input: besideSent(scan(own.rows), state, 'key'), where: moved });
}

/** All sent states that the rows count for: that of the export itself, and those of nodes before it. */
export async function sentRows(context: Context, input: TableRef, sent: TableRef | null): Promise<SentRows[]> {
  const own = sent === null ? [] : [{ state: stateOf(context).name, rows: sent }];
  return [...own, ...(await context.awaited(input))];
}
