import { expect, test } from 'vitest';
import { countFor, recordActions, rowsFor } from './recordActions.ts';

const records = [
  { row: 1, outcome: 'updated', mark: null },
  { row: 2, outcome: 'rejected', mark: null },
  { row: 3, outcome: 'rejected', mark: 'dismissed' },
  { row: 4, outcome: 'unsent', mark: null },
  { row: 5, outcome: 'doubt', mark: null },
  { row: 6, outcome: 'doubt', mark: 'not written' },
  { row: 7, outcome: 'unchanged', mark: null },
  { row: 8, outcome: 'rejected', mark: 'requeued' },
] as const;
const rows = (again: boolean) => Object.fromEntries(recordActions.map((one) => [one, rowsFor(one, records, again)]));

test('each action takes only the records for which it makes sense', () => {
  expect(rows(false)).toEqual({ undo: [1], requeue: [2, 4, 6], dismiss: [2, 4, 6], written: [5], notWritten: [5] });
});

test('of chosen records a dismissed one can be requeued, and what was said of doubt can be taken back', () => {
  expect(rows(true)).toEqual({
    undo: [1],
    requeue: [2, 3, 4, 6],
    dismiss: [2, 4, 6],
    written: [5, 6],
    notWritten: [5],
  });
});

test('how many are taken together is what is open; of an undo nobody has counted it', () => {
  const open = { doubt: 2, rejects: 13, due: 4 };
  expect(recordActions.map((action) => countFor(action, open))).toEqual([null, 17, 17, 2, 2]);
});
