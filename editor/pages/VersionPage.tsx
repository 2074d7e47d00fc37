import { Anchor, Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useEffect, useMemo } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { Reply } from '../../contract/api.ts';
import { useApi } from '../api/queries.ts';
import { Banner } from '../panels/Banner.tsx';
import classes from '../panels/header/Header.module.css';
import { useFollowedRun } from '../panels/useFollowedRun.ts';
import { Workspace } from '../panels/Workspace.tsx';
import { FailureView, LoadingView } from '../shell/PageStates.tsx';
import { useMay } from '../shell/SessionContext.tsx';
import { dispatchDocument, editDocument, isDirty, useDocument } from '../state/documentStore.ts';
import { resetView } from '../state/viewStore.ts';
import { formatExactInstant } from '../texts/format.ts';
import { t } from '../texts/t.ts';

/** `/workflows/:workflow/versions/:version`: an old version, to look at and to restore. */
export function VersionPage() {
  const { workflow = '', version = '' } = useParams();
  const loaded = useApi('getVersion', { params: { workflow, version } }, { staleTime: Number.POSITIVE_INFINITY });
  useFollowedRun(null);
  useEffect(() => resetView(), []);
  const frozen = loaded.data?.workflow;
  const drawing = useMemo(
    () => (frozen ? { workflow: frozen, editing: false, source: 'version' as const } : null),
    [frozen],
  );
  if (loaded.error) return <FailureView error={loaded.error} onRetry={() => void loaded.refetch()} />;
  if (!loaded.data || !drawing) return <LoadingView />;
  return (
    <Workspace
      drawing={drawing}
      canvasKey={`${workflow} ${version}`}
      header={<VersionHeader version={loaded.data} />}
      banner={<VersionBanner version={loaded.data} />}
    />
  );
}

function VersionHeader({ version }: { version: Reply<'getVersion'> }) {
  return (
    <header className={classes.header}>
      <nav className={classes.crumbs} aria-label={t('header.crumbs')}>
        <Anchor component={Link} to="/workflows" c="dimmed">
          {t('nav.workflows')}
        </Anchor>
        <span aria-hidden>/</span>
        <Anchor component={Link} to={`/workflows/${version.workflow.internalName}`} c="dimmed">
          {version.workflow.label}
        </Anchor>
        <span aria-hidden>/</span>
        <h1>{t('runs.versionNumber', { version: version.version.version })}</h1>
      </nav>
      {version.version.published && <span className={classes.chip}>{t('versions.published')}</span>}
    </header>
  );
}

function VersionBanner({ version }: { version: Reply<'getVersion'> }) {
  const mayEdit = useMay('editor');
  const restore = useRestore(version);
  const { at, by, note } = version.version;
  return (
    <Banner icon={<IconHistory size={16} aria-hidden />}>
      <span>
        {t('frozen.version', { at: formatExactInstant(at), by })} {note}
      </span>
      {mayEdit && (
        <Button size="compact-sm" onClick={restore}>
          {t('versions.restore')}
        </Button>
      )}
      <Button component={Link} to={`/workflows/${version.workflow.internalName}`} size="compact-sm">
        {t('frozen.toDraft')}
      </Button>
    </Banner>
  );
}

/** Puts the version into the draft as one unsaved edit. */
function useRestore(version: Reply<'getVersion'>): () => void {
  const navigate = useNavigate();
  const name = version.workflow.internalName;
  const draft = useApi('getWorkflow', { params: { workflow: name } }).data;
  return () => {
    const open = useDocument.getState();
    const kept = open.workflow?.internalName === name && isDirty(open);
    if (!kept && !draft) return;
    if (!kept && draft) dispatchDocument({ type: 'open', workflow: draft.workflow, revision: draft.revision });
    editDocument({ type: 'replace', workflow: version.workflow });
    void navigate(`/workflows/${name}`);
  };
}
