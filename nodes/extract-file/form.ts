import type { FormField } from '../../contract/form.ts';
import { encodingChoices } from '../kit/encodings.ts';
import { separatorChoices } from '../kit/separators.ts';

export const form: FormField[] = [
  { kind: 'connection', name: 'connection', label: 'Connection', capability: 'files' },
  {
    kind: 'template',
    name: 'path',
    label: 'File',
    placeholder: "export/contacts_<%= formatDate(new Date(), '%4Y-%2M-%2D') %>.csv",
    hint: 'Below the folder of the connection. A file of that name is replaced as a whole.',
  },
  {
    kind: 'list',
    name: 'columns',
    label: 'Columns',
    hint: 'In this order. None: all columns that arrive, as they are called.',
    addLabel: 'Add a column',
    initial: { column: '', header: '', format: '' },
    item: [
      { kind: 'column', name: 'column', label: 'Column' },
      { kind: 'text', name: 'header', label: 'Name in the file', hint: 'Empty: as the column.', optional: true },
      {
        kind: 'text',
        name: 'format',
        label: 'Written as',
        placeholder: 'dd.MM.yyyy HH:mm',
        hint: 'Dates: a pattern, in the zone of the node. Numbers: the decimal sign. True or false: the words, as yes/no. Empty: as everywhere here.',
        optional: true,
      },
    ],
  },
  {
    kind: 'list',
    name: 'orderBy',
    label: 'Order',
    addLabel: 'Add a column to order by',
    initial: { column: '', direction: 'asc' },
    item: [
      { kind: 'column', name: 'column', label: 'Column' },
      {
        kind: 'choice',
        name: 'direction',
        label: 'Direction',
        display: 'segments',
        choices: [
          { value: 'asc', label: 'Ascending' },
          { value: 'desc', label: 'Descending' },
        ],
      },
    ],
  },
  { kind: 'choice', name: 'encoding', label: 'Encoding', display: 'select', choices: encodingChoices },
  { kind: 'choice', name: 'separator', label: 'Separator', display: 'select', choices: separatorChoices },
  { kind: 'text', name: 'otherSeparator', label: 'Character', when: { name: 'separator', is: ['other'] } },
  {
    kind: 'choice',
    name: 'quotes',
    label: 'Double quotes',
    display: 'segments',
    choices: [
      { value: 'needed', label: 'Where needed' },
      { value: 'always', label: 'Always', hint: 'Around every value, except where there is none.' },
    ],
  },
  {
    kind: 'choice',
    name: 'lineEnd',
    label: 'End of line',
    display: 'segments',
    choices: [
      { value: 'crlf', label: 'CR LF' },
      { value: 'lf', label: 'LF' },
    ],
  },
  { kind: 'switch', name: 'header', label: 'The first line has the names of the columns' },
  {
    kind: 'choice',
    name: 'formulas',
    label: 'Text that spreadsheets take for a formula',
    display: 'segments',
    choices: [
      { value: 'keep', label: 'Is written as it is', hint: 'For programs: they get the value itself.' },
      { value: 'disarm', label: 'Gets an apostrophe', hint: 'For people who open the file in a spreadsheet.' },
    ],
  },
  { kind: 'switch', name: 'gzip', label: 'Pack with gzip' },
  {
    kind: 'choice',
    name: 'empty',
    label: 'Without any rows',
    display: 'segments',
    choices: [
      { value: 'file', label: 'An empty file is written' },
      { value: 'none', label: 'No file is written', hint: 'One that is there stays as it is.' },
    ],
  },
  {
    kind: 'switch',
    name: 'draft',
    label: 'Write under a temporary name first',
    hint: 'Off for receivers that act when an upload ends and overlook files that are renamed.',
  },
];
