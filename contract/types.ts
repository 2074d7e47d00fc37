/**
 * Column types, and the one canonical value each of them has, wherever a row travels: work tables on both
 * databases, sandbox, HTTP, hashes. A cell is a JSON value:
 *
 * | type     | cell                                                        | canonical text            |
 * |----------|-------------------------------------------------------------|---------------------------|
 * | text     | string without U+0000 and lone surrogates                   | itself                    |
 * | integer  | number while safe (|n| ≤ 2^53 − 1), else a digit string     | digits                    |
 * | number   | finite number                                               | shortest round-trip form  |
 * | decimal  | string such as "-12.5": no exponent, no needless zeros      | itself                    |
 * | boolean  | true or false                                               | "true" / "false"          |
 * | date     | "2024-01-31"                                                | itself                    |
 * | datetime | "2024-01-31T23:30:00.000Z", always UTC and milliseconds     | itself                    |
 * | json     | any JSON value                                              | JSON with sorted keys     |
 *
 * null means "no value" in every type.
 */
import { z } from 'zod';

export const columnTypes = ['text', 'integer', 'number', 'decimal', 'boolean', 'date', 'datetime', 'json'] as const;
export type ColumnType = (typeof columnTypes)[number];
export const columnTypeSchema = z.enum(columnTypes);

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
/** One value of a row, in the canonical form of its column's type. */
export type Cell = Json;

/** A column of a table or of a port, as people see it. Physical names (`c1`, `c2`, …) exist only inside the stores. */
export const columnSchema = z.strictObject({
  /** Unique in its table; the name used in expressions, mappings and files. May contain any character. */
  name: z.string().min(1).max(255),
  label: z.string().max(255),
  type: columnTypeSchema,
  /** The remote field it was read from, for example `Account.Name`. */
  source: z.string().optional(),
  /** Holds an identifier or an e-mail address: indexed, so that one record can be followed through every run. */
  identifying: z.boolean().optional(),
  /** Personal data: masked for those who may not see it. */
  personal: z.boolean().optional(),
});
export type Column = z.infer<typeof columnSchema>;

/** What a conversion gives: the canonical cell, or why there is none. */
export type Converted = { ok: true; value: Cell } | { ok: false; reason: string };

const minInteger = -(2n ** 63n);
const maxInteger = 2n ** 63n - 1n;

/**
 * Removes what no database of ours can hold: U+0000 goes, lone surrogates become U+FFFD.
 * Applied once, where text enters Syncline.
 */
export function cleanText(text: string): { text: string; cleaned: boolean } {
  const wellFormed = text.isWellFormed() && !text.includes('\0');
  if (wellFormed) return { text, cleaned: false };
  return { text: text.replaceAll('\0', '').toWellFormed(), cleaned: true };
}

/** Turns any JSON value into the canonical cell of a type; says in words why it cannot. Empty text is not null. */
export function toCell(type: ColumnType, value: unknown): Converted {
  if (value === null || value === undefined) return { ok: true, value: null };
  return converters[type](value);
}

const converters: Record<ColumnType, (value: unknown) => Converted> = {
  text: (value) => toText(value),
  integer: (value) => toInteger(value),
  number: (value) => toNumber(value),
  decimal: (value) => toDecimal(value),
  boolean: (value) => toBoolean(value),
  date: (value) => toDate(value),
  datetime: (value) => toDateTime(value),
  json: (value) => toJson(value),
};

function refuse(value: unknown, type: ColumnType): Converted {
  const shown = (
    typeof value === 'string' ? `"${value.slice(0, 60)}"` : (JSON.stringify(value) ?? String(value))
  ).slice(0, 80);
  return { ok: false, reason: `${shown} is not a ${type === 'integer' ? 'whole number' : type}` };
}

function toText(value: unknown): Converted {
  if (typeof value === 'string') return { ok: true, value: cleanText(value).text };
  if (typeof value === 'number' || typeof value === 'boolean') return { ok: true, value: String(value) };
  return { ok: true, value: canonicalJson(value as Json) };
}

