import type { Issue } from '../../contract/errors.ts';
import { makeIssue } from '../../contract/errors.ts';
import type { CheckScope } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { columnIssues } from '../kit/columns.ts';
import { connectionIssues } from '../kit/connections.ts';
import { rejectPort, successPort } from '../kit/ports.ts';
import { withRejectColumns } from '../kit/rejects.ts';
import type { LoadFileConfig } from './config.ts';
import { configSchema, defaults, loadedColumns, readConfig, unreadColumns } from './config.ts';
import { form } from './form.ts';

const formatNames = { delimited: 'delimited', fixed: 'fixed width', jsonLines: 'JSON lines' } as const;

function check(config: LoadFileConfig, scope: CheckScope): Issue[] {
  return [
    ...connectionIssues(scope, config.connection, 'connection', 'files'),
    ...(config.source === 'rows' ? rowIssues(config, scope) : []),
  ];
}

/** Files that rows name can only be loaded where rows arrive. */
function rowIssues({ pathColumn }: LoadFileConfig, scope: CheckScope): Issue[] {
  if (scope.inputs.length > 0) return columnIssues(scope, pathColumn, 'pathColumn');
  const values = { node: scope.node.label, needed: 'an inbound transition' };
  return [makeIssue('INPUT_MISSING', values, { nodeId: scope.node.id, path: 'source' })];
}

function summary(given: unknown): string {
  const config = readConfig(given);
  const from = config.source === 'rows' ? 'files that arrive' : config.path.replaceAll(/\s+/g, ' ').slice(0, 50);
  return `${from || 'choose a file'} · ${formatNames[config.format]}`;
}

export const definition = defineNode<LoadFileConfig>({
  type: 'load-file',
  label: 'Load file',
  description: 'Reads records from text files: CSV, delimited, fixed width or JSON lines.',
  group: 'sources',
  icon: 'IconFileImport',
  keywords: ['csv', 'file', 'import', 'data loading', 'delimited', 'fixed width', 'jsonl', 'gzip', 'text'],
  config: configSchema,
  defaults,
  form,
  inputs: { min: 0, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports: () => [successPort, rejectPort],
  columns: (config) => {
    const columns = loadedColumns(readConfig(config));
    return { success: columns.length > 0 ? columns : null, reject: withRejectColumns(unreadColumns) };
  },
  check,
  summary,
  resumable: true,
});
