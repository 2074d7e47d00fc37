import { expect, test } from 'vitest';
import { dayText } from '../days.ts';
import { dayIn, daysOf, isPeriod, startOfDay, takesNumber } from './dates.ts';

const WEDNESDAY = Date.UTC(2024, 4, 15) / 86_400_000;

test.each([
  ['TODAY', 0, '2024-05-15', '2024-05-16'],
  ['YESTERDAY', 0, '2024-05-14', '2024-05-15'],
  ['TOMORROW', 0, '2024-05-16', '2024-05-17'],
  ['THIS_WEEK', 0, '2024-05-12', '2024-05-19'],
  ['LAST_WEEK', 0, '2024-05-05', '2024-05-12'],
  ['NEXT_WEEK', 0, '2024-05-19', '2024-05-26'],
  ['THIS_MONTH', 0, '2024-05-01', '2024-06-01'],
  ['LAST_MONTH', 0, '2024-04-01', '2024-05-01'],
  ['NEXT_MONTH', 0, '2024-06-01', '2024-07-01'],
  ['LAST_90_DAYS', 0, '2024-02-15', '2024-05-16'],
  ['NEXT_90_DAYS', 0, '2024-05-16', '2024-08-14'],
  ['THIS_QUARTER', 0, '2024-04-01', '2024-07-01'],
  ['LAST_QUARTER', 0, '2024-01-01', '2024-04-01'],
  ['NEXT_QUARTER', 0, '2024-07-01', '2024-10-01'],
  ['THIS_YEAR', 0, '2024-01-01', '2025-01-01'],
  ['LAST_YEAR', 0, '2023-01-01', '2024-01-01'],
  ['NEXT_YEAR', 0, '2025-01-01', '2026-01-01'],
  ['THIS_FISCAL_QUARTER', 0, '2024-04-01', '2024-07-01'],
  ['LAST_FISCAL_YEAR', 0, '2023-01-01', '2024-01-01'],
  ['LAST_N_DAYS', 30, '2024-04-15', '2024-05-16'],
  ['NEXT_N_DAYS', 7, '2024-05-16', '2024-05-23'],
  ['N_DAYS_AGO', 3, '2024-05-12', '2024-05-13'],
  ['LAST_N_WEEKS', 2, '2024-04-28', '2024-05-12'],
  ['N_WEEKS_AGO', 1, '2024-05-05', '2024-05-12'],
  ['LAST_N_MONTHS', 3, '2024-02-01', '2024-05-01'],
  ['NEXT_N_MONTHS', 2, '2024-06-01', '2024-08-01'],
  ['N_MONTHS_AGO', 5, '2023-12-01', '2024-01-01'],
  ['LAST_N_QUARTERS', 2, '2023-10-01', '2024-04-01'],
  ['LAST_N_YEARS', 2, '2022-01-01', '2024-01-01'],
  ['N_YEARS_AGO', 1, '2023-01-01', '2024-01-01'],
  ['NEXT_N_FISCAL_YEARS', 1, '2025-01-01', '2026-01-01'],
])('on Wednesday 2024-05-15, %s (%i) is from %s until %s', (name, n, from, to) => {
  expect(isPeriod(name)).toBe(true);
  expect(takesNumber(name)).toBe(n > 0);
  const days = daysOf(name, n, WEDNESDAY);
  expect([dayText(days.from), dayText(days.to)]).toEqual([from, to]);
});

test('a day begins when it does in the zone, across changes of daylight saving time', () => {
  const start = (zone: string, day: string): string =>
    new Date(startOfDay(zone, Date.parse(`${day}T00:00:00Z`) / 86_400_000)).toISOString();
  expect(start('Europe/Paris', '2024-01-31')).toBe('2024-01-30T23:00:00.000Z');
  expect(start('Europe/Paris', '2024-03-31')).toBe('2024-03-30T23:00:00.000Z');
  expect(start('Europe/Paris', '2024-04-01')).toBe('2024-03-31T22:00:00.000Z');
  expect(start('Europe/Paris', '2024-10-28')).toBe('2024-10-27T23:00:00.000Z');
  expect(start('America/New_York', '2024-03-10')).toBe('2024-03-10T05:00:00.000Z');
  expect(start('Asia/Kolkata', '2024-01-01')).toBe('2023-12-31T18:30:00.000Z');
});

test('the day of an instant depends on the zone', () => {
  const instant = Date.parse('2024-01-31T23:30:00Z');
  expect(dayText(dayIn('Europe/Paris', instant))).toBe('2024-02-01');
  expect(dayText(dayIn('America/Los_Angeles', instant))).toBe('2024-01-31');
});
