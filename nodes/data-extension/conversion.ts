/** Values of a column as the data extension is given them. */
import type { Cell, ColumnType, Converted } from '../../contract/types.ts';
import { canonicalText, toCell } from '../../contract/types.ts';
import { parseInstant } from '../kit/instants.ts';

export type Conversion = (value: Cell) => Converted;

/** Found once for a column. An empty text is no value. */
export function conversionOf(from: ColumnType, to: ColumnType, timeZone: string): Conversion {
  const convert = conversionOfValues(from, to, timeZone);
  return (value) => (value === null || value === '' ? asIs(null) : convert(value));
}

/** Whether every value of a column can be converted, so that nobody has to look at its rows before they are sent. */
export function fitsAlways(from: ColumnType, to: ColumnType): boolean {
  if (to === 'text' || to === 'datetime') return to === 'text' || from === 'date';
  return from === to || (to === 'decimal' && (from === 'integer' || from === 'number'));
}

const asIs: Conversion = (value) => ({ ok: true, value });

/** Cells of a column are canonical: where it has the type that is wanted, they are what a conversion would give. */
function conversionOfValues(from: ColumnType, to: ColumnType, timeZone: string): Conversion {
  if (to === 'datetime') return (value) => toDayOrInstant(from, value, timeZone);
  if (from === to) return asIs;
  return to === 'text' ? (value) => asIs(canonicalText(from, value)) : (value) => toCell(to, value);
}

const day = /^\d{4}-\d{2}-\d{2}$/;
/** Characters of an instant in a column of instants; years beyond 9999 have more. */
const instantLength = 24;

/** A day stays the day that it is; a time without an offset is what the clocks of the node show. */
function toDayOrInstant(from: ColumnType, value: Cell, timeZone: string): Converted {
  if (typeof value !== 'string') return toCell('datetime', value);
  if (from === 'date' || (from === 'datetime' && value.length === instantLength)) return asIs(value);
  if (day.test(value)) return toCell('date', value);
  const instant = parseInstant(value, timeZone);
  return toCell('datetime', instant === null ? value : instant.toISOString());
}