function toInteger(value: unknown): Converted {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { ok: true, value: value + 0 } : refuse(value, 'integer');
  if (typeof value !== 'string') return refuse(value, 'integer');
  // "12.0" is how bulk interfaces write whole numbers.
  const match = /^\s*([+-]?\d{1,19})(?:\.0*)?\s*$/.exec(value);
  if (!match?.[1]) return refuse(value, 'integer');
  const whole = BigInt(match[1]);
  if (whole < minInteger || whole > maxInteger) return refuse(value, 'integer');
  const number = Number(whole);
  return { ok: true, value: Number.isSafeInteger(number) ? number : whole.toString() };
}

function toNumber(value: unknown): Converted {
  const number =
    typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return refuse(value, 'number');
  return { ok: true, value: number === 0 ? 0 : number };
}

function toDecimal(value: unknown): Converted {
  if (typeof value !== 'string' && typeof value !== 'number') return refuse(value, 'decimal');
  const text = canonicalDecimal(String(value));
  return text === null ? refuse(value, 'decimal') : { ok: true, value: text };
}

/** "-0012.500" → "-12.5", "1e3" → "1000", "-0.0" → "0"; null when the text is not a decimal of at most 1,000 digits. */
export function canonicalDecimal(text: string): string | null {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?\s*$/.exec(text);
  if (!match) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return null;
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  if (digits.length + Math.abs(shift) > 1000) return null;
  const left = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
  const right = point <= 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  const plain = left.replace(/^0+(?=\d)/, '');
  const tail = right.replace(/0+$/, '');
  const unsigned = tail === '' ? plain : `${plain}.${tail}`;
  return sign === '-' && unsigned !== '0' ? `-${unsigned}` : unsigned;
}

function toBoolean(value: unknown): Converted {
  if (typeof value === 'boolean') return { ok: true, value };
  if (value === 1 || value === 'true' || value === '1') return { ok: true, value: true };
  if (value === 0 || value === 'false' || value === '0') return { ok: true, value: false };
  return refuse(value, 'boolean');
}

const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A calendar day is text and never passes through `Date`, so that no time zone can move it. */
function toDate(value: unknown): Converted {
  const match = typeof value === 'string' ? datePattern.exec(value.trim()) : null;
  if (!match) return refuse(value, 'date');
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return isCalendarDay(year, month, day) ? { ok: true, value: match[0] } : refuse(value, 'date');
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day <= length;
}

const dateTimePattern = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})$/;

function toDateTime(value: unknown): Converted {
  const match = typeof value === 'string' ? dateTimePattern.exec(value.trim()) : null;
  if (!match) return refuse(value, 'datetime');
  const [, year, month, day, hour, minute, second = '00', fraction = '', offset = 'Z'] = match;
  if (!isCalendarDay(Number(year), Number(month), Number(day))) return refuse(value, 'datetime');
  const zone = offset === 'Z' ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(-2)}`;
  const instant = new Date(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`,
  );
  return Number.isNaN(instant.getTime()) ? refuse(value, 'datetime') : { ok: true, value: instant.toISOString() };
}

function toJson(value: unknown): Converted {
  const text = JSON.stringify(value);
  if (text === undefined) return refuse(value, 'json');
  return { ok: true, value: JSON.parse(cleanText(text).text) as Json };
}

/** JSON text with sorted keys: equal values have equal texts. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${entries.join(',')}}`;
}

/** The text that stands for a cell in hashes, comparisons and files; null stays null. The cell must be canonical. */
export function canonicalText(type: ColumnType, cell: Cell): string | null {
  if (cell === null) return null;
  if (type === 'json') return canonicalJson(cell);
  return String(cell);
}

/** Case folding used for identifying values and text comparison: the same on every database, because it is JavaScript's. */
export function foldText(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
