import { makeIssue } from '../../contract/errors.ts';
import type { Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { connectionIssues } from '../kit/connections.ts';
import { rejectPort, successPort } from '../kit/ports.ts';
import type { ReplicateConfig } from './config.ts';
import { configSchema, defaults, modeLabels, readConfig } from './config.ts';
import { collisions } from './objects.ts';
import { driftColumns, failedColumns, objectColumns, rejectedColumns } from './outputs.ts';

const failedPort: Port = { name: 'failed', label: 'Failed', kind: 'reject', rows: true };
const driftPort: Port = { name: 'drift', label: 'Drift', kind: 'branch', rows: true };

export const definition = defineNode<ReplicateConfig>({
  type: 'replicate',
  label: 'Replicate',
  description: 'Keeps copies of many CRM objects as tables, in local data or in a database.',
  group: 'targets',
  icon: 'IconDatabaseImport',
  keywords: [
    'salesforce',
    'land',
    'mirror',
    'warehouse',
    'change data capture',
    'cdc',
    'full load',
    'reload',
    'compare',
  ],
  config: configSchema,
  defaults,
  labels: { objects: 'Objects' },
  form: [
    { kind: 'connection', name: 'connection', label: 'Connection', capability: 'crm' },
    {
      kind: 'choice',
      name: 'target',
      label: 'Into',
      display: 'segments',
      choices: [
        { value: 'local', label: 'Local data', hint: 'Tables inside this instance.' },
        { value: 'database', label: 'Database', hint: 'Tables in PostgreSQL, MySQL, MariaDB or a SQLite file.' },
      ],
    },
    {
      kind: 'connection',
      name: 'database',
      label: 'Database',
      capability: 'database',
      when: { name: 'target', is: ['database'] },
    },
    {
      kind: 'text',
      name: 'prefix',
      label: 'Prefix of the tables',
      placeholder: 'sf_',
      optional: true,
      hint: 'Stands in front of every table: sf_ makes sf_Account.',
    },
    {
      kind: 'choice',
      name: 'mode',
      label: 'What is done',
      display: 'select',
      choices: [
        {
          value: 'changes',
          label: 'Change capture',
          hint: 'Loads everything once, then only what was inserted, updated or deleted since.',
        },
        { value: 'full', label: 'Full load', hint: 'Reads everything each time; rows that are gone in the CRM stay.' },
        { value: 'reload', label: 'Reload', hint: 'Reads everything each time; the table ends as the CRM is.' },
        {
          value: 'compare',
          label: 'Reload and compare',
          hint: 'Compares every row by key and hash and reports what is missing, extra or different.',
        },
      ],
    },
    {
      kind: 'switch',
      name: 'changeTables',
      label: 'Change tables',
      hint: 'Every change is also added to a table such as Account__ct, with operation, position and time.',
    },
    {
      kind: 'switch',
      name: 'mend',
      label: 'Mend what differs',
      hint: 'Off: Reload and compare only reports.',
    },
    { kind: 'number', name: 'sample', label: 'Rows of drift kept per object', min: 0, max: 10_000 },
    { kind: 'number', name: 'lookBack', label: 'Look-back', unit: 'min', min: 0, max: 1_440 },
    { kind: 'number', name: 'lag', label: 'Lag', unit: 's', min: 0, max: 3_600 },
  ],
  inputs: { min: 0, max: null, join: 'each', rows: 'none' },
  starts: 'manual',
  ports: () => [{ ...successPort, label: 'Objects' }, rejectPort, failedPort, driftPort],
  columns: () => ({ success: objectColumns, reject: rejectedColumns, failed: failedColumns, drift: driftColumns }),
  check: (config, scope) => [
    ...connectionIssues(scope, config.connection, 'connection', 'crm'),
    ...(config.target === 'database' ? connectionIssues(scope, config.database, 'database', 'database') : []),
    ...collisions(config).map(({ table, objects }) =>
      makeIssue('REPLICA_NAMES', { table, objects: objects.join(', ') }, { nodeId: scope.node.id, path: 'objects' }),
    ),
  ],
  summary: (config) => summarise(readConfig(config)),
  writesOutside: (config) => {
    const { objects, target, database } = readConfig(config);
    if (objects.length === 0) return null;
    return `copies of ${counted(objects.length)} into ${target === 'local' ? 'local data' : database}`;
  },
  resumable: true,
});

function summarise({ objects, mode, target, database }: ReplicateConfig): string {
  const [only] = objects;
  if (!only) return 'choose a connection and objects';
  const what = objects.length === 1 ? only.label || only.name : counted(objects.length);
  return `${what} → ${target === 'local' ? 'local data' : database || 'a database'} · ${modeLabels[mode]}`;
}

const counted = (count: number): string => (count === 1 ? '1 object' : `${count} objects`);
