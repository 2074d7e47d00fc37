/**
 * The drawing as React Flow wants it. Each part is made once and kept until what it shows has changed, so that an edit of
 * one node among a thousand renders one card. What a run says is not in here: cards read it from the run's store.
 */
import { type Edge, type Node, type NodeHandle, Position } from '@xyflow/react';
import {
  drawnPorts,
  type NodeDefinition,
  type NodeLook,
  nodeLook,
  type Port,
  type PortKind,
  parsedConfig,
} from '../../contract/node.ts';
import type { Note, Transition, Workflow, WorkflowNode } from '../../contract/workflow.ts';
import { nodeCatalog } from '../catalog/nodes.ts';
import type { Selection } from '../state/viewStore.ts';
import { openOutputWidth } from './fitBox.ts';
import {
  type Box,
  cardHeight,
  cardWidth,
  inboundSize,
  type Point,
  portMiddle,
  portSize,
  roomBeside,
  widestName,
} from './geometry.ts';
import type { Stub } from './transitionPath.ts';

type Definition = NodeDefinition<Record<string, unknown>>;
export type CardData = {
  node: WorkflowNode;
  /** null: the type is not installed here. */
  definition: Definition | null;
  look: NodeLook | null;
  ports: readonly Port[];
  summary: string;
  takesInput: boolean;
  /** Names of ports without a transition, joined by "|". */
  open: string;
  /** Units of the canvas in which what stands at these has room before the next card. */
  room: number;
};
export type CardNode = Node<CardData, 'card'>;
export type NoteNode = Node<{ note: Note }, 'note'>;
export type FlowNode = CardNode | NoteNode;
export type TransitionData = {
  kind: PortKind;
  portLabel: string;
  fromLabel: string;
  toLabel: string;
  /** Other outputs of the node that lead nowhere. */
  stubs: readonly Stub[];
};
export type TransitionEdge = Edge<TransitionData, 'transition'>;

/** Units of the canvas that a letter of an output's name takes. */
const stubLetter = 7;

/** While something is dragged or resized: its place, ahead of the drawing. */
export type Moving = Readonly<Record<string, Point & { width?: number; height?: number }>>;

interface Kept<T> {
  key: readonly unknown[];
  part: T;
}

/** What a card shows that its node alone decides. */
type OwnData = Omit<CardData, 'open' | 'room'>;

/** What a node shows besides its place; computed once per node object. */
const shown = new WeakMap<WorkflowNode, OwnData>();

export function cardData(node: WorkflowNode): OwnData {
  const known = shown.get(node);
  if (known) return known;
  const definition = nodeCatalog.get(node.type) ?? null;
  const data = {
    node,
    definition,
    look: definition && nodeLook(definition, node),
    ports: definition ? drawnPorts(definition, node) : [],
    summary: definition ? definition.summary(parsedConfig(definition, node)) : '',
    takesInput: definition?.inputs.max !== 0,
  };
  shown.set(node, data);
  return data;
}

export class FlowParts {
  private readonly nodes = new Map<string, Kept<FlowNode>>();
  /** Apart from the nodes: selecting and dragging must not look like another content. */
  private readonly contents = new Map<string, Kept<CardData>>();
  private readonly edges = new Map<string, Kept<TransitionEdge>>();
  private lastNodes: FlowNode[] = [];
  private lastEdges: TransitionEdge[] = [];

  /** Notes first: cards lie above them. */
  nodesOf(workflow: Workflow, selection: Selection, moving: Moving): FlowNode[] {
    const selected = new Set([...selection.nodes, ...selection.notes]);
    const taken = takenPorts(workflow.transitions);
    const notes = (workflow.notes ?? []).map((note) => {
      const at = moving[note.id];
      return keep(this.nodes, note.id, [note, selected.has(note.id), at], () =>
        noteNode(note, selected.has(note.id), at),
      );
    });
    // As drawn: what is dragged keeps its looks until it is dropped.
    const rooms = roomBeside(workflow.nodes.map(drawnBox));
    const cards = workflow.nodes.map((node) => {
      const data = cardData(node);
      const used = taken.get(node.id);
      const open = data.ports
        .filter((port) => !used?.has(port.name))
        .map((port) => port.name)
        .join('|');
      const picked = selected.has(node.id);
      const at = moving[node.id];
      const room = open === '' ? widestName : (rooms.get(node.id) ?? widestName);
      const content = keep(this.contents, node.id, [node, open, room], () => ({ ...data, open, room }));
      return keep(this.nodes, node.id, [content, picked, at], () => cardNode(content, picked, at));
    });
    this.lastNodes = sameList(this.lastNodes, [...notes, ...cards]);
    return this.lastNodes;
  }

