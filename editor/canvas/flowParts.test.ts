import { describe, expect, test } from 'vitest';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import { nodeCatalog } from '../catalog/nodes.ts';
import { nothingSelected } from '../state/viewStore.ts';
import { type CardNode, FlowParts } from './flowParts.ts';
import { cardHeight, portMiddle } from './geometry.ts';

const [first] = [...nodeCatalog.values()].filter((definition) => definition.inputs.max !== 0);
if (!first) throw new Error('no node type is installed');
const node = (id: string, more: Partial<WorkflowNode> = {}): WorkflowNode => ({
  id,
  type: first.type,
  name: id,
  label: id,
  x: 0,
  y: 0,
  config: structuredClone(first.defaults) as WorkflowNode['config'],
  ...more,
});
const workflow: Workflow = {
  formatVersion: 1,
  internalName: 'contacts',
  label: 'Contacts',
  nodes: [node('a', { onError: 'transition' }), node('b', { x: 300 }), node('c', { type: 'not-installed', x: 600 })],
  transitions: [{ id: 't', from: 'a', port: 'error', to: 'b' }],
  notes: [{ id: 'note', x: 1, y: 2, width: 90, height: 40, text: 'Why\nso' }],
};

describe('the drawing for the canvas', () => {
  test('is made of the same objects as long as nothing has changed', () => {
    const parts = new FlowParts();
    const before = parts.nodesOf(workflow, nothingSelected, {});
    expect(parts.nodesOf({ ...workflow }, nothingSelected, {})).toEqual(before);
    for (const [index, one] of parts.nodesOf({ ...workflow }, nothingSelected, {}).entries())
      expect(one).toBe(before[index]);
    expect(parts.edgesOf(workflow, nothingSelected)[0]).toBe(parts.edgesOf(workflow, nothingSelected)[0]);
  });

  test('an edit of one node makes one new card', () => {
    const parts = new FlowParts();
    const before = parts.nodesOf(workflow, nothingSelected, {});
    const edited = { ...workflow, nodes: [{ ...workflow.nodes[0]!, label: 'A' }, ...workflow.nodes.slice(1)] };
    const after = parts.nodesOf(edited, nothingSelected, {});
    expect(after.filter((one, index) => one !== before[index]).map((one) => one.id)).toEqual(['a']);
  });

  test('a transition is named by its two nodes, and is the same object until one of them is renamed', () => {
    const parts = new FlowParts();
    const before = parts.edgesOf(workflow, nothingSelected);
    expect(before[0]?.ariaLabel).toBe('a → b');
    const changed = { ...workflow, nodes: workflow.nodes.map((one) => ({ ...one, comment: 'new' })) };
    expect(parts.edgesOf(changed, nothingSelected)).toBe(before);
    const renamed = { ...workflow, nodes: workflow.nodes.map((one) => ({ ...one, label: `${one.label}!` })) };
    expect(parts.edgesOf(renamed, nothingSelected)[0]?.ariaLabel).toBe('a! → b!');
  });

  test('selecting and dragging leave the content of a card as it is', () => {
    const parts = new FlowParts();
    const contentOf = (selected: string[], moving = {}): unknown =>
      parts.nodesOf(workflow, { ...nothingSelected, nodes: selected }, moving).find((one) => one.id === 'a')?.data;
    const before = contentOf([]);
    expect(contentOf(['a'])).toBe(before);
    expect(contentOf(['a'], { a: { x: 5, y: 5 } })).toBe(before);
  });

  test('a port without a transition is open, the Error port that a person asked for among them', () => {
    const card = new FlowParts().nodesOf(workflow, nothingSelected, {}).find((one) => one.id === 'a') as CardNode;
    expect(card.data.ports.map((port) => port.name)).toContain('error');
    expect(card.data.open.split('|')).not.toContain('error');
    expect(card.data.open).not.toBe('');
  });

  test('a node whose type is not installed is drawn all the same', () => {
    const card = new FlowParts().nodesOf(workflow, nothingSelected, {}).find((one) => one.id === 'c') as CardNode;
    expect(card.data.definition).toBeNull();
    expect(card.data.ports).toEqual([]);
  });

  test('a transition keeps the kind of its port; one that leads nowhere is left out', () => {
    const parts = new FlowParts();
    expect(parts.edgesOf(workflow, nothingSelected)[0]?.data?.kind).toBe('error');
    const dangling = { ...workflow, transitions: [{ id: 'x', from: 'a', port: 'error', to: 'gone' }] };
    expect(parts.edgesOf(dangling, nothingSelected)).toEqual([]);
  });
});

describe('ports beside a card', () => {
  test.each([1, 2, 3, 4, 9])('%i ports stay on the card, apart from each other and in order', (count) => {
    const places = Array.from({ length: count }, (_, index) => portMiddle(index, count));
    expect(Math.min(...places)).toBeGreaterThan(5);
    expect(Math.max(...places)).toBeLessThan(cardHeight(count) - 5);
    for (let index = 1; index < count; index += 1)
      expect(places[index]! - places[index - 1]!).toBeGreaterThanOrEqual(15);
  });
});
