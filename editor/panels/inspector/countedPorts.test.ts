import { expect, test } from 'vitest';
import { countedPorts } from './countedPorts.ts';

const node = {
  id: 'n',
  type: 'deduplication',
  name: 'onePerEmail',
  label: 'One per e-mail',
  x: 0,
  y: 0,
  config: { complement: true },
};
const rows = (count: number | null) => ({ count, counting: false, earlier: 0, taskId: 'k' });

test('each output has the count of its own, under its own label', () => {
  const counted = countedPorts(node, { duplicates: rows(506), success: rows(4_012) });
  expect(counted.map(({ port, count }) => [port.label, count])).toEqual([
    [expect.any(String), 4_012],
    ['Duplicates', 506],
  ]);
});

test('an output that was not taken, or carries no rows, has none', () => {
  expect(countedPorts(node, { success: rows(null) })).toEqual([]);
  expect(countedPorts(node, { success: rows(3), gone: rows(1) })).toHaveLength(1);
});
