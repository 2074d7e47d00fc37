/** Dates as files write them, by patterns such as `dd.MM.yyyy HH:mm`. */
import type { Cell, Converted } from '../../contract/types.ts';
import { toCell } from '../../contract/types.ts';
import { parseInstant } from './instants.ts';

const shapes = {
  yyyy: '\\d{4}',
  yy: '\\d{2}',
  MM: '\\d{2}',
  M: '\\d{1,2}',
  dd: '\\d{2}',
  d: '\\d{1,2}',
  HH: '\\d{2}',
  H: '\\d{1,2}',
  hh: '\\d{2}',
  h: '\\d{1,2}',
  mm: '\\d{2}',
  ss: '\\d{2}',
  SSS: '\\d{3}',
  a: '[AaPp][Mm]',
  xxx: 'Z|[+-]\\d{2}:\\d{2}',
} as const;
type Token = keyof typeof shapes;

const token = /yyyy|yy|MM|M|dd|d|HH|H|hh|h|mm|ss|SSS|xxx|a/g;

/** What is wrong with a pattern, in half a sentence; null when it can be used for a column of that type. */
export function datePatternProblem(pattern: string, type: 'date' | 'datetime'): string | null {
  const tokens: readonly string[] = pattern.match(token) ?? [];
  const has = (...wanted: Token[]): boolean => wanted.some((one) => tokens.includes(one));
  const other = /[A-Za-z]/.exec(pattern.replace(token, '').replaceAll('T', ''));
  if (other) return `the letter "${other[0]}" means nothing in it: write yyyy, MM, dd, HH, mm, ss`;
  if (!has('yyyy', 'yy') || !has('MM', 'M') || !has('dd', 'd')) return 'write year, month and day as in dd.MM.yyyy';
  if (new Set(tokens).size !== tokens.length) return 'no part can stand in it twice';
  if (type === 'datetime' && !has('HH', 'H', 'hh', 'h')) return 'write the hour too, as in dd.MM.yyyy HH:mm';
  if (has('hh', 'h') !== has('a')) return 'hours hh need the mark a (AM, PM), hours HH do not';
  return null;
}

/** Reads texts of that pattern; without an offset in it, a time is meant in the zone. */
export function dateReader(type: 'date' | 'datetime', pattern: string, timeZone: string): (text: string) => Converted {
  const tokens = (pattern.match(token) ?? []) as Token[];
  const quoted = pattern.split(token).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const body = quoted.map((text, index) => text + (tokens[index] ? `(${shapes[tokens[index]]})` : '')).join('');
  const whole = new RegExp(`^${body}$`);
  return (text) => {
    const match = whole.exec(text.trim());
    if (!match) return { ok: false, reason: `"${text.slice(0, 60)}" is not written as ${pattern}` };
    const parts = Object.fromEntries(tokens.map((name, index) => [name, match[index + 1] ?? ''])) as Parts;
    return toValue(type, parts, timeZone) ?? { ok: false, reason: `"${text.slice(0, 60)}" is no ${type}` };
  };
}

type Parts = Partial<Record<Token, string>>;

function toValue(type: 'date' | 'datetime', parts: Parts, timeZone: string): Converted | null {
  // Two digits are meant as in most programs: 00 to 68 of this century, 69 to 99 of the last.
  const year = parts.yyyy ?? (Number(parts.yy) < 69 ? `20${parts.yy}` : `19${parts.yy}`);
  const day = `${year}-${(parts.MM ?? parts.M ?? '').padStart(2, '0')}-${(parts.dd ?? parts.d ?? '').padStart(2, '0')}`;
  if (type === 'date') return found(toCell('date', day));
  const hour = hourOf(parts);
  if (hour === null) return null;
  const time = `${day}T${hour}:${parts.mm ?? '00'}:${parts.ss ?? '00'}`;
  const fraction = `.${parts.SSS ?? '000'}`;
  if (parts.xxx) return found(toCell('datetime', `${time}${fraction}${parts.xxx}`));
  const instant = parseInstant(time, timeZone);
  return instant && { ok: true, value: `${instant.toISOString().slice(0, 19)}${fraction}Z` };
}

const found = (cell: Converted): Converted | null => (cell.ok ? cell : null);

function hourOf(parts: Parts): string | null {
  const given = parts.HH ?? parts.H;
  if (given !== undefined) return given.padStart(2, '0');
  const hour = Number(parts.hh ?? parts.h);
  if (hour < 1 || hour > 12) return null;
  return String((hour % 12) + (parts.a?.toLowerCase() === 'pm' ? 12 : 0)).padStart(2, '0');
}

/** Writes cells of that type by the pattern; a time as the clocks of the zone show it. */
export function dateWriter(type: 'date' | 'datetime', pattern: string, timeZone: string): (cell: Cell) => string {
  const format = type === 'datetime' ? zonedParts(timeZone) : dayParts;
  return (cell) => {
    const parts = format(String(cell));
    return pattern.replace(token, (name) => parts[name as Token] ?? '');
  };
}

function dayParts(text: string): Parts {
  const [yyyy = '', MM = '', dd = ''] = text.split('-');
  return allParts({ yyyy, MM, dd, HH: '00', mm: '00', ss: '00', SSS: '000' }, '+00:00');
}

function zonedParts(timeZone: string): (text: string) => Parts {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  });
  return (text) => {
    const parts = Object.fromEntries(format.formatToParts(new Date(text)).map(({ type, value }) => [type, value]));
    const { year = '', month, day, hour, minute, second, timeZoneName = 'GMT' } = parts;
    const offset = timeZoneName.replace('GMT', '');
    const shown = { yyyy: year.padStart(4, '0'), MM: month, dd: day, HH: hour, mm: minute, ss: second };
    return allParts({ ...shown, SSS: text.slice(20, 23) }, offset === '' ? '+00:00' : offset);
  };
}

function allParts(
  parts: { [Name in 'yyyy' | 'MM' | 'dd' | 'HH' | 'mm' | 'ss' | 'SSS']: string | undefined },
  offset: string,
): Parts {
  const hour = Number(parts.HH);
  const half = String(hour % 12 || 12);
  return {
    ...parts,
    yy: (parts.yyyy ?? '').slice(-2),
    M: String(Number(parts.MM)),
    d: String(Number(parts.dd)),
    H: String(hour),
    hh: half.padStart(2, '0'),
    h: half,
    a: hour < 12 ? 'AM' : 'PM',
    xxx: offset,
  };
}