  edgesOf(workflow: Workflow, selection: Selection): TransitionEdge[] {
    const nodes = new Map(workflow.nodes.map((node) => [node.id, node]));
    const picked = new Set(selection.transitions);
    const taken = takenPorts(workflow.transitions);
    const edges = workflow.transitions.flatMap((transition) => {
      const from = nodes.get(transition.from);
      const to = nodes.get(transition.to);
      if (!from || !to) return [];
      const { kind, label } = portOf(from, transition.port);
      const data = { kind, portLabel: label, fromLabel: from.label, toLabel: to.label };
      const selected = picked.has(transition.id);
      const open = cardData(from).ports.filter((port) => !taken.get(from.id)?.has(port.name));
      const key = [transition, selected, ...Object.values(data), open.map(({ name }) => name).join('|')];
      return [
        keep(this.edges, transition.id, key, () =>
          edge(transition, { ...data, stubs: stubsBeside(from, transition.port, open) }, selected),
        ),
      ];
    });
    this.lastEdges = sameList(this.lastEdges, edges);
    return this.lastEdges;
  }
}

const drawnBox = (node: WorkflowNode): Box & { id: string } => ({
  id: node.id,
  x: node.x,
  y: node.y,
  width: cardWidth,
  height: cardHeight(cardData(node).ports.length),
});

/** The list from before when it holds the same: React Flow then has nothing to take over. */
function sameList<T>(before: T[], now: T[]): T[] {
  const same = before.length === now.length && now.every((part, index) => part === before[index]);
  return same ? before : now;
}

function keep<T>(parts: Map<string, Kept<T>>, id: string, key: readonly unknown[], make: () => T): T {
  const known = parts.get(id);
  if (known?.key.every((value, index) => value === key[index])) return known.part;
  const part = make();
  parts.set(id, { key, part });
  return part;
}

function takenPorts(transitions: readonly Transition[]): Map<string, Set<string>> {
  const taken = new Map<string, Set<string>>();
  for (const { from, port } of transitions) {
    const ports = taken.get(from) ?? new Set();
    taken.set(from, ports.add(port));
  }
  return taken;
}

/** The canvas is one stop of the Tab key; from there Tab walks in reading order, not in the order of the page. */
const reachedByWalking = { tabIndex: -1 };

function cardNode(data: CardData, selected: boolean, at: Point | undefined): CardNode {
  const { node, ports } = data;
  const height = cardHeight(ports.length);
  const size = { width: cardWidth, height };
  return {
    id: node.id,
    type: 'card',
    position: at ? { x: at.x, y: at.y } : { x: node.x, y: node.y },
    ...size,
    // Known sizes and handles spare a first rendering of every node only to measure it.
    measured: size,
    handles: [
      ...(data.takesInput ? [inboundHandle(height)] : []),
      ...ports.map((port, index) => portHandle(port, index, ports.length)),
    ],
    selected,
    data,
    domAttributes: reachedByWalking,
    ariaLabel: data.definition ? `${node.label}, ${data.definition.label}` : node.label,
  };
}

const inboundHandle = (height: number): NodeHandle => ({
  type: 'target',
  position: Position.Left,
  id: null,
  x: -inboundSize / 2,
  y: (height - inboundSize) / 2,
  width: inboundSize,
  height: inboundSize,
});
const portHandle = (port: Port, index: number, ports: number): NodeHandle => ({
  type: 'source',
  position: Position.Right,
  id: port.name,
  x: cardWidth - portSize / 2,
  y: portMiddle(index, ports) - portSize / 2,
  width: portSize,
  height: portSize,
});

function noteNode(note: Note, selected: boolean, at: Moving[string] | undefined): NoteNode {
  const size = { width: at?.width ?? note.width, height: at?.height ?? note.height };
  const position = at ? { x: at.x, y: at.y } : { x: note.x, y: note.y };
  const label = note.text.split('\n')[0]?.slice(0, 60);
  return {
    id: note.id,
    type: 'note',
    position,
    ...size,
    measured: size,
    handles: [],
    selected,
    data: { note },
    domAttributes: reachedByWalking,
    ariaLabel: label || ' ',
    zIndex: -1,
  };
}

function stubsBeside(node: WorkflowNode, from: string, open: readonly Port[]): Stub[] {
  const { ports } = cardData(node);
  const middle = (name: string): number =>
    portMiddle(
      ports.findIndex((port) => port.name === name),
      ports.length,
    );
  return open.map((port) => ({ below: middle(port.name) - middle(from), width: stubWidth(port) }));
}

/** How far an output that leads nowhere stands out, with its name and its count. */
export const stubWidth = ({ kind, label }: Pick<Port, 'kind' | 'label'>): number =>
  openOutputWidth + (kind === 'branch' ? stubLetter * label.length : 0);

/** A transition of a port that the node has no longer looks like an error, and keeps the port's name. */
function portOf(node: WorkflowNode, name: string): Pick<Port, 'kind' | 'label'> {
  return cardData(node).ports.find((one) => one.name === name) ?? { kind: 'error', label: name };
}

function edge(transition: Transition, data: TransitionData, selected: boolean): TransitionEdge {
  return {
    id: transition.id,
    type: 'transition',
    source: transition.from,
    sourceHandle: transition.port,
    target: transition.to,
    selected,
    data,
    ariaLabel: `${data.fromLabel} → ${data.toLabel}`,
  };
}
