import { Button } from '@mantine/core';
import { IconRestore } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useParams } from 'react-router';
import type { Reply } from '../../contract/api.ts';
import { useApi } from '../api/queries.ts';
import { RunControlContext } from '../canvas/RunControlContext.ts';
import { Banner } from '../panels/Banner.tsx';
import { EditorCommands } from '../panels/EditorCommands.tsx';
import { WorkflowHeader } from '../panels/header/WorkflowHeader.tsx';
import { useFollowedRun } from '../panels/useFollowedRun.ts';
import { useKeepUnsaved } from '../panels/useKeepUnsaved.ts';
import { useNodeInAddress } from '../panels/useNodeInAddress.ts';
import { useDraftControl } from '../panels/useRunControl.ts';
import { useSaving } from '../panels/useSaving.ts';
import { Workspace } from '../panels/Workspace.tsx';
import { FailureView, LoadingView } from '../shell/PageStates.tsx';
import { useMay } from '../shell/SessionContext.tsx';
import { setConflict } from '../state/conflictStore.ts';
import { differs } from '../state/document/differences.ts';
import { mergeWorkflows } from '../state/document/merge.ts';
import { dispatchDocument, editDocument, isDirty, useDocument } from '../state/documentStore.ts';
import { dropUnsaved, readUnsaved, type Unsaved } from '../state/unsaved.ts';
import { resetView } from '../state/viewStore.ts';
import { formatInstant } from '../texts/format.ts';
import { t } from '../texts/t.ts';

/** `/workflows/:workflow`: the draft. */
export function EditorPage() {
  const { workflow = '' } = useParams();
  const detail = useApi('getWorkflow', { params: { workflow } }, { staleTime: 0 });
  if (detail.data) return <Editor key={workflow} detail={detail.data} />;
  if (detail.error) return <FailureView error={detail.error} onRetry={() => void detail.refetch()} />;
  return <LoadingView />;
}

function Editor({ detail }: { detail: Reply<'getWorkflow'> }) {
  const name = detail.workflow.internalName;
  const editing = useMay('editor');
  const [unsaved, setUnsaved] = useOpenedDraft(detail);
  const workflow = useDocument((state) => state.workflow);
  useNodeInAddress();
  const saving = useSaving();
  const [chosen, setChosen] = useState<string | null>(null);
  const latest = useApi('listRuns', { query: { workflow: name, limit: 1 } }).data?.[0]?.id ?? null;
  useFollowedRun(chosen ?? latest);
  useKeepUnsaved(editing && unsaved === null);
  const shown = workflow?.internalName === name ? workflow : detail.workflow;
  const drawing = useMemo(() => ({ workflow: shown, editing, source: 'draft' as const }), [shown, editing]);
  const control = useDraftControl(detail, saving, setChosen);
  return (
    <RunControlContext value={control}>
      <Workspace
        drawing={drawing}
        canvasKey={name}
        header={<WorkflowHeader detail={detail} saving={saving} />}
        banner={unsaved && <UnsavedBanner unsaved={unsaved} onDone={() => setUnsaved(null)} />}
      />
      <EditorCommands saving={saving} />
    </RunControlContext>
  );
}

/** Opens the draft unless it is open with unsaved edits already; gives what an earlier tab left behind. */
function useOpenedDraft(detail: Reply<'getWorkflow'>): [Unsaved | null, (unsaved: Unsaved | null) => void] {
  const name = detail.workflow.internalName;
  const [unsaved, setUnsaved] = useState<Unsaved | null>(() => {
    const open = useDocument.getState();
    if (open.workflow?.internalName === name && isDirty(open)) return null;
    const found = readUnsaved(localStorage, name);
    return found && differs(found.workflow, detail.workflow) ? found : null;
  });
  useEffect(() => {
    resetView();
    setConflict(null);
    document.title = `${detail.workflow.label} · ${t('app.name')}`;
    return () => {
      document.title = t('app.name');
    };
  }, [detail.workflow.label]);
  useEffect(() => {
    const open = useDocument.getState();
    const mine = open.workflow?.internalName === name;
    // A newer version from elsewhere replaces the drawing only while there is nothing to lose.
    if (mine && (isDirty(open) || open.revision >= detail.revision)) return;
    dispatchDocument({ type: 'open', workflow: detail.workflow, revision: detail.revision });
  }, [name, detail]);
  return [unsaved, setUnsaved];
}

function UnsavedBanner({ unsaved, onDone }: { unsaved: Unsaved; onDone(): void }) {
  const restore = () => {
    const { saved } = useDocument.getState();
    const merged = saved ? mergeWorkflows(unsaved.base, unsaved.workflow, saved).workflow : unsaved.workflow;
    editDocument({ type: 'replace', workflow: merged });
    onDone();
  };
  const discard = () => {
    dropUnsaved(localStorage, unsaved.workflow.internalName);
    onDone();
  };
  return (
    <Banner icon={<IconRestore size={16} aria-hidden />}>
      <span>{t('unsaved.found', { at: formatInstant(unsaved.at) })}</span>
      <Button size="compact-sm" onClick={restore}>
        {t('unsaved.restore')}
      </Button>
      <Button size="compact-sm" onClick={discard}>
        {t('unsaved.discard')}
      </Button>
    </Banner>
  );
}
