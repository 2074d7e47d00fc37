import type { FormField, ShownWhen } from '../../contract/form.ts';
import { columnTypes } from '../../contract/types.ts';
import { encodingChoices } from '../kit/encodings.ts';
import { separatorChoices } from '../kit/separators.ts';

const delimited: ShownWhen = { name: 'format', is: ['delimited'] };

export const sourceFields: FormField[] = [
  { kind: 'connection', name: 'connection', label: 'Connection', capability: 'files' },
  {
    kind: 'choice',
    name: 'source',
    label: 'Files',
    display: 'segments',
    choices: [
      { value: 'path', label: 'By name' },
      {
        value: 'rows',
        label: 'From the rows that arrive',
        hint: 'Each row names a file, for example of a File transfer.',
      },
    ],
  },
  {
    kind: 'template',
    name: 'path',
    label: 'File',
    placeholder: 'import/contacts_*.csv',
    hint: 'Below the folder of the connection. With * or ? in its last part, all files that match are loaded by name. What gzip packed is unpacked.',
    when: { name: 'source', is: ['path'] },
  },
  {
    kind: 'column',
    name: 'pathColumn',
    label: 'Column with the path',
    types: ['text'],
    when: { name: 'source', is: ['rows'] },
  },
  {
    kind: 'choice',
    name: 'missing',
    label: 'A file that is not there',
    display: 'segments',
    choices: [
      { value: 'fail', label: 'Fails' },
      { value: 'empty', label: 'Is left out' },
    ],
  },
];

export const formatFields: FormField[] = [
  {
    kind: 'choice',
    name: 'format',
    label: 'Format',
    display: 'segments',
    choices: [
      { value: 'delimited', label: 'Delimited (CSV)' },
      { value: 'fixed', label: 'Fixed width' },
      { value: 'jsonLines', label: 'JSON lines', hint: 'One JSON object in each line.' },
    ],
  },
  { kind: 'choice', name: 'encoding', label: 'Encoding', display: 'select', choices: encodingChoices },
  {
    kind: 'choice',
    name: 'separator',
    label: 'Separator',
    display: 'select',
    choices: separatorChoices,
    when: delimited,
  },
  {
    kind: 'text',
    name: 'otherSeparator',
    label: 'Character',
    when: { name: 'separator', is: ['other'], and: delimited },
  },
  {
    kind: 'switch',
    name: 'quoted',
    label: 'Fields can stand in double quotes',
    hint: 'Such a field can hold separators and ends of line.',
    when: delimited,
  },
  {
    kind: 'switch',
    name: 'header',
    label: 'The first line has the names of the columns',
    hint: 'Columns are found by name, whatever their order.',
    when: delimited,
  },
  {
    kind: 'choice',
    name: 'uneven',
    label: 'A line with too few or too many fields',
    display: 'segments',
    choices: [
      { value: 'reject', label: 'Is rejected' },
      { value: 'fill', label: 'Is taken', hint: 'Missing fields are empty, further ones are dropped.' },
    ],
    when: delimited,
  },
  { kind: 'number', name: 'skipLines', label: 'Lines to leave out at the top', min: 0, max: 1_000 },
  { kind: 'switch', name: 'trim', label: 'Remove white space around values' },
  {
    kind: 'switch',
    name: 'emptyIsNull',
    label: 'Empty text is no value',
    hint: 'Off: a column of the type text holds an empty text then.',
  },
];

/** What a column is asked for, by the format of the file. */
function itemFields(format: 'delimited' | 'fixed' | 'jsonLines' | null): FormField[] {
  const places: FormField[] = [
    { kind: 'number', name: 'start', label: 'First character', min: 1, max: 1_000_000 },
    { kind: 'number', name: 'width', label: 'Characters', min: 1, max: 100_000 },
  ];
  const from: FormField = {
    kind: 'text',
    name: 'from',
    label: 'In the file',
    placeholder: format === 'jsonLines' ? 'address.city' : 'E-Mail',
    hint: 'Its name in the first line, its number, or its path in JSON, where that is another than the name.',
    optional: true,
  };
  return [
    { kind: 'text', name: 'name', label: 'Name', placeholder: 'Email' },
    ...(format === 'fixed' ? [] : [from]),
    ...(format === 'fixed' || format === null ? places : []),
    {
      kind: 'choice',
      name: 'type',
      label: 'Type',
      display: 'select',
      choices: columnTypes.map((type) => ({ value: type, label: type })),
    },
    {
      kind: 'text',
      name: 'format',
      label: 'Written as',
      placeholder: 'dd.MM.yyyy',
      hint: 'Empty: 2026-01-31, 2026-01-31 08:00:00 (with an offset, or in the zone of the node). Numbers: the decimal sign. Yes or no: the words, as yes/no.',
      optional: true,
      when: { name: 'type', is: ['date', 'datetime', 'integer', 'number', 'decimal', 'boolean'] },
    },
    { kind: 'switch', name: 'required', label: 'Must have a value' },
    {
      kind: 'choice',
      name: 'onError',
      label: 'A value that cannot be read',
      display: 'segments',
      choices: [
        { value: 'reject', label: 'Rejects the record' },
        { value: 'null', label: 'Is left empty' },
        { value: 'default', label: 'Becomes' },
      ],
    },
    {
      kind: 'text',
      name: 'fallback',
      label: 'In its place',
      optional: true,
      when: { name: 'onError', is: ['default'] },
    },
    {
      kind: 'switch',
      name: 'identifying',
      label: 'Identifies a person or thing',
      hint: 'It can be searched for through all runs.',
    },
    { kind: 'switch', name: 'personal', label: 'Personal', hint: 'Masked for those who may not see it.' },
  ];
}

export const columnsField = (format: 'delimited' | 'fixed' | 'jsonLines' | null): FormField => ({
  kind: 'list',
  name: 'columns',
  label: 'Columns',
  addLabel: 'Add a column',
  initial: {
    name: '',
    from: '',
    type: 'text',
    format: '',
    start: 1,
    width: 10,
    required: false,
    onError: 'reject',
    fallback: '',
    identifying: false,
    personal: false,
  },
  item: itemFields(format),
});

export const endingFields: FormField[] = [
  { kind: 'switch', name: 'origin', label: 'Add file name and line', hint: 'As the columns fileName and fileLine.' },
  {
    kind: 'number',
    name: 'rejectLimit',
    label: 'Rejects allowed',
    min: 0,
    hint: 'With more the node fails, since the file is most likely not what it should be. 0: any number.',
  },
];

export const form: FormField[] = [...sourceFields, ...formatFields, columnsField(null), ...endingFields];
