import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../contract/types.ts';
import { columnTypes } from '../../../contract/types.ts';
import { misfitOf } from './typeFit.ts';

/** "text: some, date: all" of a column's type, for the fields that it does not fit. */
const misfits = (from: ColumnType): string =>
  columnTypes
    .map((to) => [to, misfitOf(from, to, 'default')] as const)
    .flatMap(([to, misfit]) => (misfit ? [`${to}: ${misfit}`] : []))
    .join(', ');

describe('whether a column fits a field', () => {
  it('depends on the values where a text has to be read', () => {
    const read = 'integer: some, number: some, decimal: some, boolean: some, date: some, datetime: some';
    expect([misfits('text'), misfits('json')]).toEqual([read, read]);
  });

  it('loses no fraction and takes no number for a day', () => {
    expect(misfits('integer')).toBe('boolean: some, date: all, datetime: all');
    expect(misfits('number')).toBe('integer: some, boolean: some, date: all, datetime: all');
    expect(misfits('decimal')).toBe(misfits('number'));
    expect(misfits('boolean')).toBe('integer: all, number: all, decimal: all, date: all, datetime: all');
  });

  it('makes an instant of a day, and a day of an instant, only by the conversion', () => {
    expect(misfits('date')).toBe('integer: all, number: all, decimal: all, boolean: all, datetime: all');
    expect(misfits('datetime')).toBe('integer: all, number: all, decimal: all, boolean: all, date: all');
    expect([misfitOf('date', 'datetime', 'dateOnly'), misfitOf('datetime', 'date', 'dateOnly')]).toEqual([null, null]);
  });
});
