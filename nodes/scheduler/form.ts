import type { FormField } from '../../contract/form.ts';
import { dayNames, hourSteps, minuteSteps, monthDays } from './schedule.ts';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const form: FormField[] = [
  {
    kind: 'choice',
    name: 'frequency',
    label: 'Start',
    display: 'select',
    choices: [
      { value: 'minutes', label: 'every few minutes' },
      { value: 'hours', label: 'every few hours' },
      { value: 'daily', label: 'daily' },
      { value: 'weekly', label: 'weekly, on chosen days' },
      { value: 'monthly', label: 'monthly' },
      { value: 'cron', label: 'by cron text' },
    ],
  },
  {
    kind: 'choice',
    name: 'minutes',
    label: 'Every … minutes',
    display: 'select',
    choices: minuteSteps.map((value) => ({ value, label: value })),
    hint: 'Counted from the full hour.',
    when: { name: 'frequency', is: ['minutes'] },
  },
  {
    kind: 'choice',
    name: 'hours',
    label: 'Every … hours',
    display: 'select',
    choices: hourSteps.map((value) => ({ value, label: value })),
    hint: 'Counted from midnight, at the full hour.',
    when: { name: 'frequency', is: ['hours'] },
  },
  ...dayNames.map(
    (name): FormField => ({
      kind: 'switch',
      name: `days.${name}`,
      label: capital(name),
      when: { name: 'frequency', is: ['weekly'] },
    }),
  ),
  {
    kind: 'choice',
    name: 'monthDay',
    label: 'Day of the month',
    display: 'select',
    choices: monthDays.map((value) => ({ value, label: value === 'last' ? 'the last day' : value })),
    hint: 'A month without that day is passed over.',
    when: { name: 'frequency', is: ['monthly'] },
  },
  {
    kind: 'text',
    name: 'at',
    label: 'At',
    placeholder: '08:00',
    hint: 'When the clocks change: an hour that is skipped runs at the next one, an hour that comes twice runs once.',
    when: { name: 'frequency', is: ['daily', 'weekly', 'monthly'] },
  },
  {
    kind: 'choice',
    name: 'on',
    label: 'On',
    display: 'segments',
    choices: [
      { value: 'all', label: 'Every day' },
      { value: 'workdays', label: 'Monday to Friday' },
    ],
    when: { name: 'frequency', is: ['minutes', 'hours', 'daily'] },
  },
  {
    kind: 'text',
    name: 'cron',
    label: 'Cron text',
    placeholder: '0 8 * * 1-5',
    hint: 'Minute, hour, day of the month, month, day of the week.',
    when: { name: 'frequency', is: ['cron'] },
  },
  { kind: 'timeZone', name: 'timeZone', label: 'Time zone', hint: 'Empty: that of the workflow.', optional: true },
  {
    kind: 'choice',
    name: 'overlap',
    label: 'While a run is still active',
    display: 'segments',
    choices: [
      { value: 'skip', label: 'Skip', hint: 'The instant is passed over, which is recorded.' },
      { value: 'queue', label: 'Queue one', hint: 'One run waits until the active one has ended.' },
      { value: 'parallel', label: 'In parallel', hint: 'Runs work side by side.' },
    ],
  },
  {
    kind: 'choice',
    name: 'catchUp',
    label: 'Instants missed while Syncline was down',
    display: 'segments',
    choices: [
      { value: 'none', label: 'Leave out' },
      { value: 'last', label: 'Only the last', hint: 'One run makes up for all that were missed.' },
      { value: 'all', label: 'All', hint: 'One run for each, in order.' },
    ],
  },
];
