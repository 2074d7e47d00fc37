import { RecordError } from '../errors.ts';
import type { Field, FieldType, Value } from '../objects/field.ts';

/** A JSON value whose kind the field cannot take: Salesforce refuses the whole request. */
export class JsonTypeError extends Error {
  readonly field: string;
  /** Which record of the request it was, counted from 0. */
  record = 0;

  constructor(field: Field, value: unknown) {
    super(`Cannot deserialize instance of ${field.type} from ${tokenOf(value)}`);
    this.field = field.name;
  }
}

/** The value a field stores for a JSON value. Throws RecordError when the value is refused, JsonTypeError on a wrong kind. */
export function coerce(field: Field, value: unknown): Value {
  if (value === null || value === undefined || value === '') return field.type === 'boolean' ? false : null;
  if (typeof value === 'object') throw new JsonTypeError(field, value);
  return CONVERSIONS[field.type](field, value as string | number | boolean);
}

type Convert = (field: Field, value: string | number | boolean) => Value;

const CONVERSIONS: Record<FieldType, Convert> = {
  id: toText,
  reference: toText,
  string: toText,
  textarea: toText,
  phone: toText,
  url: toText,
  picklist: toChoice,
  multipicklist: toChoices,
  time: toTime,
  email: toEmail,
  boolean: toBoolean,
  int: toInteger,
  double: toNumber,
  currency: toNumber,
  percent: toNumber,
  date: toDate,
  datetime: toInstant,
  address: refuse,
  anyType: toText,
};

function refuse(field: Field, value: unknown): never {
  throw new JsonTypeError(field, value);
}

/** Salesforce trims text, stores nothing for what is then empty, and drops U+0000. */
function toText(field: Field, value: string | number | boolean): string | null {
  const text = String(value).replaceAll('\u0000', '').trim();
  if (text === '') return null;
  if (text.length > field.length) {
    const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text;
    const message = `${field.label}: data value too large: ${shown} (max length=${field.length})`;
    throw RecordError.of('STRING_TOO_LONG', message, [field.name]);
  }
  return text;
}

function toChoice(field: Field, value: string | number | boolean): string | null {
  const text = toText(field, value);
  const known = field.picklist.find((choice) => choice.toLowerCase() === text?.toLowerCase());
  if (known !== undefined || text === null) return known ?? null;
  if (!field.restricted) return text;
  const message = `${field.label}: bad value for restricted picklist field: ${text}`;
  throw RecordError.of('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, [field.name]);
}

/** Stores the choices in the order of the picklist, each once. */
function toChoices(field: Field, value: string | number | boolean): string | null {
  const given = String(value)
    .split(';')
    .map((choice) => toChoice(field, choice.trim()));
  const chosen = new Set(given.filter((choice) => choice !== null));
  const order = [...field.picklist.filter((choice) => chosen.has(choice)), ...chosen];
  return chosen.size === 0 ? null : [...new Set(order)].join(';');
}

const TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?Z?$/;

function toTime(field: Field, value: string | number | boolean): string {
  const [, hour, minute, second = '00', fraction = ''] = TIME.exec(String(value)) ?? [];
  return hour === undefined ? refuse(field, value) : `${hour}:${minute}:${second}.${fraction.padEnd(3, '0')}Z`;
}

const EMAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+$/;

function toEmail(field: Field, value: string | number | boolean): string | null {
  const text = toText(field, value);
  if (text === null || EMAIL.test(text)) return text;
  throw RecordError.of('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${text}`, [field.name]);
}

function toBoolean(field: Field, value: string | number | boolean): boolean {
  if (typeof value === 'boolean') return value;
  const text = String(value).toLowerCase();
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  return refuse(field, value);
}

function toFinite(field: Field, value: string | number | boolean): number {
  const number =
    typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : refuse(field, value);
}

function toInteger(field: Field, value: string | number | boolean): number {
  const number = toFinite(field, value);
  if (!Number.isInteger(number)) return refuse(field, value);
  if (Math.abs(number) > 2_147_483_647) throw outOfRange(field, value);
  return number;
}

function toNumber(field: Field, value: string | number | boolean): number {
  const number = toFinite(field, value);
  if (Math.abs(number) >= 10 ** (field.precision - field.scale)) throw outOfRange(field, value);
  return roundTo(number, field.scale);
}

/** Rounds the decimal text, not its binary neighbour: 1.005 becomes 1.01. */
function roundTo(number: number, scale: number): number {
  const text = String(number);
  if (text.includes('e')) return Math.abs(number) < 1 ? 0 : number;
  const rounded = Math.sign(number) * Math.round(Number(`${Math.abs(number)}e${scale}`));
  return Number(`${rounded}e-${scale}`);
}

function outOfRange(field: Field, value: unknown): RecordError {
  const message = `${field.label}: value outside of valid range on numeric field: ${value}`;
  return RecordError.of('NUMBER_OUTSIDE_VALID_RANGE', message, [field.name]);
}

function toDate(field: Field, value: string | number | boolean): string {
  const text = String(value);
  return typeof value === 'string' && isDay(text) ? text : refuse(field, value);
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

function toInstant(field: Field, value: string | number | boolean): number {
  const match = typeof value === 'string' ? INSTANT.exec(value) : null;
  const instant =
    match && isDay(match[1]!) ? Date.parse(String(value).replace(/([+-]\d{2})(\d{2})$/, '$1:$2')) : Number.NaN;
  return Number.isNaN(instant) ? refuse(field, value) : Math.floor(instant / 1000);
}

/** Whether text is YYYY-MM-DD and a day of the calendar. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function tokenOf(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY value [';
  if (typeof value === 'object') return 'START_OBJECT value {';
  if (typeof value === 'number')
    return `${Number.isInteger(value) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT'} value ${value}`;
  if (typeof value === 'boolean') return value ? 'VALUE_TRUE value true' : 'VALUE_FALSE value false';
  return `VALUE_STRING value ${value}`;
}
