import { createHash } from 'node:crypto';
import type { FilesClient } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { FileEntry } from '../../contract/files.ts';
import { filePath } from '../../contract/files.ts';
import { findFiles, openFiles } from '../kit/fileAccess.ts';
import { arrivedRows, countText, demandColumns } from '../kit/rows.ts';
import type { NodeContext, NodeRun } from '../kit/run.ts';
import type { LoadFileConfig } from './config.ts';
import { loadFiles } from './load.ts';

type Context = NodeContext<LoadFileConfig>;

export const run: NodeRun<LoadFileConfig> = async (context) => {
  const client = await openFiles(context, context.config.connection);
  const files = await namedFiles(context, client);
  const { records, rejects } = await loadFiles({ context, client, files }, signatureOf(files));
  const names = files.length === 1 ? client.place(files[0]?.path ?? '') : `${countText(files.length)} files`;
  context.log('info', `${countText(records.count)} records loaded from ${names}.`);
  if (rejects.count > 0) context.log('warning', `${countText(rejects.count)} records could not be read.`);
  const filename = files.map(({ path }) => path).join('\n');
  return {
    ports: { success: records, reject: rejects },
    vars: {
      ...context.vars,
      ...(files.length > 0 && filename.length < 4_000 ? { filename } : {}),
      recCount: records.count,
    },
  };
};

/** Another attempt that finds them as they were goes on; else it begins anew. */
function signatureOf(files: readonly FileEntry[]): string {
  const text = files.map(({ path, version }) => `${path}\n${version}\n`).join('');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Throws FILE_MISSING, unless none is fine. */
async function namedFiles(context: Context, client: FilesClient): Promise<FileEntry[]> {
  const { source, path: given, missing } = context.config;
  const path = given.trim();
  const found = source === 'path' ? await findFiles(client, given) : await filesOfRows(context, client);
  if (source === 'path' && found.length === 0) {
    if (missing === 'fail') throw new UserError('FILE_MISSING', { path: client.place(filePath(path)) });
    context.log('warning', `There is no ${client.place(filePath(path))}: nothing is loaded.`);
  }
  return found;
}

/** In the order of the rows; one that stands there twice is loaded once. */
async function filesOfRows(context: Context, client: FilesClient): Promise<FileEntry[]> {
  const { pathColumn, missing } = context.config;
  const table = arrivedRows(context);
  demandColumns(table, [pathColumn]);
  const paths = new Set<string>();
  for await (const { rows } of context.read(table, { columns: [pathColumn] }))
    for (const [path] of rows) if (typeof path === 'string') paths.add(path);
  const found: FileEntry[] = [];
  for (const path of paths) {
    const entry = await client.stat(path);
    if (entry) found.push(entry);
    else if (missing === 'fail') throw new UserError('FILE_MISSING', { path: client.place(filePath(path)) });
    else context.log('warning', `There is no ${client.place(filePath(path))}: it is left out.`);
  }
  return found;
}
