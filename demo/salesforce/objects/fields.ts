import { type Draw, mix, pick } from '../../kit/random.ts';
import { dayText } from '../days.ts';
import { type Field, type FieldType, field, type Value } from './field.ts';

/** Short forms for the fields that make up most of an object. Types and lengths are those of a real organisation. */

type Generate = ((row: number) => Value) | null;
type Settings = Partial<Field>;

export function text(name: string, label: string, length: number, generate: Generate = null, settings: Settings = {}) {
  return field(name, label, 'string', { length, generate, ...settings });
}

/** Text of more than 255 characters can be neither filtered nor sorted by. */
export function longText(name: string, label: string, length: number, generate: Generate = null) {
  return field(name, label, 'textarea', { length, generate, filterable: length <= 255, sortable: length <= 255 });
}

export function phone(name: string, label: string, generate: Generate = null) {
  return field(name, label, 'phone', { length: 40, generate });
}

export function email(name: string, label: string, generate: Generate, settings: Settings = {}) {
  return field(name, label, 'email', { length: 80, generate, ...settings });
}

export function url(name: string, label: string, generate: Generate = null, settings: Settings = {}) {
  return field(name, label, 'url', { length: 255, generate, ...settings });
}

export function flag(name: string, label: string, generate: Generate = null, settings: Settings = {}) {
  return field(name, label, 'boolean', { generate: generate ?? (() => false), ...settings });
}

export function day(name: string, label: string, generate: Generate = null, settings: Settings = {}) {
  return field(name, label, 'date', { generate, ...settings });
}

export function instant(name: string, label: string, generate: Generate = null, settings: Settings = {}) {
  return field(name, label, 'datetime', { generate, ...settings });
}

export function number(name: string, label: string, precision: number, scale: number, generate: Generate = null) {
  return field(name, label, 'double', { precision, scale, generate });
}

export function integer(name: string, label: string, generate: Generate = null) {
  return field(name, label, 'int', { precision: 8, generate });
}

export function currency(name: string, label: string, generate: Generate = null, settings: Settings = {}) {
  return field(name, label, 'currency', { precision: 18, scale: 2, generate, ...settings });
}

export function percent(name: string, label: string, scale: number, generate: Generate = null) {
  return field(name, label, 'percent', { precision: 3 + scale, scale, generate });
}

export function choice(
  name: string,
  label: string,
  picklist: readonly string[],
  generate: Generate = null,
  settings: Settings = {},
) {
  return field(name, label, 'picklist', { length: 255, picklist, generate, ...settings });
}

export function lookup(
  name: string,
  label: string,
  referenceTo: string,
  relationshipName: string,
  generate: Generate = null,
  settings: Settings = {},
) {
  return field(name, label, 'reference', { length: 18, referenceTo, relationshipName, generate, ...settings });
}

export function formula(name: string, label: string, type: FieldType, source: string, settings: Settings): Field {
  return field(name, label, type, { formula: source, ...settings });
}

/** One of the items for most rows, null for `nulls` in a hundred. */
export function oneOf(draw: Draw, items: readonly string[], nulls = 0): (row: number) => string | null {
  return (row) => {
    const lot = draw(row);
    return mix(lot, 1) % 100 < nulls ? null : pick(items, lot);
  };
}

/** True for `share` in a hundred rows. */
export function sometimes(draw: Draw, share: number): (row: number) => boolean {
  return (row) => draw(row) % 100 < share;
}

/** An amount with two decimals up to `most`, null for `nulls` in a hundred. */
export function amount(draw: Draw, most: number, nulls = 0): (row: number) => number | null {
  return (row) => {
    const lot = draw(row);
    return mix(lot, 1) % 100 < nulls ? null : (mix(lot, 2) % (most * 100)) / 100;
  };
}

/** A day between two years, both included, null for `nulls` in a hundred. */
export function dayBetween(draw: Draw, from: number, to: number, nulls = 0): (row: number) => string | null {
  const start = Date.UTC(from, 0, 1) / 86_400_000;
  const days = Date.UTC(to + 1, 0, 1) / 86_400_000 - start;
  return (row) => {
    const lot = draw(row);
    return mix(lot, 1) % 100 < nulls ? null : dayText(start + (mix(lot, 2) % days));
  };
}
