import { defineNode } from '../../contract/node.ts';
import { checkConfig } from './check.ts';
import type { CrmConfig } from './config.ts';
import { configSchema, cursorTemplate, defaults, isEmptyFilter, isIncremental, readConfig } from './config.ts';
import { form } from './form.ts';
import { importPorts, outputColumns } from './ports.ts';

export const definition = defineNode<CrmConfig>({
  type: 'crm-connector',
  label: 'CRM Connector',
  description: 'Imports records of a CRM: all, filtered, those that arrive, what changed or what was deleted.',
  group: 'sources',
  icon: 'IconCloudDownload',
  keywords: ['crm', 'salesforce', 'import', 'deleted', 'external account', 'incremental', 'automatic index'],
  config: configSchema,
  defaults,
  form,
  inputs: { min: 0, max: null, join: 'each', rows: 'optional' },
  starts: 'manual',
  ports: (config) => importPorts(readConfig(config)),
  columns: (config, inputs) => outputColumns(readConfig(config), inputs),
  check: checkConfig,
  summary: (config) => summarise(readConfig(config)),
  resumable: true,
  cursorOption: cursorTemplate,
});

function summarise(config: CrmConfig): string {
  if (config.object === '') return 'choose a connection and an object';
  return `${config.objectLabel || config.object} · ${whatText(config)}`;
}

function whatText(config: CrmConfig): string {
  if (config.operation === 'deleted')
    return config.deleted.period === 'sinceLast' ? 'deleted since last import' : 'deleted';
  if (config.source === 'population') return 'those that arrive';
  if (isIncremental(config)) return 'since last import';
  return isEmptyFilter(config.filter) ? 'all records' : 'filtered';
}
