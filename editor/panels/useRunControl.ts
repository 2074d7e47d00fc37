import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { Body, Reply } from '../../contract/api.ts';
import { ApiError } from '../api/apiError.ts';
import { call, callWith } from '../api/call.ts';
import { showFailure } from '../api/notices.ts';
import { refreshQueries } from '../api/queries.ts';
import type { RunControl, StartOptions } from '../canvas/RunControlContext.ts';
import { settingOf } from '../catalog/settingOf.ts';
import { useMay } from '../shell/SessionContext.tsx';
import { useDocument } from '../state/documentStore.ts';
import { followAgain, useRunView } from '../state/runStore.ts';
import { setView } from '../state/viewStore.ts';
import { useIsPublished } from './header/useIsPublished.ts';
import type { Saving } from './useSaving.ts';

const endpoints = {
  wake: 'wakeRun',
  resume: 'resumeRun',
  pause: 'pauseRun',
  stop: 'stopRun',
  retry: 'retryRun',
  restart: 'restartRun',
  kill: 'killRun',
} as const;

/** Control of the run shown; `onRun` is given a run that took its place. Starts none: on the page of a past run. */
export function useRunControl(onRun: (run: string) => void): RunControl | null {
  const operator = useMay('operator');
  const { pending, guarded, tell } = useGuard(onRun);
  return useMemo(() => {
    if (!operator) return null;
    return {
      pending,
      start: null,
      command: (command) => guarded(command, async () => tell(await callWith(endpoints[command], shownRun()))),
      wakeNode: (node) =>
        guarded('wake', async () => {
          const { params } = shownRun();
          tell(await callWith('wakeNode', { params: { ...params, node } }));
        }),
    };
  }, [operator, pending, guarded, tell]);
}

/** The same for a draft: the version that the drawing is runs, or else the draft, saved first. */
export function useDraftControl(
  detail: Reply<'getWorkflow'>,
  saving: Saving,
  onRun: (run: string) => void,
): RunControl | null {
  const control = useRunControl(onRun);
  const editor = useMay('editor');
  const published = useIsPublished(detail);
  const which = editor && !published ? 'draft' : 'published';
  const workflow = detail.workflow.internalName;
  const { pending, guarded, tell } = useGuard(onRun);
  return useMemo(() => {
    if (!control) return null;
    const start = (options: StartOptions = {}) =>
      guarded('start', async () => {
        if (which === 'draft' && !(await saving.save())) return;
        tell(await call('startRun', { params: { workflow }, body: startBody(which, options) }));
      });
    return { ...control, pending: pending ?? control.pending, start };
  }, [control, pending, guarded, tell, which, workflow, saving]);
}

function startBody(which: 'draft' | 'published', { to, from, simulate }: StartOptions): Body<'startRun'> {
  return {
    which,
    ...(to === undefined ? {} : { to }),
    ...(from === undefined ? {} : { from: { run: shownRun().params.run, node: from } }),
    ...(simulate ? { simulate } : {}),
  };
}

/** A refusal names the setting that it is about by its path; people know it, and its node, by their labels. */
function inNames(error: unknown): unknown {
  const issue = error instanceof ApiError ? error.issues[0] : undefined;
  const node = useDocument.getState().workflow?.nodes.find(({ id }) => id === issue?.nodeId);
  const setting = issue && settingOf(issue, node);
  if (!(error instanceof ApiError) || !issue?.path || !node || !setting) return error;
  const message = error.message.replace(`${issue.path}:`, () => `${node.label}, ${setting}:`);
  return new ApiError({ message, action: error.action }, error.status, error.code);
}

const shownRun = () => ({ params: { run: useRunView.getState().runId ?? '' } });

/** One thing at a time; what went wrong is said, and problems of the drawing are listed. */
function useGuard(onRun: (run: string) => void) {
  const [pending, setPending] = useState<RunControl['pending']>(null);
  const client = useQueryClient();
  const guarded = useCallback(async (what: RunControl['pending'], work: () => Promise<void>) => {
    setPending(what);
    try {
      await work();
    } catch (error) {
      if (error instanceof ApiError && error.issues.length > 0) setView({ bottomTab: 'problems', bottomOpen: true });
      showFailure(inNames(error));
    } finally {
      setPending(null);
    }
  }, []);
  const tell = useCallback(
    (run: { id: string }) => {
      if (run.id === useRunView.getState().runId) followAgain();
      else onRun(run.id);
      void refreshQueries(client, ['listRuns', 'listWorkflows', 'getRun']);
    },
    [client, onRun],
  );
  return { pending, guarded, tell };
}
