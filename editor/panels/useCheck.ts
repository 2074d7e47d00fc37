import { useEffect } from 'react';
import { checkWorkflow } from '../../contract/check.ts';
import { useApi } from '../api/queries.ts';
import { connectorCatalog } from '../catalog/connectors.ts';
import { nodeCatalog } from '../catalog/nodes.ts';
import { setProblems } from '../state/problemsStore.ts';
import type { Drawing } from './DrawingContext.ts';

const pauseMs = 220;

/** Checks the drawing a moment after every edit, as the server would, and tells the cards and the problems list. */
export function useCheck({ workflow, source }: Drawing): void {
  const connections = useApi('listConnections', {}, { staleTime: 60_000 }).data;
  useEffect(() => {
    if (source === 'run') {
      setProblems([]);
      return undefined;
    }
    const known = connections?.map(({ name, kind }) => ({
      name,
      kind,
      capabilities: connectorCatalog.get(kind)?.capabilities ?? [],
    }));
    const timer = setTimeout(() => setProblems(checkWorkflow(workflow, nodeCatalog, known ?? null)), pauseMs);
    return () => clearTimeout(timer);
  }, [workflow, connections, source]);
}
