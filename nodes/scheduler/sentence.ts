/** A schedule in words: short under the node, as a whole sentence in its panel. */
import type { SchedulerConfig } from './schedule.ts';
import { dayed, dayNames, intervalOf, monthDaysOf, timesOf, weekdaysOf } from './schedule.ts';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const dayName = (number: number): string => capital(dayNames[number - 1] ?? '');
const ordinals = { '1': 'first', '2': 'second', '3': 'third', '4': 'fourth', last: 'last' };

/** `a, b and c`. */
function series(items: readonly (string | number)[]): string {
  const last = items.at(-1);
  if (last === undefined) return '…';
  return items.length === 1 ? String(last) : `${items.slice(0, -1).join(', ')} and ${last}`;
}

/** `every 15 minutes · Mon–Fri · Europe/Berlin` */
export function summary(config: SchedulerConfig): string {
  const parts = [phrase(config, (day) => dayName(day).slice(0, 3))];
  if (dayed.includes(config.frequency) && config.on !== 'all') parts.push(dayRange(config, 'Mon–Fri', 3));
  if (config.timeZone !== '') parts.push(config.timeZone);
  return parts.join(' · ');
}

/** `On the second Tuesday of each month at 08:30, Europe/Berlin, until 2026-12-31.` `zone` is the one that counts. */
export function sentence(config: SchedulerConfig, zone: string): string {
  const parts = [phrase(config, dayName)];
  if (dayed.includes(config.frequency) && config.on !== 'all')
    parts[0] += ` ${dayRange(config, 'from Monday to Friday', 9)}`;
  parts.push(zone);
  if (config.validFrom.trim() !== '') parts.push(`from ${config.validFrom.trim()}`);
  if (config.validTo.trim() !== '') parts.push(`until ${config.validTo.trim()}`);
  if (config.maxRuns > 0) parts.push(config.maxRuns === 1 ? 'one run' : `at most ${config.maxRuns} runs`);
  return `${capital(parts.join(', '))}.`;
}

function dayRange(config: SchedulerConfig, workdays: string, length: number): string {
  if (config.on === 'workdays') return workdays;
  const days = (weekdaysOf(config) ?? []).map((day) => dayName(day).slice(0, length));
  return length === 3 ? days.join(', ') : `on ${series(days)}`;
}

function phrase(config: SchedulerConfig, day: (number: number) => string): string {
  const at = `at ${series(timesOf(config))}`;
  switch (config.frequency) {
    case 'minutes':
      return `every ${counted(config.minutes, 'minute')}${between(config)}`;
    case 'hours':
      return `every ${counted(config.hours, 'hour')}${between(config)}`;
    case 'daily':
      return `daily ${at}`;
    case 'weekly':
      return `every ${series((weekdaysOf(config) ?? []).map(day))} ${at}`;
    case 'monthly':
      return `monthly on ${series(monthDaysOf(config).map((one) => (one === 'last' ? 'the last day' : `day ${one}`)))} ${at}`;
    case 'weekday':
      return `on the ${ordinals[config.week]} ${day(dayNames.indexOf(config.weekday) + 1)} of each month ${at}`;
    case 'once':
      return `once at ${config.once.trim() || '…'}`;
    case 'cron':
      return `cron ${config.cron.trim().slice(0, 60) || '…'}`;
  }
}

const counted = (count: string, unit: string): string => (count === '1' ? unit : `${count} ${unit}s`);

function between(config: SchedulerConfig): string {
  const { from, to } = intervalOf(config);
  return from === '00:00' && to === '23:59' ? '' : ` between ${from} and ${to}`;
}
