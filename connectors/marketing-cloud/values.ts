/** Values of columns: what they are called here, how they are written, and when two keys are one. */
import type { ExtensionColumn } from '../../contract/dataExtension.ts';
import type { Cell, ColumnType } from '../../contract/types.ts';
import { canonicalDecimal, canonicalText } from '../../contract/types.ts';
import { leaf } from './xml.ts';

const types: Record<string, ColumnType> = {
  Number: 'integer',
  Decimal: 'decimal',
  Date: 'datetime',
  Boolean: 'boolean',
};

/** Text, addresses, phone numbers and locales are text. */
export const typeOf = (remoteType: string): ColumnType => types[remoteType] ?? 'text';

/** How a new column is made for values of a type: wide enough for all of them, and it may be empty. */
const made: Record<ColumnType, { type: string; length?: number; scale?: number }> = {
  text: { type: 'Text', length: 4000 },
  json: { type: 'Text', length: 4000 },
  integer: { type: 'Decimal', length: 19, scale: 0 },
  number: { type: 'Decimal', length: 38, scale: 10 },
  decimal: { type: 'Decimal', length: 38, scale: 10 },
  boolean: { type: 'Boolean' },
  date: { type: 'Date' },
  datetime: { type: 'Date' },
};

/** What a new column is called there, as people read it: `Decimal 19,0`. */
export function newType(type: ColumnType): string {
  const { type: fieldType, length, scale } = made[type];
  return [fieldType, [length, scale].filter((size) => size !== undefined).join(',')].filter(Boolean).join(' ');
}

/** The XML of a new column. */
export function newField(name: string, type: ColumnType): string {
  const { type: fieldType, length, scale } = made[type];
  const sizes =
    (length === undefined ? '' : leaf('MaxLength', length)) + (scale === undefined ? '' : leaf('Scale', scale));
  const flags = leaf('IsRequired', false) + leaf('IsPrimaryKey', false);
  return `<Field>${leaf('Name', name)}${sizes}${flags}${leaf('FieldType', fieldType)}</Field>`;
}

/** Case and blanks at its end are none of a text's value there; a number has one form. */
export function keyForm({ type }: Pick<ExtensionColumn, 'type'>, cell: Cell): string {
  const text = canonicalText(type, cell) ?? '';
  if (type === 'decimal') return canonicalDecimal(text) ?? text;
  return text.trimEnd().toLowerCase();
}

/** A value of a key as it comes back, as a cell of the column's type. */
export function readKey({ type }: Pick<ExtensionColumn, 'type'>, text: string): Cell {
  if (type === 'integer') return Number(text);
  if (type === 'boolean') return text.toLowerCase() === 'true';
  return type === 'datetime' ? readInstant(text) : text;
}

/** The servers' clock is six hours behind UTC, all year: `6/1/2026 4:00:00 AM` is ten o'clock there. */
function readInstant(text: string): string {
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2}):(\d{2}) (AM|PM)$/i.exec(text);
  if (parts === null) return text;
  const [month, day, year, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const hours = (hour % 12) + (parts[7]?.toUpperCase() === 'PM' ? 12 : 0) + 6;
  return new Date(Date.UTC(year, month - 1, day, hours, minute, second)).toISOString();
}

/** How far the servers' clock is behind UTC, all year; and in milliseconds. */
const behindHours = 6;
const behind = behindHours * 3_600_000;
const day = /^\d{4}-\d{2}-\d{2}$/;

/** A value as an import reads it: dates as the servers' clock shows them, in the American form that the definition names. */
export function fileText({ type }: Pick<ExtensionColumn, 'type'>, cell: Cell): string {
  if (cell === null) return '';
  if (type !== 'datetime') return canonicalText(type, cell) ?? '';
  const text = String(cell);
  return day.test(text) ? american(text) : instantText(text);
}

/** Most instants are of the same day there: then nothing is to be reckoned but the hour. */
function instantText(instant: string): string {
  const sameDay = instant.length === 24 ? Number(instant.slice(11, 13)) - behindHours : -1;
  if (sameDay >= 0) return `${american(instant)} ${clockText(sameDay, instant)}`;
  const wall = new Date(Date.parse(instant) - behind).toISOString();
  return `${american(wall)} ${clockText(Number(wall.slice(11, 13)), wall)}`;
}

const american = (iso: string): string => `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)}`;
const clockText = (hour: number, iso: string): string =>
  `${hour % 12 || 12}:${iso.slice(14, 19)} ${hour < 12 ? 'AM' : 'PM'}`;

/** Whether what came back is what was sent: an instant to the second, a decimal whatever its zeros, a text as it was. */
export function isSame(column: Pick<ExtensionColumn, 'type'>, sent: Cell, text: string): boolean {
  if (sent === null || text === '') return (canonicalText(column.type, sent) ?? '') === text;
  if (column.type === 'datetime') return instantOf(sent) === Math.floor(Date.parse(readInstant(text)) / 1000);
  if (column.type === 'text') return canonicalText('text', sent) === text;
  return keyForm(column, sent) === keyForm(column, readKey(column, text));
}

/** Seconds since 1970; a day begins when it does for the servers. */
function instantOf(cell: Cell): number {
  const text = String(cell);
  return Math.floor((day.test(text) ? Date.parse(`${text}T00:00:00Z`) + behind : Date.parse(text)) / 1000);
}
