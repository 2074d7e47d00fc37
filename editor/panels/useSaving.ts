import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { Reply } from '../../contract/api.ts';
import { ApiError } from '../api/apiError.ts';
import { call } from '../api/call.ts';
import { showDone, showFailure } from '../api/notices.ts';
import { queryKey, refreshQueries } from '../api/queries.ts';
import { setConflict } from '../state/conflictStore.ts';
import { dispatchDocument, isDirty, useDocument } from '../state/documentStore.ts';
import { settleFresh } from '../state/freshStore.ts';
import { setView } from '../state/viewStore.ts';
import { t } from '../texts/t.ts';

export interface Saving {
  busy: boolean;
  /** Saves if there is something to save; false when it could not, and the person has been told. */
  save(): Promise<boolean>;
  publish(note: string): Promise<boolean>;
  unpublish(): Promise<boolean>;
}

export function useSaving(): Saving {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const store = useCallback(
    (detail: Reply<'getWorkflow'>) => {
      client.setQueryData(queryKey('getWorkflow', { params: { workflow: detail.workflow.internalName } }), detail);
      void refreshQueries(client, ['listWorkflows', 'listVersions']);
    },
    [client],
  );
  const guarded = useCallback(async (work: () => Promise<boolean>) => {
    setBusy(true);
    try {
      return await work();
    } catch (error) {
      await explain(error);
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  const saveNow = useCallback(async () => {
    const state = useDocument.getState();
    const { workflow, revision } = state;
    settleFresh();
    if (!workflow || !isDirty(state)) return true;
    const detail = await call('saveWorkflow', { params: paramsOf(workflow), body: { workflow, revision } });
    dispatchDocument({ type: 'saved', workflow, revision: detail.revision });
    store(detail);
    return true;
  }, [store]);
  const change = useCallback(
    (
      act: (name: string, revision: number) => Promise<Reply<'getWorkflow'>>,
      done: (detail: Reply<'getWorkflow'>) => string,
    ) =>
      guarded(async () => {
        await saveNow();
        const { workflow, revision } = useDocument.getState();
        if (!workflow) return false;
        const detail = await act(workflow.internalName, revision);
        dispatchDocument({ type: 'saved', workflow, revision: detail.revision });
        store(detail);
        showDone(done(detail));
        return true;
      }),
    [guarded, saveNow, store],
  );
  const save = useCallback(() => guarded(saveNow), [guarded, saveNow]);
  const publish = useCallback(
    (note: string) =>
      change(
        (workflow, revision) =>
          call('publishWorkflow', { params: { workflow }, body: { revision, ...(note === '' ? {} : { note }) } }),
        (detail) => t('publish.done', { version: detail.publishedVersion ?? 0 }),
      ),
    [change],
  );
  const unpublish = useCallback(
    () =>
      change(
        (workflow) => call('unpublishWorkflow', { params: { workflow } }),
        () => t('publish.ended'),
      ),
    [change],
  );
  return useMemo(() => ({ busy, save, publish, unpublish }), [busy, save, publish, unpublish]);
}

const paramsOf = ({ internalName }: { internalName: string }) => ({ workflow: internalName });

/** A newer version on the server is not a failure to be clicked away: it is shown beside the canvas, with what to do. */
async function explain(error: unknown): Promise<void> {
  const name = useDocument.getState().workflow?.internalName;
  if (!(error instanceof ApiError && error.code === 'CONFLICT' && name)) {
    showFailure(error);
    return;
  }
  try {
    setConflict(await call('getWorkflow', { params: { workflow: name } }));
    setView({ right: 'conflict', rightOpen: true });
  } catch (failure) {
    showFailure(failure);
  }
}
