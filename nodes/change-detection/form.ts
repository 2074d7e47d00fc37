import type { FormField } from '../../contract/form.ts';

export const form: FormField[] = [
  {
    kind: 'columns',
    name: 'key',
    label: 'Which row is which',
    hint: 'By these columns a row is found again. Rows without a value in one of them, and rows that share one key, leave by Reject. With other columns all rows are new.',
  },
  {
    kind: 'choice',
    name: 'compare',
    label: 'A row has changed when',
    display: 'segments',
    choices: [
      { value: 'all', label: 'any column differs', hint: 'A column that comes or goes makes all rows changed, once.' },
      { value: 'chosen', label: 'one of some columns differs', hint: 'The others may differ as they like.' },
    ],
  },
  { kind: 'columns', name: 'columns', label: 'Columns that count', when: { name: 'compare', is: ['chosen'] } },
  {
    kind: 'choice',
    name: 'sent',
    label: 'A row counts as sent',
    display: 'select',
    choices: [
      {
        value: 'delivered',
        label: 'when a node behind has delivered it',
        hint: 'Row by row, from its own success there, whatever becomes of the run. What is rejected, in doubt or was not sent stays due, and comes again with the next run until it succeeds or a person dismisses it. A record that a node in between has made anew, or that stands in several rows, is not recognised there: it stays due.',
      },
      {
        value: 'leaving',
        label: 'as soon as it leaves here',
        hint: 'It does not come again, even if it is rejected behind, or the run fails.',
      },
    ],
  },
  {
    kind: 'behind',
    name: 'deliveredBy',
    label: 'Delivered by',
    hint: 'With several deliveries behind, the one that counts. Empty: the first success of any of them.',
    optional: true,
    when: { name: 'sent', is: ['delivered'] },
  },
  {
    kind: 'choice',
    name: 'outputs',
    label: 'New and changed rows leave',
    display: 'segments',
    choices: [
      { value: 'together', label: 'together', hint: 'By one output: what is behind runs once for both.' },
      { value: 'apart', label: 'apart', hint: 'By one output each: a node behind both runs twice.' },
    ],
  },
  {
    kind: 'switch',
    name: 'gone',
    label: 'Output for what is gone',
    hint: 'Keys that were sent before and do not arrive any more, with the id of the record where it is known. They come with each run until a node behind has delivered them, for example by deleting the record.',
  },
];
