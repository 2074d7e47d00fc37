/** What a person can do to the drawing, whichever way they ask: mouse, key, palette or command palette. */
import { drawnPorts, type NodeDefinition } from '../../contract/node.ts';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import { nodeCatalog } from '../catalog/nodes.ts';
import type { Piece } from '../state/document/actions.ts';
import { editDocument, openWorkflow, useDocument } from '../state/documentStore.ts';
import { markFresh } from '../state/freshStore.ts';
import { freeLabel, internalName, makeId } from '../state/names.ts';
import { nothingSelected, type Selection, select, selectedNode, showNode, useView } from '../state/viewStore.ts';
import { parsePiece, pickPiece, pieceCorner, renewPiece } from './clipboard.ts';
import { cardWidth, freePlace, gridSize, type Point, placeAfter, roomToMake, snap } from './geometry.ts';
import type { NodeWish } from './quickAdd.ts';

type Definition = NodeDefinition<Record<string, unknown>>;
const selection = (): Selection => useView.getState().selection;

function makeNode(definition: Definition, workflow: Workflow, place: Point): WorkflowNode {
  const label = freeLabel(definition.label, new Set(workflow.nodes.map((node) => node.label)));
  const name = internalName(label, new Set(workflow.nodes.map((node) => node.name)));
  const config = structuredClone({ ...definition.defaults, ...definition.initial }) as WorkflowNode['config'];
  return { id: makeId('n'), type: definition.type, name, label, ...place, config };
}

/** The first node stands left of the middle: the others follow to the right. */
const roomForMore = 260;

/** Adds a node of a type. Where: at `place`, or where the wish says, or behind the selected node. */
export function addNode(type: string, wish: NodeWish | 'behind', place: Point): void {
  const workflow = openWorkflow();
  const definition = nodeCatalog.get(type);
  if (!workflow || !definition) return;
  if (wish !== 'behind' && wish.kind === 'insert') {
    insertNode(workflow, definition, wish.transitionId);
    return;
  }
  const from = wish === 'behind' ? freeOutput(workflow) : wish.kind === 'continue' ? wish : null;
  const fromNode = from && workflow.nodes.find((node) => node.id === from.from);
  const first = wish === 'behind' && workflow.nodes.length === 0;
  const free = first ? { x: place.x - roomForMore, y: place.y } : place;
  const wanted = wish === 'behind' && fromNode ? placeAfter(fromNode) : free;
  const node = makeNode(definition, workflow, freePlace(workflow, wanted));
  const joins = from && definition.inputs.max !== 0;
  const transitions = joins ? [{ id: makeId('t'), from: from.from, port: from.port, to: node.id }] : [];
  markFresh(node.id);
  editDocument({ type: 'add', piece: { nodes: [node], transitions, notes: [] } });
  showNode(node.id, { tab: 'settings' });
}

/** The first output of the selected node that leads nowhere yet and is no Error: where "add" continues. */
function freeOutput(workflow: Workflow): { from: string; port: string } | null {
  const node = workflow.nodes.find((one) => one.id === selectedNode(useView.getState()));
  const definition = node && nodeCatalog.get(node.type);
  if (!node || !definition) return null;
  const taken = new Set(workflow.transitions.filter((one) => one.from === node.id).map((one) => one.port));
  const port = drawnPorts(definition, node).find(
    (one) => one.kind !== 'error' && one.kind !== 'reject' && !taken.has(one.name),
  );
  return port ? { from: node.id, port: port.name } : null;
}

function insertNode(workflow: Workflow, definition: Definition, transitionId: string): void {
  const transition = workflow.transitions.find((one) => one.id === transitionId);
  const from = workflow.nodes.find((node) => node.id === transition?.from);
  const to = workflow.nodes.find((node) => node.id === transition?.to);
  if (!from || !to) return;
  const moved = makeRoom(workflow, from, to);
  const others = workflow.nodes.map((one) => ({ ...one, ...moved[one.id] }));
  const node = makeNode(definition, workflow, freePlace({ nodes: others }, to.x > from.x ? placeAfter(from) : to));
  const port = drawnPorts(definition, node).find((one) => one.kind !== 'error' && one.kind !== 'reject');
  markFresh(node.id);
  editDocument({ type: 'insert', node, transitionId, port: port?.name ?? null, nextId: makeId('t'), positions: moved });
  showNode(node.id, { tab: 'settings' });
}

/** All that lies as far right as the end of a transition moves on until a node fits in: so nothing comes to lie on another. */
function makeRoom(workflow: Workflow, from: WorkflowNode, to: WorkflowNode): Record<string, Point> {
  const shift = to.x > from.x ? roomToMake(from, to) : 0;
  if (shift === 0) return {};
  const moving = [...workflow.nodes, ...(workflow.notes ?? [])].filter((part) => part.x >= to.x);
  return Object.fromEntries(moving.map((part) => [part.id, { x: part.x + shift, y: part.y }]));
}

