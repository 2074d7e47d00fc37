import type { FieldType, Value } from '../objects/field.ts';
import { doubleText, instantText } from '../soql/encode.ts';

type WriteCell = (value: Value) => string;

/**
 * Writes a value as a quoted cell the way Bulk API results have it; null is an empty cell. Organisations differ in whether
 * a whole number has a fraction: with `intFractions` 7 is written 7.0.
 */
export function cellWriter(type: FieldType, intFractions: boolean): WriteCell {
  if (type === 'int' && intFractions) return (value) => (value === null ? '""' : `"${value}.0"`);
  if (type === 'datetime') return (value) => (value === null ? '""' : `"${instantText(value as number, 'Z')}"`);
  if (type === 'double' || type === 'currency' || type === 'percent') {
    return (value) => (value === null ? '""' : `"${doubleText(value as number)}"`);
  }
  return (value) => (value === null ? '""' : quote(String(value)));
}

/** A quoted cell; quotes within it are doubled. */
export function quote(text: string): string {
  return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : `"${text}"`;
}

export const LINE_ENDS = { LF: '\n', CRLF: '\r\n' } as const;
