/**
 * Rows are sent some hundreds at a time, and each request is asked for before the next one is sent. Its id is written down as
 * soon as it is known: whoever comes back asks for what became of it. Where nobody can say, the rows are sent again, which
 * changes nothing where they arrived: they are found by their key. Before a request leaves, it is written down until when it may:
 * an attempt that slept sends nothing any more, and the next one waits until the one before cannot send.
 */
import type { DataExtensionsClient } from '../../contract/connector.ts';
import type { DataExtension, RowOutcome } from '../../contract/dataExtension.ts';
import { RetryLater } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Json } from '../../contract/types.ts';
import { ownReason, rejectCells, rejectColumns } from '../kit/rejects.ts';
import { countText } from '../kit/rows.ts';
import type { NodeContext, NodeWait, TableWriter } from '../kit/run.ts';
import { openLimit, waitForOther } from '../kit/sendLimit.ts';
import type { DataExtensionConfig } from './config.ts';
import { type Due, readDue, rowColumn, valuesReader } from './due.ts';
import type { Target } from './target.ts';

type Context = NodeContext<DataExtensionConfig>;

/** A request that was accepted, and what it is about. */
interface Request {
  id: string;
  /** `_id` in the due rows: it began behind the one and ends with the other. */
  from: number;
  to: number;
  /** `_row` of what was sent, in its order, and of what was not, since it is not there. */
  sent: number[];
  absent: number[];
}

/** How far it has come: `after` is an `_id` in the due rows, all of them up to there have an outcome. */
interface Place {
  after: number;
  request: Request | null;
  /** Until then (ISO) an attempt that wrote it down may send what comes next; left out: none does. */
  leaves?: string | null;
}

interface SentRow {
  id: number;
  row: number;
  values: Record<string, Cell>;
  characters: number;
}

/** Milliseconds after which a request that is worked on is asked for again. */
const pause = 5_000;

interface Scope {
  context: Context;
  client: DataExtensionsClient;
  target: Target;
  due: Due;
  writer: TableWriter;
}

/** A table of the rows that were refused: `_row` and the reject columns. Gives a wait where time has to pass first. */
export async function deliver(
  context: Context,
  client: DataExtensionsClient,
  target: Target,
  due: Due,
): Promise<TableRef | NodeWait> {
  const writer = await context.writer({ columns: [rowColumn, ...rejectColumns], name: 'delivered', resume: true });
  const scope = { context, client, target, due, writer };
  const place = (writer.position ?? { after: 0, request: null }) as unknown as Place;
  const wait = waitForOther(context, place.leaves);
  if (wait) return wait;
  if (place.request !== null) {
    const working = await settle(scope, place.request);
    if (working) return working;
  }
  return (await sendAll(scope, place.request?.to ?? place.after)) ?? writer.finish();
}

async function sendAll(scope: Scope, after: number): Promise<NodeWait | null> {
  const { context, client, target, due } = scope;
  const valuesOf = valuesReader(context, target, due);
  let behind = after;
  for await (const rows of readDue(context, due, after)) {
    const given = rows.map(({ id, row, cells }) => sentRow(id, row, valuesOf(cells)));
    for (const part of parts(given, client.most)) {
      context.signal.throwIfAborted();
      const request = await send(scope, part, behind);
      const wait = await settle(scope, request);
      if (wait) return wait;
      behind = request.to;
    }
  }
  return null;
}

function sentRow(id: number, row: number, values: SentRow['values']): SentRow {
  return { id, row, values, characters: JSON.stringify(values).length };
}

/** As many as a request may have. One row that is longer goes alone: what the other side says of it is its reason. */
function* parts(rows: readonly SentRow[], most: DataExtensionsClient['most']): Generator<SentRow[]> {
  let part: SentRow[] = [];
  let characters = 0;
  for (const row of rows) {
    if (part.length > 0 && (part.length >= most.rows || characters + row.characters > most.characters)) {
      yield part;
      [part, characters] = [[], 0];
    }
    part.push(row);
    characters += row.characters;
  }
  if (part.length > 0) yield part;
}

async function send({ context, client, target, writer }: Scope, part: SentRow[], from: number): Promise<Request> {
  const { extension, key } = target;
  const keys = part.map(({ values }) => key.map(({ column }) => values[column.name] ?? null));
  const isThere = context.config.mode === 'upsert' ? null : await client.hasRows(extension, keys);
  const there = part.filter((_, index) => isThere?.[index] ?? true);
  const absent = part.filter((_, index) => !(isThere?.[index] ?? true)).map(({ row }) => row);
  const rows = there.map(({ values }) => values);
  const request = { from, to: part.at(-1)?.id ?? from, sent: there.map(({ row }) => row), absent };
  if (rows.length > 0) return sendRows({ context, client, writer }, extension, rows, request);
  return accepted(writer, { ...request, id: '' });
}

async function sendRows(
  { context, client, writer }: Pick<Scope, 'context' | 'client' | 'writer'>,
  extension: DataExtension,
  rows: readonly Record<string, Cell>[],
  request: Omit<Request, 'id'>,
): Promise<Request> {
  const { limit, leaves, over } = openLimit(context);
  const after = request.from;
  try {
    await moveTo(writer, [], { after, request: null, leaves });
    return await accepted(writer, { ...request, id: await client.send(extension, rows, limit) });
  } catch (error) {
    // A stop writes nothing down: the request may be on its way.
    if (!context.signal.aborted) await moveTo(writer, [], { after, request: null });
    throw error;
  } finally {
    over();
  }
}

async function accepted(writer: TableWriter, request: Request): Promise<Request> {
  await moveTo(writer, [], { after: request.from, request });
  return request;
}

/** Writes down what became of a request. Gives a wait while it is worked on. */
async function settle({ context, client, due, writer }: Scope, request: Request): Promise<NodeWait | null> {
  const outcomes = request.sent.length === 0 ? [] : await outcomesOf({ client, writer }, request);
  if (outcomes === null) {
    const waitUntil = new Date(context.clock.now().getTime() + pause).toISOString();
    return { waitUntil, reason: `Marketing Cloud works on ${countText(request.sent.length)} rows.` };
  }
  const refused = outcomes.flatMap((outcome, index) =>
    outcome.ok ? [] : [[request.sent[index] ?? 0, ...rejectCells(reasonOf(outcome))]],
  );
  const noMatch = rejectCells(ownReason('NO_MATCH'));
  const absent = request.absent.map((row) => [row, ...noMatch]);
  await moveTo(writer, [...refused, ...absent], { after: request.to, request: null });
  context.progress(request.to, due.table.count, 'rows');
  return null;
}

/** A request that nobody knows any more is forgotten here too: the next attempt sends its rows again. */
async function outcomesOf(
  { client, writer }: Pick<Scope, 'client' | 'writer'>,
  request: Request,
): Promise<RowOutcome[] | null> {
  try {
    return await client.outcome(request.id, request.sent.length);
  } catch (error) {
    if (error instanceof RetryLater && error.code === 'REQUEST_LOST')
      await moveTo(writer, [], { after: request.from, request: null });
    throw error;
  }
}

const reasonOf = ({ code, symbol, message, fields }: Extract<RowOutcome, { ok: false }>) => ({
  code,
  symbol,
  message,
  fields,
});

const moveTo = (writer: TableWriter, rows: Cell[][], place: Place): Promise<void> =>
  writer.append(rows, { position: place as unknown as Json });
