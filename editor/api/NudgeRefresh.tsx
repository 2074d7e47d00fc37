import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { EndpointName } from '../../contract/api.ts';
import { queryKey, refreshQueries } from './queries.ts';
import { onNudge } from './stream.ts';

/** What is read again when a list changed, by the topic of the nudge. */
const refreshedBy: Record<string, readonly EndpointName[]> = {
  workflows: ['listWorkflows', 'listVersions'],
  runs: ['listRuns', 'listWorkflows'],
  options: ['listOptions', 'getOption'],
  connections: ['listConnections'],
  tables: ['listLocalTables', 'listLocalRows'],
  users: ['listUsers', 'listTokens'],
};

/** Keeps every list on the page fresh while someone is signed in. */
export function NudgeRefresh() {
  const client = useQueryClient();
  useEffect(() => {
    let stop: (() => void) | null = null;
    const follow = () => {
      const signedIn = client.getQueryData(queryKey('getSession')) !== undefined;
      if (signedIn && !stop) stop = onNudge((topic) => void refreshQueries(client, refreshedBy[topic] ?? []));
      if (!signedIn && stop) {
        stop();
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
  return null;
}
