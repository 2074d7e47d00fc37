/**
 * The instants of a schedule. When clocks change: a fixed time (`at`, `once`) that is skipped comes at the first instant
 * after the gap, and one that occurs twice comes at its first occurrence; intervals (`every`) leave out what is skipped and
 * come in both hours of a repeated one. Cron text follows the same rule: its fixed times are those without `*`, step or list.
 */
import { Cron } from 'croner';
import { UserError } from '../../contract/errors.ts';
import type { Plan, Timing } from '../../contract/schedule.ts';
import { calendarReadings, readingsOf } from './days.ts';
import type { WallClock } from './wallClock.ts';
import { dayLength, wallClock } from './wallClock.ts';

/** A plan with the zone in which its times are meant. */
export interface ZonedPlan extends Plan {
  timeZone: string;
}

/** Days that are looked through: whatever days a plan means, they come back within a year. */
const longestGap = 400;

/** The next `count` instants after `from`, as far as the plan is valid. Throws UserError CONFIG_INVALID. */
export function nextInstants(plan: ZonedPlan, count: number, from: Date): Date[] {
  const clock = wallClock(plan.timeZone);
  const { first, last } = bounds(plan, clock);
  const after = Math.max(from.getTime(), first - 1);
  const { timing } = plan;
  const found =
    timing.kind === 'cron'
      ? askCron(timing.cron, plan.timeZone, (cron) => cron.nextRuns(count, new Date(after)))
      : walk(timing, clock, { from: after, step: 1, count, wanted: (instant) => instant > after, end: last });
  return found.filter((instant) => instant.getTime() <= last);
}

/** The last `count` instants up to `until`, that one included, in order. Throws UserError CONFIG_INVALID. */
export function lastInstants(plan: ZonedPlan, count: number, until: Date): Date[] {
  const clock = wallClock(plan.timeZone);
  const { first, last } = bounds(plan, clock);
  const latest = Math.min(until.getTime(), last);
  const { timing } = plan;
  const found =
    timing.kind === 'cron'
      ? lastOfCron(timing.cron, plan.timeZone, count, latest)
      : walk(timing, clock, { from: latest, step: -1, count, wanted: (instant) => instant <= latest, end: first });
  return found.filter((instant) => instant.getTime() >= first).reverse();
}

/** The first and last instant at which the plan may start something (milliseconds of the epoch). */
function bounds({ validity: { from, to } }: Plan, clock: WallClock): { first: number; last: number } {
  return {
    first: from === null ? Number.MIN_SAFE_INTEGER : fixed(clock, calendarReadings(from).first),
    last: to === null ? Number.MAX_SAFE_INTEGER : lastOccurrence(clock, calendarReadings(to).last),
  };
}

interface Walk {
  from: number;
  /** Forwards or backwards. */
  step: 1 | -1;
  count: number;
  wanted(instant: number): boolean;
  /** An instant behind which nothing is looked for. */
  end: number;
}

function walk(timing: Exclude<Timing, { kind: 'cron' }>, clock: WallClock, given: Walk): Date[] {
  const { from, step, count, wanted, end } = given;
  if (timing.kind === 'once') {
    const at = fixed(clock, calendarReadings(timing.at).first);
    return wanted(at) ? [new Date(at)] : [];
  }
  const found = new Set<number>();
  const today = Math.floor(clock.reading(from) / dayLength) * dayLength;
  // One day back, because what is skipped before midnight comes after it.
  for (let days = -1; days < longestGap && found.size < count; days += 1) {
    const day = today + step * days * dayLength;
    if (days > 1 && (day - end) * step > 2 * dayLength) break;
    const instants = instantsOf(timing, clock, day).filter(wanted);
    for (const instant of step === 1 ? instants : instants.reverse()) found.add(instant);
  }
  return [...found]
    .sort((a, b) => (a - b) * step)
    .slice(0, count)
    .map((instant) => new Date(instant));
}

function instantsOf(timing: Extract<Timing, { kind: 'every' | 'at' }>, clock: WallClock, day: number): number[] {
  const readings = readingsOf(timing, day);
  const [reading] = readings;
  if (reading === undefined) return [];
  if (clock.isEven(day)) {
    const shift = reading - (clock.instants(reading)[0] ?? reading);
    return readings.map((one) => one - shift);
  }
  return readings
    .flatMap((one) => (timing.kind === 'at' ? [fixed(clock, one)] : clock.instants(one)))
    .sort((a, b) => a - b);
}

const fixed = (clock: WallClock, reading: number): number => clock.instants(reading)[0] ?? clock.afterGap(reading);
const lastOccurrence = (clock: WallClock, reading: number): number =>
  clock.instants(reading).at(-1) ?? clock.afterGap(reading);

/** Newest first. */
function lastOfCron(text: string, timeZone: string, count: number, until: number): Date[] {
  const behind = new Date(until + 1_000);
  const found = askCron(text, timeZone, (cron) => cron.previousRuns(count + 1, behind));
  return found.filter((instant) => instant.getTime() <= until).slice(0, count);
}

function askCron(text: string, timeZone: string, ask: (cron: Cron) => Date[]): Date[] {
  try {
    return ask(new Cron(text, { timezone: timeZone, paused: true, mode: '5-or-6-parts' }));
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '').replace(/\.$/, '') : 'is wrong';
    throw new UserError('CONFIG_INVALID', { field: 'Schedule', reason }, { cause: error });
  }
}
