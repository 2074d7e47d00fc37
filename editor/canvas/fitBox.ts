import type { Box, Point } from './geometry.ts';

const maxZoom = 1;
/** Below this zoom the names of nodes cannot be read. */
export const leastReadable = 0.5;
/** Pixels that stay free around a drawing; the tools lie at the bottom. */
const margin = { top: 32, right: 28, bottom: 64, left: 28 };
/** An output that leads nowhere stands out at the right of its card, with its count: in units of the canvas. */
export const openOutputWidth = 84;

export interface View extends Point {
  zoom: number;
}

/** The smallest box around all of them; null around none. */
export function boxAround(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** The view that shows the whole box with room around it, in a canvas of that many pixels. */
export function fitBox(box: Box, { width, height }: { width: number; height: number }): View {
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  const zoom = Math.min(maxZoom, inner.width / box.width, inner.height / box.height);
  return {
    x: margin.left + (inner.width - box.width * zoom) / 2 - box.x * zoom,
    y: margin.top + (inner.height - box.height * zoom) / 2 - box.y * zoom,
    zoom,
  };
}

/** Where a drawing begins, as large as it has to be to be read: for one that is too large for the canvas. */
export function startOfBox(box: Box, { height }: { height: number }): View {
  const room = height - margin.top - margin.bottom - box.height * leastReadable;
  return {
    x: margin.left - box.x * leastReadable,
    y: margin.top + Math.max(0, room / 2) - box.y * leastReadable,
    zoom: leastReadable,
  };
}

/** The view moved no further than it takes to show the box with room around it: what people look at stays where it is. */
export function bringIn(box: Box, view: View, { width, height }: { width: number; height: number }): View {
  const moved = (from: number, length: number, low: number, high: number): number =>
    Math.max(0, low - from) || Math.min(0, Math.max(high - from - length, low - from));
  const [left, top] = [box.x * view.zoom + view.x, box.y * view.zoom + view.y];
  return {
    x: view.x + moved(left, box.width * view.zoom, margin.left, width - margin.right),
    y: view.y + moved(top, box.height * view.zoom, margin.top, height - margin.bottom),
    zoom: view.zoom,
  };
}
