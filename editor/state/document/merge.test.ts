import { describe, expect, test } from 'vitest';
import type { Workflow, WorkflowNode } from '../../../contract/workflow.ts';
import { mergeWorkflows } from './merge.ts';

const node = (id: string, label = id): WorkflowNode => ({
  id,
  type: 'sample',
  name: id,
  label,
  x: 0,
  y: 0,
  config: {},
});
const drawing = (nodes: WorkflowNode[], more: Partial<Workflow> = {}): Workflow => ({
  formatVersion: 1,
  internalName: 'contacts',
  label: 'Contacts',
  nodes,
  transitions: [],
  ...more,
});

const base = drawing([node('a'), node('b')], { transitions: [{ id: 't', from: 'a', port: 'success', to: 'b' }] });

describe('merging with what someone else saved', () => {
  test('keeps both sides where they touched different parts', () => {
    const mine = { ...base, nodes: [node('a', 'mine'), node('b'), node('c')] };
    const theirs = { ...base, nodes: [node('a'), node('b', 'theirs')], label: 'Renamed' };
    const { workflow, clashes } = mergeWorkflows(base, mine, theirs);
    expect(clashes).toEqual([]);
    expect(workflow.label).toBe('Renamed');
    expect(workflow.nodes.map((one) => one.label)).toEqual(['mine', 'theirs', 'c']);
  });

  test('keeps mine and says so where both changed the same node', () => {
    const mine = { ...base, nodes: [node('a', 'mine'), node('b')] };
    const theirs = { ...base, nodes: [node('a', 'theirs'), node('b')] };
    const { workflow, clashes } = mergeWorkflows(base, mine, theirs);
    expect(workflow.nodes[0]?.label).toBe('mine');
    expect(clashes).toEqual([{ kind: 'node', id: 'a' }]);
  });

  test('joins changes of one node that touch different settings of it, and the places of both', () => {
    const moved = { ...node('a'), x: 90 };
    const mine = { ...base, nodes: [{ ...moved, comment: 'mine' }, node('b')] };
    const theirs = { ...base, nodes: [{ ...node('a', 'theirs'), x: 18 }, node('b')] };
    const { workflow, clashes } = mergeWorkflows(base, mine, theirs);
    expect(clashes).toEqual([]);
    expect(workflow.nodes[0]).toEqual({ ...moved, label: 'theirs', comment: 'mine' });
  });

  test('a setting that one side removed is gone', () => {
    const noted = { ...base, nodes: [{ ...node('a'), comment: 'old' }, node('b')] };
    const theirs = { ...noted, nodes: [{ ...node('a', 'theirs'), comment: 'old' }, node('b')] };
    expect(mergeWorkflows(noted, base, theirs).workflow.nodes[0]).toEqual(node('a', 'theirs'));
  });

  test('the same change on both sides is no clash', () => {
    const both = { ...base, nodes: [node('a', 'same'), node('b')] };
    expect(mergeWorkflows(base, both, structuredClone(both)).clashes).toEqual([]);
  });

  test('a removal goes through, with the transitions that hung on the node', () => {
    const theirs = drawing([node('a')]);
    const { workflow, clashes } = mergeWorkflows(base, base, theirs);
    expect(workflow.nodes.map((one) => one.id)).toEqual(['a']);
    expect(workflow.transitions).toEqual([]);
    expect(clashes).toEqual([]);
  });

  test('a change wins over a removal, whoever made it', () => {
    const changed = { ...base, nodes: [node('a'), node('b', 'changed')] };
    const removed = drawing([node('a')]);
    for (const [mine, theirs] of [
      [changed, removed],
      [removed, changed],
    ] as const) {
      const { workflow, clashes } = mergeWorkflows(base, mine, theirs);
      expect(workflow.nodes.map((one) => one.label)).toEqual(['a', 'changed']);
      expect(clashes).toEqual([{ kind: 'node', id: 'b' }]);
    }
  });
});
