import { describe, expect, test } from 'vitest';
import type { WorkflowNode } from '../../contract/workflow.ts';
import { freePlace, roomBeside } from './geometry.ts';

const node = (x: number, y: number): WorkflowNode => ({
  id: `${x} ${y}`,
  type: 'end',
  name: 'n',
  label: 'n',
  x,
  y,
  config: {},
});
const note = { id: 'note', x: 0, y: 180, width: 200, height: 100, text: '' };

test('beside a card there is room until the next one that stands in its way', () => {
  const box = (id: string, x: number, y: number) => ({ id, x, y, width: 206, height: 60 });
  const rooms = roomBeside([
    box('c', 620, 0),
    box('a', 0, 0),
    box('b', 298, 50),
    box('low', 250, 200),
    box('far', 900, 210),
  ]);
  expect(Object.fromEntries(rooms)).toEqual({ a: 92, b: 116 });
});

describe('the place of a new node', () => {
  test('is the one that was wanted, on the grid, while it is free', () => {
    expect(freePlace({ nodes: [] }, { x: 100, y: 5 })).toEqual({ x: 108, y: 0 });
    expect(freePlace({ nodes: [node(288, 0)] }, { x: 0, y: 0 })).toEqual({ x: 0, y: 0 });
  });

  test('lies below nodes and notes that stand there', () => {
    expect(freePlace({ nodes: [node(0, 0)] }, { x: 36, y: 18 })).toEqual({ x: 36, y: 108 });
    expect(freePlace({ nodes: [node(0, 90)], notes: [note] }, { x: 0, y: 90 })).toEqual({ x: 0, y: 360 });
  });
});
