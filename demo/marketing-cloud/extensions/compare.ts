import { RowError } from '../errors.ts';
import type { Field, Value } from './field.ts';
import { keyText, readValue } from './values.ts';

/**
 * How a stored value stands to a wanted one: below 0, 0 or above. Null when they cannot be compared: nothing is stored, or
 * the wanted text is none that the column could hold.
 */
export function compareValues(field: Field, stored: Value, wanted: string): number | null {
  if (stored === null) return null;
  const other = readWanted(field, wanted);
  if (other === null) return null;
  const [left, right] = field.type === 'Decimal' ? [Number(stored), Number(other)] : [stored, other];
  if (typeof left === 'number' && typeof right === 'number') return Math.sign(left - right);
  const [a, b] = [keyText(left), keyText(right)];
  return a === b ? 0 : a < b ? -1 : 1;
}

function readWanted(field: Field, wanted: string): Value {
  try {
    return readValue({ ...field, type: field.type === 'EmailAddress' ? 'Text' : field.type, maxLength: null }, wanted);
  } catch (error) {
    if (error instanceof RowError) return null;
    throw error;
  }
}
