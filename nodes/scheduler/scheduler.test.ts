import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSchema } from '../../contract/schedule.ts';
import { testEngine } from '../../test/harness/engine.ts';
import { cronProblem } from './cron.ts';
import { definition } from './definition.ts';
import { shownFields } from './form.ts';
import type { SchedulerConfig } from './schedule.ts';
import { defaults } from './schedule.ts';
import { sentence } from './sentence.ts';

const engine = testEngine();

const schedule = (config: Partial<SchedulerConfig>) => {
  if (!definition.schedule) throw new Error('The Scheduler has no schedule.');
  return definition.schedule({ ...defaults, ...config });
};
const problems = (config: Partial<SchedulerConfig>): string[] => {
  const parsed = definition.config.safeParse({ ...defaults, ...config });
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
};
const nextInstants = (cron: string, timeZone: string, from: string, count: number): string[] =>
  new Cron(cron, { timezone: timeZone, mode: '5-part' }).nextRuns(count, new Date(from)).map((at) => at.toISOString());

describe('the plain forms of a schedule', () => {
  const all = { kind: 'all' };
  const workdays = { kind: 'week', weekdays: [1, 2, 3, 4, 5] };
  it.each<[Partial<SchedulerConfig>, object, string, string]>([
    [
      { frequency: 'minutes', minutes: '15', on: 'workdays' },
      { kind: 'every', minutes: 15, from: '00:00', to: '23:59', days: workdays },
      'every 15 minutes · Mon–Fri',
      'Every 15 minutes from Monday to Friday, UTC.',
    ],
    [
      { frequency: 'minutes', minutes: '20', from: '8:00', to: '17:30' },
      { kind: 'every', minutes: 20, from: '08:00', to: '17:30', days: all },
      'every 20 minutes between 08:00 and 17:30',
      'Every 20 minutes between 08:00 and 17:30, UTC.',
    ],
    [
      { frequency: 'hours', hours: '6' },
      { kind: 'every', minutes: 360, from: '00:00', to: '23:59', days: all },
      'every 6 hours',
      'Every 6 hours, UTC.',
    ],
    [
      { frequency: 'daily', at: '17:30, 7:05' },
      { kind: 'at', times: ['07:05', '17:30'], days: all },
      'daily at 07:05 and 17:30',
      'Daily at 07:05 and 17:30, UTC.',
    ],
    [
      { frequency: 'weekly', at: '17:30' },
      { kind: 'at', times: ['17:30'], days: { kind: 'week', weekdays: [1] } },
      'every Mon at 17:30',
      'Every Monday at 17:30, UTC.',
    ],
    [
      { frequency: 'monthly', monthDay: '1, 15, last' },
      { kind: 'at', times: ['08:00'], days: { kind: 'month', days: [1, 15, 'last'] } },
      'monthly on day 1, day 15 and the last day at 08:00',
      'Monthly on day 1, day 15 and the last day at 08:00, UTC.',
    ],
    [
      { frequency: 'weekday', week: '2', weekday: 'tuesday', at: '08:30', timeZone: 'Europe/Berlin' },
      { kind: 'at', times: ['08:30'], days: { kind: 'nth', nth: 2, weekday: 2 } },
      'on the second Tue of each month at 08:30 · Europe/Berlin',
      'On the second Tuesday of each month at 08:30, UTC.',
    ],
    [
      { frequency: 'weekday', week: 'last', weekday: 'friday' },
      { kind: 'at', times: ['08:00'], days: { kind: 'nth', nth: 'last', weekday: 5 } },
      'on the last Fri of each month at 08:00',
      'On the last Friday of each month at 08:00, UTC.',
    ],
    [
      { frequency: 'once', once: '2026-12-24 18:00' },
      { kind: 'once', at: '2026-12-24 18:00' },
      'once at 2026-12-24 18:00',
      'Once at 2026-12-24 18:00, UTC.',
    ],
    [
      { frequency: 'cron', cron: ' 0  8 * * 1-5 ', timeZone: 'Asia/Tokyo' },
      { kind: 'cron', cron: '0 8 * * 1-5' },
      'cron 0  8 * * 1-5 · Asia/Tokyo',
      'Cron 0  8 * * 1-5, UTC.',
    ],
  ])('%j is %j, in words', (config, timing, words, whole) => {
    const given = { ...defaults, ...config };
    expect(schedule(given).timing).toEqual(timing);
    expect(planSchema.shape.timing.parse(timing)).toEqual(timing);
    expect(definition.summary(given)).toBe(words);
    expect(sentence(given, 'UTC')).toBe(whole);
    expect(problems(given)).toEqual([]);
  });

  it('put several days of a week into one schedule, for intervals too', () => {
    const days = { ...defaults.days, wednesday: true, sunday: true };
    expect(schedule({ frequency: 'weekly', days }).timing).toMatchObject({ days: { weekdays: [1, 3, 7] } });
    expect(definition.summary({ ...defaults, frequency: 'weekly', days })).toBe('every Mon, Wed and Sun at 08:00');
    const hourly = { frequency: 'hours', on: 'chosen', days } as const;
    expect(schedule(hourly).timing).toMatchObject({ days: { weekdays: [1, 3, 7] } });
    expect(definition.summary({ ...defaults, ...hourly })).toBe('every hour · Mon, Wed, Sun');
    expect(sentence({ ...defaults, ...hourly }, 'UTC')).toBe('Every hour on Monday, Wednesday and Sunday, UTC.');
  });

  it('show the weekdays only where they count', () => {
    const days = (config: Partial<SchedulerConfig>) =>
      shownFields({ ...defaults, ...config }).filter((field) => field.name.startsWith('days.')).length;
    expect(days({ frequency: 'weekly' })).toBe(7);
    expect(days({ frequency: 'daily', on: 'chosen' })).toBe(7);
    expect(days({ frequency: 'daily', on: 'workdays' })).toBe(0);
    expect(days({ frequency: 'monthly', on: 'chosen' })).toBe(0);
  });

  it('carry zone, overlap, catch-up and validity', () => {
    const config = { timeZone: 'Europe/Berlin', overlap: 'queue', catchUp: 'all' } as const;
    const limits = { catchUpHours: 12, lateAfter: 0, validFrom: '2026-04-01', validTo: '2026-04-30', maxRuns: 3 };
    expect(schedule({ ...config, ...limits })).toEqual({
      timing: { kind: 'at', times: ['08:00'], days: all },
      validity: { from: '2026-04-01', to: '2026-04-30', runs: 3 },
      catchUpHours: 12,
      lateAfter: null,
      ...config,
    });
    expect(sentence({ ...defaults, ...limits }, 'UTC')).toBe(
      'Daily at 08:00, UTC, from 2026-04-01, until 2026-04-30, at most 3 runs.',
    );
  });

  it('of a drawing made before there were more of them mean what they meant', () => {
    const old = {
      frequency: 'minutes',
      minutes: '15',
      hours: '1',
      at: '08:00',
      on: 'workdays',
      monthDay: '1',
      cron: '',
    };
    expect(problems(old as Partial<SchedulerConfig>)).toEqual([]);
    expect(definition.schedule?.(old)).toMatchObject({
      timing: { kind: 'every', minutes: 15, days: workdays },
      validity: { from: null, to: null, runs: null },
    });
  });
});

