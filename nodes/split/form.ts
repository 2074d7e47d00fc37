import type { FormField } from '../../contract/form.ts';

const condition: FormField[] = [
  { kind: 'text', name: 'name', label: 'Name', placeholder: 'customers' },
  {
    kind: 'choice',
    name: 'kind',
    label: 'Takes',
    display: 'select',
    choices: [
      { value: 'column', label: 'records by a column' },
      { value: 'expression', label: 'records by JavaScript' },
      { value: 'all', label: 'every record' },
    ],
  },
  { kind: 'column', name: 'column', label: 'Column', when: { name: 'kind', is: ['column'] } },
  {
    kind: 'choice',
    name: 'operator',
    label: 'Comparison',
    display: 'select',
    choices: [
      { value: 'eq', label: 'is equal to' },
      { value: 'ne', label: 'is not equal to', hint: 'Records without a value are among them.' },
      { value: 'lt', label: 'is less than' },
      { value: 'le', label: 'is at most' },
      { value: 'gt', label: 'is greater than' },
      { value: 'ge', label: 'is at least' },
      { value: 'contains', label: 'contains', hint: 'Upper and lower case are the same.' },
      { value: 'startsWith', label: 'starts with', hint: 'Upper and lower case are the same.' },
      { value: 'isEmpty', label: 'is empty' },
      { value: 'isNotEmpty', label: 'is not empty' },
    ],
    when: { name: 'kind', is: ['column'] },
  },
  {
    kind: 'expression',
    name: 'value',
    label: 'Value',
    placeholder: '"France"',
    hint: 'JavaScript, evaluated once. Text needs quotes: "France". A number does not: 100. A variable: vars.minimum.',
    when: { name: 'operator', is: ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'contains', 'startsWith'] },
    optional: true,
  },
  {
    kind: 'expression',
    name: 'expression',
    label: 'JavaScript',
    placeholder: 'record.Score > 10 && record.Country === "FR"',
    hint: 'A record for which it fails goes to Reject.',
    when: { name: 'kind', is: ['expression'] },
  },
];

const limit: FormField[] = [
  {
    kind: 'choice',
    name: 'limit',
    label: 'At most',
    display: 'select',
    choices: [
      { value: 'none', label: 'all of them' },
      { value: 'count', label: 'a number of records' },
      { value: 'percent', label: 'a share of them, in percent' },
    ],
  },
  {
    kind: 'number',
    name: 'size',
    label: 'How many',
    min: 0,
    hint: 'What is left over goes on to the next subsets.',
    when: { name: 'limit', is: ['count', 'percent'] },
  },
  {
    kind: 'choice',
    name: 'pick',
    label: 'Which',
    display: 'select',
    choices: [
      { value: 'first', label: 'the first that arrived' },
      { value: 'random', label: 'at random', hint: 'Another sample in each run.' },
      { value: 'highest', label: 'with the highest value of a column' },
      { value: 'lowest', label: 'with the lowest value of a column' },
    ],
    when: { name: 'limit', is: ['count', 'percent'] },
  },
  {
    kind: 'column',
    name: 'by',
    label: 'By',
    hint: 'Records without a value come last.',
    when: { name: 'pick', is: ['highest', 'lowest'] },
    optional: true,
  },
];

export const form: FormField[] = [
  {
    kind: 'list',
    name: 'subsets',
    label: 'Subsets',
    hint: 'Looked at from top to bottom; each becomes an output.',
    addLabel: 'Add a subset',
    initial: {
      name: '',
      kind: 'column',
      column: '',
      operator: 'eq',
      value: '',
      expression: '',
      limit: 'none',
      size: 100,
      pick: 'first',
      by: '',
    },
    item: [...condition, ...limit],
  },
  {
    kind: 'switch',
    name: 'overlap',
    label: 'Subsets may overlap',
    hint: 'A record goes to every subset that takes it, otherwise only to the first.',
  },
  {
    kind: 'switch',
    name: 'complement',
    label: 'Output for the complement',
    hint: 'Records that no subset has taken leave there; otherwise they are dropped.',
  },
];
