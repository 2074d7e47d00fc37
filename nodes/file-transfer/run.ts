/**
 * The files are listed once, and gone through in that order. A file is noted as soon as it has arrived, with the place that it is
 * moved to, and only then removed or moved where it came from: an attempt that goes on sends none twice, moves none to two
 * places, and misses none that is gone there already.
 */
import type { FilesClient } from '../../contract/connector.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { FileEntry } from '../../contract/files.ts';
import { filePath, folderPath, joinPath } from '../../contract/files.ts';
import type { TableRef } from '../../contract/relation.ts';
import { scan } from '../../contract/relation.ts';
import type { Cell, Json } from '../../contract/types.ts';
import { archivePath, moveOnce } from '../kit/archiveFile.ts';
import { fileWriter, findFiles, openFiles } from '../kit/fileAccess.ts';
import { fileColumns, fileRow } from '../kit/fileRows.ts';
import { countText } from '../kit/rows.ts';
import type { NodeContext, NodeOutcome, NodeRun } from '../kit/run.ts';
import type { Action, FileTransferConfig } from './config.ts';
import { isTransfer } from './config.ts';
import { missingPort } from './definition.ts';

type Context = NodeContext<FileTransferConfig>;

const said: Record<Action, string> = {
  download: 'downloaded',
  upload: 'uploaded',
  list: 'found',
  exists: 'found',
  remove: 'removed',
};

export const run: NodeRun<FileTransferConfig> = async (context) => {
  const { config } = context;
  const source = await openFiles(context, config.action === 'upload' ? config.local : config.connection);
  const found = await listOnce(context, source);
  if (found.count === 0) return leaveWithout(context, source);
  const table = await process(context, source, found);
  context.log('info', `${countText(table.count)} files ${said[config.action]}.`);
  const filename = await namesOf(context, table);
  return {
    ports: { success: table },
    vars: { ...context.vars, ...(filename === null ? {} : { filename }), filesCount: table.count },
  };
};

function leaveWithout(context: Context, source: FilesClient): NodeOutcome {
  const path = source.place(filePath(context.config.path.trim()));
  if (context.config.missing === 'fail') throw new UserError('FILE_MISSING', { path });
  context.log('info', `There is no ${path}.`);
  return { ports: { [missingPort.name]: null }, vars: { ...context.vars, filesCount: 0 } };
}

/** With what tells a later attempt whether a file is still the one that was found. */
const foundColumns = [...fileColumns, { name: 'version', label: 'Version', type: 'text' as const }];

/** A later attempt looks again, but goes on with what the first one found. */
async function listOnce(context: Context, source: FilesClient): Promise<TableRef> {
  const writer = await context.writer({ columns: foundColumns, name: 'listing' });
  const rows = (await findFiles(source, context.config.path)).map((entry) => [...fileRow(entry), entry.version]);
  for (let from = 0; from < rows.length; from += 1_000) await writer.append(rows.slice(from, from + 1_000));
  return context.table(scan(await writer.finish()), { name: 'found' });
}

async function process(context: Context, source: FilesClient, found: TableRef): Promise<TableRef> {
  const { config } = context;
  const writer = await context.writer({ columns: [...fileColumns], name: 'files', resume: true });
  const target = isTransfer(config) ? await openFiles(context, targetOf(config)) : null;
  const write = fileWriter(context);
  const done = writer.count;
  let place = 0;
  for await (const { rows } of context.read(found)) {
    for (const row of rows) {
      context.signal.throwIfAborted();
      place += 1;
      const entry = entryOf(row);
      if (place > done) {
        const arrived = target ? await transfer(context, { source, target, write }, entry) : fileRow(entry);
        await writer.append([arrived], { position: await archiveOf(config, source, entry) });
      }
      // Of the last file of an earlier attempt it is not known whether this was done.
      if (place > done || (place === done && (await isStillThere(source, entry))))
        await settle(config, source, entry, writer.position);
      context.progress(place, found.count, 'files', { success: writer.count });
    }
  }
  return writer.finish();
}

/** A file that has come in its place since was not transferred. */
const isStillThere = async (source: FilesClient, { path, version }: FileEntry): Promise<boolean> =>
  (await source.stat(path))?.version === version;

const targetOf = ({ action, connection, local }: FileTransferConfig): string =>
  action === 'upload' ? connection : local;

function entryOf([path, name, size, modifiedAt, version]: Cell[]): FileEntry {
  return {
    path: String(path),
    name: String(name),
    size: Number(size),
    modifiedAt: String(modifiedAt),
    version: String(version),
  };
}

interface Way {
  source: FilesClient;
  target: FilesClient;
  write: ReturnType<typeof fileWriter>;
}

/** The row of what the file is now. */
async function transfer({ config }: Context, { source, target, write }: Way, entry: FileEntry): Promise<Cell[]> {
  const path = joinPath(folderPath(config.target.trim()), entry.name);
  const { size } = await write(target, path, source.read(entry.path), { draft: config.draft, size: entry.size });
  // Of a file that is being written, a part has arrived.
  if ((await source.stat(entry.path))?.size !== size)
    throw new RetryLater('FILE_CHANGED', { path: source.place(entry.path) });
  return fileRow({ ...entry, path, size });
}

/** Where the file is moved to; null: it is not. */
async function archiveOf(config: FileTransferConfig, source: FilesClient, entry: FileEntry): Promise<string | null> {
  if (!isTransfer(config) || config.after !== 'archive') return null;
  return archivePath(source, entry, config.archive);
}

/** `noted`: where the file is moved to; attempts of earlier versions noted none. */
async function settle(config: FileTransferConfig, source: FilesClient, entry: FileEntry, noted: Json): Promise<void> {
  const { action, after } = config;
  const archive = typeof noted === 'string' ? noted : await archiveOf(config, source, entry);
  if (archive !== null) await moveOnce(source, entry.path, archive);
  else if (action === 'remove' || (isTransfer({ action }) && after === 'remove')) await source.remove(entry.path);
}

/** One to a line, as far as variables hold them. */
async function namesOf(context: Context, table: TableRef): Promise<string | null> {
  const names: string[] = [];
  let length = 0;
  for await (const { rows } of context.read(table, { columns: ['path'] }))
    for (const [path] of rows) {
      names.push(String(path));
      length += String(path).length + 1;
      if (length > 4_000) return null;
    }
  return names.join('\n');
}
