/**
 * The wall clock of a time zone. A reading is kept as milliseconds, as if the clock on the wall showed UTC, so that days
 * and minutes can be counted on it; an instant is milliseconds of the epoch.
 */
import { UserError } from '../../contract/errors.ts';
import { isTimeZone } from '../../contract/workflow.ts';

export const dayLength = 86_400_000;

export interface WallClock {
  /** What the clock shows at an instant. */
  reading(instant: number): number;
  /** The instants at which it shows that: none (skipped), one, or two (repeated), in order. */
  instants(reading: number): number[];
  /** The first instant after the gap in which a skipped reading lies. */
  afterGap(reading: number): number;
  /** Whether it goes on evenly over the day that begins with this reading. */
  isEven(midnight: number): boolean;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws UserError CONFIG_INVALID for a zone that does not exist. */
export function wallClock(timeZone: string): WallClock {
  const format = formatOf(timeZone);
  const offset = (instant: number): number => readParts(format, instant) - Math.floor(instant / 1_000) * 1_000;
  /** Offsets before and after whatever change is near the reading. */
  const around = (reading: number): [number, number] => [offset(reading - dayLength), offset(reading + dayLength)];
  const instants = (reading: number): number[] => {
    const found = around(reading).map((shift) => reading - shift);
    return [...new Set(found)].filter((instant) => instant + offset(instant) === reading).sort((a, b) => a - b);
  };
  return {
    reading: (instant) => instant + offset(instant),
    instants,
    // A day of some zone begins 14 hours before that of UTC, or 12 hours behind.
    isEven: (midnight) => offset(midnight - 0.75 * dayLength) === offset(midnight + 1.75 * dayLength),
    afterGap(reading) {
      const before = around(reading)[0];
      let low = reading - dayLength - before;
      let high = reading - before;
      while (high - low > 1_000) {
        const middle = Math.floor((low + high) / 2_000) * 1_000;
        if (offset(middle) === before) low = middle;
        else high = middle;
      }
      return high;
    },
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  if (timeZone === '' || !isTimeZone(timeZone))
    throw new UserError('CONFIG_INVALID', { field: 'Time zone', reason: `"${timeZone}" is not an IANA time zone` });
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}

function readParts(format: Intl.DateTimeFormat, instant: number): number {
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}
