import { describe, expect, test } from 'vitest';
import { widestName } from './geometry.ts';
import { transitionPath } from './transitionPath.ts';

const labelOf = (gap: number, climb: number) =>
  transitionPath({ sourceX: 100, sourceY: 200, targetX: 100 + gap, targetY: 200 + climb })[1];

describe('what stands on an arrow', () => {
  test.each([20, 80, 90, 160, 300, 900])('keeps between cards that stand in one row, %i apart', (gap) => {
    const { x, y, room } = labelOf(gap, 0);
    expect(x - room / 2).toBeGreaterThanOrEqual(100);
    expect(x + room / 2).toBeLessThanOrEqual(100 + gap);
    expect(y).toBe(200);
  });

  test('may be wider where the middle lies above or below both cards', () => {
    expect(labelOf(80, -100)).toEqual({ x: 140, y: 150, room: widestName });
  });

  test('stands below the cards where the arrow leads back within a row', () => {
    const { y, room } = labelOf(-300, 0);
    expect(y).toBeGreaterThan(250);
    expect(room).toBe(widestName);
  });
});

describe('beside outputs that lead nowhere', () => {
  const ends = { sourceX: 100, sourceY: 200, targetX: 214, targetY: 215 };
  const placeOf = (stubs: { below: number; width: number }[]) => transitionPath(ends, stubs)[1];

  test('a count covers nothing that stands there', () => {
    const plain = placeOf([]).y;
    const { x, y } = placeOf([
      { below: 15, width: 140 },
      { below: 30, width: 84 },
    ]);
    expect(x).toBe(placeOf([]).x);
    expect(215 - y).toBeGreaterThanOrEqual(17);
    expect(plain - y).toBeLessThan(20);
  });

  test('a count that is farther right stays on its line', () => {
    expect(placeOf([{ below: 15, width: 10 }])).toEqual(placeOf([]));
  });
});

test('an arrow between cards that stand close does not go around them', () => {
  const [path] = transitionPath({ sourceX: 100, sourceY: 200, targetX: 110, targetY: 200 });
  expect(path).toMatch(/^M100,200 C/);
});
