/** Lays nodes out from left to right, along the arrows. */
import { Graph, layout } from '@dagrejs/dagre';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import { cardData } from './flowParts.ts';
import { cardHeight, cardWidth, type Point, snap, widestName } from './geometry.ts';
import type { Layered } from './tidyOrder.ts';
import { orderByPorts } from './tidyOrder.ts';

/** New places of the given nodes (all if none are given); the upper left corner stays where it is. */
export function tidyPlaces(workflow: Workflow, only: readonly string[] = []): Record<string, Point> {
  const chosen = only.length > 1 ? workflow.nodes.filter((node) => only.includes(node.id)) : workflow.nodes;
  const ids = new Set(chosen.map((node) => node.id));
  const nodes = new Map(chosen.map((node) => [node.id, node]));
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 40, ranksep: columnGap, edgesep: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of chosen) {
    const width = cardWidth + roomForNames(workflow, node);
    graph.setNode(node.id, { width, height: cardHeight(cardData(node).ports.length) });
  }
  for (const { id, from, to } of workflow.transitions)
    if (ids.has(from) && ids.has(to)) graph.setEdge(from, to, {}, id);
  const shares = new Map(workflow.transitions.map((one) => [one.id, portShare(nodes.get(one.from), one.port)]));
  const drawn = (id: string): number => nodes.get(id)?.y ?? Number.POSITIVE_INFINITY;
  const customOrder = (layered: Layered, order: (graph: Layered, options: object) => void): void => {
    order(layered, {});
    orderByPorts(layered, shares, drawn);
  };
  layout(graph, { customOrder });
  const places = chosen.map((node) => ({ id: node.id, ...topLeft(graph.node(node.id)) }));
  const shift = difference(corner(chosen), corner(places));
  return Object.fromEntries(places.map(({ id, x, y }) => [id, snap({ x: x + shift.x, y: y + shift.y })]));
}

const columnGap = 92;
const letterWidth = 7;
/** What stands around a name on an arrow: the shape, a count, and the arrow on both sides. */
const aroundName = 84;

/** A branch shows its name on its arrow, or beside the card if it leads nowhere: without room it would lie over the next card. */
function roomForNames({ transitions }: Workflow, node: WorkflowNode): number {
  const taken = new Set(transitions.filter((one) => one.from === node.id).map((one) => one.port));
  const rooms = cardData(node)
    .ports.filter((port) => port.kind === 'branch')
    .map(({ name, label }) => label.length * letterWidth + (taken.has(name) ? aroundName - columnGap : 0));
  return Math.min(widestName, Math.max(0, ...rooms));
}

/** From 0 to 1: how far down the card an arrow leaves. */
function portShare(node: WorkflowNode | undefined, port: string): number {
  const ports = node ? cardData(node).ports : [];
  const index = ports.findIndex((one) => one.name === port);
  return index < 0 ? 0.5 : (index + 1) / (ports.length + 1);
}

const topLeft = ({ x, y, width, height }: Point & { width: number; height: number }): Point => ({
  x: x - width / 2,
  y: y - height / 2,
});
const corner = (points: readonly Point[]): Point => ({
  x: Math.min(...points.map((point) => point.x)),
  y: Math.min(...points.map((point) => point.y)),
});
const difference = (a: Point, b: Point): Point => ({ x: a.x - b.x, y: a.y - b.y });
