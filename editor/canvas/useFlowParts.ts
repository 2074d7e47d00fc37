import type { EdgeChange, NodeChange } from '@xyflow/react';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Workflow } from '../../contract/workflow.ts';
import { editDocument } from '../state/documentStore.ts';
import { nothingSelected, type Selection, setView, useView } from '../state/viewStore.ts';
import { type FlowNode, FlowParts, type Moving, type TransitionEdge } from './flowParts.ts';

type Changes = readonly (NodeChange<FlowNode> | EdgeChange<TransitionEdge>)[];

/** Nodes and edges for React Flow, and what to do when it reports a change. */
export function useFlowParts(workflow: Workflow) {
  const parts = useRef<FlowParts | null>(null);
  parts.current ??= new FlowParts();
  const made = parts.current;
  const selection = useView((view) => view.selection);
  const [moving, setMoving] = useState<Moving>({});
  const nodes = useMemo(() => made.nodesOf(workflow, selection, moving), [made, workflow, selection, moving]);
  const edges = useMemo(() => made.edgesOf(workflow, selection), [made, workflow, selection]);
  const latest = useRef({ workflow, moving });
  latest.current = { workflow, moving };

  const onNodesChange = useCallback((changes: NodeChange<FlowNode>[]) => {
    applySelection(changes, latest.current.workflow);
    const next = movedBy(changes, latest.current.moving, latest.current.workflow);
    if (!next) return;
    latest.current.moving = next.done ? {} : next.moving;
    setMoving(latest.current.moving);
    if (next.done) commitMove(next.moving);
  }, []);
  const onEdgesChange = useCallback(
    (changes: EdgeChange<TransitionEdge>[]) => applySelection(changes, latest.current.workflow),
    [],
  );
  return { nodes, edges, onNodesChange, onEdgesChange };
}

function applySelection(changes: Changes, workflow: Workflow): void {
  const picks = changes.filter((change) => change.type === 'select');
  if (picks.length === 0) return;
  const current = useView.getState().selection;
  const kinds = {
    nodes: idSet(workflow.nodes),
    transitions: idSet(workflow.transitions),
    notes: idSet(workflow.notes ?? []),
  };
  const next = Object.fromEntries(
    (Object.keys(nothingSelected) as (keyof Selection)[]).map((kind) => {
      const ids = new Set(current[kind]);
      for (const { id, selected } of picks.filter((one) => kinds[kind].has(one.id))) {
        if (selected) ids.add(id);
        else ids.delete(id);
      }
      return [kind, [...ids]];
    }),
  ) as unknown as Selection;
  setView({ selection: next, right: 'inspector', focusPath: null });
}

const idSet = (parts: readonly { id: string }[]): Set<string> => new Set(parts.map((part) => part.id));

/** Where things are now while they are dragged or resized; `done` when the person let go. */
function movedBy(
  changes: readonly NodeChange<FlowNode>[],
  moving: Moving,
  workflow: Workflow,
): { moving: Moving; done: boolean } | null {
  const next: Record<string, Moving[string]> = { ...moving };
  let done = false;
  let moved = false;
  for (const change of changes) {
    if (change.type === 'position' && change.position) {
      next[change.id] = { ...next[change.id], ...change.position };
      moved = true;
      done ||= change.dragging === false;
    }
    if (change.type === 'dimensions' && change.resizing !== undefined && change.dimensions) {
      next[change.id] = { ...placeOf(change.id, workflow), ...next[change.id], ...change.dimensions };
      moved = true;
      done ||= !change.resizing;
    }
  }
  return moved ? { moving: next, done } : null;
}

function placeOf(id: string, workflow: Workflow): { x: number; y: number } {
  const note = workflow.notes?.find((one) => one.id === id);
  return { x: note?.x ?? 0, y: note?.y ?? 0 };
}

function commitMove(moving: Moving): void {
  const resized = Object.entries(moving).find(([, at]) => at.width !== undefined);
  if (!resized) {
    editDocument({ type: 'move', positions: moving });
    return;
  }
  const [id, { x, y, width, height }] = resized;
  editDocument({ type: 'changeNote', id, patch: { x, y, ...(width && height ? { width, height } : {}) } });
}
