import type { NodeLook } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { checkConfig } from './check.ts';
import type { CrmConfig } from './config.ts';
import {
  configSchema,
  cursorTemplate,
  defaults,
  isEmptyFilter,
  isExport,
  isIncremental,
  readConfig,
} from './config.ts';
import { form } from './form.ts';
import { outputColumns, portsOf } from './ports.ts';

/** What writes stands among the targets. */
const looks: Record<CrmConfig['operation'], NodeLook> = {
  import: { icon: 'IconCloudDownload', group: 'sources' },
  deleted: { icon: 'IconCloudMinus', group: 'sources' },
  export: { icon: 'IconCloudUpload', group: 'targets' },
  delete: { icon: 'IconCloudX', group: 'targets' },
};

export const definition = defineNode<CrmConfig>({
  type: 'crm-connector',
  label: 'CRM Connector',
  description:
    'Imports records of a CRM, all or what changed or was deleted; creates, updates and deletes records there.',
  group: 'sources',
  icon: 'IconCloudDownload',
  keywords: [
    'crm',
    'salesforce',
    'import',
    'deleted',
    'external account',
    'incremental',
    'automatic index',
    'export',
    'insert',
    'update',
    'upsert',
    'delete',
  ],
  config: configSchema,
  defaults,
  form,
  labels: { filter: 'Filter', orderBy: 'Order by', 'export.mapping': 'Mapping' },
  inputs: { min: 0, max: null, join: 'each', rows: 'optional' },
  starts: 'manual',
  ports: (config) => portsOf(readConfig(config)),
  columns: (config, inputs) => outputColumns(readConfig(config), inputs),
  check: checkConfig,
  look: (config) => looks[readConfig(config).operation],
  summary: (config) => summarise(readConfig(config)),
  resumable: true,
  cursorOption: (config) => cursorTemplate(readConfig(config)),
  delivers: (config) => isExport(readConfig(config)) && !readConfig(config).export.planOnly,
  writesOutside: (config) => (isExport(config) && !config.export.planOnly ? writeText(config) : null),
});

function summarise(config: CrmConfig): string {
  if (config.object === '') return 'choose a connection and an object';
  return `${config.objectLabel || config.object} · ${whatText(config)}`;
}

/** "insert, update or …" as a person would say it. */
function writeText({ operation, export: { mode }, object, objectLabel }: CrmConfig): string {
  const verbs = { automatic: 'insert or update', insert: 'insert', update: 'update', upsert: 'insert or update' };
  return `${operation === 'delete' ? 'delete' : verbs[mode]} records of ${objectLabel || object}`;
}

function exportText({ operation, export: { mode, key, mapping, planOnly } }: CrmConfig): string {
  const plan = planOnly ? 'plan of ' : '';
  if (operation === 'delete') return `${plan}delete`;
  const by = key === '' ? '' : ` by ${key.slice(0, 40)}`;
  return `${plan}${mode}${by} · ${mapping.length} ${mapping.length === 1 ? 'field' : 'fields'}`;
}

function whatText(config: CrmConfig): string {
  if (isExport(config)) return exportText(config);
  if (config.operation === 'deleted')
    return config.deleted.period === 'sinceLast' ? 'deleted since last import' : 'deleted';
  if (config.source === 'population') return 'those that arrive';
  if (isIncremental(config)) return 'since last import';
  return isEmptyFilter(config.filter) ? 'all records' : 'filtered';
}
