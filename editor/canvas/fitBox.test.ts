import { describe, expect, test } from 'vitest';
import { boxAround, bringIn, fitBox, startOfBox } from './fitBox.ts';

/** Where a box lies on the screen. */
const onScreen = (box: Parameters<typeof fitBox>[0], view: ReturnType<typeof fitBox>) => ({
  left: box.x * view.zoom + view.x,
  top: box.y * view.zoom + view.y,
  right: (box.x + box.width) * view.zoom + view.x,
  bottom: (box.y + box.height) * view.zoom + view.y,
});

describe('fitting a drawing to the canvas', () => {
  test.each([
    [736, 500],
    [796, 600],
    [1_276, 780],
  ])('leaves room on all sides of a canvas of %i × %i pixels', (width, height) => {
    const box = { x: -40, y: 60, width: 1_244, height: 280 };
    const view = fitBox(box, { width, height });
    const { left, top, right, bottom } = onScreen(box, view);
    expect(Math.min(left, width - right)).toBeGreaterThanOrEqual(27.9);
    expect(top).toBeGreaterThanOrEqual(31.9);
    expect(height - bottom).toBeGreaterThanOrEqual(63.9);
  });

  test('never magnifies, and puts what is small in the middle', () => {
    const box = { x: 0, y: 0, width: 206, height: 60 };
    const view = fitBox(box, { width: 806, height: 656 });
    expect(view.zoom).toBe(1);
    const { left, right } = onScreen(box, view);
    expect(left).toBeCloseTo(806 - right);
  });

  test('shows the beginning of what is too large to be read as a whole', () => {
    const box = { x: 900, y: 300, width: 40_000, height: 9_000 };
    expect(onScreen(box, startOfBox(box, { height: 600 }))).toMatchObject({ left: 28, top: 32 });
  });

  test('puts the beginning of what is only too wide in the middle of the height', () => {
    const box = { x: 900, y: 300, width: 40_000, height: 100 };
    const { left, top, bottom } = onScreen(box, startOfBox(box, { height: 600 }));
    expect(left).toBe(28);
    expect(top - 32).toBeCloseTo(600 - 64 - bottom);
  });

  test.each([
    ['what is seen already', { x: 100, y: 100 }, { x: 0, y: 0 }],
    ['what lies too far right', { x: 700, y: 100 }, { x: -134, y: 0 }],
    ['what lies too far left and below', { x: -50, y: 590 }, { x: 78, y: -114 }],
    ['what is larger than the canvas', { x: 0, y: 0, width: 5_000 }, { x: 28, y: 32 }],
  ])('moves the view as little as shows %s', (_what, place, moved) => {
    const box = { width: 206, height: 60, ...place };
    expect(bringIn(box, { x: 0, y: 0, zoom: 1 }, { width: 800, height: 600 })).toEqual({ ...moved, zoom: 1 });
  });

  test('takes in every part of the drawing', () => {
    expect(boxAround([])).toBeNull();
    const boxes = [
      { x: 0, y: 50, width: 206, height: 60 },
      { x: 300, y: -20, width: 290, height: 60 },
    ];
    expect(boxAround(boxes)).toEqual({ x: 0, y: -20, width: 590, height: 130 });
  });
});
