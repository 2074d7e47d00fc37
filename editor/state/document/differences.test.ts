import { expect, test } from 'vitest';
import type { Workflow, WorkflowNode } from '../../../contract/workflow.ts';
import { runsOtherwise } from './differences.ts';

const node: WorkflowNode = { id: 'a', type: 'sample', name: 'a', label: 'A', x: 0, y: 0, config: { size: 1 } };
const drawn: Workflow = { formatVersion: 1, internalName: 'w', label: 'W', nodes: [node], transitions: [] };
const note = { id: 'n', x: 0, y: 0, width: 10, height: 10, text: 'Hello' };

test.each<[string, Workflow, boolean]>([
  ['the same drawing', structuredClone(drawn), false],
  ['a moved node', { ...drawn, nodes: [{ ...node, x: 50 }] }, false],
  ['a note', { ...drawn, notes: [note] }, false],
  ['another label of the workflow', { ...drawn, label: 'Other' }, false],
  ['a changed setting of a node', { ...drawn, nodes: [{ ...node, config: { size: 2 } }] }, true],
  ['a removed node', { ...drawn, nodes: [] }, true],
  ['another time zone', { ...drawn, settings: { timeZone: 'Europe/Paris' } }, true],
  ['another arrow', { ...drawn, transitions: [{ id: 't', from: 'a', port: 'success', to: 'a' }] }, true],
])('%s: whether it makes a run go another way', (_, changed, expected) => {
  expect(runsOtherwise(drawn, changed)).toBe(expected);
});
