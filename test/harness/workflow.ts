/** Workflows in a few words: nodes by name, arrows as text. A node's name is its id as well. */
import type { NodeCatalog } from '../../contract/node.ts';
import { nodePorts } from '../../contract/node.ts';
import type { Json } from '../../contract/types.ts';
import type { Workflow, WorkflowNode, WorkflowSettings } from '../../contract/workflow.ts';

export type FlowNode = Partial<Omit<WorkflowNode, 'id' | 'name' | 'config'>> & { type: string; config?: object };
export type FlowNodes = Record<string, FlowNode>;

/** `arrows`: "a -> b" leaves by the first port of `a`, "a.reject -> b" by the one that is named. */
export function drawWorkflow(
  catalog: NodeCatalog,
  nodes: FlowNodes,
  arrows: readonly string[],
  { internalName, settings }: { internalName: string; settings?: WorkflowSettings },
): Workflow {
  const placed = Object.entries(nodes).map(([name, node], index) => placeNode(name, node, index));
  return {
    formatVersion: 1,
    internalName,
    label: internalName,
    ...(settings ? { settings } : {}),
    nodes: placed,
    transitions: arrows.map((arrow, index) => {
      const [from = '', to = ''] = arrow.split(' -> ');
      const [source = '', ...port] = from.split('.');
      return { id: `t${index}`, from: source, port: port.join('.') || firstPort(catalog, placed, source), to };
    }),
  };
}

function placeNode(name: string, { config, ...node }: FlowNode, index: number): WorkflowNode {
  const place = { id: name, name, label: name, x: index * 240, y: 0 };
  return { ...place, ...node, config: (config ?? {}) as Record<string, Json> };
}

function firstPort(catalog: NodeCatalog, nodes: readonly WorkflowNode[], name: string): string {
  const node = nodes.find((one) => one.name === name);
  const definition = node && catalog.get(node.type);
  const [port] = node && definition ? nodePorts(definition, node) : [];
  if (!port) throw new Error(`The node ${name} has no port from which an arrow could leave.`);
  return port.name;
}
