import { expect, test } from 'vitest';
import type { FormField } from './form.ts';
import { settingLabel } from './form.ts';

const form: FormField[] = [
  { kind: 'text', name: 'export.key', label: 'Key' },
  {
    kind: 'list',
    name: 'columns',
    label: 'Columns',
    addLabel: 'Add',
    initial: {},
    item: [{ kind: 'text', name: 'as.name', label: 'Name' }],
  },
];

test.each([
  ['export.key', 'Key'],
  ['export.key.0', 'Key'],
  ['columns', 'Columns'],
  ['columns.2', 'Columns 3'],
  ['columns.2.as.name', 'Columns 3, Name'],
  ['columns.2.other', 'Columns 3'],
  ['export', null],
  ['keys', null],
])('a setting at %s is called %s', (path, label) => {
  expect(settingLabel(form, path)).toBe(label);
});
