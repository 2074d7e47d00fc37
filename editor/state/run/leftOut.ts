import type { Graph } from '../../../contract/graph.ts';
import { reachableFrom } from '../../../contract/graph.ts';
import type { RunView } from './runView.ts';

/**
 * Nodes that a simulation did not come to because one in front of them would have written, by their ids; the value is the
 * id of a node that did not run. Empty for other runs.
 */
export function findLeftOut(
  graph: Graph,
  { simulated, nodes }: Pick<RunView, 'simulated' | 'nodes'>,
): Map<string, string> {
  const found = new Map<string, string>();
  if (!simulated) return found;
  for (const [id, node] of Object.entries(nodes)) {
    if (node.would === null) continue;
    for (const behind of reachableFrom(graph, [id])) if (!nodes[behind]) found.set(behind, id);
  }
  return found;
}
