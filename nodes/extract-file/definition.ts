import type { Issue } from '../../contract/errors.ts';
import type { CheckScope } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { columnIssues, configIssue, passedColumns } from '../kit/columns.ts';
import { connectionIssues } from '../kit/connections.ts';
import { successPort } from '../kit/ports.ts';
import type { ExtractColumn, ExtractFileConfig } from './config.ts';
import { configSchema, defaults, formatProblem, readConfig } from './config.ts';
import { form } from './form.ts';

function check({ connection, columns, orderBy }: ExtractFileConfig, scope: CheckScope): Issue[] {
  return [
    ...connectionIssues(scope, connection, 'connection', 'files'),
    ...columns.flatMap((own, index) => [
      ...columnIssues(scope, own.column, `columns.${index}.column`),
      ...formatIssues(own, index, scope),
    ]),
    ...orderBy.flatMap(({ column }, index) => columnIssues(scope, column, `orderBy.${index}.column`)),
  ];
}

function formatIssues({ column, format }: ExtractColumn, index: number, scope: CheckScope): Issue[] {
  const arriving = passedColumns(scope.inputs)?.find(({ name }) => name === column);
  const problem = arriving ? formatProblem(arriving, format) : null;
  return problem === null ? [] : [configIssue(scope, `columns.${index}.format`, problem)];
}

const shortPath = (path: string): string => path.replaceAll(/\s+/g, ' ').slice(0, 50);

function summary(given: unknown): string {
  const { path, columns, gzip } = readConfig(given);
  const what = columns.length === 0 ? 'all columns' : columns.length === 1 ? '1 column' : `${columns.length} columns`;
  return `${shortPath(path) || 'name a file'} · ${what}${gzip ? ' · gzip' : ''}`;
}

export const definition = defineNode<ExtractFileConfig>({
  type: 'extract-file',
  label: 'Extract file',
  description: 'Writes the rows that arrive into a text file.',
  group: 'targets',
  icon: 'IconFileExport',
  keywords: ['csv', 'file', 'export', 'data extraction', 'delimited', 'gzip', 'text', 'write'],
  config: configSchema,
  defaults,
  form,
  inputs: { min: 1, max: null, join: 'each', rows: 'required' },
  starts: null,
  ports: () => [successPort],
  columns: (_, inputs) => ({ success: passedColumns(inputs) }),
  check,
  summary,
  writesOutside: (config) => {
    const { path, connection } = readConfig(config);
    return `the file ${shortPath(path)} of ${connection}`;
  },
});
