import { describe, expect, test } from 'vitest';
import { mapScale, unite } from './mapScale.ts';

const size = { width: 150, height: 88 };

describe('the overview', () => {
  test('unites boxes into the one around them', () => {
    expect(unite([])).toBeNull();
    expect(
      unite([
        { x: -10, y: 5, width: 20, height: 10 },
        { x: 100, y: 0, width: 6, height: 6 },
      ]),
    ).toEqual({
      x: -10,
      y: 0,
      width: 116,
      height: 15,
    });
  });

  test.each([
    { x: -500, y: 40, width: 7_500, height: 4_400 },
    { x: 0, y: 0, width: 50, height: 9_000 },
    { x: 3, y: 3, width: 0, height: 0 },
  ])('shows the whole area, centred: %j', (area) => {
    const { scale, origin } = mapScale(area, size);
    const left = (area.x - origin.x) * scale;
    const top = (area.y - origin.y) * scale;
    expect(left).toBeGreaterThanOrEqual(0);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(left + area.width * scale).toBeLessThanOrEqual(size.width);
    expect(left * 2 + area.width * scale).toBeCloseTo(size.width);
    expect(top * 2 + area.height * scale).toBeCloseTo(size.height);
  });
});
