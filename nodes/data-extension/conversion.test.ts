import { describe, expect, it } from 'vitest';
import { type Cell, type ColumnType, columnTypes } from '../../contract/types.ts';
import { conversionOf, fitsAlways } from './conversion.ts';

/** Canonical cells, the odd ones among them. */
const cells: Record<ColumnType, Cell[]> = {
  text: ['x', '12', '1.5', 'true', '2026-01-31', '2026-02-30', '2026-01-31 10:00', '2026-01-31T10:00:00+02:00', ' '],
  integer: [0, 1, -12, 9007199254740991, '9223372036854775807', '-9223372036854775808'],
  number: [0, 1.5, -2, 1e21, 5e-324, 1.7976931348623157e308],
  decimal: ['0', '-12.5', '123456789012345678901234567890.5'],
  boolean: [true, false],
  date: ['0001-01-01', '2000-02-29', '9999-12-31'],
  datetime: ['2026-01-31T10:00:00.250Z', '0000-01-01T00:00:00.000Z', '+010000-01-01T00:30:00.000Z'],
  json: [{ a: 1 }, [], 12, 'x'],
};
const unseen = columnTypes.flatMap((from) =>
  columnTypes.filter((to) => fitsAlways(from, to)).map((to) => [from, to] as const),
);

describe('a value of a column', () => {
  it.each(unseen)('of type %s, which nobody looks at first, is never refused in a column of type %s', (from, to) => {
    const convert = conversionOf(from, to, 'Europe/Paris');
    expect(cells[from].filter((cell) => !convert(cell).ok)).toEqual([]);
  });

  it.each(columnTypes)('of type %s stays as it is in a column of that type', (type) => {
    const convert = conversionOf(type, type, 'Europe/Paris');
    for (const cell of cells[type].filter((one) => !String(one).startsWith('+')))
      expect(convert(cell)).toEqual({ ok: true, value: cell });
  });

  it.each<[ColumnType, Cell, Cell]>([
    ['text', '2026-01-31 10:00', '2026-01-31T09:00:00.000Z'],
    ['text', '2026-01-31T10:00:00+02:00', '2026-01-31T08:00:00.000Z'],
    ['text', '2026-01-31', '2026-01-31'],
    ['date', '2026-01-31', '2026-01-31'],
    ['text', '', null],
    ['date', null, null],
  ])('of type %s that is a date: %j is sent as %j from Paris', (from, cell, sent) => {
    expect(conversionOf(from, 'datetime', 'Europe/Paris')(cell)).toEqual({ ok: true, value: sent });
  });

  it.each<[ColumnType, Cell]>([
    ['text', '2026-02-30'],
    ['text', 'tomorrow'],
    ['integer', 12],
    ['datetime', '+010000-01-01T00:30:00.000Z'],
  ])('of type %s that is no date there is refused: %j', (from, cell) => {
    expect(fitsAlways(from, 'datetime')).toBe(false);
    expect(conversionOf(from, 'datetime', 'UTC')(cell).ok).toBe(false);
  });
});
