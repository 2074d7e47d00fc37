import { expect, test } from 'vitest';
import { sortRows } from './sortRows.ts';

interface Item {
  name: string;
  count: number | null;
}
const items: Item[] = [
  { name: 'Run 10', count: 2 },
  { name: 'run 9', count: null },
  { name: 'Élan', count: 2 },
  { name: 'Zebra', count: 11 },
];
const columns = [
  { key: 'name', sort: (item: Item) => item.name },
  { key: 'count', sort: (item: Item) => item.count },
  { key: 'actions' },
];
const names = (key: string, direction: 'asc' | 'desc') =>
  sortRows(items, columns, { key, direction }).map((item) => item.name);

test('text is ordered as people read it: accents and case aside, numbers by size', () => {
  expect(names('name', 'asc')).toEqual(['Élan', 'run 9', 'Run 10', 'Zebra']);
});

test('numbers are ordered by size and what has no value comes last, whichever way', () => {
  expect(names('count', 'asc')).toEqual(['Run 10', 'Élan', 'Zebra', 'run 9']);
  expect(names('count', 'desc')).toEqual(['Zebra', 'Run 10', 'Élan', 'run 9']);
});

test('an unknown column and one that does not sort leave the order alone', () => {
  expect(names('actions', 'desc')).toEqual(items.map((item) => item.name));
  expect(names('gone', 'asc')).toEqual(items.map((item) => item.name));
});
