/** The plain forms of a schedule, and the plan that each stands for. */
import { z } from 'zod';
import type { Days, Schedule, Timing } from '../../contract/schedule.ts';
import { calendarPattern } from '../../contract/schedule.ts';
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

export const weeks = ['1', '2', '3', '4', 'last'] as const;
const whole = (most: number) => z.number().int().min(0).max(most);

const shape = z.strictObject({
  frequency: z.enum(['minutes', 'hours', 'daily', 'weekly', 'monthly', 'weekday', 'once', 'cron']).default('daily'),
  minutes: z.string().default('15'),
  hours: z.string().default('1'),
  /** Interval forms: the first and the last time of the day. */
  from: z.string().default(''),
  to: z.string().default(''),
  /** Times of the day, with commas between. */
  at: z.string().default('08:00'),
  on: z.enum(['all', 'workdays', 'chosen']).default('all'),
  days: daysSchema.prefault({}),
  /** Days of the month, with commas between; `last` among them. */
  monthDay: z.string().default('1'),
  week: z.enum(weeks).default('1'),
  weekday: z.enum(dayNames).default('monday'),
  once: z.string().default(''),
  cron: z.string().max(200).default(''),
  timeZone: timeZoneSchema.default(''),
  validFrom: z.string().default(''),
  validTo: z.string().default(''),
  /** 0: as many as there are. */
  maxRuns: whole(1_000_000).default(0),
  overlap: z.enum(['skip', 'queue', 'parallel']).default('skip'),
  catchUp: z.enum(['none', 'last', 'all']).default('last'),
  /** 0: however long ago. */
  catchUpHours: whole(8_760).default(0),
  /** Minutes; 0: never. */
  lateAfter: whole(10_080).default(15),
});
export type SchedulerConfig = z.output<typeof shape>;
type Frequency = SchedulerConfig['frequency'];

export const defaults: SchedulerConfig = { ...shape.parse({}), days: { ...daysSchema.parse({}), monday: true } };
export const read = tolerant(shape, defaults);

/** The forms that have times of the day; those that are counted from one; those on whose days a person decides. */
export const timed: readonly Frequency[] = ['daily', 'weekly', 'monthly', 'weekday'];
export const counted: readonly Frequency[] = ['minutes', 'hours'];
export const dayed: readonly Frequency[] = ['minutes', 'hours', 'daily'];

const timePattern = /^([01]?\d|2[0-3]):([0-5]\d)$/;
const list = (text: string): string[] => text.split(',').flatMap((item) => item.trim() || []);
/** `8:05` → `08:05`. */
const clock = (text: string): string => text.trim().padStart(5, '0');
const isTime = (text: string): boolean => timePattern.test(text.trim());

/** The times of the day, in order, each once; those that are not well written are left out. */
export const timesOf = ({ at }: SchedulerConfig): string[] => [...new Set(list(at).filter(isTime).map(clock))].sort();
export const intervalOf = ({ from, to }: SchedulerConfig): { from: string; to: string } => ({
  from: isTime(from) ? clock(from) : '00:00',
  to: isTime(to) ? clock(to) : '23:59',
});

export const weekdaysAreChosen = ({ frequency, on }: SchedulerConfig): boolean =>
  frequency === 'weekly' || (dayed.includes(frequency) && on === 'chosen');

/** Numbers of the weekdays, null for every day: Monday is 1, Sunday 7. */
export function weekdaysOf(config: SchedulerConfig): number[] | null {
  if (weekdaysAreChosen(config)) return dayNames.flatMap((name, index) => (config.days[name] ? [index + 1] : []));
  return config.on === 'workdays' ? [1, 2, 3, 4, 5] : null;
}

const isMonthDay = (text: string): boolean => text === 'last' || /^([1-9]|[12]\d|3[01])$/.test(text);
export const monthDaysOf = ({ monthDay }: SchedulerConfig): (number | 'last')[] =>
  list(monthDay)
    .filter(isMonthDay)
    .map((day) => (day === 'last' ? day : Number(day)));

function daysOf(config: SchedulerConfig): Days {
  if (config.frequency === 'monthly') return { kind: 'month', days: monthDaysOf(config) };
  if (config.frequency === 'weekday') {
    const nth = config.week === 'last' ? config.week : Number(config.week);
    return { kind: 'nth', nth, weekday: dayNames.indexOf(config.weekday) + 1 };
  }
  const weekdays = weekdaysOf(config);
  return weekdays === null ? { kind: 'all' } : { kind: 'week', weekdays };
}

