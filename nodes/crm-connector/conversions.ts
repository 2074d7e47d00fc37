/**
 * What a conversion makes of a canonical cell. For 2024-01-31T23:30Z in Europe/Paris: Default keeps the instant, Date only
 * gives the day there (2024-02-01), Without time offset gives the wall clock of the source (2024-01-31 23:30:00) as text,
 * Copy/Paste gives the source's own text. A date never shifts.
 */
import type { Cell, ColumnType } from '../../contract/types.ts';
import { dayInZone } from '../kit/days.ts';

/** Adobe's four conversions. */
export const conversions = ['default', 'dateOnly', 'withoutTimeOffset', 'copy'] as const;
export type Conversion = (typeof conversions)[number];

/** The conversions of one row's cells that change anything, by index; most imports have none. */
export function cellConversions(
  fields: readonly { type: ColumnType; conversion: Conversion; wallClock?: true }[],
  timeZone: string,
): { index: number; convert: (cell: string) => string }[] {
  return fields.flatMap((field, index) => {
    if (field.type !== 'datetime') return [];
    const zone = field.wallClock ? 'UTC' : timeZone;
    if (field.conversion === 'dateOnly') return [{ index, convert: (cell: string) => dayInZone(cell, zone) }];
    if (field.conversion === 'withoutTimeOffset')
      return [{ index, convert: (cell: string) => `${cell.slice(0, 10)} ${cell.slice(11, 19)}` }];
    return [];
  });
}

/** Changes the rows in place: they were made for this page. */
export function convertRows(rows: Cell[][], conversions: ReturnType<typeof cellConversions>): Cell[][] {
  if (conversions.length === 0) return rows;
  for (const row of rows) {
    for (const { index, convert } of conversions) {
      const cell = row[index];
      if (typeof cell === 'string') row[index] = convert(cell);
    }
  }
  return rows;
}
