import { describe, expect, it } from 'vitest';
import { periodProblem, readPeriod } from './period.ts';

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

  it('reaches back 30 days exactly, and says from when on', () => {
    expect(read('2026-06-01T12:00:00Z', '2026-06-30').from).toBe('2026-06-01T12:00:00.000Z');
    expect(() => read('2026-05-31', '2026-06-30')).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ earliest: '2026-06-01T12:00:00.000Z' }) }),
    );
  });

  it('is checked while drawing, unless a template gives it', () => {
    expect(periodProblem('<%= vars.since %>')).toBeNull();
    expect(periodProblem('soon')).toContain('2026-06-30');
    expect(periodProblem('')).toContain('give a date');
  });
});
