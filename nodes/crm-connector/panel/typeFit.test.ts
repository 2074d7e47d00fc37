import { describe, expect, it } from 'vitest';
import type { Cell, ColumnType } from '../../../contract/types.ts';
import { columnTypes, toCell } from '../../../contract/types.ts';
import { misfitOf } from './typeFit.ts';

/** Canonical cells of each type, those among them that another type takes. */
const cells: Record<ColumnType, Cell[]> = {
  text: ['hello', '12', '1.5', 'true', '2026-01-31', '2026-01-31T10:00:00.000Z'],
  integer: [0, 1, 12],
  number: [0, 1, 1.5],
  decimal: ['0', '1', '1.5'],
  boolean: [true, false],
  date: ['2026-01-31'],
  datetime: ['2026-01-31T10:00:00.000Z'],
  json: [{ a: 1 }, 12, 0, true, '2026-01-31', '2026-01-31T10:00:00.000Z'],
};

const everyPair = columnTypes.flatMap((from) => columnTypes.map((to) => [from, to] as const));

describe('whether a column fits a field', () => {
  it.each(everyPair)('says of %s into %s what becomes of the values', (from, to) => {
    const taken = cells[from].filter((cell) => toCell(to, cell).ok).length;
    const expected = taken === 0 ? 'all' : taken < cells[from].length ? 'some' : null;
    expect(misfitOf(from, to, 'default')).toBe(expected);
  });

  it('lets an instant into a field of days once it is made a day', () => {
    expect(misfitOf('datetime', 'date', 'default')).toBe('all');
    expect(misfitOf('datetime', 'date', 'dateOnly')).toBeNull();
  });

  it('leaves what is copied to the CRM', () => {
    expect(misfitOf('boolean', 'date', 'copy')).toBeNull();
  });
});
