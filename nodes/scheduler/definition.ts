import { z } from 'zod';
import type { FormField } from '../../contract/form.ts';
import { defineNode } from '../../contract/node.ts';
import { timeZoneSchema } from '../../contract/workflow.ts';
import { tolerant } from '../kit/config.ts';
import { bareSuccessPort } from '../kit/ports.ts';
import { cronProblem } from './cron.ts';

const dayNames = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const flag = z.boolean().default(false);
const daysSchema = z.strictObject({
  monday: flag,
  tuesday: flag,
  wednesday: flag,
  thursday: flag,
  friday: flag,
  saturday: flag,
  sunday: flag,
});

/** Only what divides an hour or a day: "every 7 minutes" would not be every 7 minutes at the full hour. */
const minuteSteps = ['1', '2', '3', '4', '5', '6', '10', '12', '15', '20', '30'] as const;
const hourSteps = ['1', '2', '3', '4', '6', '8', '12'] as const;
const monthDays = [...Array.from({ length: 31 }, (_, index) => String(index + 1)), 'last'];

const shape = z.strictObject({
  frequency: z.enum(['minutes', 'hours', 'daily', 'weekly', 'monthly', 'cron']).default('daily'),
  minutes: z.enum(minuteSteps).default('15'),
  hours: z.enum(hourSteps).default('1'),
  at: z.string().default('08:00'),
  on: z.enum(['all', 'workdays']).default('all'),
  days: daysSchema.prefault({}),
  monthDay: z.string().default('1'),
  cron: z.string().max(200).default(''),
  timeZone: timeZoneSchema.default(''),
  overlap: z.enum(['skip', 'queue', 'parallel']).default('skip'),
  catchUp: z.enum(['none', 'last', 'all']).default('last'),
});
export type SchedulerConfig = z.output<typeof shape>;

const defaults: SchedulerConfig = {
  frequency: 'daily',
  minutes: '15',
  hours: '1',
  at: '08:00',
  on: 'all',
  days: { ...daysSchema.parse({}), monday: true },
  monthDay: '1',
  cron: '',
  timeZone: '',
  overlap: 'skip',
  catchUp: 'last',
};
const read = tolerant(shape, defaults);

const timePattern = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** Number of the weekday in cron text: Monday is 1, Sunday 7. */
const chosenDays = (days: SchedulerConfig['days']): number[] =>
  dayNames.flatMap((name, index) => (days[name] ? [index + 1] : []));

function cronText(config: SchedulerConfig): string {
  const [, hour = '8', minute = '0'] = timePattern.exec(config.at) ?? [];
  const time = `${Number(minute)} ${Number(hour)}`;
  const weekdays = config.on === 'workdays' ? '1-5' : '*';
  switch (config.frequency) {
    case 'minutes':
      return `*/${config.minutes} * * * ${weekdays}`;
    case 'hours':
      return `0 */${config.hours} * * ${weekdays}`;
    case 'daily':
      return `${time} * * ${weekdays}`;
    case 'weekly':
      return `${time} * * ${chosenDays(config.days).join(',') || '1'}`;
    case 'monthly':
      return `${time} ${config.monthDay === 'last' ? 'L' : config.monthDay} * *`;
    case 'cron':
      return config.cron.trim().replace(/\s+/g, ' ');
  }
}

function refine(config: SchedulerConfig, ctx: z.RefinementCtx): void {
  const problem = (path: string, message: string): void => ctx.addIssue({ code: 'custom', path: [path], message });
  const timed = ['daily', 'weekly', 'monthly'].includes(config.frequency);
  if (timed && !timePattern.test(config.at)) problem('at', 'write the time as 08:00 or 17:30');
  if (config.frequency === 'weekly' && chosenDays(config.days).length === 0) problem('days', 'choose at least one day');
  if (config.frequency === 'monthly' && !monthDays.includes(config.monthDay))
    problem('monthDay', 'choose a day from 1 to 31, or the last one');
  const wrong = config.frequency === 'cron' ? cronProblem(config.cron) : null;
  if (wrong) problem('cron', wrong);
}

function summary(given: unknown): string {
  const config = read(given);
  const parts = [phrase(config)];
  if (config.on === 'workdays' && ['minutes', 'hours', 'daily'].includes(config.frequency)) parts.push('Mon–Fri');
  if (config.timeZone !== '') parts.push(config.timeZone);
  return parts.join(' · ');
}

function phrase(config: SchedulerConfig): string {
  const every = (count: string, unit: string): string => (count === '1' ? `every ${unit}` : `every ${count} ${unit}s`);
  switch (config.frequency) {
    case 'minutes':
      return every(config.minutes, 'minute');
    case 'hours':
      return every(config.hours, 'hour');
    case 'daily':
      return `daily at ${config.at}`;
    case 'weekly':
      return `${
        chosenDays(config.days)
          .map((day) => shortDay(day))
          .join(', ') || 'weekly'
      } at ${config.at}`;
    case 'monthly':
      return `monthly on ${config.monthDay === 'last' ? 'the last day' : `day ${config.monthDay}`} at ${config.at}`;
    case 'cron':
      return config.cron.trim() === '' ? 'cron …' : config.cron.trim().slice(0, 60);
  }
}

const shortDay = (day: number): string => capital(dayNames[day - 1] ?? '').slice(0, 3);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const form: FormField[] = [
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

export const definition = defineNode<SchedulerConfig>({
  type: 'scheduler',
  label: 'Scheduler',
  description: 'Starts the published workflow at planned times.',
  group: 'flow',
  icon: 'IconCalendarClock',
  keywords: ['cron', 'schedule', 'timer', 'daily', 'frequency', 'recurring', 'validity'],
  config: shape.superRefine(refine),
  defaults,
  form,
  inputs: { min: 0, max: 0, join: 'each', rows: 'none' },
  starts: 'schedule',
  schedule: (given) => {
    const config = read(given);
    const { timeZone, overlap, catchUp } = config;
    return { cron: cronText(config), timeZone, overlap, catchUp };
  },
  ports: () => [bareSuccessPort],
  columns: () => ({ success: [] }),
  summary,
});
