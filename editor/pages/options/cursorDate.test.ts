import { expect, test } from 'vitest';
import { cursorProblem, explainCursor, movedBack } from './cursorDate.ts';

const now = new Date('2026-11-21T13:58:02.000Z');

test('a text that is no import date is answered with the form it must have', () => {
  const wanted = 'Write a date that exists as yyyy/MM/dd HH:mm:ss, for example 2026/11/21 13:58:02.';
  for (const text of [
    '',
    'yesterday',
    '2026-11-21 13:58:02',
    '2026/11/21',
    '2026/02/30 00:00:00',
    '2026/11/21 24:00:00',
  ])
    expect(cursorProblem(text, now), text).toBe(wanted);
  expect(cursorProblem('2026/02/28 00:00:00', now)).toBeNull();
});

test('a date in the future is told apart, since an import by it is refused', () => {
  expect(explainCursor('2026/11/21 13:58:03', now)?.future).toBe(true);
  expect(explainCursor('2026/11/21 13:58:02', now)?.future).toBe(false);
  expect(explainCursor('soon', now)).toBeNull();
});

test('only a change to an earlier date moves back, and says how far', () => {
  expect(movedBack('2026/11/21 13:45:00', '2026/11/19 13:45:00')).toBe('2 days');
  expect(movedBack('2026/11/21 13:45:00', '2026/11/21 13:45:00')).toBeNull();
  expect(movedBack('2026/11/19 13:45:00', '2026/11/21 13:45:00')).toBeNull();
  expect(movedBack('malformed', '2026/11/19 13:45:00')).toBeNull();
});
