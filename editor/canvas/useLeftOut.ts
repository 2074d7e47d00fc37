import { useEffect } from 'react';
import { create } from 'zustand';
import { buildGraph, jumpTransitions } from '../../contract/graph.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { nodeCatalog } from '../catalog/nodes.ts';
import { findLeftOut } from '../state/run/leftOut.ts';
import { useRunView } from '../state/runStore.ts';

/** By the ids of nodes that the simulation shown did not come to: the label of the one that would have written. */
export const useLeftOut = create<{ behind: ReadonlyMap<string, string> }>(() => ({ behind: new Map() }));

/** Works out again what was left out when the drawing or the run shown changes. */
export function useFindLeftOut({ nodes: drawn, transitions }: Workflow): void {
  const simulated = useRunView((view) => view.simulated);
  const nodes = useRunView((view) => view.nodes);
  useEffect(() => {
    if (!simulated) {
      useLeftOut.setState({ behind: new Map() });
      return;
    }
    const all = [...transitions, ...jumpTransitions(drawn, nodeCatalog)];
    const graph = buildGraph({ nodes: drawn, transitions: all });
    const found = findLeftOut(graph, { simulated, nodes });
    const behind = new Map([...found].map(([id, writer]) => [id, graph.nodes.get(writer)?.label ?? '']));
    useLeftOut.setState({ behind });
  }, [drawn, transitions, simulated, nodes]);
}
