import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { useApi } from '../../api/queries.ts';
import { originText } from '../../pages/runs/runColumns.tsx';
import { EmptyView, FailureView, LoadingView } from '../../shell/PageStates.tsx';
import { useRunView } from '../../state/runStore.ts';
import { formatDuration, formatInstant, formatNumber } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { whatRan } from '../../texts/whatRan.ts';
import { useDrawing } from '../DrawingContext.ts';
import { StateBadge } from '../StateBadge.tsx';
import classes from './Tabs.module.css';

/** The last runs of this workflow; each opens on the canvas as it was then. */
export function RunsTab() {
  const { workflow } = useDrawing();
  const shown = useRunView((view) => view.runId);
  const runs = useApi('listRuns', { query: { workflow: workflow.internalName, limit: 50 } });
  if (runs.error) return <FailureView error={runs.error} onRetry={() => void runs.refetch()} />;
  if (!runs.data) return <LoadingView />;
  if (runs.data.length === 0) return <EmptyView title={t('runs.none')} text={t('runs.noneHint')} />;
  return (
    <table className={classes.table} aria-label={t('bottom.runs')}>
      <thead>
        <tr>
          <th>{t('runs.started')}</th>
          <th>{t('runs.state')}</th>
          <th>{t('runs.version')}</th>
          <th>{t('runs.origin')}</th>
          <th>{t('runs.duration')}</th>
          <th>{t('runs.rejects')}</th>
          <th>{t('runs.error')}</th>
        </tr>
      </thead>
      <tbody>
        {runs.data.map((run) => (
          <tr key={run.id} data-shown={run.id === shown || undefined}>
            <td>
              <Anchor component={Link} to={`/runs/${run.id}`} size="sm">
                {formatInstant(run.createdAt)}
              </Anchor>
            </td>
            <td>
              <StateBadge state={run.state} />
            </td>
            <td>{whatRan(run)}</td>
            <td>{originText(run)}</td>
            <td>
              {run.startedAt && run.endedAt ? formatDuration(Date.parse(run.endedAt) - Date.parse(run.startedAt)) : ''}
            </td>
            <td>{run.rejects > 0 ? formatNumber(run.rejects) : ''}</td>
            <td className={classes.error} title={run.error?.message}>
              {run.error?.message}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
