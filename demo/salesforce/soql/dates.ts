/** Days counted since 1970-01-01; `to` is not included. */
export interface Days {
  from: number;
  to: number;
}

type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

const UNITS: Unit[] = ['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'];
const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday, and weeks begin on Sunday. */
const FIRST_SUNDAY = 3;

type Resolve = (today: number, n: number) => Days;

const FIXED: Record<string, Resolve> = {
  YESTERDAY: (today) => ({ from: today - 1, to: today }),
  TODAY: (today) => ({ from: today, to: today + 1 }),
  TOMORROW: (today) => ({ from: today + 1, to: today + 2 }),
  LAST_90_DAYS: (today) => ({ from: today - 90, to: today + 1 }),
  NEXT_90_DAYS: (today) => ({ from: today + 1, to: today + 91 }),
};
const NUMBERED: Record<string, Resolve> = {
  LAST_N_DAYS: (today, n) => ({ from: today - n, to: today + 1 }),
  NEXT_N_DAYS: (today, n) => ({ from: today + 1, to: today + n + 1 }),
};

for (const unit of UNITS) {
  const start = (today: number, steps: number): number => startOf(unit, today, steps);
  NUMBERED[`N_${unit}S_AGO`] = (today, n) => ({ from: start(today, -n), to: start(today, 1 - n) });
  if (unit === 'DAY') continue;
  addPeriods(unit, start);
}

/** The fiscal year of the organisation is the calendar year. */
function addPeriods(unit: Unit, start: (today: number, steps: number) => number): void {
  const names = unit === 'YEAR' || unit === 'QUARTER' ? [unit, `FISCAL_${unit}`] : [unit];
  for (const name of names) {
    FIXED[`THIS_${name}`] = (today) => ({ from: start(today, 0), to: start(today, 1) });
    FIXED[`LAST_${name}`] = (today) => ({ from: start(today, -1), to: start(today, 0) });
    FIXED[`NEXT_${name}`] = (today) => ({ from: start(today, 1), to: start(today, 2) });
    NUMBERED[`LAST_N_${name}S`] = (today, n) => ({ from: start(today, -n), to: start(today, 0) });
    NUMBERED[`NEXT_N_${name}S`] = (today, n) => ({ from: start(today, 1), to: start(today, n + 1) });
    NUMBERED[`N_${name}S_AGO`] = (today, n) => ({ from: start(today, -n), to: start(today, 1 - n) });
  }
}

export function isPeriod(name: string): boolean {
  return name in FIXED || name in NUMBERED;
}

/** Whether `:n` follows the name. */
export function takesNumber(name: string): boolean {
  return name in NUMBERED;
}

/** The days a date literal stands for on a given day. */
export function daysOf(name: string, n: number, today: number): Days {
  return (FIXED[name] ?? NUMBERED[name]!)(today, n);
}

/** First day of the unit that `today` lies in, moved by whole units. */
function startOf(unit: Unit, today: number, steps: number): number {
  if (unit === 'DAY') return today + steps;
  if (unit === 'WEEK') return today - mod(today - FIRST_SUNDAY, 7) + steps * 7;
  const date = new Date(today * DAY_MS);
  const months = unit === 'MONTH' ? 1 : unit === 'QUARTER' ? 3 : 12;
  const month = Math.floor(date.getUTCMonth() / months) * months + steps * months;
  return Date.UTC(date.getUTCFullYear(), month, 1) / DAY_MS;
}

function mod(a: number, b: number): number {
  return ((a % b) + b) % b;
}

/** The day it is in a zone at an instant. */
export function dayIn(zone: string, instant: number): number {
  return Math.floor((instant + offsetAt(zone, instant)) / DAY_MS);
}

/** The instant in milliseconds at which a day begins in a zone. */
export function startOfDay(zone: string, day: number): number {
  const wall = day * DAY_MS;
  const guess = wall - offsetAt(zone, wall);
  const second = wall - offsetAt(zone, guess);
  return dayIn(zone, second) === day ? second : guess;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds by which the zone's wall clock is ahead of UTC at an instant. */
function offsetAt(zone: string, instant: number): number {
  const format = FORMATS.get(zone) ?? makeFormat(zone);
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
  const wall = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
  return wall - Math.floor(instant / 1000) * 1000;
}

function makeFormat(timeZone: string): Intl.DateTimeFormat {
  const digits = '2-digit';
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: digits,
    day: digits,
    hour: digits,
    minute: digits,
    second: digits,
  });
  FORMATS.set(timeZone, format);
  return format;
}
