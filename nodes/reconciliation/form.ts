import type { FormField } from '../../contract/form.ts';
import { primaryField } from '../kit/joins.ts';

/** The table, the keys and what is taken of a match are the panel's own. */
export const form: FormField[] = [
  {
    kind: 'choice',
    name: 'against',
    label: 'Look them up in',
    display: 'segments',
    choices: [
      { value: 'table', label: 'A table', hint: 'A table of local data, as it is when the node runs.' },
      { value: 'input', label: 'The second input', hint: 'The rows that arrive by the other transition.' },
    ],
  },
  {
    ...primaryField('Its records are looked up. Empty: the first one that was drawn.'),
    label: 'Population',
    when: { name: 'against', is: ['input'] },
  },
];
