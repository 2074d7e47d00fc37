/** The frozen workflow of a run, ready to be asked. */
import { UserError } from '../../contract/errors.ts';
import type { Graph } from '../../contract/graph.ts';
import { buildGraph, leadingTo } from '../../contract/graph.ts';
import type { NodeCatalog, Port } from '../../contract/node.ts';
import { errorPort, nodePorts } from '../../contract/node.ts';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import type { NewId } from '../db/ids.ts';
import type { RunRow } from '../db/rows.ts';
import { readFrozen } from '../runs/frozen.ts';
import type { NodeType } from './catalog.ts';
import type { Host } from './host.ts';

export interface Flow {
  workflow: Workflow;
  graph: Graph;
  newId: NewId;
  catalog: NodeCatalog;
  /** Throws for an id that is not in the workflow: the run's file was checked when it started. */
  node(id: string): WorkflowNode;
  /** Throws UserError NODE_TYPE_UNKNOWN: a type may have been removed since the run started. */
  type(node: WorkflowNode): NodeType;
  /** Output ports in the order they are drawn; of a type that was removed, only the Error port a person asked for. */
  ports(node: WorkflowNode): Port[];
  /** Whether it waits for all its inbound transitions. */
  isJoin(node: WorkflowNode): boolean;
  hasJoins: boolean;
  /** Nodes that do not run: disabled, or not on a way to the node that the run goes to. */
  skipped: ReadonlySet<string>;
  /** Nodes behind which nothing goes on: those that are skipped, and the node that the run goes to. */
  ends: ReadonlySet<string>;
}

function makeFlow(workflow: Workflow, toNode: string | null, { catalog, newId }: Host): Flow {
  const graph = buildGraph(workflow, catalog.definitions);
  const type = (node: WorkflowNode): NodeType => {
    const found = catalog.nodes.get(node.type);
    if (!found) throw new UserError('NODE_TYPE_UNKNOWN', { type: node.type });
    return found;
  };
  const isJoin = (node: WorkflowNode): boolean => catalog.nodes.get(node.type)?.definition.inputs.join === 'all';
  return {
    workflow,
    graph,
    newId,
    catalog: catalog.definitions,
    ...findLimits(graph, toNode),
    node: (id) => {
      const node = graph.nodes.get(id);
      if (!node) throw new Error(`The workflow ${workflow.internalName} has no node ${id}.`);
      return node;
    },
    type,
    ports: (node) => {
      const found = catalog.nodes.get(node.type);
      if (found) return nodePorts(found.definition, node);
      return node.onError === 'transition' ? [errorPort] : [];
    },
    isJoin,
    hasJoins: workflow.nodes.some(isJoin),
  };
}

function findLimits(graph: Graph, toNode: string | null): Pick<Flow, 'skipped' | 'ends'> {
  const within = toNode === null ? null : leadingTo(graph, toNode);
  const skips = (node: WorkflowNode): boolean =>
    node.execution === 'disabled' || (within !== null && !within.has(node.id));
  const skipped = new Set([...graph.nodes.values()].filter(skips).map((node) => node.id));
  return { skipped, ends: toNode === null ? skipped : new Set([...skipped, toNode]) };
}

const mostKept = 200;
const kept = new WeakMap<Host, Map<string, Flow>>();

/** A run's file never changes, so it is read once. */
export async function loadFlow(host: Host, runId: string): Promise<Flow> {
  const flows = kept.get(host) ?? new Map<string, Flow>();
  kept.set(host, flows);
  const known = flows.get(runId);
  if (known) return known;
  const run: Pick<RunRow, 'to_node'> | undefined = await host.db('runs').where({ id: runId }).first('to_node');
  const flow = makeFlow(await readFrozen(host.db, runId), run?.to_node ?? null, host);
  flows.set(runId, flow);
  const [oldest] = flows.keys();
  if (flows.size > mostKept && oldest !== undefined) flows.delete(oldest);
  return flow;
}
