import { describe, expect, test } from 'vitest';
import type { Workflow, WorkflowNode } from '../../../contract/workflow.ts';
import type { DocumentAction, Edit } from './actions.ts';
import { differs, findDifferences } from './differences.ts';
import { type DocumentState, emptyDocument, reduceDocument } from './reduceDocument.ts';

const node = (id: string, more: Partial<WorkflowNode> = {}): WorkflowNode => ({
  id,
  type: 'sample',
  name: id,
  label: id.toUpperCase(),
  x: 0,
  y: 0,
  config: {},
  ...more,
});
const drawing = (more: Partial<Workflow> = {}): Workflow => ({
  formatVersion: 1,
  internalName: 'contacts',
  label: 'Contacts',
  nodes: [node('a'), node('b'), node('c')],
  transitions: [
    { id: 't1', from: 'a', port: 'success', to: 'b' },
    { id: 't2', from: 'b', port: 'success', to: 'c' },
  ],
  ...more,
});

const opened = (workflow = drawing()): DocumentState =>
  reduceDocument(emptyDocument, { type: 'open', workflow, revision: 4 });
const edit = (state: DocumentState, change: Edit, at = 0, coalesce?: string): DocumentState =>
  reduceDocument(state, { type: 'edit', edit: change, at, coalesce });
const all = (state: DocumentState, ...actions: DocumentAction[]): DocumentState =>
  actions.reduce(reduceDocument, state);

const edits: [string, Edit][] = [
  ['adding a node', { type: 'add', piece: { nodes: [node('d')], transitions: [], notes: [] } }],
  [
    'inserting a node on a transition',
    {
      type: 'insert',
      node: node('d'),
      transitionId: 't1',
      port: 'success',
      nextId: 't3',
      positions: { b: { x: 300, y: 0 } },
    },
  ],
  ['removing a node with its transitions', { type: 'remove', picked: { nodes: ['b'], transitions: [], notes: [] } }],
  ['moving nodes', { type: 'move', positions: { a: { x: 40, y: 8 }, c: { x: 1, y: 2 } } }],
  ['connecting', { type: 'connect', id: 't9', from: 'a', port: 'reject', to: 'c' }],
  ['reconnecting', { type: 'reconnect', id: 't1', from: 'a', port: 'success', to: 'c' }],
  ['renaming a node', { type: 'changeNodes', ids: ['a'], patch: { label: 'Changed contacts' } }],
  ['changing a setting of a node', { type: 'changeConfig', id: 'a', config: { object: 'Contact' } }],
  ['changing the workflow', { type: 'changeWorkflow', patch: { label: 'Other' } }],
  [
    'adding a note',
    {
      type: 'add',
      piece: { nodes: [], transitions: [], notes: [{ id: 'n', x: 0, y: 0, width: 100, height: 60, text: 'why' }] },
    },
  ],
];

describe('the document', () => {
  test.each(edits)('%s is one step that undo takes back and redo does again', (_, change) => {
    const before = opened();
    const after = edit(before, change);
    expect(after.workflow).not.toEqual(before.workflow);
    expect(after.past).toHaveLength(1);
    const undone = reduceDocument(after, { type: 'undo' });
    expect(undone.workflow).toBe(before.workflow);
    expect(differs(undone.saved, undone.workflow)).toBe(false);
    expect(reduceDocument(undone, { type: 'redo' }).workflow).toBe(after.workflow);
  });

  test('an inserted node stands between the two ends of its transition', () => {
    const [, change] = edits[1]!;
    expect(edit(opened(), change).workflow?.transitions).toEqual([
      { id: 't1', from: 'a', port: 'success', to: 'd' },
      { id: 't2', from: 'b', port: 'success', to: 'c' },
      { id: 't3', from: 'd', port: 'success', to: 'b' },
    ]);
  });

  test('typing in one field within two seconds is one step; another field or a pause begins the next', () => {
    const type = (state: DocumentState, text: string, at: number, field = 'a.filter') =>
      edit(state, { type: 'changeConfig', id: 'a', config: { text } }, at, field);
    let state = type(opened(), 'v', 0);
    state = type(state, 'va', 900);
    state = type(state, 'var', 1_800);
    expect(state.past).toHaveLength(1);
    state = type(state, 'vars', 4_000);
    expect(state.past).toHaveLength(2);
    state = type(state, 'x', 4_100, 'a.order');
    expect(state.past).toHaveLength(3);
    expect(all(state, { type: 'undo' }, { type: 'undo' }).workflow?.nodes[0]?.config).toEqual({ text: 'var' });
  });

  test('an edit after undo drops what could have been done again', () => {
    const state = reduceDocument(edit(opened(), edits[0]![1]), { type: 'undo' });
    expect(edit(state, edits[6]![1]).future).toEqual([]);
  });

  test('an edit that changes nothing is no step', () => {
    const state = opened();
    expect(edit(state, { type: 'move', positions: { a: { x: 0, y: 0 } } })).toBe(state);
    expect(edit(state, { type: 'connect', id: 't7', from: 'a', port: 'success', to: 'b' })).toBe(state);
    expect(
      edit(state, { type: 'insert', node: node('d'), transitionId: 'gone', port: null, nextId: 't', positions: {} }),
    ).toBe(state);
  });

  test('a save keeps the history, and edits made while it was on its way stay unsaved', () => {
    const sent = edit(opened(), edits[6]![1]);
    const typed = edit(sent, { type: 'changeNodes', ids: ['b'], patch: { label: 'Later' } });
    const state = reduceDocument(typed, { type: 'saved', workflow: sent.workflow!, revision: 5 });
    expect(state.revision).toBe(5);
    expect(findDifferences(state.saved!, state.workflow!)).toEqual([{ kind: 'node', id: 'b', change: 'changed' }]);
    expect(reduceDocument(state, { type: 'undo' }).workflow).toBe(sent.workflow);
  });

  test('a change that is taken back by hand leaves nothing to save', () => {
    const there = edit(opened(), { type: 'changeNodes', ids: ['a'], patch: { comment: 'hm' } });
    const back = edit(there, { type: 'changeNodes', ids: ['a'], patch: { comment: undefined } });
    expect(differs(back.saved, back.workflow)).toBe(false);
  });

  test('untouched nodes keep their identity, so that only the changed one is drawn again', () => {
    const before = opened();
    const after = edit(before, edits[7]![1]);
    expect(after.workflow?.nodes[1]).toBe(before.workflow?.nodes[1]);
    expect(after.workflow?.transitions).toBe(before.workflow?.transitions);
  });
});

describe('differences', () => {
  test('name every part once, and tell a moved node from a changed one', () => {
    const to = drawing({
      nodes: [node('a', { x: 80 }), node('b', { config: { x: 1 } }), node('d')],
      transitions: [],
      description: 'new',
    });
    expect(findDifferences(drawing(), to)).toEqual([
      { kind: 'node', id: 'c', change: 'removed' },
      { kind: 'node', id: 'a', change: 'moved' },
      { kind: 'node', id: 'b', change: 'changed' },
      { kind: 'node', id: 'd', change: 'added' },
      { kind: 'transition', id: 't1', change: 'removed' },
      { kind: 'transition', id: 't2', change: 'removed' },
      { kind: 'workflow', id: 'description', change: 'changed' },
    ]);
  });
});
