import { expect, test } from 'vitest';
import { mix } from '../../kit/random.ts';
import { SortedKeys } from './sortedKeys.ts';

test('keys stay sorted and single while ten thousand come and go', () => {
  const keys = new SortedKeys();
  const plain = new Set<number>();
  for (let step = 0; step < 10_000; step++) {
    const key = mix(step, 1) % 6000;
    if (mix(step, 2) % 3 === 0) {
      keys.delete(key);
      plain.delete(key);
    } else {
      keys.add(key);
      plain.add(key);
    }
  }
  const sorted = [...plain].sort((a, b) => a - b);
  expect(keys.size).toBe(sorted.length);
  expect(keys.between(0, Number.MAX_SAFE_INTEGER)).toEqual(sorted);
  expect(keys.between(1000, 4000)).toEqual(sorted.filter((key) => key >= 1000 && key <= 4000));
  expect(keys.between(7000, 9000)).toEqual([]);
  for (const key of sorted) keys.delete(key);
  expect([keys.size, keys.between(0, 9000)]).toEqual([0, []]);
});
