/**
 * All rows go in one file, which Marketing Cloud imports. What is done is written down step by step: the file, the task of the
 * import, its end. A step that is done twice does no harm, since rows are found by their key. An import tells totals only: where
 * they are not those of the file, every row is looked at again.
 */
import type { DataExtensionsClient } from '../../contract/connector.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import { filePath, folderPath, joinPath } from '../../contract/files.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Json } from '../../contract/types.ts';
import { fileWriter, openFiles } from '../kit/fileAccess.ts';
import { ownReason, rejectCells, rejectColumns } from '../kit/rejects.ts';
import { countText } from '../kit/rows.ts';
import type { NodeContext, NodeWait, TableWriter } from '../kit/run.ts';
import { openLimit, waitForOther } from '../kit/sendLimit.ts';
import type { DataExtensionConfig } from './config.ts';
import { type Due, readDue, rowColumn, valuesReader } from './due.ts';
import { fileContent } from './fileContent.ts';
import type { Target } from './target.ts';

type Context = NodeContext<DataExtensionConfig>;

/**
 * How far it has come: the name of the file that lies there, the task that imports it, whether that has ended, and the last row
 * that was looked at.
 */
interface Place {
  file: string | null;
  task: string | null;
  /** Instants (ISO) from which the start, or the end, is waited for, and at which it was last said to go on. */
  since: string | null;
  heard: string | null;
  /** Until then (ISO) an attempt that wrote it down may start the import; left out: none does. */
  leaves?: string | null;
  /** How often the import was waited for in vain. */
  vain?: number;
  differs: boolean | null;
  after: number;
}

const begun: Place = { file: null, task: null, since: null, heard: null, differs: null, after: 0 };

/** Milliseconds after which an import is asked for again: soon at first, then after a quarter of the time it was waited for. */
const pause = { least: 2_000, most: 60_000, share: 1 / 4 };
/** Hours after which an import is not waited for any more: one that goes on, and one of which nothing is told. */
const longest = { working: 24, untold: 1 };
/** Milliseconds in which an import is started: much is asked before. */
const startTime = 120_000;
/** How often the same import is waited for so long: then another one is begun. */
const mostVain = 2;

interface Scope {
  context: Context;
  client: DataExtensionsClient;
  target: Target;
  due: Due;
  writer: TableWriter;
}

/** A table of the rows that were refused: `_row` and the reject columns. Gives a wait where time has to pass first. */
export async function deliverFile(
  context: Context,
  client: DataExtensionsClient,
  target: Target,
  due: Due,
): Promise<TableRef | NodeWait> {
  const writer = await context.writer({ columns: [rowColumn, ...rejectColumns], name: 'imported', resume: true });
  const scope = { context, client, target, due, writer };
  let place = (writer.position ?? begun) as unknown as Place;
  if (due.table.count === 0) return writer.finish();
  if (place.file === null) place = await moveTo(writer, { ...place, file: await layFile(scope) });
  if (!context.config.start) return writer.finish();
  if (place.task === null) {
    const task = waitForOther(context, place.leaves) ?? (await start(scope, place));
    if (task === null) return waitFor(context, place, 'Marketing Cloud still imports an earlier file.');
    if (typeof task !== 'string') return task;
    place = await moveTo(writer, { ...place, task, since: null, heard: null, leaves: null });
  }
  if (place.differs === null) {
    const differs = await settle(scope, place);
    if (differs === null) return waitFor(context, place, `Marketing Cloud imports ${countText(due.table.count)} rows.`);
    place = await moveTo(writer, { ...place, differs });
  }
  if (place.differs) await lookAgain(scope, place);
  return writer.finish();
}

/** The name is the task's: another run's file is never overwritten, and ours is when it is written again. */
async function layFile({ context, client, target, due }: Scope): Promise<string> {
  const { config, task } = context;
  const file = `syncline_${task.id.replace(/[^\w-]/g, '_')}.csv`;
  const path = filePath(joinPath(folderPath(config.folder.trim()), file));
  const files = await openFiles(context, config.files);
  const write = fileWriter(context);
  const { size } = await write(files, path, fileContent(context, client, target, due), { draft: config.draft });
  context.log('info', `${countText(due.table.count)} rows written to ${files.place(path)} (${countText(size)} bytes).`);
  return file;
}

