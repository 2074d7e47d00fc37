import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Days, Timing, Validity } from '../../contract/schedule.ts';
import { alwaysValid } from '../../contract/schedule.ts';
import type { ZonedPlan } from './instants.ts';
import { lastInstants, nextInstants } from './instants.ts';

const plan = (timing: Timing, timeZone: string, validity: Partial<Validity> = {}): ZonedPlan => ({
  timing,
  timeZone,
  validity: { ...alwaysValid, ...validity },
});
const cronPlan = (cron: string, zone: string) => plan({ kind: 'cron', cron }, zone);
const texts = (instants: Date[]): string[] => instants.map((instant) => instant.toISOString());
const iso = (cron: string, zone: string, count: number, from: string): string[] =>
  texts(nextInstants(cronPlan(cron, zone), count, new Date(from)));
/** To the minute, which is as fine as the forms are. */
const next = (timing: Timing, zone: string, count: number, from: string, validity?: Partial<Validity>): string[] =>
  texts(nextInstants(plan(timing, zone, validity), count, new Date(from))).map((text) => text.slice(5, 16));
const all: Days = { kind: 'all' };
const at = (times: string[], days: Days = all): Timing => ({ kind: 'at', times, days });
const every = (minutes: number, from = '00:00', to = '23:59', days: Days = all): Timing => ({
  kind: 'every',
  minutes,
  from,
  to,
  days,
});

describe('instants of a cron text', () => {
  it('come after the given one, in the zone', () => {
    expect(iso('0 8 * * 1-5', 'Europe/Paris', 3, '2026-01-02T07:00:00Z')).toEqual([
      '2026-01-05T07:00:00.000Z',
      '2026-01-06T07:00:00.000Z',
      '2026-01-07T07:00:00.000Z',
    ]);
  });

  it('may have seconds in front', () => {
    expect(iso('*/20 * * * * *', 'UTC', 2, '2026-01-01T00:00:00Z')).toEqual([
      '2026-01-01T00:00:20.000Z',
      '2026-01-01T00:00:40.000Z',
    ]);
  });

  it('at a skipped time come at the first instant after the gap', () => {
    // Berlin: 02:00 → 03:00 on 29 March 2026; New York: 02:00 → 03:00 on 8 March 2026.
    expect(iso('30 2 * * *', 'Europe/Berlin', 3, '2026-03-28T00:00:00Z')).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
    expect(iso('30 2 * * *', 'America/New_York', 1, '2026-03-08T05:00:00Z')).toEqual(['2026-03-08T07:00:00.000Z']);
  });

  it('at a repeated time come once', () => {
    // Berlin: 03:00 → 02:00 on 25 October 2026; New York: 02:00 → 01:00 on 1 November 2026.
    expect(iso('30 2 * * *', 'Europe/Berlin', 2, '2026-10-24T12:00:00Z')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
    expect(iso('30 1 * * *', 'America/New_York', 2, '2026-10-31T12:00:00Z')).toEqual([
      '2026-11-01T05:30:00.000Z',
      '2026-11-02T06:30:00.000Z',
    ]);
  });

  it('of an interval leave out what is skipped and come in both hours of a repeated one', () => {
    expect(iso('*/30 * * * *', 'Europe/Berlin', 4, '2026-03-29T00:15:00Z')).toEqual([
      '2026-03-29T00:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T01:30:00.000Z',
      '2026-03-29T02:00:00.000Z',
    ]);
    expect(iso('0 * * * *', 'Europe/Berlin', 4, '2026-10-24T23:30:00Z')).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T02:00:00.000Z',
      '2026-10-25T03:00:00.000Z',
    ]);
  });

  it('of a text that is wrong are refused with the reason', () => {
    for (const [cron, zone] of [
      ['61 * * * *', 'UTC'],
      ['every day', 'UTC'],
      ['', 'UTC'],
      ['0 8 * * *', 'Europe/Nowhere'],
    ] as const)
      expect(() => nextInstants(cronPlan(cron, zone), 1, new Date(0)), cron).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }),
      );
  });

  it('up to one are the same as after one', () => {
    const from = new Date('2026-03-28T23:50:00Z');
    for (const cron of ['*/30 * * * *', '30 2 * * *', '0 * * * *']) {
      const forwards = nextInstants(cronPlan(cron, 'Europe/Berlin'), 8, from);
      expect(lastInstants(cronPlan(cron, 'Europe/Berlin'), 8, forwards.at(-1) ?? from), cron).toEqual(forwards);
    }
  });

  it('that never come are none', () => {
    expect(nextInstants(cronPlan('0 0 31 2 *', 'UTC'), 1, new Date(0))).toEqual([]);
  });
});

