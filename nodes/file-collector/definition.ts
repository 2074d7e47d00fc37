import type { FormField } from '../../contract/form.ts';
import type { Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { connectionIssues } from '../kit/connections.ts';
import { fileColumns } from '../kit/fileRows.ts';
import { successPort } from '../kit/ports.ts';
import type { FileCollectorConfig } from './config.ts';
import { configSchema, defaults, readConfig } from './config.ts';

export const nonePort: Port = { name: 'none', label: 'Nothing new', kind: 'branch', rows: false };

const form: FormField[] = [
  { kind: 'connection', name: 'connection', label: 'Connection', capability: 'files' },
  {
    kind: 'template',
    name: 'path',
    label: 'Files',
    placeholder: 'incoming/*.csv',
    hint: 'Below the folder of the connection; the last part may hold * and ?. A file is collected once; one that was changed since is a new one.',
  },
  {
    kind: 'choice',
    name: 'deliver',
    label: 'What follows runs',
    display: 'segments',
    choices: [
      { value: 'each', label: 'For each file', hint: 'By name; vars.filename is its path.' },
      { value: 'together', label: 'Once for all', hint: 'With a row for each file.' },
    ],
  },
  {
    kind: 'number',
    name: 'settle',
    label: 'Leave alone what is younger than',
    unit: 's',
    min: 0,
    max: 86_400,
    hint: 'Whoever writes it may not be done.',
  },
  {
    kind: 'number',
    name: 'most',
    label: 'At most',
    unit: 'files',
    min: 1,
    max: 10_000,
    hint: 'The others are collected the next time.',
  },
  {
    kind: 'choice',
    name: 'after',
    label: 'A file that was collected',
    display: 'segments',
    choices: [
      { value: 'keep', label: 'Stays' },
      { value: 'archive', label: 'Is moved', hint: 'Before anything follows; its path is the new one then.' },
    ],
  },
  { kind: 'template', name: 'archive', label: 'Into the folder', when: { name: 'after', is: ['archive'] } },
];

const shortPath = (path: string): string => path.replaceAll(/\s+/g, ' ').slice(0, 50);

export const definition = defineNode<FileCollectorConfig>({
  type: 'file-collector',
  label: 'File collector',
  description: 'Looks for files and lets each of them start what follows, once.',
  group: 'sources',
  icon: 'IconFileSearch',
  keywords: ['file', 'collect', 'watch', 'poll', 'sftp', 's3', 'folder', 'incoming'],
  config: configSchema,
  defaults,
  form,
  inputs: { min: 0, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports: () => [{ ...successPort, label: 'Files' }, nonePort],
  columns: () => ({ success: [...fileColumns] }),
  check: (config, scope) => connectionIssues(scope, config.connection, 'connection', 'files'),
  summary: (given) => {
    const { path, deliver } = readConfig(given);
    return `${shortPath(path) || 'choose files'} · ${deliver === 'each' ? 'one by one' : 'together'}`;
  },
  writesOutside: (given) => {
    const { after, archive } = readConfig(given);
    return after === 'archive' ? `move files into ${shortPath(archive)}` : null;
  },
  resumable: true,
});
