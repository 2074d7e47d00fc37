/**
 * All rows go in one file, which Marketing Cloud imports. What is done is written down step by step: the file, the task of the
 * import, its end. A step that is done twice does no harm, since rows are found by their key. An import tells totals only: where
 * they are not those of the file, every row is looked at again.
 */
import type { DataExtensionsClient } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import { filePath, folderPath, joinPath } from '../../contract/files.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Json } from '../../contract/types.ts';
import { draftFor, openFiles } from '../kit/fileAccess.ts';
import { ownReason, rejectCells, rejectColumns } from '../kit/rejects.ts';
import { countText } from '../kit/rows.ts';
import type { NodeContext, NodeWait, TableWriter } from '../kit/run.ts';
import type { DataExtensionConfig } from './config.ts';
import { rowColumn } from './prepare.ts';
import type { Target } from './target.ts';

type Context = NodeContext<DataExtensionConfig>;

/** How far it has come: the name of the file that lies there, the task that imports it, whether that has ended, and the last row that was looked at. */
interface Place {
  file: string | null;
  task: string | null;
  differs: boolean | null;
  after: number;
}

const begun: Place = { file: null, task: null, differs: null, after: 0 };

/** Milliseconds after which an import that is worked on is asked for again. */
const pause = 15_000;

interface Scope {
  context: Context;
  client: DataExtensionsClient;
  target: Target;
  due: TableRef;
  writer: TableWriter;
}

/** A table of the rows that were refused: `_row` and the reject columns. Gives a wait where time has to pass first. */
export async function deliverFile(
  context: Context,
  client: DataExtensionsClient,
  target: Target,
  due: TableRef,
): Promise<TableRef | NodeWait> {
  const writer = await context.writer({ columns: [rowColumn, ...rejectColumns], name: 'imported', resume: true });
  const scope = { context, client, target, due, writer };
  let place = (writer.position ?? begun) as unknown as Place;
  if (due.count === 0) return writer.finish();
  if (place.file === null) place = await moveTo(writer, { ...place, file: await layFile(scope) });
  if (!context.config.start) return writer.finish();
  if (place.task === null) place = await moveTo(writer, { ...place, task: await start(scope, place) });
  if (place.differs === null) {
    const differs = await settle(scope, place);
    if (differs === null) return waitFor(context, due);
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
  const how = config.draft ? draftFor(context, path) : { draft: null };
  const { size } = await files.write(path, contentOf(context, client, target, due), how);
  context.log('info', `${countText(due.count)} rows written to ${files.place(path)} (${countText(size)} bytes).`);
  return file;
}

async function* contentOf(
  context: Context,
  client: DataExtensionsClient,
  { key, attributes }: Target,
  due: TableRef,
): AsyncGenerator<Uint8Array> {
  const columns = [...key, ...attributes].map(({ column }) => column);
  yield Buffer.from(lineOf(columns.map(({ name }) => name)));
  let done = 0;
  for await (const { rows } of context.read(due, { columns: ['values'] })) {
    context.signal.throwIfAborted();
    const lines = rows.map(([values]) => {
      const given = values as Record<string, Cell>;
      return lineOf(columns.map((column) => client.fileText(column, given[column.name] ?? null)));
    });
    yield Buffer.from(lines.join(''));
    done += rows.length;
    context.progress(done, due.count, 'rows');
  }
}

/** A cell that is empty has no quotes. */
const lineOf = (cells: readonly string[]): string =>
  `${cells.map((cell) => (cell === '' ? '' : `"${cell.replaceAll('"', '""')}"`)).join(',')}\r\n`;

function start({ context, client, target }: Scope, { file }: Place): Promise<string> {
  const { config } = context;
  return client.startImport(target.extension, {
    ...orderOf(context, target),
    file: file ?? '',
    adds: config.mode === 'upsert',
  });
}

/** One definition for each node and destination: it is made once, and used again. */
function orderOf({ config, node, workflow }: Context, { extension }: Target): { name: string; location: string } {
  const location = config.location.trim();
  return { name: `Syncline ${workflow.internalName} ${node.name}: ${extension.key}`.slice(0, 120), location };
}

/** Whether the totals are other ones than those of the file; null while it is imported. */
async function settle({ context, client, target, due, writer }: Scope, place: Place): Promise<boolean | null> {
  const result = await client.importResult(place.task ?? '');
  if (result === null) return null;
  if (!result.completed) {
    await moveTo(writer, begun);
    throw new UserError('IMPORT_FAILED', { file: place.file, ...orderOf(context, target) });
  }
  const differs = result.rows !== due.count || result.successful !== due.count;
  if (differs)
    context.log(
      'warning',
      `Of ${countText(due.count)} rows, ${countText(result.successful)} were imported: all are looked at again.`,
    );
  return differs;
}

function waitFor(context: Context, due: TableRef): NodeWait {
  const waitUntil = new Date(context.clock.now().getTime() + pause).toISOString();
  return { waitUntil, reason: `Marketing Cloud imports ${countText(due.count)} rows.` };
}

async function lookAgain({ context, client, target, due, writer }: Scope, place: Place): Promise<void> {
  const missing = ownReason(context.config.mode === 'update' ? 'NO_MATCH' : 'NOT_IMPORTED');
  const other = ownReason('NOT_IMPORTED');
  for await (const { ids, rows } of context.read(due, { columns: [rowColumn.name, 'values'], after: place.after })) {
    context.signal.throwIfAborted();
    const held = await client.holds(
      target.extension,
      rows.map(([, values]) => values as Record<string, Cell>),
    );
    const refused = rows.flatMap(([row], index) => {
      const state = held[index] ?? null;
      return state === true ? [] : [[row ?? null, ...rejectCells(state === null ? missing : other)]];
    });
    await moveTo(writer, { ...place, after: ids.at(-1) ?? place.after }, refused);
  }
}

async function moveTo(writer: TableWriter, place: Place, rows: Cell[][] = []): Promise<Place> {
  await writer.append(rows, { position: place as unknown as Json });
  return place;
}
