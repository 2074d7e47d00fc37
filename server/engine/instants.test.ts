import { describe, expect, it } from 'vitest';
import { lastInstants, nextInstants } from './instants.ts';

const iso = (cron: string, zone: string, count: number, from: string): string[] =>
  nextInstants(cron, zone, count, new Date(from)).map((instant) => instant.toISOString());

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
      expect(() => nextInstants(cron, zone, 1, new Date(0)), cron).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }),
      );
  });

  it('up to one are the same as after one', () => {
    const from = new Date('2026-03-28T23:50:00Z');
    for (const cron of ['*/30 * * * *', '30 2 * * *', '0 * * * *']) {
      const forwards = nextInstants(cron, 'Europe/Berlin', 8, from);
      expect(lastInstants(cron, 'Europe/Berlin', 8, forwards.at(-1) ?? from), cron).toEqual(forwards);
    }
  });

  it('that never come are none', () => {
    expect(nextInstants('0 0 31 2 *', 'UTC', 1, new Date(0))).toEqual([]);
  });
});
