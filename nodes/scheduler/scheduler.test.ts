import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/harness/engine.ts';
import { cronProblem } from './cron.ts';
import { definition } from './definition.ts';
import type { SchedulerConfig } from './schedule.ts';
import { defaults } from './schedule.ts';

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
  it.each([
    [{ frequency: 'minutes', minutes: '15', on: 'workdays' }, '*/15 * * * 1-5', 'every 15 minutes · Mon–Fri'],
    [{ frequency: 'minutes', minutes: '1' }, '*/1 * * * *', 'every minute'],
    [{ frequency: 'hours', hours: '6' }, '0 */6 * * *', 'every 6 hours'],
    [{ frequency: 'daily', at: '07:05' }, '5 7 * * *', 'daily at 07:05'],
    [{ frequency: 'weekly', at: '17:30' }, '30 17 * * 1', 'Mon at 17:30'],
    [{ frequency: 'monthly', monthDay: '31' }, '0 8 31 * *', 'monthly on day 31 at 08:00'],
    [{ frequency: 'monthly', monthDay: 'last' }, '0 8 L * *', 'monthly on the last day at 08:00'],
    [{ frequency: 'cron', cron: ' 0  8 * * 1-5 ', timeZone: 'Asia/Tokyo' }, '0 8 * * 1-5', '0  8 * * 1-5 · Asia/Tokyo'],
  ] as const)('%j is %s', (config, cron, words) => {
    const given = { ...defaults, ...config };
    expect(schedule(given).cron).toBe(cron);
    expect(definition.summary(given)).toBe(words);
    expect(problems(given)).toEqual([]);
  });

  it('put several days of a week into one schedule', () => {
    const days = { ...defaults.days, wednesday: true, sunday: true };
    expect(schedule({ frequency: 'weekly', days }).cron).toBe('0 8 * * 1,3,7');
    expect(definition.summary({ ...defaults, frequency: 'weekly', days })).toBe('Mon, Wed, Sun at 08:00');
  });

  it('carry zone, overlap and catch-up as they are', () => {
    const config = { timeZone: 'Europe/Berlin', overlap: 'queue', catchUp: 'all' } as const;
    expect(schedule(config)).toEqual({ cron: '0 8 * * *', ...config });
  });

  it('mean the wall clock of their zone, through a change of the clocks', () => {
    const { cron } = schedule({ frequency: 'daily', at: '08:00' });
    expect(nextInstants(cron, 'Europe/Berlin', '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T07:00:00.000Z',
      '2026-03-29T06:00:00.000Z',
      '2026-03-30T06:00:00.000Z',
    ]);
  });

  it('take the last day of each month, whatever its number', () => {
    const { cron } = schedule({ frequency: 'monthly', monthDay: 'last', at: '00:00' });
    expect(nextInstants(cron, 'UTC', '2028-01-31T12:00:00Z', 2)).toEqual([
      '2028-02-29T00:00:00.000Z',
      '2028-03-31T00:00:00.000Z',
    ]);
  });
});

describe('a schedule that cannot be meant', () => {
  it.each([
    [{ frequency: 'daily', at: '8 o’clock' }, 'at: write the time as 08:00 or 17:30'],
    [{ frequency: 'daily', at: '24:00' }, 'at: write the time as 08:00 or 17:30'],
    [{ frequency: 'weekly', days: { ...defaults.days, monday: false } }, 'days: choose at least one day'],
    [{ frequency: 'monthly', monthDay: '32' }, 'monthDay: choose a day from 1 to 31, or the last one'],
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
