import type { FormField } from '../../contract/form.ts';
import { columnTypes } from '../../contract/types.ts';

export const form: FormField[] = [
  {
    kind: 'choice',
    name: 'mode',
    label: 'Runs',
    display: 'segments',
    choices: [
      {
        value: 'run',
        label: 'Once',
        hint: 'The script runs once, with all rows that arrived in records: for await (const record of records) { … emit({ … }); }. emit gives a row to the next node; a value for it goes into vars.',
      },
      {
        value: 'record',
        label: 'For each record',
        hint: 'The script sets columns of record. It drops it by returning null or false; where it fails, the record goes to Reject.',
      },
    ],
  },
  {
    kind: 'script',
    name: 'script',
    label: 'JavaScript',
    lines: 16,
    perRecord: { name: 'mode', is: ['record'] },
    placeholder: 'setOption(vars.crmOptionName, vars.crmEndDate)',
    hint: 'Runs by itself, without network or files. Known: records and emit (Once) or record, vars, instance.vars, getOption, setOption, logInfo, logWarning, logError, formatDate, parseTimeStamp, dateFns. It may use 60 seconds and 64 MB; the clock stands still while it runs.',
  },
  {
    kind: 'list',
    name: 'columns',
    label: 'Columns that the script gives',
    hint: 'Once: the columns of the rows it emits; with none, the rows that arrived go on as they are. For each record: columns that it adds or changes.',
    addLabel: 'Add a column',
    initial: { name: '', type: 'text' },
    item: [
      { kind: 'text', name: 'name', label: 'Name', placeholder: 'score' },
      {
        kind: 'choice',
        name: 'type',
        label: 'Type',
        display: 'select',
        choices: columnTypes.map((type) => ({ value: type, label: type })),
      },
    ],
  },
];
