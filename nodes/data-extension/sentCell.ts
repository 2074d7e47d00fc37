/** A value of a column as the data extension is given it. */
import type { Cell, ColumnType, Converted } from '../../contract/types.ts';
import { canonicalText, toCell } from '../../contract/types.ts';
import { parseInstant } from '../kit/instants.ts';

const day = /^\d{4}-\d{2}-\d{2}$/;

/** An empty text is no value. A day stays the day that it is; a time without an offset is what the clocks of the node show. */
export function sentCell(from: ColumnType, to: ColumnType, value: Cell, timeZone: string): Converted {
  if (value === null || value === '') return { ok: true, value: null };
  if (to === 'text') return { ok: true, value: canonicalText(from, value) };
  if (to !== 'datetime' || typeof value !== 'string') return toCell(to, value);
  if (day.test(value)) return toCell('date', value);
  const instant = parseInstant(value, timeZone);
  return toCell('datetime', instant === null ? value : instant.toISOString());
}
