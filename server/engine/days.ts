/** Which days of the calendar a schedule means, and the times of the wall clock on them. */
import type { Days, Timing } from '../../contract/schedule.ts';
import { dayLength } from './wallClock.ts';

const minute = 60_000;

/** `day` is the reading of the wall clock at its midnight. */
function isMeant(days: Days, day: number): boolean {
  const date = new Date(day);
  const weekday = date.getUTCDay() || 7;
  const number = date.getUTCDate();
  const last = new Date(day + dayLength).getUTCDate() === 1;
  switch (days.kind) {
    case 'all':
      return true;
    case 'week':
      return days.weekdays.includes(weekday);
    case 'month':
      return days.days.some((one) => (one === 'last' ? last : one === number));
    case 'nth':
      if (weekday !== days.weekday) return false;
      if (days.nth === 'last') return new Date(day + 7 * dayLength).getUTCDate() <= 7;
      return Math.ceil(number / 7) === days.nth;
  }
}

/** The readings at which something starts on that day, in order. */
export function readingsOf(timing: Extract<Timing, { kind: 'every' | 'at' }>, day: number): number[] {
  if (!isMeant(timing.days, day)) return [];
  if (timing.kind === 'at') return timing.times.map((time) => day + clockTime(time)).sort((a, b) => a - b);
  const readings: number[] = [];
  const last = day + clockTime(timing.to);
  for (let at = day + clockTime(timing.from); at <= last; at += timing.minutes * minute) readings.push(at);
  return readings;
}

/** Milliseconds from midnight to `08:30`. */
function clockTime(text: string): number {
  const [hours, minutes] = text.split(':').map(Number);
  return ((hours ?? 0) * 60 + (minutes ?? 0)) * minute;
}

/** The first and last reading of `2026-04-30` (the whole day) or of `2026-04-30 18:00` (that minute). */
export function calendarReadings(text: string): { first: number; last: number } {
  const [date = '', time] = text.split(' ');
  const day = Date.parse(`${date}T00:00:00.000Z`);
  if (time === undefined) return { first: day, last: day + dayLength - 1 };
  return { first: day + clockTime(time), last: day + clockTime(time) };
}
