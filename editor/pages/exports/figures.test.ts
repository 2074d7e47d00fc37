import { expect, test } from 'vitest';
import { outcomeFigures, plannedFigures, shareSettled } from './figures.ts';

const counts = { input: 20, refused: 3, actions: { create: 5, unchanged: 12, update: 0 }, outcomes: {} };

test('what is planned stands in one order, what is refused last, and nothing that is zero', () => {
  expect(plannedFigures(counts)).toEqual([
    { name: 'create', count: 5 },
    { name: 'unchanged', count: 12 },
    { name: 'refused', count: 3 },
  ]);
  expect(outcomeFigures(counts)).toEqual([]);
});

test('the share of what is settled counts every outcome, and is nothing where no row came', () => {
  const half = { ...counts, outcomes: { created: 5, rejected: 3, unsent: 2 } };
  expect(outcomeFigures(half).map(({ name }) => name)).toEqual(['created', 'rejected', 'unsent']);
  expect(shareSettled(half)).toBe(0.5);
  expect(shareSettled({ input: 0, refused: 0, actions: {}, outcomes: {} })).toBe(0);
});
