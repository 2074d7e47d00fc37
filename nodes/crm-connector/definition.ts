import type { Issue } from '../../contract/errors.ts';
import { makeIssue } from '../../contract/errors.ts';
import { filterConditions, leftSideProblem, needsValue } from '../../contract/filter.ts';
import type { CheckScope } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { configIssue } from '../kit/columns.ts';
import { rejectPort, successPort } from '../kit/ports.ts';
import { withRejectColumns } from '../kit/rejects.ts';
import type { CrmConfig } from './config.ts';
import { chosenFields, configSchema, defaults, fieldColumn, idField, isEmptyFilter, readConfig } from './config.ts';

export const definition = defineNode<CrmConfig>({
  type: 'crm-connector',
  label: 'CRM Connector',
  description: 'Imports records of a CRM: all of them, filtered, or only what changed since the last import.',
  group: 'sources',
  icon: 'IconCloudDownload',
  keywords: ['crm', 'salesforce', 'import', 'external account', 'incremental', 'automatic index'],
  config: configSchema,
  defaults,
  form: [
    { kind: 'connection', name: 'connection', label: 'Connection', capability: 'crm' },
    { kind: 'text', name: 'object', label: 'Remote object' },
    {
      kind: 'list',
      name: 'fields',
      label: 'Remote fields',
      addLabel: 'Add field',
      initial: { name: '', label: '', type: 'text', conversion: 'default' },
      item: [{ kind: 'text', name: 'name', label: 'Field' }],
    },
    {
      kind: 'switch',
      name: 'everything',
      label: 'Query for all elements',
      hint: 'Also reads deleted, archived and merged records.',
    },
    {
      kind: 'switch',
      name: 'index.enabled',
      label: 'Automatic index',
      hint: 'Reads only what changed since the last import.',
    },
    { kind: 'template', name: 'index.optionName', label: 'Option name', when: { name: 'index.enabled', is: [true] } },
    {
      kind: 'text',
      name: 'index.indexField',
      label: 'Index field',
      optional: true,
      when: { name: 'index.enabled', is: [true] },
    },
    {
      kind: 'choice',
      name: 'index.advance',
      label: 'Advance',
      display: 'segments',
      when: { name: 'index.enabled', is: [true] },
      choices: [
        {
          value: 'whenRunSucceeded',
          label: 'when the run has succeeded',
          hint: 'A failed run reads the same records again.',
        },
        {
          value: 'inCode',
          label: 'in JavaScript code',
          hint: 'A script sets the option: setOption(vars.crmOptionName, vars.crmEndDate).',
        },
      ],
    },
    {
      kind: 'number',
      name: 'index.lookBack',
      label: 'Look-back',
      unit: 'min',
      min: 0,
      max: 1_440,
      when: { name: 'index.enabled', is: [true] },
    },
    {
      kind: 'number',
      name: 'index.lag',
      label: 'Lag',
      unit: 's',
      min: 0,
      max: 3_600,
      when: { name: 'index.enabled', is: [true] },
    },
    { kind: 'switch', name: 'rejectFile.enabled', label: 'Keep the rejections in a file' },
    {
      kind: 'template',
      name: 'rejectFile.name',
      label: 'Rejection file',
      when: { name: 'rejectFile.enabled', is: [true] },
    },
  ],
  inputs: { min: 0, max: null, join: 'each', rows: 'none' },
  starts: 'manual',
  ports: () => [successPort, rejectPort],
  columns: (config) => {
    const columns = importColumns(readConfig(config));
    return {
      success: columns,
      reject: withRejectColumns([...columns.filter((column) => column.name === idField), recordColumn]),
    };
  },
  check: (config, scope) => [
    ...checkConnection(config, scope),
    ...checkFields(config, scope),
    ...checkFilter(config, scope),
    ...checkIndex(config, scope),
  ],
  summary: (config) => summarise(readConfig(config)),
  resumable: true,
  cursorOption: (config) => (config.index.enabled ? config.index.optionName : null),
});

/** The record as the CRM sent it, for rejects. */
export const recordColumn: Column = { name: 'record', label: 'Record', type: 'json', personal: true };

export function importColumns(config: CrmConfig): Column[] {
  return chosenFields(config).map(fieldColumn);
}

function checkConnection(config: CrmConfig, scope: CheckScope): Issue[] {
  if (scope.connections === null) return [];
  const found = scope.connections.find((connection) => connection.name === config.connection);
  const place = { nodeId: scope.node.id, path: 'connection' };
  if (!found) return [makeIssue('CONNECTION_MISSING', { name: config.connection }, place)];
  return found.capabilities.includes('crm')
    ? []
    : [makeIssue('CONNECTION_KIND', { name: found.name, kind: found.kind }, place)];
}

function checkFields(config: CrmConfig, scope: CheckScope): Issue[] {
  const names = config.fields.map((field) => field.name.toLowerCase());
  const repeated = config.fields.flatMap((field, index) =>
    names.indexOf(field.name.toLowerCase()) < index
      ? [configIssue(scope, `fields.${index}.name`, `${field.name} is chosen twice`)]
      : [],
  );
  return config.fields.length === 0
    ? [configIssue(scope, 'fields', 'only the record id will be read; choose the fields you need', 'warning')]
    : repeated;
}

function checkFilter(config: CrmConfig, scope: CheckScope): Issue[] {
  return filterConditions(config.filter).flatMap(({ condition, path }) => [
    ...leftSideIssues(condition.field, `${path}.field`, scope),
    ...(needsValue(condition) && !condition.value?.trim()
      ? [configIssue(scope, `${path}.value`, 'write a value: JavaScript such as 500, "Berlin" or vars.since')]
      : []),
  ]);
}

function leftSideIssues(field: string, path: string, scope: CheckScope): Issue[] {
  const problem = field === '' ? 'choose a field' : leftSideProblem(field);
  return problem === null ? [] : [configIssue(scope, path, problem)];
}

function checkIndex(config: CrmConfig, scope: CheckScope): Issue[] {
  if (!config.index.enabled || config.index.optionName.includes('<%')) return [];
  const clashing = /^[\w.-]+$/.test(config.index.optionName) ? null : 'use letters, digits and _ or a template';
  return clashing ? [configIssue(scope, 'index.optionName', clashing)] : [];
}

function summarise(config: CrmConfig): string {
  if (config.object === '') return 'choose a connection and an object';
  const what = config.index.enabled ? 'since last import' : isEmptyFilter(config.filter) ? 'all records' : 'filtered';
  return `${config.objectLabel || config.object} · ${what}`;
}
