import type { FormField } from '../../contract/form.ts';
import type { SchedulerConfig } from './schedule.ts';
import { counted, dayed, dayNames, timed, weekdaysAreChosen, weeks } from './schedule.ts';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const weekLabels = { '1': 'first', '2': 'second', '3': 'third', '4': 'fourth', last: 'last' };

const times: FormField[] = [
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
      { value: 'monthly', label: 'monthly, on days by number' },
      { value: 'weekday', label: 'monthly, on a weekday' },
      { value: 'once', label: 'once' },
      { value: 'cron', label: 'by cron text' },
    ],
  },
  {
    kind: 'text',
    name: 'minutes',
    label: 'Every … minutes',
    placeholder: '15',
    hint: 'Counted anew each day from the first time.',
    when: { name: 'frequency', is: ['minutes'] },
  },
  {
    kind: 'text',
    name: 'hours',
    label: 'Every … hours',
    placeholder: '1',
    hint: 'Counted anew each day from the first time.',
    when: { name: 'frequency', is: ['hours'] },
  },
  {
    kind: 'text',
    name: 'from',
    label: 'First time of the day',
    placeholder: '00:00',
    optional: true,
    when: { name: 'frequency', is: counted },
  },
  {
    kind: 'text',
    name: 'to',
    label: 'Last time of the day',
    placeholder: '23:59',
    hint: 'When the clocks change: starts in an hour that is skipped are left out, in an hour that comes twice they come twice.',
    optional: true,
    when: { name: 'frequency', is: counted },
  },
];

const days: FormField[] = [
  {
    kind: 'choice',
    name: 'on',
    label: 'On',
    display: 'segments',
    choices: [
      { value: 'all', label: 'Every day' },
      { value: 'workdays', label: 'Monday to Friday' },
      { value: 'chosen', label: 'Chosen days' },
    ],
    when: { name: 'frequency', is: dayed },
  },
  ...dayNames.map((name): FormField => ({ kind: 'switch', name: `days.${name}`, label: capital(name) })),
  {
    kind: 'text',
    name: 'monthDay',
    label: 'Days of the month',
    placeholder: '1, 15, last',
    hint: 'Numbers with commas between, and "last". A month without such a day is passed over.',
    when: { name: 'frequency', is: ['monthly'] },
  },
  {
    kind: 'choice',
    name: 'week',
    label: 'On the',
    display: 'segments',
    choices: weeks.map((value) => ({ value, label: weekLabels[value] })),
    when: { name: 'frequency', is: ['weekday'] },
  },
  {
    kind: 'choice',
    name: 'weekday',
    label: 'Weekday of the month',
    display: 'select',
    choices: dayNames.map((value) => ({ value, label: capital(value) })),
    when: { name: 'frequency', is: ['weekday'] },
  },
  {
    kind: 'text',
    name: 'at',
    label: 'At',
    placeholder: '08:00, 17:30',
    hint: 'One time or several, with commas between. When the clocks change: a time that is skipped starts at the end of the gap, one that comes twice starts the first time only.',
    when: { name: 'frequency', is: timed },
  },
  {
    kind: 'date',
    name: 'once',
    label: 'At',
    when: { name: 'frequency', is: ['once'] },
  },
  {
    kind: 'text',
    name: 'cron',
    label: 'Cron text',
    placeholder: '0 8 * * 1-5',
    hint: 'Minute, hour, day of the month, month, day of the week. When the clocks change, a fixed time is never left out and never comes twice; with *, steps or lists what is skipped is left out and what comes twice comes twice.',
    when: { name: 'frequency', is: ['cron'] },
  },
  { kind: 'timeZone', name: 'timeZone', label: 'Time zone', hint: 'Empty: that of the workflow.', optional: true },
];

const validity: FormField[] = [
  {
    kind: 'date',
    name: 'validFrom',
    label: 'Valid from',
    hint: 'Empty: at once. Without a time: from the beginning of the day.',
    optional: true,
  },
  {
    kind: 'date',
    name: 'validTo',
    label: 'Valid until',
    hint: 'Empty: for ever. The day or the time itself still counts.',
    optional: true,
  },
  {
    kind: 'number',
    name: 'maxRuns',
    label: 'Most runs',
    min: 0,
    hint: '0: no limit. Counted anew when times or validity are published changed.',
  },
];

const policies: FormField[] = [
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
  {
    kind: 'number',
    name: 'catchUpHours',
    label: 'Missed at most',
    min: 0,
    unit: 'hours ago',
    hint: '0: however long ago. What was missed earlier is left out.',
    when: { name: 'catchUp', is: ['last', 'all'] },
  },
  {
    kind: 'number',
    name: 'lateAfter',
    label: 'Late after',
    min: 0,
    unit: 'minutes',
    hint: 'A start that has not come by then raises an alarm. 0: never.',
  },
];

export const form: FormField[] = [...times, ...days, ...validity, ...policies];

/** The fields that mean something for a config: weekdays depend on two settings, which a field's own condition cannot say. */
export function shownFields(config: SchedulerConfig): FormField[] {
  const chosen = weekdaysAreChosen(config);
  return form.filter((field) => chosen || !field.name.startsWith('days.'));
}
