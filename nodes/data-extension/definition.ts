import type { Issue } from '../../contract/errors.ts';
import type { CheckScope } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { columnIssues, passedColumns } from '../kit/columns.ts';
import { connectionIssues } from '../kit/connections.ts';
import { rejectPort, successPort } from '../kit/ports.ts';
import { withRejectColumns } from '../kit/rejects.ts';
import type { DataExtensionConfig } from './config.ts';
import { attributeOf, configSchema, defaults, readConfig } from './config.ts';
import { form } from './form.ts';

function check(config: DataExtensionConfig, scope: CheckScope): Issue[] {
  const { connection, key, attributes, custom, delivery, files } = config;
  return [
    ...connectionIssues(scope, connection, 'connection', 'dataExtensions'),
    ...(delivery === 'file' ? connectionIssues(scope, files, 'files', 'files') : []),
    ...key.flatMap(({ column }, index) => columnIssues(scope, column, `key.${index}.column`)),
    ...attributes.flatMap(({ column }, index) => columnIssues(scope, column, `attributes.${index}.column`)),
    ...custom.flatMap((name, index) => columnIssues(scope, name, `custom.${index}`)),
  ];
}

function summary(given: unknown): string {
  const { extension, mode, key, attributes, custom } = readConfig(given);
  const names = key.map(attributeOf).filter((name) => name !== '');
  const count = attributes.length + custom.length;
  const what = mode === 'update' ? 'update' : 'add and update';
  const by = names.length === 0 ? '' : ` by ${names.join(', ').slice(0, 40)}`;
  return `${extension.trim().slice(0, 40) || 'name a data extension'} · ${what}${by} · ${count} ${count === 1 ? 'attribute' : 'attributes'}`;
}

export const definition = defineNode<DataExtensionConfig>({
  type: 'data-extension',
  label: 'Data extension',
  description: 'Updates rows of a data extension of Marketing Cloud, and adds new ones where it may.',
  group: 'targets',
  icon: 'IconTableShare',
  keywords: [
    'marketing cloud',
    'salesforce marketing cloud',
    'exacttarget',
    'sfmc',
    'data extension',
    'send',
    'export',
    'upsert',
    'insert',
    'update',
    'synchronise',
  ],
  config: configSchema,
  defaults,
  form,
  inputs: { min: 1, max: null, join: 'each', rows: 'required' },
  starts: null,
  ports: () => [successPort, rejectPort],
  columns: (_, inputs) => {
    const passed = passedColumns(inputs);
    return { success: passed, reject: passed && withRejectColumns(passed) };
  },
  check,
  summary,
  writesOutside: (config) => {
    const { mode, extension } = readConfig(config);
    return `${mode === 'update' ? 'update' : 'add or update'} rows of the data extension ${extension.trim().slice(0, 80)}`;
  },
  resumable: true,
  delivers: () => true,
});