describe('the plain forms', () => {
  it('at several times of each day', () => {
    expect(next(at(['17:30', '08:00']), 'UTC', 3, '2026-03-02T08:00:00Z')).toEqual([
      '03-02T17:30',
      '03-03T08:00',
      '03-03T17:30',
    ]);
  });

  it('on days of the week', () => {
    const days: Days = { kind: 'week', weekdays: [1, 5] };
    expect(next(at(['08:00'], days), 'Europe/Berlin', 3, '2026-03-02T08:00:00Z')).toEqual([
      '03-06T07:00',
      '03-09T07:00',
      '03-13T07:00',
    ]);
  });

  it('on days of the month, the last one among them; a month without such a day is passed over', () => {
    const days: Days = { kind: 'month', days: [1, 30, 'last'] };
    expect(next(at(['00:00'], days), 'UTC', 6, '2026-01-30T12:00:00Z')).toEqual([
      '01-31T00:00',
      '02-01T00:00',
      '02-28T00:00',
      '03-01T00:00',
      '03-30T00:00',
      '03-31T00:00',
    ]);
    expect(next(at(['00:00'], { kind: 'month', days: ['last'] }), 'UTC', 1, '2028-02-01T00:00:00Z')).toEqual([
      '02-29T00:00',
    ]);
  });

  it('on the second Tuesday, the last Friday, the fifth Monday', () => {
    const nth = (which: 1 | 2 | 5 | 'last', weekday: number) => at(['08:30'], { kind: 'nth', nth: which, weekday });
    expect(next(nth(2, 2), 'Europe/Berlin', 3, '2026-03-02T00:00:00Z')).toEqual([
      '03-10T07:30',
      '04-14T06:30',
      '05-12T06:30',
    ]);
    expect(next(nth('last', 5), 'UTC', 3, '2026-01-01T00:00:00Z')).toEqual([
      '01-30T08:30',
      '02-27T08:30',
      '03-27T08:30',
    ]);
    expect(next(nth(5, 1), 'UTC', 2, '2026-01-01T00:00:00Z')).toEqual(['03-30T08:30', '06-29T08:30']);
  });

  it('every so many minutes between two times, counted anew each day', () => {
    const days: Days = { kind: 'week', weekdays: [1, 2] };
    expect(next(every(25, '08:10', '09:00', days), 'UTC', 5, '2026-03-02T00:00:00Z')).toEqual([
      '03-02T08:10',
      '03-02T08:35',
      '03-02T09:00',
      '03-03T08:10',
      '03-03T08:35',
    ]);
    expect(next(every(420), 'UTC', 5, '2026-03-02T00:00:00Z')).toEqual([
      '03-02T07:00',
      '03-02T14:00',
      '03-02T21:00',
      '03-03T00:00',
      '03-03T07:00',
    ]);
  });

  it('once', () => {
    const once: Timing = { kind: 'once', at: '2026-12-24 18:00' };
    expect(next(once, 'America/New_York', 3, '2026-01-01T00:00:00Z')).toEqual(['12-24T23:00']);
    expect(next(once, 'America/New_York', 3, '2026-12-24T23:00:00Z')).toEqual([]);
  });

  it('of a zone that does not exist are refused', () => {
    expect(() => next(at(['08:00']), 'Mars/Olympus', 1, '2026-01-01T00:00:00Z')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});

// Berlin: 02:00 → 03:00 on 29 March 2026, 03:00 → 02:00 on 25 October. New York: 02:00 → 03:00 on 8 March, 02:00 → 01:00 on 1 November.
const changes = {
  'Europe/Berlin': {
    before: '2026-03-29T00:00:00Z',
    skipped: { time: '02:30', end: '03-29T01:00', half: ['03-29T00:30', '03-29T01:00', '03-29T01:30', '03-29T02:00'] },
    eve: '2026-10-24T23:30:00Z',
    repeated: {
      time: '02:30',
      first: '10-25T00:30',
      half: ['10-25T00:00', '10-25T00:30', '10-25T01:00', '10-25T01:30', '10-25T02:00'],
    },
  },
  'America/New_York': {
    before: '2026-03-08T06:00:00Z',
    skipped: { time: '02:30', end: '03-08T07:00', half: ['03-08T06:30', '03-08T07:00', '03-08T07:30', '03-08T08:00'] },
    eve: '2026-11-01T04:30:00Z',
    repeated: {
      time: '01:30',
      first: '11-01T05:30',
      half: ['11-01T05:00', '11-01T05:30', '11-01T06:00', '11-01T06:30', '11-01T07:00'],
    },
  },
} as const;

describe.each(Object.entries(changes))('when the clocks change in %s', (zone, { before, skipped, eve, repeated }) => {
  const date = (instant: string) => `2026-${instant.slice(0, 5)}`;
  /** Each form that has a fixed time, on the day of the change. */
  const fixed = (time: string, day: string): [string, Timing][] => {
    const weekday = 7;
    const number = Number(day.slice(8));
    return [
      ['daily', at([time])],
      ['weekly', at([time], { kind: 'week', weekdays: [weekday] })],
      ['monthly', at([time], { kind: 'month', days: [number] })],
      ['nth weekday', at([time], { kind: 'nth', nth: Math.ceil(number / 7), weekday })],
      ['once', { kind: 'once', at: `${day} ${time}` }],
      ['cron', { kind: 'cron', cron: `${Number(time.slice(3))} ${Number(time.slice(0, 2))} * * *` }],
    ];
  };

  it.each(fixed(skipped.time, date(skipped.end)))('%s: a skipped time comes at the end of the gap', (_form, timing) => {
    expect(next(timing, zone, 1, before)).toEqual([skipped.end]);
  });

  it.each(fixed(repeated.time, date(repeated.first)))(
    '%s: a repeated time comes once, the first time',
    (_form, timing) => {
      const found = next(timing, zone, 2, eve);
      expect(found[0]).toBe(repeated.first);
      expect(found[1]?.slice(0, 5)).not.toBe(repeated.first.slice(0, 5));
    },
  );

  it.each<[string, Timing]>([
    ['minutes', every(30)],
    ['cron', { kind: 'cron', cron: '*/30 * * * *' }],
  ])('%s: an interval leaves out what is skipped, and comes in both hours of a repeated one', (_form, timing) => {
    expect(next(timing, zone, 4, before)).toEqual(skipped.half);
    expect(next(timing, zone, 5, eve)).toEqual(repeated.half);
  });

  it('hours: every two hours keep the wall clock', () => {
    const hours = next(every(120), zone, 13, `${date(skipped.end)}T12:00:00Z`);
    const shown = new Intl.DateTimeFormat('en', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' });
    for (const hour of hours) expect(Number(shown.format(new Date(`2026-${hour}Z`))) % 2).toBe(0);
  });

  it('two times in the gap are one start', () => {
    expect(next(at(['02:10', '02:50']), zone, 2, before)[0]).toBe(skipped.end);
    expect(next(at(['02:10', '02:50']), zone, 2, before)[1]).not.toBe(skipped.end);
  });
});

describe('validity', () => {
  it('holds the first and the last day whole, in the zone', () => {
    const validity = { from: '2026-04-01', to: '2026-04-02' };
    expect(next(every(720), 'Europe/Berlin', 10, '2026-03-01T00:00:00Z', validity)).toEqual([
      '03-31T22:00',
      '04-01T10:00',
      '04-01T22:00',
      '04-02T10:00',
    ]);
  });

  it('may end at a minute, which still counts', () => {
    const validity = { to: '2026-04-01 12:00' };
    expect(next(every(720), 'UTC', 10, '2026-03-31T13:00:00Z', validity)).toEqual(['04-01T00:00', '04-01T12:00']);
    expect(next({ kind: 'cron', cron: '0 */12 * * *' }, 'UTC', 10, '2026-03-31T13:00:00Z', validity)).toEqual([
      '04-01T00:00',
      '04-01T12:00',
    ]);
  });

  it('that has ended, or never begins, gives nothing', () => {
    expect(next(every(5), 'UTC', 3, '2026-05-01T00:00:00Z', { to: '2026-04-01' })).toEqual([]);
    expect(
      texts(lastInstants(plan(every(5), 'UTC', { from: '2026-04-01' }), 3, new Date('2026-03-01T00:00:00Z'))),
    ).toEqual([]);
  });
});

it('the last instants up to one are the same as the next ones before it, for any form, zone and day', () => {
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Pacific/Chatham',
    'Africa/Cairo',
  );
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((n) => String(n).padStart(2, '0')).join(':'));
  const days: fc.Arbitrary<Days> = fc.oneof(
    fc.constant<Days>({ kind: 'all' }),
    fc.record({
      kind: fc.constant('week' as const),
      weekdays: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    }),
    fc.record({
      kind: fc.constant('month' as const),
      days: fc.array(fc.integer({ min: 1, max: 31 }), { minLength: 1 }),
    }),
    fc.record({
      kind: fc.constant('nth' as const),
      nth: fc.integer({ min: 1, max: 4 }),
      weekday: fc.integer({ min: 1, max: 7 }),
    }),
  );
  const timing: fc.Arbitrary<Timing> = fc.oneof(
    fc.record({ kind: fc.constant('at' as const), times: fc.array(time, { minLength: 1, maxLength: 3 }), days }),
    fc.record({
      kind: fc.constant('every' as const),
      minutes: fc.integer({ min: 7, max: 900 }),
      from: fc.constant('00:00'),
      to: fc.constant('23:59'),
      days,
    }),
  );
  const from = fc.date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(zone, timing, from, (timeZone, form, start) => {
      const forwards = nextInstants(plan(form, timeZone), 6, start);
      expect(forwards).toHaveLength(6);
      expect(forwards.every((instant, index) => instant > (forwards[index - 1] ?? start))).toBe(true);
      expect(texts(lastInstants(plan(form, timeZone), 6, forwards.at(-1) ?? start))).toEqual(texts(forwards));
    }),
    { numRuns: 150 },
  );
});
