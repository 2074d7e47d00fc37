import type { FormField, ShownWhen } from '../../contract/form.ts';
import { columnTypes } from '../../contract/types.ts';
import { declaredColumnsField } from '../kit/declared.ts';

const byTable: ShownWhen = { name: 'mode', is: ['table'] };
const bySql: ShownWhen = { name: 'mode', is: ['sql'] };

/** Table, columns, filter and order are the panel's own. */
export const form: FormField[] = [
  {
    kind: 'choice',
    name: 'mode',
    label: 'Rows from',
    display: 'segments',
    choices: [
      { value: 'table', label: 'A table' },
      { value: 'sql', label: 'SQL', hint: 'One SELECT over tables of local data; it can only read.' },
    ],
  },
  {
    kind: 'list',
    name: 'computed',
    label: 'Computed columns',
    hint: 'JavaScript for each record, with all columns of the table in record. A record for which it fails goes to Reject.',
    addLabel: 'Add a computed column',
    initial: { name: '', type: 'text', expression: '' },
    item: [
      { kind: 'text', name: 'name', label: 'Name', placeholder: 'domain' },
      {
        kind: 'choice',
        name: 'type',
        label: 'Type',
        display: 'select',
        choices: columnTypes.map((type) => ({ value: type, label: type })),
      },
      {
        kind: 'expression',
        name: 'expression',
        label: 'JavaScript',
        placeholder: 'record.Email.split("@")[1]',
      },
    ],
    when: byTable,
  },
  { kind: 'number', name: 'limit', label: 'At most', min: 0, unit: 'rows', hint: '0: all of them.', when: byTable },
  {
    kind: 'list',
    name: 'parameters',
    label: 'Parameters',
    hint: 'Each stands as :name in the SQL and is bound, never pasted into it.',
    addLabel: 'Add a parameter',
    initial: { name: '', expression: '' },
    item: [
      { kind: 'text', name: 'name', label: 'Name', placeholder: 'since' },
      { kind: 'expression', name: 'expression', label: 'JavaScript', placeholder: 'vars.crmStartImport' },
    ],
    when: bySql,
  },
  declaredColumnsField({
    name: 'declared',
    label: 'Columns that the SQL gives',
    hint: 'Named as in the SELECT. A row whose value is not of the type goes to Reject.',
    when: bySql,
  }),
  { kind: 'number', name: 'timeLimit', label: 'Time limit', min: 1, max: 3_600, unit: 'seconds', when: bySql },
];
