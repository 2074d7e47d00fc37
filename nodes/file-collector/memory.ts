/** Which files a node has collected, kept in local data from run to run. */
import { createHash } from 'node:crypto';
import type { FileEntry } from '../../contract/files.ts';
import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, scan } from '../../contract/relation.ts';
import type { Column } from '../../contract/types.ts';
import type { NodeContext } from '../kit/run.ts';
import type { FileCollectorConfig } from './config.ts';

type Context = NodeContext<FileCollectorConfig>;

/** Tables of local data whose name begins with "_" are Syncline's own and are not listed. */
const table = '_collected';
export const keyColumn: Column = { name: 'key', label: 'Key', type: 'text' };
const columns: Column[] = [
  keyColumn,
  { name: 'workflow', label: 'Workflow', type: 'text' },
  { name: 'path', label: 'Path', type: 'text' },
  { name: 'at', label: 'At', type: 'datetime' },
];

/** Another file, another version of it, another node: another key. */
export function fileKey({ workflow, node, config }: Context, { path, version }: FileEntry): string {
  const parts = [workflow.internalName, node.id, config.connection, path, version];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Those of the candidates that were never collected. */
export async function unseen(context: Context, candidates: TableRef): Promise<Relation> {
  if ((await context.localTable(table)) === null) return scan(candidates);
  return {
    op: 'join',
    kind: 'anti',
    left: scan(candidates),
    right: { op: 'local', table, columns },
    on: [{ left: column('key', 'left'), right: column('key', 'right') }],
  };
}

export async function remember(context: Context, files: TableRef): Promise<void> {
  await context.ensureLocalTable(table, columns, ['key']);
  const source: Relation = {
    op: 'project',
    input: scan(files),
    columns: [
      { ...keyColumn, expr: column('key') },
      { name: 'workflow', label: 'Workflow', type: 'text', expr: literal(context.workflow.internalName, 'text') },
      { name: 'path', label: 'Path', type: 'text', expr: column('source') },
      { name: 'at', label: 'At', type: 'datetime', expr: literal(context.clock.now().toISOString(), 'datetime') },
    ],
  };
  const values = [{ name: 'workflow' }, { name: 'path' }, { name: 'at' }];
  await context.once('remember', { table, operation: 'upsert', source, key: ['key'], values });
}
