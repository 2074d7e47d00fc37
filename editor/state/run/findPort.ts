import type { PortView, RunView } from './runView.ts';

/**
 * What left by a port. In a run that began in the middle the node itself did nothing: only its transition tells of the
 * rows that were taken over from the earlier run.
 */
export function findPort(
  { nodes, transitions }: Pick<RunView, 'nodes' | 'transitions'>,
  nodeId: string,
  port: string,
): PortView | undefined {
  const own = nodes[nodeId]?.ports[port];
  if (own) return own;
  const over = Object.values(transitions).find((one) => one.nodeId === nodeId && one.port === port);
  return over && { count: over.count, counting: false, earlier: 0, taskId: over.taskId };
}
