import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { EndpointName } from '../../contract/api.ts';
import { queryKey, refreshQueries } from './queries.ts';
import { onNudge, useStreamState } from './stream.ts';

/** What is read again when a list changed, by the topic of the nudge. */
const refreshedBy: Record<string, readonly EndpointName[]> = {
  workflows: ['listWorkflows', 'listVersions', 'getWorkflow'],
  runs: ['listRuns', 'listWorkflows', 'listAlarms'],
  exports: ['listExports', 'getExport'],
  options: ['listOptions', 'getOption'],
  connections: ['listConnections'],
  tables: ['listLocalTables', 'listLocalRows'],
  users: ['listUsers', 'listTokens'],
};

/** Keeps every list on the page fresh while someone is signed in. */
export function NudgeRefresh() {
  const client = useQueryClient();
  const lost = useStreamState() === 'lost';
  useEffect(() => {
    let stop: (() => void) | null = null;
    const refresh = (topic: string | null) => {
      const names = topic === null ? Object.values(refreshedBy).flat() : (refreshedBy[topic] ?? []);
      void refreshQueries(client, [...new Set(names)]);
    };
    const follow = () => {
      const signedIn = client.getQueryData(queryKey('getSession')) !== undefined;
      if (signedIn) stop ??= onNudge(refresh);
      else {
        stop?.();
        stop = null;
      }
    };
    follow();
    const unsubscribe = client.getQueryCache().subscribe(follow);
    return () => {
      unsubscribe();
      stop?.();
    };
  }, [client]);
  useEffect(() => {
    // Perhaps the server is there and only the session has ended: then the sign-in page is where to go.
    if (lost) void refreshQueries(client, ['getSession']);
  }, [lost, client]);
  return null;
}