/** The task; null while an earlier file of the same definition is imported. */
async function start({ context, client, target, writer }: Scope, place: Place): Promise<string | null> {
  const { config } = context;
  const order = { ...orderOf(context, target), file: place.file ?? '', adds: config.mode === 'upsert' };
  const { limit, leaves, over } = openLimit(context, startTime);
  try {
    await moveTo(writer, { ...place, leaves });
    return await client.startImport(target.extension, order, limit);
  } catch (error) {
    const isBusy = error instanceof RetryLater && error.code === 'IMPORT_BUSY';
    const since = isBusy ? (place.since ?? context.clock.now().toISOString()) : place.since;
    // A stop writes nothing down: the start may be on its way.
    if (!context.signal.aborted) await moveTo(writer, { ...place, since, leaves: null });
    if (isBusy && since !== null && hoursSince(context, since) <= longest.working) return null;
    throw error;
  } finally {
    over();
  }
}

const hoursSince = ({ clock }: Context, instant: string): number =>
  (clock.now().getTime() - Date.parse(instant)) / 3_600_000;

/** One definition for each node and destination: it is made once, and used again. */
function orderOf({ config, node, workflow }: Context, { extension }: Target): { name: string; location: string } {
  const location = config.location.trim();
  return { name: `Syncline ${workflow.internalName} ${node.name}: ${extension.key}`.slice(0, 120), location };
}

/** Whether the totals are other ones than those of the file; null while it is imported. */
async function settle(scope: Scope, place: Place): Promise<boolean | null> {
  const { context, client, target, due, writer } = scope;
  const result = await client.importResult(place.task ?? '');
  const { state, rows, successful } = result;
  if (state === 'failed') {
    await moveTo(writer, begun);
    throw new UserError('IMPORT_FAILED', { file: place.file, ...orderOf(context, target) });
  }
  if (state !== 'completed') {
    await goOn(scope, place, state, result.word);
    return null;
  }
  const differs = rows !== due.table.count || successful !== due.table.count;
  if (differs)
    context.log(
      'warning',
      `Of ${countText(due.table.count)} rows, ${countText(successful)} were imported: all are looked at again.`,
    );
  return differs;
}

/** An import that never ends is given up. Whoever tries again asks for the same one, and waits as long once more: but not for ever. */
async function goOn(
  { context, target, writer }: Scope,
  place: Place,
  state: 'working' | 'untold',
  word: string,
): Promise<void> {
  const now = context.clock.now().toISOString();
  const since = place.since ?? now;
  const heard = state === 'working' ? now : (place.heard ?? now);
  const hours = longest[state];
  if (hoursSince(context, state === 'working' ? since : heard) <= hours) {
    await moveTo(writer, { ...place, since, heard });
    return;
  }
  const vain = (place.vain ?? 0) + 1;
  const isLost = vain >= mostVain;
  await moveTo(writer, isLost ? begun : { ...place, since: null, heard: null, vain });
  const { name } = orderOf(context, target);
  const details = { file: place.file, hours, word: word || 'nothing', name };
  throw isLost ? new UserError('IMPORT_LOST', { ...details, times: vain }) : new UserError('IMPORT_NO_END', details);
}

function waitFor({ clock }: Context, { since }: Place, reason: string): NodeWait {
  const now = clock.now().getTime();
  const waited = since === null ? 0 : now - Date.parse(since);
  const length = Math.min(Math.max(waited * pause.share, pause.least), pause.most);
  return { waitUntil: new Date(now + length).toISOString(), reason };
}

async function lookAgain({ context, client, target, due, writer }: Scope, place: Place): Promise<void> {
  const missing = ownReason(context.config.mode === 'update' ? 'NO_MATCH' : 'NOT_IMPORTED');
  const other = ownReason('NOT_IMPORTED');
  const valuesOf = valuesReader(context, target, due);
  for await (const rows of readDue(context, due, place.after)) {
    const held = await client.holds(
      target.extension,
      rows.map(({ cells }) => valuesOf(cells)),
    );
    const refused = rows.flatMap(({ row }, index) => {
      const state = held[index] ?? null;
      return state === true ? [] : [[row, ...rejectCells(state === null ? missing : other)]];
    });
    await moveTo(writer, { ...place, after: rows.at(-1)?.id ?? place.after }, refused);
  }
}

async function moveTo(writer: TableWriter, place: Place, rows: Cell[][] = []): Promise<Place> {
  await writer.append(rows, { position: place as unknown as Json });
  return place;
}
