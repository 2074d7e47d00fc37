/** Lays nodes out from left to right, along the arrows. */
import { Graph, layout } from '@dagrejs/dagre';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import { cardData } from './flowParts.ts';
import { cardHeight, cardWidth, type Point, snap } from './geometry.ts';

/** New places of the given nodes (all if none are given); the upper left corner stays where it is. */
export function tidyPlaces(workflow: Workflow, only: readonly string[] = []): Record<string, Point> {
  const chosen = only.length > 1 ? workflow.nodes.filter((node) => only.includes(node.id)) : workflow.nodes;
  const ids = new Set(chosen.map((node) => node.id));
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 40, ranksep: 92, edgesep: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of chosen) {
    const width = cardWidth + roomForNames(workflow, node);
    graph.setNode(node.id, { width, height: cardHeight(cardData(node).ports.length) });
  }
  for (const { id, from, to } of workflow.transitions)
    if (ids.has(from) && ids.has(to)) graph.setEdge(from, to, {}, id);
  layout(graph);
  const places = chosen.map((node) => ({ id: node.id, ...topLeft(graph.node(node.id)) }));
  const shift = difference(corner(chosen), corner(places));
  return Object.fromEntries(places.map(({ id, x, y }) => [id, snap({ x: x + shift.x, y: y + shift.y })]));
}

const letterWidth = 7;

/** A branch that leads nowhere shows its name beside the card: without room the next card would cover it. */
function roomForNames({ transitions }: Workflow, node: WorkflowNode): number {
  const taken = new Set(transitions.filter((one) => one.from === node.id).map((one) => one.port));
  const open = cardData(node).ports.filter((port) => port.kind === 'branch' && !taken.has(port.name));
  return Math.max(0, ...open.map((port) => port.label.length)) * letterWidth;
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
