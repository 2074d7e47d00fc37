import { expect, test } from 'vitest';
import { between } from './useChoice.ts';

const records = [1, 2, 3, 4, 5].map((row) => ({ row }));
const rows = (from: number | null, to: number) => between(records, from, { row: to }).map(({ row }) => row);

test('a range goes from the last choice to this one, upwards and downwards', () => {
  expect(rows(2, 4)).toEqual([2, 3, 4]);
  expect(rows(4, 2)).toEqual([2, 3, 4]);
  expect(rows(3, 3)).toEqual([3]);
});

test('without a last choice, or when that one is no longer shown, only this one is chosen', () => {
  expect(rows(null, 4)).toEqual([4]);
  expect(rows(9, 4)).toEqual([4]);
});
