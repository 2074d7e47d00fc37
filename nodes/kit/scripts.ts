/** What scripts give, as rows can hold it. */
import type { ColumnType, Converted, Json } from '../../contract/types.ts';
import { toCell } from '../../contract/types.ts';

/**
 * A value that a script gave, as a cell of a type. As toCell, except that a Date at midnight may stand for a day: scripts
 * run in UTC, so `new Date(2024, 0, 31)` is one.
 */
export function scriptCell(type: ColumnType, value: Json): Converted {
  const midnight = type === 'date' && typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T00:00:00(\.0+)?Z$/.test(value);
  return toCell(type, midnight ? value.slice(0, 10) : value);
}