export function addNote(place: Point): void {
  const at = snap(place);
  const note = { id: makeId('note'), x: at.x, y: at.y, width: 180, height: 90, text: '' };
  editDocument({ type: 'add', piece: { nodes: [], transitions: [], notes: [note] } });
  select({ notes: [note.id] });
}

export function connectNodes(from: string, port: string, to: string): void {
  const definition = nodeCatalog.get(openWorkflow()?.nodes.find((node) => node.id === to)?.type ?? '');
  if (definition?.inputs.max === 0) return;
  editDocument({ type: 'connect', id: makeId('t'), from, port, to });
}

/**
 * Changes the label. The internal name follows while it is the one made from the label and the node was never saved: options
 * such as an import date may be named by it afterwards.
 */
export function renameNode(id: string, label: string): void {
  const { workflow, saved } = useDocument.getState();
  const node = workflow?.nodes.find((one) => one.id === id);
  if (!workflow || !node || label === '') return;
  const others = new Set(workflow.nodes.filter((one) => one.id !== id).map((one) => one.name));
  const fresh = !saved?.nodes.some((one) => one.id === id) && node.name === internalName(node.label, others);
  const patch = fresh ? { label, name: internalName(label, others) } : { label };
  editDocument({ type: 'changeNodes', ids: [id], patch }, `${id}:label`);
}

/** An end of a transition was dragged to another node. */
export function reconnectNodes(
  old: { id: string },
  to: { source: string; sourceHandle: string | null; target: string },
): void {
  editDocument({ type: 'reconnect', id: old.id, from: to.source, port: to.sourceHandle ?? '', to: to.target });
}

export function removeSelected(): void {
  const picked = selection();
  if (picked.nodes.length + picked.transitions.length + picked.notes.length === 0) return;
  editDocument({ type: 'remove', picked });
  select(nothingSelected);
}

export function selectAll(): void {
  const workflow = openWorkflow();
  if (workflow)
    select({ nodes: workflow.nodes.map((node) => node.id), notes: (workflow.notes ?? []).map((note) => note.id) });
}

/** Arrow keys: a row of steps is one step of undo. */
export function nudgeSelected(dx: number, dy: number): void {
  const workflow = openWorkflow();
  if (!workflow) return;
  const ids = new Set([...selection().nodes, ...selection().notes]);
  const parts = [...workflow.nodes, ...(workflow.notes ?? [])].filter((part) => ids.has(part.id));
  const positions = Object.fromEntries(
    parts.map((part) => [part.id, { x: part.x + dx * gridSize, y: part.y + dy * gridSize }]),
  );
  editDocument({ type: 'move', positions }, `nudge:${[...ids].join()}`);
}

function addPiece(piece: Piece): void {
  editDocument({ type: 'add', piece });
  select({ nodes: piece.nodes.map((node) => node.id), notes: piece.notes.map((note) => note.id) });
}

export function duplicateSelected(): void {
  const workflow = openWorkflow();
  if (!workflow) return;
  const piece = pickPiece(workflow, selection());
  if (piece.nodes.length + piece.notes.length > 0)
    addPiece(renewPiece(piece, workflow.nodes, { x: 2 * gridSize, y: 4 * gridSize }));
}

/** Adds what a text holds around `centre`; false when it holds nothing of ours. */
export function pasteText(text: string, centre: Point): boolean {
  const workflow = openWorkflow();
  const piece = parsePiece(text);
  if (!workflow || !piece) return false;
  const corner = pieceCorner(piece);
  const shift = snap({ x: centre.x - corner.x - cardWidth / 2, y: centre.y - corner.y });
  addPiece(renewPiece(piece, workflow.nodes, shift));
  return true;
}

export function setExecution(ids: readonly string[], execution: NonNullable<WorkflowNode['execution']>): void {
  editDocument({ type: 'changeNodes', ids, patch: { execution: execution === 'enabled' ? undefined : execution } });
}

/** Switches the selected nodes off, or on again when all of them are off. */
export function toggleSelected(): void {
  const workflow = openWorkflow();
  const nodes = workflow?.nodes.filter((node) => selection().nodes.includes(node.id)) ?? [];
  if (!workflow || nodes.length === 0) return;
  const off = nodes.some((node) => node.execution !== 'disabled');
  const ids = nodes.map((node) => node.id);
  setExecution(ids, off ? 'disabled' : 'enabled');
}

export async function tidySelected(): Promise<void> {
  const { tidyPlaces } = await import('./tidy.ts');
  const workflow = openWorkflow();
  if (workflow) editDocument({ type: 'move', positions: tidyPlaces(workflow, selection().nodes) });
}
