import { createRequire } from 'node:module';
import { tz } from '@date-fns/tz';

let loaded: typeof import('date-fns') | undefined;

/** Loaded when first needed: it is the largest part of what a thread would have to read at its start. */
export function loadDateFns(): typeof import('date-fns') {
  loaded ??= createRequire(import.meta.url)('date-fns/format') as typeof import('date-fns');
  return loaded;
}

const format = (date: Date, pattern: string): string => loadDateFns().format(date, pattern);

const longestPattern = 200;

const adobeToken = /%(\d?)([A-Za-z])(l?)/g;

const months = 'January February March April May June July August September October November December'.split(' ');
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

const dayOfYear = (date: Date): number =>
  1 +
  Math.round(
    (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - Date.UTC(date.getFullYear(), 0, 1)) / 86_400_000,
  );

const nameOf = (name: string | undefined, isLong: boolean): string =>
  isLong ? (name ?? '') : (name ?? '').slice(0, 3);

/** Value of one token of a pattern such as `%4Y-%2M-%2D %2H:%2N:%2S`. */
function readToken(date: Date, letter: string, isLong: boolean): number | string | undefined {
  switch (letter) {
    case 'Y':
      return date.getFullYear();
    case 'M':
      return date.getMonth() + 1;
    case 'D':
      return date.getDate();
    case 'H':
      return date.getHours();
    case 'I':
      return date.getHours() % 12 || 12;
    case 'N':
      return date.getMinutes();
    case 'S':
      return date.getSeconds();
    case 'L':
      return date.getMilliseconds();
    case 'P':
      return date.getHours() < 12 ? 'AM' : 'PM';
    case 'J':
      return dayOfYear(date);
    case 'W':
      return Number(format(date, 'I'));
    case 'B':
      return nameOf(months[date.getMonth()], isLong);
    case 'A':
      return nameOf(days[date.getDay()], isLong);
    default:
      return undefined;
  }
}

/** Numbers are filled with zeros to that many digits; only a year is cut to them. */
function widen(value: number | string, letter: string, width: number): string {
  if (typeof value === 'string' || width === 0) return String(value);
  const digits = String(value).padStart(width, '0');
  return letter === 'Y' ? digits.slice(-width) : digits;
}

function formatAdobe(date: Date, pattern: string): string {
  return pattern.replace(adobeToken, (token, width: string, letter: string, long: string) => {
    const takesLong = letter === 'A' || letter === 'B';
    const value = readToken(date, letter, takesLong && long === 'l');
    if (value === undefined) throw new RangeError(`formatDate: ${token} is not a token of a date pattern.`);
    return widen(value, letter, Number(width)) + (takesLong ? '' : long);
  });
}

/**
 * Text of an instant in a zone. A pattern with a token like `%2D` is read as Adobe's, every other one as date-fns's.
 * Throws RangeError on an unknown zone or pattern.
 */
export function formatInZone(instant: number, pattern: string, zone: string): string {
  if (pattern.length > longestPattern) throw new RangeError('formatDate: the pattern is longer than 200 characters.');
  const date = zone.length > 100 ? new Date(Number.NaN) : tz(zone)(instant);
  if (Number.isNaN(+date)) throw new RangeError(`formatDate: "${zone.slice(0, 100)}" is not a time zone.`);
  return new RegExp(adobeToken).test(pattern) ? formatAdobe(date, pattern) : format(date, pattern);
}
