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

describe('the order of branches', () => {
  const ports = ['a', 'b', 'c', 'd'];
  const fork = (id: string): WorkflowNode => ({
    ...node(id, 0, 0),
    type: 'test',
    config: { conditions: ports.map((name) => ({ name, condition: '1' })), otherwise: true },
  });
  const from = (source: string, port: string, to: string) => ({
    id: `${source}.${port}.${to}`,
    from: source,
    port,
    to,
  });
  const orderOf = (places: Record<string, { y: number }>, ids: string[]): string[] =>
    [...ids].sort((a, b) => places[a]!.y - places[b]!.y);

  test('is that of the ports, however the nodes were drawn and listed', () => {
    const ids = ['d', 'b', 'otherwise', 'a', 'c'];
    const places = tidyPlaces({
      ...workflow,
      nodes: [...ids.map((id, index) => node(id, 400, index * 100)), fork('fork')],
      transitions: ids.map((id) => from('fork', id, id)),
    });
    expect(orderOf(places, ids)).toEqual([...ports, 'otherwise']);
  });

  test('is kept along branches of unequal length that meet again', () => {
    const drawn = [from('fork', 'c', 'c1'), from('fork', 'a', 'a1'), from('fork', 'b', 'b1'), from('fork', 'd', 'end')];
    const behind = ['a1>a2', 'a2>end', 'b1>end', 'c1>c2', 'c2>c3', 'c3>end'].map((arrow) => {
      const [source = '', to = ''] = arrow.split('>');
      return from(source, 'success', to);
    });
    const ids = ['c3', 'c2', 'c1', 'b1', 'a2', 'a1', 'end'];
    const places = tidyPlaces({
      ...workflow,
      nodes: [fork('fork'), ...ids.map((id, index) => node(id, 0, index * 10))],
      transitions: [...behind, ...drawn],
    });
    expect(orderOf(places, ['c1', 'b1', 'a1'])).toEqual(['a1', 'b1', 'c1']);
    expect(orderOf(places, ['c2', 'a2'])).toEqual(['a2', 'c2']);
  });

  test('gives way where another one crosses less', () => {
    // The outputs of the first fork lead to two that lead on the other way round.
    const places = tidyPlaces({
      ...workflow,
      nodes: [fork('fork'), fork('x'), fork('y'), node('p', 0, 0), node('q', 0, 0), node('r', 0, 0)],
      transitions: [
        from('fork', 'a', 'x'),
        from('fork', 'b', 'y'),
        from('x', 'a', 'q'),
        from('x', 'b', 'r'),
        from('y', 'a', 'r'),
        from('y', 'b', 'p'),
      ],
    });
    expect(orderOf(places, ['p', 'q', 'r'])).toEqual(['q', 'r', 'p']);
    expect(orderOf(places, ['x', 'y'])).toEqual(['x', 'y']);
  });

  test('is found for four hundred nodes without a wait that a person would notice', () => {
    const many = Array.from({ length: 400 }, (_, index) => node(`n${index}`, 0, index));
    const arrows = many.slice(1).map(({ id }, index) => from(`n${Math.floor(index / 3)}`, 'success', id));
    const before = performance.now();
    expect(Object.keys(tidyPlaces({ ...workflow, nodes: many, transitions: arrows }))).toHaveLength(400);
    expect(performance.now() - before).toBeLessThan(8_000);
  });
});
