import { Anchor, Button } from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { Reply } from '../../contract/api.ts';
import { useApi } from '../api/queries.ts';
import { RunControlContext } from '../canvas/RunControlContext.ts';
import { Banner } from '../panels/Banner.tsx';
import classes from '../panels/header/Header.module.css';
import { RunChip } from '../panels/header/RunChip.tsx';
import { RunCommands } from '../panels/header/RunCommands.tsx';
import { RunMenu } from '../panels/header/RunMenu.tsx';
import { useFollowedRun } from '../panels/useFollowedRun.ts';
import { useNodeInAddress } from '../panels/useNodeInAddress.ts';
import { useRunControl } from '../panels/useRunControl.ts';
import { Workspace } from '../panels/Workspace.tsx';
import { FailureView, LoadingView } from '../shell/PageStates.tsx';
import { resetView, setView } from '../state/viewStore.ts';
import { formatExactInstant, formatInstant } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import { whatRan } from '../texts/whatRan.ts';
import { originText } from './runs/runColumns.tsx';

/** `/runs/:run`: a run on the workflow as it was frozen for it. */
export function RunPage() {
  const { run = '' } = useParams();
  const navigate = useNavigate();
  const detail = useApi('getRun', { params: { run } }, { staleTime: 60_000 });
  useFollowedRun(run);
  useEffect(() => {
    resetView();
    setView({ bottomTab: 'timeline' });
  }, []);
  useNodeInAddress();
  const control = useRunControl(useCallback((other: string) => void navigate(`/runs/${other}`), [navigate]));
  const workflow = detail.data?.workflowFile;
  const drawing = useMemo(() => (workflow ? { workflow, editing: false, source: 'run' as const } : null), [workflow]);
  if (detail.error) return <FailureView error={detail.error} onRetry={() => void detail.refetch()} />;
  if (!detail.data || !drawing) return <LoadingView />;
  return (
    <RunControlContext value={control}>
      <Workspace
        drawing={drawing}
        canvasKey={run}
        header={<RunHeader run={detail.data} />}
        banner={<FrozenBanner run={detail.data} />}
      />
    </RunControlContext>
  );
}

function RunHeader({ run }: { run: Reply<'getRun'> }) {
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
      <span className={classes.chip}>{whatRan(run)}</span>
      <span className={classes.chip}>{originText(run)}</span>
      <span className={classes.space} />
      <RunChip />
      <RunCommands />
      <RunMenu />
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
