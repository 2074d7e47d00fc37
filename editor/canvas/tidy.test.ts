import { describe, expect, test } from 'vitest';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import { cardWidth, gridSize } from './geometry.ts';
import { tidyPlaces } from './tidy.ts';

const node = (id: string, x: number, y: number): WorkflowNode => ({
  id,
  type: 'sample',
  name: id,
  label: id,
  x,
  y,
  config: {},
});
const link = (from: string, to: string) => ({ id: `${from}${to}`, from, port: 'success', to });
const workflow: Workflow = {
  formatVersion: 1,
  internalName: 'contacts',
  label: 'Contacts',
  nodes: [node('c', 90, 180), node('a', 500, 200), node('b', 90, 190), node('d', 91, 181)],
  transitions: [link('a', 'b'), link('b', 'c'), link('c', 'b'), link('a', 'd')],
};

describe('tidying', () => {
  test('lays nodes out from left to right along the arrows, loops included, without overlaps', () => {
    const places = tidyPlaces(workflow);
    expect(places.a!.x + cardWidth).toBeLessThan(places.b!.x);
    expect(places.b!.x + cardWidth).toBeLessThan(places.c!.x);
    expect(places.b!.x).toBe(places.d!.x);
    expect(Math.abs(places.b!.y - places.d!.y)).toBeGreaterThan(60);
  });

  test('keeps to the grid, and the upper left corner about where it was', () => {
    const places = Object.values(tidyPlaces(workflow));
    for (const { x, y } of places) expect([x % gridSize, y % gridSize].map(Math.abs)).toEqual([0, 0]);
    expect(Math.abs(Math.min(...places.map((place) => place.x)) - 90)).toBeLessThanOrEqual(gridSize);
  });

  test('moves only the selected nodes when there are several', () => {
    expect(Object.keys(tidyPlaces(workflow, ['a', 'b'])).sort()).toEqual(['a', 'b']);
    expect(Object.keys(tidyPlaces(workflow, ['a']))).toHaveLength(4);
  });
});
