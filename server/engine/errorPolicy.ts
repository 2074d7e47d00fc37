/** What becomes of the run where a node fails: what its settings say, or else what its ports do. */
import type { Port } from '../../contract/node.ts';
import { errorPort } from '../../contract/node.ts';
import type { WorkflowNode } from '../../contract/workflow.ts';
import type { Flow } from './flow.ts';

export const findErrorPort = (flow: Flow, node: WorkflowNode): Port | undefined =>
  flow.ports(node).find((port) => port.name === errorPort.name);

/** An Error port that carries rows is the node's own: whoever asked for it wants those that have no result there. */
export function errorPolicy(flow: Flow, node: WorkflowNode): 'fail' | 'ignore' | 'transition' {
  return node.onError ?? (findErrorPort(flow, node)?.rows ? 'transition' : 'fail');
}
