/** What each edit does to the drawing. Pure; parts that do not change keep their identity, so that views can skip them. */
import type { Transition, Workflow, WorkflowNode } from '../../../contract/workflow.ts';
import type { Edit, NodePatch, Picked } from './actions.ts';

/** The drawing after the edit; the same object when the edit changes nothing. */
export function applyEdit(workflow: Workflow, edit: Edit): Workflow {
  switch (edit.type) {
    case 'add':
      return addPiece(workflow, edit.piece);
    case 'insert':
      return insertNode(workflow, edit);
    case 'remove':
      return removePicked(workflow, edit.picked);
    case 'move':
      return movePositions(workflow, edit.positions);
    case 'connect':
      return connect(workflow, { id: edit.id, from: edit.from, port: edit.port, to: edit.to });
    case 'reconnect':
      return reconnect(workflow, { id: edit.id, from: edit.from, port: edit.port, to: edit.to });
    case 'changeNodes':
      return changeNodes(workflow, edit.ids, (node) => patchNode(node, edit.patch));
    case 'changeConfig':
      return changeNodes(workflow, [edit.id], (node) => ({ ...node, config: edit.config }));
    case 'changeNote':
      return withNotes(workflow, (notes) =>
        notes.map((note) => (note.id === edit.id ? { ...note, ...edit.patch } : note)),
      );
    case 'changeWorkflow':
      return dropUndefined({ ...workflow, ...edit.patch });
    case 'replace':
      return edit.workflow;
  }
}

type Piece = Extract<Edit, { type: 'add' }>['piece'];

function addPiece(workflow: Workflow, piece: Piece): Workflow {
  if (piece.nodes.length + piece.transitions.length + piece.notes.length === 0) return workflow;
  const added = {
    ...workflow,
    nodes: [...workflow.nodes, ...piece.nodes],
    transitions: [...workflow.transitions, ...piece.transitions],
  };
  return piece.notes.length === 0 ? added : withNotes(added, (notes) => [...notes, ...piece.notes]);
}

function insertNode(workflow: Workflow, edit: Extract<Edit, { type: 'insert' }>): Workflow {
  const cut = workflow.transitions.find((transition) => transition.id === edit.transitionId);
  if (!cut) return workflow;
  const next: Transition[] =
    edit.port === null ? [] : [{ id: edit.nextId, from: edit.node.id, port: edit.port, to: cut.to }];
  const transitions = workflow.transitions.map((one) => (one === cut ? { ...cut, to: edit.node.id } : one));
  const moved = movePositions(workflow, edit.positions);
  return { ...moved, nodes: [...moved.nodes, edit.node], transitions: [...transitions, ...next] };
}

function removePicked(workflow: Workflow, picked: Picked): Workflow {
  const nodes = new Set(picked.nodes);
  const transitions = new Set(picked.transitions);
  const notes = new Set(picked.notes);
  const kept: Workflow = {
    ...workflow,
    nodes: workflow.nodes.filter((node) => !nodes.has(node.id)),
    transitions: workflow.transitions.filter(
      (one) => !transitions.has(one.id) && !nodes.has(one.from) && !nodes.has(one.to),
    ),
  };
  return notes.size === 0 ? kept : withNotes(kept, (all) => all.filter((note) => !notes.has(note.id)));
}

function movePositions(workflow: Workflow, positions: Extract<Edit, { type: 'move' }>['positions']): Workflow {
  const move = <T extends { id: string; x: number; y: number }>(item: T): T => {
    const to = positions[item.id];
    return !to || (to.x === item.x && to.y === item.y) ? item : { ...item, x: to.x, y: to.y };
  };
  const nodes = workflow.nodes.map(move);
  const notes = workflow.notes?.map(move);
  const same =
    nodes.every((node, index) => node === workflow.nodes[index]) &&
    (notes ?? []).every((note, index) => note === workflow.notes?.[index]);
  return same ? workflow : { ...workflow, nodes, ...(notes ? { notes } : {}) };
}

const sameWay = (a: Transition, b: Transition): boolean => a.from === b.from && a.port === b.port && a.to === b.to;

function connect(workflow: Workflow, transition: Transition): Workflow {
  if (workflow.transitions.some((one) => sameWay(one, transition))) return workflow;
  return { ...workflow, transitions: [...workflow.transitions, transition] };
}

function reconnect(workflow: Workflow, transition: Transition): Workflow {
  if (workflow.transitions.some((one) => sameWay(one, transition))) return workflow;
  return { ...workflow, transitions: workflow.transitions.map((one) => (one.id === transition.id ? transition : one)) };
}

function changeNodes(
  workflow: Workflow,
  ids: readonly string[],
  change: (node: WorkflowNode) => WorkflowNode,
): Workflow {
  return { ...workflow, nodes: workflow.nodes.map((node) => (ids.includes(node.id) ? change(node) : node)) };
}

const patchNode = (node: WorkflowNode, patch: NodePatch): WorkflowNode =>
  dropUndefined({ ...node, ...patch } as WorkflowNode);

function withNotes(workflow: Workflow, change: (notes: NonNullable<Workflow['notes']>) => Workflow['notes']): Workflow {
  const { notes = [], ...rest } = workflow;
  const next = change(notes);
  return next && next.length > 0 ? { ...rest, notes: next } : rest;
}

/** A key that holds undefined is no key: files and comparisons know only what is there. */
function dropUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}
