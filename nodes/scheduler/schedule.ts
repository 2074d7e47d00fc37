/** Plain forms of a schedule, and the cron text they stand for. */
import { z } from 'zod';
import { timeZoneSchema } from '../../contract/workflow.ts';
import { tolerant } from '../kit/config.ts';
import { cronProblem } from './cron.ts';

export const dayNames = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
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
export const minuteSteps = ['1', '2', '3', '4', '5', '6', '10', '12', '15', '20', '30'] as const;
export const hourSteps = ['1', '2', '3', '4', '6', '8', '12'] as const;
export const monthDays = [...Array.from({ length: 31 }, (_, index) => String(index + 1)), 'last'];

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

export const defaults: SchedulerConfig = {
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
export const read = tolerant(shape, defaults);

const timePattern = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** Number of the weekday in cron text: Monday is 1, Sunday 7. */
export const chosenDays = (days: SchedulerConfig['days']): number[] =>
  dayNames.flatMap((name, index) => (days[name] ? [index + 1] : []));

export function cronText(config: SchedulerConfig): string {
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

export const schedulerSchema = shape.superRefine(refine);
