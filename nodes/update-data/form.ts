import type { FormField } from '../../contract/form.ts';
import { columnTypes } from '../../contract/types.ts';

const sourceFields: FormField[] = [
  {
    kind: 'choice',
    name: 'kind',
    label: 'Value',
    display: 'segments',
    choices: [
      { value: 'column', label: 'Column' },
      { value: 'expression', label: 'JavaScript' },
    ],
  },
  { kind: 'column', name: 'column', label: 'Column', when: { name: 'kind', is: ['column'] } },
  {
    kind: 'expression',
    name: 'expression',
    label: 'JavaScript',
    placeholder: 'record.FirstName + " " + record.LastName',
    hint: 'A record for which it fails goes to Reject.',
    when: { name: 'kind', is: ['expression'] },
  },
  {
    kind: 'text',
    name: 'destination',
    label: 'Column of the table',
    hint: 'Left empty, it has the name of the source column. One that the table lacks is added.',
    optional: true,
  },
  {
    kind: 'choice',
    name: 'type',
    label: 'Type',
    display: 'select',
    hint: 'For a column that the table does not have yet.',
    choices: columnTypes.map((type) => ({ value: type, label: type })),
    when: { name: 'kind', is: ['expression'] },
  },
];
const sourceInitial = { kind: 'column', column: '', expression: '', destination: '', type: 'text' };

const writes = ['insert', 'update', 'upsert'];

export const form: FormField[] = [
  { kind: 'localTable', name: 'table', label: 'Table', hint: 'A new name creates the table at the first run.' },
  {
    kind: 'choice',
    name: 'operation',
    label: 'Operation',
    display: 'select',
    choices: [
      { value: 'upsert', label: 'Insert or update', hint: 'A row with the key is updated, the others are inserted.' },
      { value: 'insert', label: 'Insert', hint: 'A row with the key is never touched: the record is rejected.' },
      { value: 'update', label: 'Update', hint: 'No row is created: a record without one is rejected.' },
      { value: 'delete', label: 'Delete', hint: 'Rows with the key are removed.' },
    ],
  },
  {
    kind: 'list',
    name: 'key',
    label: 'Key',
    hint: 'Identifies a row of the table. Records without it are rejected.',
    addLabel: 'Add a key column',
    initial: sourceInitial,
    item: sourceFields,
  },
  {
    kind: 'choice',
    name: 'columns',
    label: 'Columns to write',
    display: 'segments',
    choices: [
      { value: 'same', label: 'All, same names' },
      { value: 'mapped', label: 'Chosen' },
    ],
    when: { name: 'operation', is: writes },
  },
  {
    kind: 'list',
    name: 'mapping',
    label: 'Chosen columns',
    addLabel: 'Add a column',
    initial: { ...sourceInitial, on: 'always', condition: '' },
    item: [
      ...sourceFields,
      {
        kind: 'choice',
        name: 'on',
        label: 'Written',
        display: 'segments',
        choices: [
          { value: 'always', label: 'Always' },
          { value: 'insert', label: 'On insert' },
          { value: 'update', label: 'On update' },
        ],
      },
      {
        kind: 'expression',
        name: 'condition',
        label: 'Taken into account if',
        placeholder: 'record.Email !== null',
        hint: 'Where it is not true, the row keeps what it has in this column.',
        optional: true,
      },
    ],
    when: { name: 'columns', is: ['mapped'] },
  },
  {
    kind: 'switch',
    name: 'emptyOverwrites',
    label: 'Empty values overwrite',
    hint: 'On: where a record has no value, the row loses the one it had. Off: the row keeps it.',
    when: { name: 'operation', is: writes },
  },
  {
    kind: 'choice',
    name: 'duplicates',
    label: 'Several records with the same key',
    display: 'select',
    choices: [
      { value: 'last', label: 'the last one counts', hint: 'The others are rejected.' },
      { value: 'first', label: 'the first one counts', hint: 'The others are rejected.' },
      { value: 'none', label: 'none counts', hint: 'All of them are rejected.' },
    ],
    when: { name: 'operation', is: writes },
  },
];
