import { useEffect, useMemo } from 'react';
import type { KnownWorkflow } from '../../contract/node.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { useApi } from '../api/queries.ts';
import { beginCheck, endCheck } from '../state/freshStore.ts';
import { setProblems } from '../state/problemsStore.ts';
import type { CheckReply, CheckRequest } from './checkWorker.ts';
import type { Drawing } from './DrawingContext.ts';

const pauseMs = 180;
let worker: Worker | undefined;
let asked = 0;
/** What was asked of last. */
let checked: Workflow | null = null;

/** Checks the drawing a moment after every edit, as the server would, and tells the cards and the problems list. */
export function useCheck({ workflow, source }: Drawing): void {
  const connections = useApi('listConnections', {}, { staleTime: 60_000 }).data;
  const workflows = useKnownWorkflows();
  useEffect(() => {
    // What is still to be answered was asked of an older drawing.
    asked += 1;
    if (source === 'run') {
      settle([], null);
      return undefined;
    }
    beginCheck();
    const known = connections?.map(({ name, kind, capabilities }) => ({ name, kind, capabilities })) ?? null;
    const timer = setTimeout(() => ask({ workflow, connections: known, workflows }), pauseMs);
    return () => clearTimeout(timer);
  }, [workflow, connections, workflows, source]);
}

/** The same list as long as it says the same: how their runs went does not matter here. */
function useKnownWorkflows(): KnownWorkflow[] | null {
  const all = useApi('listWorkflows', {}, { staleTime: 60_000 }).data;
  const text =
    all && JSON.stringify(all.map((one) => ({ name: one.internalName, published: one.publishedVersion !== null })));
  return useMemo(() => (text === undefined ? null : (JSON.parse(text) as KnownWorkflow[])), [text]);
}

function ask(request: Omit<CheckRequest, 'id'>): void {
  worker ??= startWorker();
  asked += 1;
  checked = request.workflow;
  worker.postMessage({ ...request, id: asked } satisfies CheckRequest);
}

/** Only the answer to the last question counts. */
function startWorker(): Worker {
  const started = new Worker(new URL('./checkWorker.ts', import.meta.url), { type: 'module' });
  started.addEventListener('message', (event: MessageEvent<CheckReply>) => {
    if (event.data.id === asked) settle(event.data.issues, checked);
  });
  return started;
}

function settle(issues: CheckReply['issues'], drawn: Workflow | null): void {
  setProblems(issues, drawn);
  endCheck();
}
