import type { FilesClient } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { FileEntry } from '../../contract/files.ts';
import { folderPath, joinPath } from '../../contract/files.ts';
import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, scan } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { markedName, moveOnce } from '../kit/archiveFile.ts';
import { findFiles, openFiles } from '../kit/fileAccess.ts';
import { fileColumns, fileRow } from '../kit/fileRows.ts';
import { countText } from '../kit/rows.ts';
import type { NodeContext, NodeResult, NodeRun } from '../kit/run.ts';
import type { FileCollectorConfig } from './config.ts';
import { nonePort } from './definition.ts';
import { fileKey, keyColumn, remember, unseen } from './memory.ts';

type Context = NodeContext<FileCollectorConfig>;

/**
 * Files are remembered before they leave: whatever happens then, none leaves twice. The table of those that are new belongs
 * to the task, so that another attempt, and the passes for one file after the other, find the same.
 */
export const run: NodeRun<FileCollectorConfig> = async (context) => {
  const { config } = context;
  const fresh = await freshFiles(context);
  if (fresh.count === 0) {
    context.log('info', 'There are no new files.');
    return { ports: { [nonePort.name]: null }, vars: { ...context.vars, filesCount: 0 } };
  }
  if (config.deliver === 'each') return nextFile(context, fresh);
  context.log('info', `${countText(fresh.count)} files collected.`);
  return {
    ports: { success: await outgoing(context, scan(fresh), 'all') },
    vars: { ...context.vars, filesCount: fresh.count },
  };
};

/** Collected in the first pass, and the same ever after: the table belongs to the task. */
async function freshFiles(context: Context): Promise<TableRef> {
  const { config } = context;
  if (context.wake) return context.table(noFiles, { name: 'fresh' });
  const client = await openFiles(context, config.connection);
  const candidates = await writeCandidates(context, client);
  const limited: Relation = { op: 'limit', input: await unseen(context, candidates), count: config.most };
  const fresh = await context.table(limited, { name: 'fresh' });
  if (fresh.count === 0) return fresh;
  await remember(context, fresh);
  if (config.after === 'archive')
    for await (const { rows } of context.read(fresh, { columns: ['source', 'path'] }))
      for (const [source, path] of rows) await moveOnce(client, String(source), String(path));
  return fresh;
}

/** Where the file was found; its path may be another by the time it leaves. */
const sourceColumn: Column = { name: 'source', label: 'Found at', type: 'text' };

const candidateColumns = [...fileColumns, sourceColumn, keyColumn];
/** Stands for the table where it is known to be there: it is not evaluated. */
const noFiles: Relation = { op: 'local', table: '_none', columns: candidateColumns };

async function writeCandidates(context: Context, client: FilesClient): Promise<TableRef> {
  const writer = await context.writer({ columns: candidateColumns, name: 'candidates' });
  const rows: Cell[][] = [];
  for (const entry of await settledFiles(context, client)) rows.push(await candidateRow(context, client, entry));
  for (let from = 0; from < rows.length; from += 1_000) await writer.append(rows.slice(from, from + 1_000));
  return writer.finish();
}

async function settledFiles({ config, clock }: Context, client: FilesClient): Promise<FileEntry[]> {
  const latest = clock.now().getTime() - config.settle * 1_000;
  return (await findFiles(client, config.path)).filter(
    ({ modifiedAt }) => config.settle === 0 || Date.parse(modifiedAt) <= latest,
  );
}

async function candidateRow(context: Context, client: FilesClient, entry: FileEntry): Promise<Cell[]> {
  const key = fileKey(context, entry);
  const path = context.config.after === 'archive' ? await archivePath(context, client, entry, key) : entry.path;
  return [...fileRow({ ...entry, path }), entry.path, key];
}

/** Where a file of the same name lies already, another run may be about to read it: this one gets a name of its own. */
async function archivePath({ config }: Context, client: FilesClient, entry: FileEntry, key: string): Promise<string> {
  const folder = folderPath(config.archive.trim());
  const path = joinPath(folder, entry.name);
  if (path === entry.path)
    throw new UserError('FILE_PATH', { path: config.archive, reason: 'the files lie there already' });
  if (!(await client.exists(path))) return path;
  return joinPath(folder, markedName(entry.name, key.slice(0, 8)));
}

function outgoing(context: Context, input: Relation, name: string): Promise<TableRef> {
  const columns = fileColumns.map((own) => ({ ...own, expr: column(own.name) }));
  return context.table({ op: 'project', input, columns }, { name });
}

/** Each leaves by an activation of its own; between them the task waits for no time. */
async function nextFile(context: Context, fresh: TableRef): Promise<NodeResult> {
  const place = typeof context.wake?.memory === 'number' ? context.wake.memory : 0;
  const { id, path } = await fileAt(context, fresh, place);
  const success = await outgoing(context, { op: 'scan', table: fresh, from: id - 1, to: id }, `file ${place}`);
  Object.assign(context.vars, { filename: path, filesCount: 1 });
  context.log('info', `Collected ${path} (${place + 1} of ${countText(fresh.count)}).`);
  if (place + 1 >= fresh.count) return { ports: { success } };
  return {
    waitUntil: context.clock.now().toISOString(),
    reason: `${countText(fresh.count - place - 1)} more files`,
    memory: place + 1,
    ports: { success },
  };
}

async function fileAt(context: Context, fresh: TableRef, place: number): Promise<{ id: number; path: string }> {
  let before = 0;
  for await (const { ids, rows } of context.read(fresh, { columns: ['path'] })) {
    const id = ids[place - before];
    if (id !== undefined) return { id, path: String(rows[place - before]?.[0]) };
    before += ids.length;
  }
  throw new Error(`The table of collected files has no row ${place}.`);
}
