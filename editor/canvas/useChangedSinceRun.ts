import { useMemo } from 'react';
import { useApi } from '../api/queries.ts';
import { runsOtherwise } from '../state/document/differences.ts';
import { useDocument } from '../state/documentStore.ts';
import { commandsFor } from '../state/run/runCommands.ts';
import { useRunView } from '../state/runStore.ts';
import { useRunControl } from './RunControlContext.ts';

/**
 * Whether the draft was changed since the run shown began, in what a run does. Asked only where that run can be retried:
 * a retry goes on with the drawing as it was then.
 */
export function useChangedSinceRun(): boolean {
  const run = useRunView((view) => view.runId);
  const retriable = useRunView((view) => view.runId !== null && commandsFor(view.state).includes('retry'));
  const drafted = (useRunControl()?.start ?? null) !== null;
  const enabled = retriable && drafted;
  const frozen = useApi('getRun', { params: { run: run ?? '' } }, { enabled, staleTime: 60_000 }).data?.workflowFile;
  const drawn = useDocument((state) => (enabled ? state.workflow : null));
  return useMemo(() => {
    if (!enabled || !frozen || drawn?.internalName !== frozen.internalName) return false;
    return runsOtherwise(frozen, drawn);
  }, [enabled, frozen, drawn]);
}
