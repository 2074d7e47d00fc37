import type { Box, Point } from './geometry.ts';

const margin = 6;

/** The box around all boxes; null for none. */
export function unite(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of boxes) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** How an area of the canvas is shown, whole and centred, in a small picture. */
export function mapScale(area: Box, size: { width: number; height: number }): { scale: number; origin: Point } {
  const scale = Math.min(
    (size.width - 2 * margin) / Math.max(1, area.width),
    (size.height - 2 * margin) / Math.max(1, area.height),
  );
  const origin = {
    x: area.x + area.width / 2 - size.width / 2 / scale,
    y: area.y + area.height / 2 - size.height / 2 / scale,
  };
  return { scale, origin };
}
