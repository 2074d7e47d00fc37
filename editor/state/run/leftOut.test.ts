import { expect, test } from 'vitest';
import { buildGraph } from '../../../contract/graph.ts';
import { findLeftOut } from './leftOut.ts';
import type { NodeView } from './runView.ts';

const ids = ['make', 'write', 'count', 'end', 'other', 'taken'];
const graph = buildGraph({
  nodes: ids.map((id) => ({ id, type: 'sample', name: id, label: id, x: 0, y: 0, config: {} })),
  transitions: [
    'make>write',
    'write>count',
    'count>end',
    'count>write',
    'make>other',
    'other>taken',
    'write>taken',
  ].map((arrow) => {
    const [from = '', to = ''] = arrow.split('>');
    return { id: arrow, from, port: 'success', to };
  }),
});
const ran = (would: string | null): NodeView => ({
  taskId: 'k',
  state: 'succeeded',
  pass: 1,
  attempt: 1,
  progress: null,
  startedAt: null,
  durationMs: null,
  rowsIn: 3,
  error: null,
  due: null,
  notice: null,
  would,
  ports: {},
});
const nodes = { make: ran(null), write: ran('insert rows of people'), other: ran(null), taken: ran(null) };

test('what only follows a node that would have written is left out of a simulation, loops included', () => {
  expect([...findLeftOut(graph, { simulated: true, nodes })]).toEqual([
    ['count', 'write'],
    ['end', 'write'],
  ]);
});

test('nothing is left out of a run that writes, nor before a node that would have', () => {
  expect(findLeftOut(graph, { simulated: false, nodes }).size).toBe(0);
  expect(findLeftOut(graph, { simulated: true, nodes: { make: ran(null) } }).size).toBe(0);
});
