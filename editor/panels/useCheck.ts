import { useEffect } from 'react';
import { useApi } from '../api/queries.ts';
import { setProblems } from '../state/problemsStore.ts';
import type { CheckReply, CheckRequest } from './checkWorker.ts';
import type { Drawing } from './DrawingContext.ts';

const pauseMs = 180;
let worker: Worker | undefined;
let asked = 0;

/** Checks the drawing a moment after every edit, as the server would, and tells the cards and the problems list. */
export function useCheck({ workflow, source }: Drawing): void {
  const connections = useApi('listConnections', {}, { staleTime: 60_000 }).data;
  useEffect(() => {
    if (source === 'run') {
      asked += 1;
      setProblems([]);
      return undefined;
    }
    const known = connections?.map(({ name, kind, capabilities }) => ({ name, kind, capabilities })) ?? null;
    const timer = setTimeout(() => ask({ workflow, connections: known }), pauseMs);
    return () => clearTimeout(timer);
  }, [workflow, connections, source]);
}

function ask(request: Omit<CheckRequest, 'id'>): void {
  worker ??= startWorker();
  asked += 1;
  worker.postMessage({ ...request, id: asked } satisfies CheckRequest);
}

/** Only the answer to the last question counts. */
function startWorker(): Worker {
  const started = new Worker(new URL('./checkWorker.ts', import.meta.url), { type: 'module' });
  started.addEventListener('message', (event: MessageEvent<CheckReply>) => {
    if (event.data.id === asked) setProblems(event.data.issues);
  });
  return started;
}
