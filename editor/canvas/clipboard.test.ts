import { describe, expect, test } from 'vitest';
import { serializeWorkflow, type WorkflowNode } from '../../contract/workflow.ts';
import { parsePiece, pickPiece, pieceCorner, pieceText, renewPiece } from './clipboard.ts';

const node = (id: string, x = 0): WorkflowNode => ({
  id,
  type: 'sample',
  name: id,
  label: id,
  x,
  y: 9,
  config: { a: [1] },
});
const workflow = {
  formatVersion: 1 as const,
  internalName: 'contacts',
  label: 'Contacts',
  nodes: [node('a', 36), node('b', 300), node('c', 600)],
  transitions: [
    { id: 't1', from: 'a', port: 'success', to: 'b' },
    { id: 't2', from: 'b', port: 'success', to: 'c' },
  ],
};

describe('copy and paste', () => {
  test('a selection becomes text and comes back, with only the transitions inside it', () => {
    const piece = pickPiece(workflow, { nodes: ['a', 'b'], transitions: [], notes: [] });
    expect(piece.transitions.map((one) => one.id)).toEqual(['t1']);
    expect(parsePiece(pieceText(piece))).toEqual(piece);
    expect(pieceCorner(piece)).toEqual({ x: 36, y: 9 });
  });

  test('what is pasted has ids and names of its own, and its transitions lead among the new nodes', () => {
    const piece = pickPiece(workflow, { nodes: ['a', 'b'], transitions: [], notes: [] });
    const pasted = renewPiece(piece, workflow.nodes, { x: 18, y: 18 });
    expect(pasted.nodes.map((one) => [one.label, one.name, one.x])).toEqual([
      ['a 2', 'a2', 54],
      ['b 2', 'b2', 318],
    ]);
    const [first, second] = pasted.nodes;
    expect(pasted.transitions).toMatchObject([{ from: first?.id, port: 'success', to: second?.id }]);
    const all = [...workflow.nodes, ...pasted.nodes].map((one) => one.id);
    expect(new Set(all).size).toBe(all.length);
  });

  test('pasted into another workflow, names that are free stay', () => {
    const piece = pickPiece(workflow, { nodes: ['a'], transitions: [], notes: [] });
    expect(renewPiece(piece, [], { x: 0, y: 0 }).nodes[0]).toMatchObject({ name: 'a', label: 'a' });
  });

  test('a whole workflow file can be pasted', () => {
    expect(parsePiece(serializeWorkflow(workflow))?.nodes).toHaveLength(3);
  });

  test.each(['', 'hello', '{"nodes":[]}', '{"nodes":[{"id":1}]}', '{broken', '[1,2]'])(
    '%j is nothing to paste',
    (text) => {
      expect(parsePiece(text)).toBeNull();
    },
  );
});
