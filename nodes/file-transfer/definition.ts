import type { FormField, ShownWhen } from '../../contract/form.ts';
import type { Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { connectionIssues } from '../kit/connections.ts';
import { fileColumns } from '../kit/fileRows.ts';
import { successPort } from '../kit/ports.ts';
import type { Action, FileTransferConfig } from './config.ts';
import { configSchema, defaults, isTransfer, readConfig } from './config.ts';

export const missingPort: Port = { name: 'missing', label: 'Not found', kind: 'branch', rows: false };

const verbs: Record<Action, string> = {
  download: 'download',
  upload: 'upload',
  list: 'list',
  exists: 'look for',
  remove: 'remove',
};
const transfers: ShownWhen = { name: 'action', is: ['download', 'upload'] };

const form: FormField[] = [
  {
    kind: 'choice',
    name: 'action',
    label: 'Action',
    display: 'select',
    choices: [
      { value: 'download', label: 'Download', hint: 'From the connection to the other side.' },
      { value: 'upload', label: 'Upload', hint: 'From the other side to the connection.' },
      { value: 'list', label: 'List', hint: 'A row for each file that is there.' },
      { value: 'exists', label: 'Test whether a file exists' },
      { value: 'remove', label: 'Remove', hint: 'The files are gone then.' },
    ],
  },
  { kind: 'connection', name: 'connection', label: 'Connection', capability: 'files' },
  {
    kind: 'connection',
    name: 'local',
    label: 'Other side',
    capability: 'files',
    hint: 'Usually a local folder; any connection with files will do.',
    when: transfers,
  },
  {
    kind: 'template',
    name: 'path',
    label: 'Files',
    placeholder: 'export/*.csv',
    hint: 'Below the folder of the connection they come from; the last part may hold * and ?. Of a node before: <%= vars.filename %>.',
  },
  {
    kind: 'template',
    name: 'target',
    label: 'Into the folder',
    hint: 'Below the folder of the connection they go to. A file of the same name is replaced.',
    optional: true,
    when: transfers,
  },
  {
    kind: 'choice',
    name: 'after',
    label: 'Afterwards, where they come from,',
    display: 'segments',
    choices: [
      { value: 'keep', label: 'They stay' },
      { value: 'remove', label: 'They are removed' },
      { value: 'archive', label: 'They are moved' },
    ],
    when: transfers,
  },
  {
    kind: 'template',
    name: 'archive',
    label: 'Into the folder there',
    hint: 'A file of the same name stays: the one that comes gets its time behind its name.',
    when: { name: 'after', is: ['archive'], and: transfers },
  },
  {
    kind: 'switch',
    name: 'draft',
    label: 'Write under a temporary name first',
    hint: 'Off for receivers that act when an upload ends and overlook files that are renamed.',
    when: transfers,
  },
  {
    kind: 'choice',
    name: 'missing',
    label: 'When no file is found',
    display: 'segments',
    choices: [
      { value: 'branch', label: 'Leaves by Not found' },
      { value: 'fail', label: 'Fails' },
    ],
  },
];

const shortPath = (path: string): string => path.replaceAll(/\s+/g, ' ').slice(0, 50);

export const definition = defineNode<FileTransferConfig>({
  type: 'file-transfer',
  label: 'File transfer',
  description: 'Downloads, uploads, lists, looks for or removes files by SFTP, in S3 and in local folders.',
  group: 'data',
  icon: 'IconFolderShare',
  keywords: ['file', 'sftp', 'ftp', 's3', 'download', 'upload', 'transfer', 'archive', 'exists'],
  config: configSchema,
  defaults,
  form,
  inputs: { min: 0, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports: () => [{ ...successPort, label: 'Files' }, missingPort],
  columns: () => ({ success: [...fileColumns] }),
  check: (config, scope) => [
    ...connectionIssues(scope, config.connection, 'connection', 'files'),
    ...(isTransfer(config) ? connectionIssues(scope, config.local, 'local', 'files') : []),
  ],
  summary: (given) => {
    const { action, path } = readConfig(given);
    return `${verbs[action]} ${shortPath(path) || 'files'}`;
  },
  writesOutside: (given) => {
    const { action, path } = readConfig(given);
    return action === 'list' || action === 'exists' ? null : `${verbs[action]} ${shortPath(path)}`;
  },
  resumable: true,
});
