import { Anchor, Button } from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import { useEffect, useMemo } from 'react';
import { Link, useParams } from 'react-router';
import type { Reply } from '../../contract/api.ts';
import { isFinal } from '../../contract/run.ts';
import { useApi } from '../api/queries.ts';
import { Banner } from '../panels/Banner.tsx';
import classes from '../panels/header/Header.module.css';
import { ActiveButtons } from '../panels/header/RunButtons.tsx';
import { RunChip } from '../panels/header/RunChip.tsx';
import { useFollowedRun } from '../panels/useFollowedRun.ts';
import { Workspace } from '../panels/Workspace.tsx';
import { FailureView, LoadingView } from '../shell/PageStates.tsx';
import { useMay } from '../shell/SessionContext.tsx';
import { useRunView } from '../state/runStore.ts';
import { resetView, setView } from '../state/viewStore.ts';
import { formatExactInstant, formatInstant } from '../texts/format.ts';
import { t } from '../texts/t.ts';

/** `/runs/:run`: a run on the workflow as it was frozen for it. */
export function RunPage() {
  const { run = '' } = useParams();
  const detail = useApi('getRun', { params: { run } }, { staleTime: 60_000 });
  useFollowedRun(run);
  useEffect(() => {
    resetView();
    setView({ bottomTab: 'timeline' });
  }, []);
  const workflow = detail.data?.workflowFile;
  const drawing = useMemo(() => (workflow ? { workflow, editing: false, source: 'run' as const } : null), [workflow]);
  if (detail.error) return <FailureView error={detail.error} onRetry={() => void detail.refetch()} />;
  if (!detail.data || !drawing) return <LoadingView />;
  return (
    <Workspace
      drawing={drawing}
      canvasKey={run}
      header={<RunHeader run={detail.data} />}
      banner={<FrozenBanner run={detail.data} />}
    />
  );
}

function RunHeader({ run }: { run: Reply<'getRun'> }) {
  const operator = useMay('operator');
  const active = useRunView((view) => view.runId === run.id && !isFinal(view.state));
  return (
    <header className={classes.header}>
      <nav className={classes.crumbs} aria-label={t('header.crumbs')}>
        <Anchor component={Link} to="/runs" c="dimmed">
          {t('nav.runs')}
        </Anchor>
        <span aria-hidden>/</span>
        <h1>
          {run.workflowLabel} · {formatInstant(run.createdAt)}
        </h1>
      </nav>
      <span className={classes.chip}>
        {run.version === null ? t('runs.draft') : t('runs.versionNumber', { version: run.version })}
      </span>
      <span className={classes.chip}>
        {t('runs.originBy', { kind: t(`origin.${run.origin.kind}`), by: run.origin.by })}
      </span>
      <span className={classes.space} />
      <RunChip />
      {operator && active && <ActiveButtons runId={run.id} />}
    </header>
  );
}

function FrozenBanner({ run }: { run: Reply<'getRun'> }) {
  return (
    <Banner icon={<IconSnowflake size={16} aria-hidden />}>
      <span>{t('frozen.run', { at: formatExactInstant(run.createdAt) })}</span>
      <Button component={Link} to={`/workflows/${run.workflow}`} size="compact-sm">
        {t('frozen.toDraft')}
      </Button>
    </Banner>
  );
}