describe('a schedule that cannot be meant', () => {
  it.each([
    [{ frequency: 'daily', at: '8 o’clock' }, 'at: write the time as 08:00 or 17:30'],
    [{ frequency: 'daily', at: '24:00' }, 'at: write the time as 08:00 or 17:30'],
    [{ frequency: 'weekly', days: { ...defaults.days, monday: false } }, 'days: choose at least one day'],
    [{ frequency: 'daily', at: '' }, 'at: write the time as 08:00 or 17:30'],
    [{ frequency: 'minutes', minutes: '0' }, 'minutes: write a whole number from 1 to 720'],
    [{ frequency: 'hours', hours: 'two' }, 'hours: write a whole number from 1 to 24'],
    [{ frequency: 'hours', from: '25:00' }, 'from: write the time as 08:00 or 17:30'],
    [{ frequency: 'hours', from: '18:00', to: '08:00' }, 'to: lies before the first time; a day ends at 23:59'],
    [{ frequency: 'monthly', monthDay: '1, 32' }, 'monthDay: choose days from 1 to 31, or the last one'],
    [{ frequency: 'once', once: 'Christmas' }, 'once: write it as 2026-12-24 18:00'],
    [{ frequency: 'once', once: '2026-02-30 18:00' }, 'once: write it as 2026-12-24 18:00'],
    [{ validFrom: 'soon' }, 'validFrom: write a date such as 2026-04-01, or 2026-04-01 08:00'],
    [{ validFrom: '2026-05-01', validTo: '2026-04-30' }, 'validTo: lies before the first day'],
    [
      { frequency: 'cron', cron: '' },
      'cron: write five fields: minute, hour, day of the month, month, day of the week',
    ],
    [
      { frequency: 'cron', cron: '0 0 8 * * *' },
      'cron: has 6 fields instead of five (minute, hour, day, month, day of the week)',
    ],
    [{ frequency: 'cron', cron: '0 25 * * *' }, 'cron: "25" does not fit the hour (0 to 23)'],
    [{ frequency: 'cron', cron: '0 8 31 2 *' }, 'cron: names a day that none of its months has'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone: is not an IANA time zone such as Europe/Paris'],
  ] as const)('%j is refused: %s', (config, problem) => {
    expect(problems(config)).toEqual([problem]);
  });

  it('is not looked at for what the chosen form does not use', () => {
    expect(problems({ frequency: 'minutes', at: 'rubbish', cron: 'rubbish' })).toEqual([]);
  });
});

describe('cron text', () => {
  const number = (min: number, max: number) => fc.integer({ min, max }).map(String);
  const range = (min: number, max: number) =>
    fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const item = (min: number, max: number) =>
    fc.oneof(
      fc.constant('*'),
      number(min, max),
      range(min, max),
      number(1, max).map((step) => `*/${step}`),
      fc.tuple(range(min, max), number(1, max)).map(([all, step]) => `${all}/${step}`),
    );
  const field = (min: number, max: number) =>
    fc.array(item(min, max), { minLength: 1, maxLength: 3 }).map((items) => items.join(','));
  const text = fc
    .tuple(
      field(0, 59),
      field(0, 23),
      fc.oneof(field(1, 31), fc.constant('L')),
      fc.oneof(field(1, 12), fc.constantFrom('JAN', 'feb-APR', 'DEC')),
      fc.oneof(field(0, 7), fc.constantFrom('MON', 'mon-FRI', 'SUN', 'TUE#2', '5#1')),
    )
    .map((fields) => fields.join(' '));

  it('that is well-formed is accepted, and then the scheduler finds its next instant', () => {
    fc.assert(
      fc.property(text, (cron) => {
        const problem = cronProblem(cron);
        if (problem === null) expect(nextInstants(cron, 'UTC', '2026-01-01T00:00:00Z', 1)).toHaveLength(1);
        else expect(problem).toBe('names a day that none of its months has');
      }),
      { numRuns: 300 },
    );
  });

  it('that is accepted is understood by the scheduler, whatever it looks like', () => {
    const word = fc.array(fc.constantFrom('*', '/', ',', '-', '1', '5', '31', 'L', '#', 'MON', 'x'), { maxLength: 4 });
    const rubbish = fc.array(word, { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(rubbish, (words) => {
        const cron = words.map((parts) => parts.join('') || '*').join(' ');
        if (cronProblem(cron) === null) expect(() => new Cron(cron, { mode: '5-part' })).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a run that a Scheduler starts', () => {
  const flow = () => engine.flow({ nightly: { type: 'scheduler' }, end: { type: 'end' } }, ['nightly -> end']);

  it('knows the instant it was planned for, not the moment it got going', async () => {
    const run = await flow().scheduledFor('2026-01-31T07:00:00.000Z').finished();
    expect(run.vars('end')).toEqual({ scheduledFor: '2026-01-31T07:00:00.000Z' });
  });

  it('has none when a person started it', async () => {
    const run = await flow().finished();
    expect(run.state).toBe('succeeded');
    expect(run.vars('end')).toEqual({});
  });
});
