import type { RunState } from '../../../contract/run.ts';
import { isFinal } from '../../../contract/run.ts';
import type { Transition } from '../../../contract/workflow.ts';
import type { RunView } from './runView.ts';

export interface NodeCommands {
  /** What came to the node in the run shown is known: a new run may begin there with it. */
  from: boolean;
  /** The node failed or was stopped, and so did its run. */
  retry: boolean;
  /** The node waits for an instant. */
  wake: boolean;
}

const retriable = (state: RunState): boolean => state === 'failed' || state === 'stopped';

/** What may be asked of one node of the run shown. */
export function nodeCommands(
  { runId, state, nodes, transitions }: RunView,
  nodeId: string,
  drawn: readonly Transition[],
): NodeCommands {
  if (runId === null) return { from: false, retry: false, wake: false };
  const node = nodes[nodeId];
  const inbound = drawn.filter((one) => one.to === nodeId);
  const came = ({ id, from, port }: Transition) => id in transitions || nodes[from]?.ports[port]?.counting === false;
  return {
    from: inbound.length > 0 && inbound.some(came),
    retry: retriable(state) && (node?.state === 'failed' || node?.state === 'stopped'),
    wake:
      !isFinal(state) &&
      node?.due?.asks === undefined &&
      (node?.state === 'waiting' || (node?.state === 'pending' && node.due !== null)),
  };
}
