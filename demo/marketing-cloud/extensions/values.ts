import { RowError } from '../errors.ts';
import { readDate, showDate } from './centralTime.ts';
import type { Field, FieldType, Value } from './field.ts';

const EMAIL = /^[^\s@<>(),;:"[\]\\]+@[^\s@.]+(\.[^\s@.]+)+$/;
const LARGEST = 2_147_483_647;
const SMALLEST = -2_147_483_648;

const READERS: Record<FieldType, (field: Field, text: string) => Value> = {
  Text: readText,
  Number: readNumber,
  Decimal: readDecimal,
  Date: (field, text) => readDate(text.trim()) ?? refuse(field, 'InvalidDate', 'is not a valid date'),
  Boolean: readBoolean,
  EmailAddress: (field, text) =>
    EMAIL.test(readText(field, text)) ? text : refuse(field, 'InvalidEmailAddress', 'is not a valid email address'),
  Phone: (field, text) =>
    /^[\d\s()+.-]{3,}$/.test(readText(field, text))
      ? text
      : refuse(field, 'InvalidPhone', 'is not a valid phone number'),
  Locale: (field, text) =>
    /^[a-z]{2}([-_][a-z]{2})?$/i.test(text) ? text : refuse(field, 'InvalidLocale', 'is not a valid locale'),
};

/**
 * What a column stores of a given value. An empty text is nothing in all columns but those of text. Throws RowError when the
 * column cannot hold it; whether it may be empty is asked elsewhere.
 */
export function readValue(field: Field, given: unknown): Value {
  if (given === null || given === undefined) return null;
  if (typeof given === 'object') return refuse(field, 'InvalidType', 'is not a single value');
  const text = String(given);
  if (text === '' && field.type !== 'Text') return null;
  return READERS[field.type](field, text);
}

/** A stored value as the interfaces write it; nothing is the empty text. */
export function showValue(field: Field, value: Value): string {
  if (value === null) return '';
  if (field.type === 'Boolean') return value === true ? 'True' : 'False';
  return field.type === 'Date' ? showDate(String(value)) : String(value);
}

/** The text by which the database takes two values of a key for one: case and blanks at the end do not count. */
export function keyText(value: Value): string {
  return String(value).trimEnd().toLowerCase();
}

function readText(field: Field, text: string): string {
  if (field.maxLength !== null && text.length > field.maxLength)
    throw new RowError('MaxLengthExceeded', `${field.name}: The value exceeds the column's maximum length.`, field);
  return text;
}

function readNumber(field: Field, text: string): number {
  const number = /^\s*[+-]?\d+(\.0+)?\s*$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number)) return refuse(field, 'InvalidNumber', 'is not a valid number');
  return number > LARGEST || number < SMALLEST ? refuse(field, 'InvalidNumber', 'is too large or too small') : number;
}

function readDecimal(field: Field, text: string): string {
  const parts = /^\s*([+-]?)0*(\d*)(?:\.(\d*))?\s*$/.exec(text);
  if (parts === null || !/\d/.test(text)) return refuse(field, 'InvalidDecimal', 'is not a valid decimal number');
  const [, sign, whole, fraction = ''] = parts;
  const scale = field.scale ?? 0;
  if (whole!.length > (field.maxLength ?? 18) - scale || fraction.replace(/0+$/, '').length > scale)
    return refuse(field, 'InvalidDecimal', 'does not fit the precision and scale of the column');
  const digits = `${whole || '0'}${scale > 0 ? `.${fraction.padEnd(scale, '0').slice(0, scale)}` : ''}`;
  return sign === '-' && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

function readBoolean(field: Field, text: string): boolean {
  const word = text.trim().toLowerCase();
  if (['true', '1', 'yes', 'y', 't'].includes(word)) return true;
  return ['false', '0', 'no', 'n', 'f'].includes(word)
    ? false
    : refuse(field, 'InvalidBoolean', 'is not a valid boolean');
}

function refuse(field: Field, kind: string, what: string): never {
  const message = `${field.name}: The value for column [${field.name}] ${what}. Parse error [${kind}]`;
  throw new RowError(kind, message, field);
}
