/** Pure questions about a workflow's graph: what arrives where, what can still reach what. */

import type { InputColumns, NodeCatalog } from './node.ts';
import { jumpPort, nodePorts, parsedConfig } from './node.ts';
import type { Column } from './types.ts';
import type { Transition, Workflow, WorkflowNode } from './workflow.ts';

export interface Graph {
  nodes: ReadonlyMap<string, WorkflowNode>;
  /** Transitions by the node they leave and by the node they enter, in the order of the file. */
  out: ReadonlyMap<string, readonly Transition[]>;
  in: ReadonlyMap<string, readonly Transition[]>;
}

/** With a catalogue, jumps are transitions like those that are drawn. */
export function buildGraph(workflow: Pick<Workflow, 'nodes' | 'transitions'>, catalog?: NodeCatalog): Graph {
  const nodes = new Map(workflow.nodes.map((node) => [node.id, node]));
  const all = catalog ? [...workflow.transitions, ...jumpTransitions(workflow.nodes, catalog)] : workflow.transitions;
  const known = all.filter((transition) => nodes.has(transition.from) && nodes.has(transition.to));
  return {
    nodes,
    out: Map.groupBy(known, (transition) => transition.from),
    in: Map.groupBy(known, (transition) => transition.to),
  };
}

/** The points of jumps, in the order of the file. */
export function jumpPoints(
  nodes: readonly WorkflowNode[],
  catalog: NodeCatalog,
): { node: WorkflowNode; point: 'out' | 'in'; name: string }[] {
  return nodes.flatMap((node) => {
    const definition = catalog.get(node.type);
    return definition?.jump ? [{ node, ...definition.jump(parsedConfig(definition, node)) }] : [];
  });
}

/** A transition from each jump to the first point of its name. Their ids hold a ":", which drawn ones never do. */
export function jumpTransitions(nodes: readonly WorkflowNode[], catalog: NodeCatalog): Transition[] {
  const points = jumpPoints(nodes, catalog);
  return points.flatMap(({ node, point, name }) => {
    const target = points.find((other) => other.point === 'in' && other.name === name)?.node;
    if (point === 'in' || !target) return [];
    return [{ id: `jump:${node.id}:${target.id}`, from: node.id, port: jumpPort.name, to: target.id }];
  });
}

/** Ids of all nodes that can be reached from the given ones (they themselves included), not passing `through` a blocked node. */
export function reachableFrom(
  graph: Graph,
  starts: Iterable<string>,
  blocked: ReadonlySet<string> = new Set(),
): Set<string> {
  const seen = new Set(starts);
  const queue = [...seen];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (blocked.has(id)) continue;
    for (const transition of graph.out.get(id) ?? []) {
      if (seen.has(transition.to)) continue;
      seen.add(transition.to);
      queue.push(transition.to);
    }
  }
  return seen;
}

/** Ids of all nodes from which a way leads to the given one, itself included. */
export function leadingTo(graph: Graph, nodeId: string): Set<string> {
  const seen = new Set([nodeId]);
  const queue = [nodeId];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const { from } of graph.in.get(id) ?? []) {
      if (!seen.has(from)) queue.push(from);
      seen.add(from);
    }
  }
  return seen;
}

/** Nodes at which a run begins when started by hand: no inbound transition, and able to begin. */
export function manualStarts(graph: Graph, catalog: NodeCatalog): string[] {
  return [...graph.nodes.values()].filter((node) => canStart(node, graph, catalog)).map((node) => node.id);
}

function canStart(node: WorkflowNode, graph: Graph, catalog: NodeCatalog): boolean {
  const definition = catalog.get(node.type);
  if (!definition || (graph.in.get(node.id) ?? []).length > 0) return false;
  return definition.starts !== null || definition.inputs.min === 0;
}

/** Columns by node and port, computed along the arrows; loops get what is known after one pass (null where not). */
export function graphColumns(graph: Graph, catalog: NodeCatalog): Map<string, Record<string, Column[] | null>> {
  const result = new Map<string, Record<string, Column[] | null>>();
  const visiting = new Set<string>();
  const visit = (id: string): Record<string, Column[] | null> => {
    const known = result.get(id);
    if (known) return known;
    const node = graph.nodes.get(id);
    const definition = node && catalog.get(node.type);
    if (!node || !definition || visiting.has(id)) return {};
    visiting.add(id);
    const inputs = (graph.in.get(id) ?? []).map((transition) => inputFrom(transition, visit(transition.from)));
    const columns = definition.columns(parsedConfig(definition, node), inputs);
    visiting.delete(id);
    result.set(id, columns);
    return columns;
  };
  for (const id of graph.nodes.keys()) visit(id);
  return result;
}

function inputFrom(transition: Transition, columns: Record<string, Column[] | null>): InputColumns {
  return { fromNode: transition.from, port: transition.port, columns: columns[transition.port] ?? null };
}

/** What arrives at one node, given `graphColumns`. */
export function inputColumns(
  graph: Graph,
  columns: ReadonlyMap<string, Record<string, Column[] | null>>,
  nodeId: string,
): InputColumns[] {
  return (graph.in.get(nodeId) ?? []).map((transition) => inputFrom(transition, columns.get(transition.from) ?? {}));
}

/** Whether rows travel along a transition, by the port it leaves. */
export function carriesRows(graph: Graph, catalog: NodeCatalog, transition: Transition): boolean {
  const node = graph.nodes.get(transition.from);
  const definition = node && catalog.get(node.type);
  if (!node || !definition) return false;
  return nodePorts(definition, node).some((port) => port.name === transition.port && port.rows);
}
