import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/harness/engine.ts';
import type { TimeConstraintConfig } from './definition.ts';
import { definition, weekDays } from './definition.ts';
import { findWindow } from './window.ts';

const engine = testEngine();
const never = { from: null, until: null };
const days = (...names: (typeof weekDays)[number][]) =>
  Object.fromEntries(weekDays.map((name) => [name, names.includes(name)])) as TimeConstraintConfig['days'];
const workdays = days('monday', 'tuesday', 'wednesday', 'thursday', 'friday');

const windowAt = (
  now: string,
  config: Partial<TimeConstraintConfig> = {},
  zone = 'UTC',
  validity: { from: Date | null; until: Date | null } = never,
) => {
  const window = findWindow({ days: workdays, from: '08:00', to: '18:00', ...config }, validity, new Date(now), zone);
  return window && `${window.opens.toISOString()} ${window.closes.toISOString()}`;
};

describe('its window', () => {
  it.each([
    ['is open during the hours of a day', '2026-11-20T12:00:00Z', '2026-11-20T08:00:00.000Z 2026-11-20T18:00:00.000Z'],
    ['is open at its first instant', '2026-11-20T08:00:00Z', '2026-11-20T08:00:00.000Z 2026-11-20T18:00:00.000Z'],
    [
      'is closed at its last, over the week-end',
      '2026-11-20T18:00:00Z',
      '2026-11-23T08:00:00.000Z 2026-11-23T18:00:00.000Z',
    ],
    ['opens later the same day', '2026-11-20T07:59:59Z', '2026-11-20T08:00:00.000Z 2026-11-20T18:00:00.000Z'],
  ])('%s', (_, now, window) => {
    expect(windowAt(now)).toBe(window);
  });

  it('reaches into the next day when it ends before it begins, also from the day before', () => {
    const night = { days: days('friday'), from: '22:00', to: '06:00' };
    expect(windowAt('2026-11-21T05:59:00Z', night)).toBe('2026-11-20T22:00:00.000Z 2026-11-21T06:00:00.000Z');
    expect(windowAt('2026-11-21T06:00:00Z', night)).toBe('2026-11-27T22:00:00.000Z 2026-11-28T06:00:00.000Z');
  });

  it('follows the wall clock of its zone when clocks change', () => {
    const all = { days: days(...weekDays), from: '08:00', to: '24:00' };
    expect(windowAt('2026-10-24T22:30:00Z', all, 'Europe/Berlin')).toBe(
      '2026-10-25T07:00:00.000Z 2026-10-25T23:00:00.000Z',
    );
    expect(windowAt('2026-10-24T05:00:00Z', all, 'Europe/Berlin')).toBe(
      '2026-10-24T06:00:00.000Z 2026-10-24T22:00:00.000Z',
    );
  });

  it('is cut by the validity, and none comes behind it', () => {
    const from = new Date('2026-11-23T10:00:00Z');
    const until = new Date('2026-11-24T12:00:00Z');
    expect(windowAt('2026-11-20T12:00:00Z', {}, 'UTC', { from, until })).toBe(
      '2026-11-23T10:00:00.000Z 2026-11-23T18:00:00.000Z',
    );
    expect(windowAt('2026-11-24T09:00:00Z', {}, 'UTC', { from, until })).toBe(
      '2026-11-24T08:00:00.000Z 2026-11-24T12:00:00.000Z',
    );
    expect(windowAt('2026-11-24T12:00:00Z', {}, 'UTC', { from, until })).toBeNull();
  });
});

/** Open every day for the two hours from so many hours after now. */
const hoursFromNow = (hours: number): Partial<TimeConstraintConfig> => {
  const clock = (more: number) => new Date(engine.clock.now().getTime() + more * 3_600_000).toISOString().slice(11, 16);
  return { days: days(...weekDays), from: clock(hours), to: clock(hours + 2) };
};

const constrained = (config: Partial<TimeConstraintConfig>) =>
  engine
    .flow({ hours: { type: 'time-constraint', config } }, ['input -> hours'])
    .withRows('input', [{ name: 'Id', type: 'text' }], [['a']]);

describe('a Time constraint', () => {
  it('lets rows and variables pass inside of the times', async () => {
    const run = await constrained(hoursFromNow(-1)).finished();
    expect(run.counts['hours.success']).toBe(1);
    expect(run.task('hours').attempt).toBe(1);
  });

  it('holds outside of them until they begin, whoever wakes it before', async () => {
    const run = await constrained(hoursFromNow(3)).started();
    await run.reached('hours', 'waiting');
    await run.wake();
    await run.attempted('hours', 2);
    engine.clock.step(3 * 3_600_000);
    expect((await run.finished()).counts['hours.success']).toBe(1);
  });

  it('leaves by Outside when it is told to', async () => {
    const run = await constrained({ ...hoursFromNow(3), outside: 'branch' }).finished();
    expect(run.counts).toEqual({ 'input.success': 1, 'hours.outside': 1 });
  });

  it('fails when the times are over for good', async () => {
    const run = await constrained({ ...hoursFromNow(3), validUntil: '<%= "2020-01-01" %>' }).finished();
    expect(run.error).toMatchObject({ code: 'WINDOW_OVER', details: { node: 'hours' } });
  });

  it('fails with the setting when its validity is no date', async () => {
    const run = await constrained({ validFrom: '<%= "soon" %>' }).finished();
    expect(run.error?.message).toBe('validFrom: "soon" is not a date and time.');
  });

  it.each([
    [{ days: days() }, 'days: choose a day of the week'],
    [{ from: '8' }, 'from: write it as 08:00'],
    [{ from: '24:00' }, 'from: write it as 08:00'],
    [{ to: '24:30' }, 'to: write it as 18:00, the end of the day as 24:00'],
    [{ validUntil: 'soon' }, 'validUntil: write it as 2026-12-24 08:00, or with an offset as 2026-12-24T08:00:00Z'],
  ])('must make sense: %j', (config, problem) => {
    const parsed = definition.config.safeParse({ ...definition.defaults, ...config });
    expect(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)).toEqual([problem]);
  });

  it('says its times in one line', () => {
    expect(definition.summary({ ...definition.defaults })).toBe('Mon–Fri · 08:00–18:00');
    expect(definition.summary({ ...definition.defaults, days: days('monday', 'sunday') })).toBe(
      'Mon, Sun · 08:00–18:00',
    );
  });
});
