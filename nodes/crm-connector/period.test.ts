import { describe, expect, it } from 'vitest';
import { earliestText, minuteText, orderProblem, periodProblem, readPeriod } from './period.ts';

const now = new Date('2026-07-01T12:00:00Z');
const read = (from: string, to: string, zone = 'UTC') => readPeriod({ from, to }, now, zone);

describe('a period of deletions', () => {
  it('includes both dates: a day counts to its last instant in the zone', () => {
    expect(read('2026-06-29', '2026-06-30', 'Europe/Paris')).toEqual({
      from: '2026-06-28T22:00:00.000Z',
      to: '2026-06-30T21:59:59.999Z',
    });
  });

  it('has days of 23 hours where clocks are put forward', () => {
    const spring = new Date('2026-03-30T00:00:00Z');
    expect(readPeriod({ from: '2026-03-29', to: '2026-03-29' }, spring, 'Europe/Paris')).toEqual({
      from: '2026-03-28T23:00:00.000Z',
      to: '2026-03-29T21:59:59.999Z',
    });
  });

  it.each([
    ['2026-06-30T08:30:00Z', '2026-06-30T08:30:00.000Z'],
    ['2026-06-30 08:30', '2026-06-30T06:30:00.000Z'],
    ['2026.06.30 08.30.15', '2026-06-30T06:30:15.000Z'],
    ['2026/06/30', '2026-06-29T22:00:00.000Z'],
    ['2026-06-30T08:30:00.000Z', '2026-06-30T08:30:00.000Z'],
    ['2026-06-30 08:30 UTC', '2026-06-30T08:30:00.000Z'],
    ['2026-06-30T08:30:00+0300', '2026-06-30T05:30:00.000Z'],
  ])('may begin at %s', (from, instant) => {
    expect(read(from, '2026-07-01', 'Europe/Paris').from).toBe(instant);
  });

  it.each([
    ['last week', '2026-06-30', 'CONFIG_INVALID'],
    ['2026-06-31', '2026-06-30', 'CONFIG_INVALID'],
    ['2026-06-30', '2026-06-29', 'CONFIG_INVALID'],
    ['2026-06-01T11:59:59Z', '2026-06-30', 'DELETED_TOO_OLD'],
  ])('from %s to %s is refused: %s', (from, to, code) => {
    expect(() => read(from, to)).toThrow(expect.objectContaining({ code }));
  });

  it('reaches back 30 days exactly, says from when on, and that the CRM may keep fewer', () => {
    expect(read('2026-06-01T12:00:00Z', '2026-06-30').from).toBe('2026-06-01T12:00:00.000Z');
    expect(() => read('2026-05-31', '2026-06-30')).toThrow(
      expect.objectContaining({
        message: 'The start date 2026-05-31 00:00 UTC lies more than 30 days back, which no CRM remembers.',
        details: expect.objectContaining({ earliest: expect.stringMatching(/^2026-06-01 12:10 UTC .*fewer days/) }),
      }),
    );
  });

  it('names the date by its label where the end lies before the start', () => {
    expect(() => read('2026-06-30', '2026-06-29')).toThrow('End date: lies before the start date.');
    expect(() => read('last week', '2026-06-29')).toThrow('Start date: "last week" is not a date.');
  });

  it.each([
    ['2026-06-30', '2026-06-29', true],
    ['2026-06-30 08:00', '2026-06-30 07:59', true],
    ['2026-06-30T08:00:00Z', '2026-06-30T09:00:00+0200', true],
    ['2026-06-30', '2026-06-30', false],
    ['2026-06-30 08:00', '2026-06-30', false],
    ['2026-06-30 08:00', '2026-06-30 06:00 UTC', false],
    ['<%= vars.since %>', '2026-06-29', false],
    ['2026-06-31', '2026-06-29', false],
  ])('from %s to %s is found to be reversed while drawing: %s', (from, to, isReversed) => {
    expect(orderProblem({ from, to })).toBe(isReversed ? 'lies before the start date' : null);
  });

  it('is told in a form that the settings take, the earliest date with some minutes to spare', () => {
    expect(read(minuteText('2026-06-30T08:30:12.345Z'), '2026-07-01').from).toBe('2026-06-30T08:30:00.000Z');
    expect(earliestText('2026-06-30T23:55:12.345Z')).toBe('2026-07-01 00:06 UTC');
  });

  it('is checked while drawing, unless a template gives it', () => {
    expect(periodProblem('<%= vars.since %>')).toBeNull();
    expect(periodProblem('soon')).toContain('2026-06-30');
    expect(periodProblem('')).toContain('give a date');
  });
});