function timingOf(config: SchedulerConfig): Timing {
  switch (config.frequency) {
    case 'minutes':
      return { kind: 'every', minutes: Number(config.minutes), ...intervalOf(config), days: daysOf(config) };
    case 'hours':
      return { kind: 'every', minutes: 60 * Number(config.hours), ...intervalOf(config), days: daysOf(config) };
    case 'once':
      return { kind: 'once', at: config.once.trim() };
    case 'cron':
      return { kind: 'cron', cron: config.cron.trim().replace(/\s+/g, ' ') };
    default:
      return { kind: 'at', times: timesOf(config), days: daysOf(config) };
  }
}

/** Of a config without problems. */
export function toSchedule(config: SchedulerConfig): Schedule {
  const { timeZone, overlap, catchUp } = config;
  return {
    timing: timingOf(config),
    validity: {
      from: config.validFrom.trim() || null,
      to: config.validTo.trim() || null,
      runs: config.maxRuns || null,
    },
    timeZone,
    overlap,
    catchUp,
    catchUpHours: config.catchUpHours || null,
    lateAfter: config.lateAfter || null,
  };
}

type Problem = (path: keyof SchedulerConfig, message: string) => void;

function refine(config: SchedulerConfig, ctx: z.RefinementCtx): void {
  const problem: Problem = (path, message) => void ctx.addIssue({ code: 'custom', path: [path], message });
  if (counted.includes(config.frequency)) refineInterval(config, problem);
  if (timed.includes(config.frequency)) refineTimes(config, problem);
  if (weekdaysOf(config)?.length === 0) problem('days', 'choose at least one day');
  if (config.frequency === 'monthly') refineMonth(config, problem);
  if (config.frequency === 'once' && !isCalendar(config.once)) problem('once', 'write it as 2026-12-24 18:00');
  const wrong = config.frequency === 'cron' ? cronProblem(config.cron) : null;
  if (wrong) problem('cron', wrong);
  refineValidity(config, problem);
}

function refineInterval(config: SchedulerConfig, problem: Problem): void {
  const [name, most] = config.frequency === 'minutes' ? (['minutes', 720] as const) : (['hours', 24] as const);
  const value = config[name];
  if (!/^\d{1,3}$/.test(value) || Number(value) < 1 || Number(value) > most)
    problem(name, `write a whole number from 1 to ${most}`);
  for (const end of ['from', 'to'] as const)
    if (config[end].trim() !== '' && !isTime(config[end])) problem(end, 'write the time as 08:00 or 17:30');
  const { from, to } = intervalOf(config);
  if (to < from) problem('to', 'lies before the first time; a day ends at 23:59');
}

function refineTimes(config: SchedulerConfig, problem: Problem): void {
  const times = list(config.at);
  if (times.length === 0 || !times.every(isTime)) problem('at', 'write the time as 08:00 or 17:30');
  else if (times.length > 48) problem('at', 'names more than 48 times');
}

function refineMonth({ monthDay }: SchedulerConfig, problem: Problem): void {
  const days = list(monthDay);
  if (days.length === 0 || !days.every(isMonthDay)) problem('monthDay', 'choose days from 1 to 31, or the last one');
}

function refineValidity({ validFrom, validTo }: SchedulerConfig, problem: Problem): void {
  const [from, to] = [validFrom.trim(), validTo.trim()];
  const fine = (text: string): boolean => text === '' || isCalendar(text);
  if (!fine(from)) problem('validFrom', 'write a date such as 2026-04-01, or 2026-04-01 08:00');
  if (!fine(to)) problem('validTo', 'write a date such as 2026-04-30, or 2026-04-30 18:00');
  if (from !== '' && to !== '' && fine(from) && fine(to) && to.padEnd(16, '~') < from)
    problem('validTo', 'lies before the first day');
}

/** A day that exists: `2026-02-30` does not. */
function isCalendar(text: string): boolean {
  const [date = ''] = text.trim().split(' ');
  if (!calendarPattern.test(text.trim())) return false;
  const day = new Date(`${date}T00:00:00.000Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

export const schedulerSchema = shape.superRefine(refine);
