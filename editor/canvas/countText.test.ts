import { expect, test } from 'vitest';
import { countText, fitCount } from './countText.ts';

test.each([
  [{ count: null, counting: false, earlier: 0 }, ''],
  [{ count: 19_873, counting: false, earlier: 0 }, '19,873'],
  [{ count: 11_204, counting: true, earlier: 500 }, '11,204 …'],
  [{ count: 3, counting: false, earlier: 1_200 }, '3 of 1,203'],
])('what left by an output, %j, is written as "%s"', (view, text) => {
  expect(countText(view)).toBe(text);
});

test.each([
  ['1,234,567', 63, '1,234,567'],
  ['1,234,567', 50, '1.2M'],
  ['123,456 …', 50, '123.5K …'],
  ['999', 10, '999'],
])('the count %s in %i units of room is shown as %s', (count, room, text) => {
  expect(fitCount(count, room)).toBe(text);
});
