import { dayText } from '../days.ts';
import type { FieldType, Value } from '../objects/field.ts';

/** Writes a value as JSON text the way Salesforce does. */
export type Encode = (value: Value) => string;

/** Values of these types never hold a character that JSON escapes. */
const PLAIN = new Set<FieldType>(['id', 'reference', 'date', 'time']);

/** The encoder of a field type. */
export function encoderOf(type: FieldType): Encode {
  if (PLAIN.has(type)) return (value) => (value === null ? 'null' : `"${value}"`);
  if (type === 'datetime') return (value) => (value === null ? 'null' : `"${instantText(value as number)}"`);
  if (type === 'double' || type === 'currency' || type === 'percent') {
    return (value) => (value === null ? 'null' : doubleText(value as number));
  }
  return (value) => JSON.stringify(value);
}

/** The value as an ordinary JSON value, for answers that are not made by the thousand. */
export function plainValue(type: FieldType, value: Value): unknown {
  return type === 'datetime' && typeof value === 'number' ? instantText(value) : value;
}

/** 2024-01-31T10:00:00.000+0000 for seconds since 1970; results of the Bulk API end with Z instead. */
export function instantText(seconds: number, zone: '+0000' | 'Z' = '+0000'): string {
  const day = Math.floor(seconds / 86_400);
  const rest = seconds - day * 86_400;
  const hour = Math.floor(rest / 3600);
  const minute = Math.floor(rest / 60) % 60;
  return `${dayText(day)}T${two(hour)}:${two(minute)}:${two(rest % 60)}.000${zone}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/** A double as Java writes it: always with a fraction, and from ten million on in scientific notation. */
export function doubleText(number: number): string {
  const size = Math.abs(number);
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) return scientific(number);
  return Number.isInteger(number) ? `${number}.0` : String(number);
}

function scientific(number: number): string {
  const [digits, power] = number.toExponential().split('e');
  return `${digits!.includes('.') ? digits : `${digits}.0`}E${Number(power)}`;
}
