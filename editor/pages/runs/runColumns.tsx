import { IconSquareRotatedFilled } from '@tabler/icons-react';
import { Link } from 'react-router';
import { isFinal } from '../../../contract/run.ts';
import type { Listed } from '../../api/usePages.ts';
import { StateBadge } from '../../panels/StateBadge.tsx';
import { formatClock, formatDuration, formatExactInstant, formatInstant, formatNumber } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { whatRan } from '../../texts/whatRan.ts';
import type { ListColumn } from '../frame/listColumn.ts';
import { Mark } from '../frame/Mark.tsx';
import { When } from '../frame/When.tsx';
import classes from './runs.module.css';
import { StopButton } from './StopButton.tsx';

/** `now` in milliseconds moves while something runs. */
export function runColumns(now: number): ListColumn<Listed<'listRuns'>>[] {
  return [
    { key: 'workflow', head: t('runList.column.workflow'), cell: (run) => <Workflow run={run} /> },
    { key: 'state', head: t('runList.column.state'), width: 204, cell: (run) => <StateBadge state={run.state} /> },
    { key: 'started', head: t('runList.column.started'), width: 116, cell: (run) => <When at={run.createdAt} /> },
    {
      key: 'duration',
      head: t('runList.column.duration'),
      width: 96,
      align: 'right',
      cell: (run) => duration(run, now),
    },
    {
      key: 'rejects',
      head: t('runList.column.rejects'),
      width: 92,
      align: 'right',
      cell: ({ rejects }) =>
        rejects > 0 ? (
          <Mark tone="rej" Icon={IconSquareRotatedFilled}>
            {formatNumber(rejects)}
          </Mark>
        ) : (
          <span className={classes.faint}>{t('list.none')}</span>
        ),
    },
    { key: 'origin', head: t('runList.column.origin'), width: 176, from: 'wide', cell: originText },
    {
      key: 'version',
      head: t('runList.column.version'),
      width: 124,
      from: 'medium',
      cell: whatRan,
    },
    {
      key: 'error',
      head: t('runList.column.error'),
      from: 'widest',
      cell: ({ error }) =>
        error && (
          <span className={classes.error} title={`${error.message} ${error.action}`}>
            {error.message}
          </span>
        ),
    },
    {
      key: 'actions',
      head: t('runList.column.actions'),
      width: 56,
      align: 'right',
      hideHead: true,
      cell: (run) => !isFinal(run.state) && <StopButton run={run} />,
    },
  ];
}

function Workflow({ run }: { run: Listed<'listRuns'> }) {
  const label = t('runList.open', { name: run.workflowLabel, at: formatExactInstant(run.createdAt) });
  return (
    <Link data-primary to={`/runs/${run.id}`} className={classes.name} aria-label={label} title={run.workflowLabel}>
      {run.workflowLabel}
    </Link>
  );
}

function duration({ startedAt, endedAt }: Listed<'listRuns'>, now: number): string {
  if (!startedAt) return t('list.none');
  return endedAt
    ? formatDuration(Date.parse(endedAt) - Date.parse(startedAt))
    : formatClock(now - Date.parse(startedAt));
}

/** "by hand · anna", "schedule · today 14:00". */
export function originText({ origin }: Pick<Listed<'listRuns'>, 'origin'>): string {
  if (origin.export) return t('runs.originBy', { kind: t(`origin.${origin.export.purpose}`), by: origin.by });
  return origin.kind === 'schedule' && origin.instant
    ? t('runList.bySchedule', { instant: formatInstant(origin.instant) })
    : t('runs.originBy', { kind: t(`origin.${origin.kind}`), by: origin.by });
}
