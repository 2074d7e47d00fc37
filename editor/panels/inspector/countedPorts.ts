import type { Port } from '../../../contract/node.ts';
import type { WorkflowNode } from '../../../contract/workflow.ts';
import { cardData } from '../../canvas/flowParts.ts';
import type { NodeView } from '../../state/run/runView.ts';

/** The outputs of a node by which rows left in the run shown, each with its own count, in the order they are drawn. */
export function countedPorts(
  node: WorkflowNode,
  ports: NodeView['ports'],
): { port: Port; count: number; counting: boolean; earlier: number }[] {
  return cardData(node).ports.flatMap((port) => {
    const view = ports[port.name];
    if (!view || view.count === null) return [];
    const { count, counting, earlier } = view;
    return [{ port, count, counting, earlier }];
  });
}
