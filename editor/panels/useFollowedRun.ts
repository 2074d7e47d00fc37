import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { isFinal, type RunEvent, type RunSummary } from '../../contract/run.ts';
import { call } from '../api/call.ts';
import { showFailure } from '../api/notices.ts';
import { refreshQueries } from '../api/queries.ts';
import { followRun } from '../api/stream.ts';
import { dispatchRun, useFollowing, useRunView } from '../state/runStore.ts';

const pageSize = 5_000;

/** Shows a run: all that happened so far, then every event as it comes, until it has ended. null shows none. */
export function useFollowedRun(runId: string | null): void {
  const client = useQueryClient();
  const count = useFollowing((following) => following.count);
  const following = useMemo(() => ({ runId, count }), [runId, count]);
  useEffect(() => {
    const { runId } = following;
    if (runId === null) {
      dispatchRun({ type: 'leave' });
      return undefined;
    }
    const gone = new AbortController();
    let unfollow: (() => void) | undefined;
    const receive = (events: readonly RunEvent[]) => {
      dispatchRun({ type: 'receive', runId, events });
      if (events.some((event) => event.type === 'run.state' && isFinal(event.state))) {
        void refreshQueries(client, [
          'listRuns',
          'listWorkflows',
          'listOptions',
          'getOption',
          'listLocalTables',
          'listSent',
        ]);
      }
    };
    showPast(runId, receive, gone.signal).then(
      () => {
        const { state, lastSeq } = useRunView.getState();
        if (!gone.signal.aborted && !isFinal(state)) unfollow = followRun(runId, lastSeq, inFrames(receive));
      },
      (error: unknown) => {
        if (!gone.signal.aborted) showFailure(error);
      },
    );
    return () => {
      gone.abort();
      unfollow?.();
    };
  }, [following, client]);
}

async function showPast(
  run: string,
  receive: (events: readonly RunEvent[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const detail = await call('getRun', { params: { run }, signal });
  // A run that is already shown keeps what it has: only what is new is read.
  if (useRunView.getState().runId !== run) dispatchRun({ type: 'show', run: detail as unknown as RunSummary });
  for (let full = true; full && !signal.aborted; ) {
    const after = useRunView.getState().lastSeq;
    const events = await call('listEvents', { params: { run }, query: { after, limit: pageSize }, signal });
    receive(events as unknown as RunEvent[]);
    full = events.length === pageSize;
  }
}

/** Gathers what arrives between two frames: a busy run sends more events than can be drawn. */
function inFrames(receive: (events: readonly RunEvent[]) => void): (events: readonly RunEvent[]) => void {
  let gathered: RunEvent[] = [];
  return (events) => {
    if (gathered.length === 0) {
      requestAnimationFrame(() => {
        const all = gathered;
        gathered = [];
        receive(all);
      });
    }
    gathered.push(...events);
  };
}
