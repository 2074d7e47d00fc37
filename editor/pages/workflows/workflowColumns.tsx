import { Badge } from '@mantine/core';
import { IconAlertTriangleFilled, IconClockHour4, IconSquareRotatedFilled } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { isFinal } from '../../../contract/run.ts';
import { StateBadge } from '../../panels/StateBadge.tsx';
import { formatClock, formatExactInstant, formatInstant, formatInstantIn, formatNumber } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import type { ListColumn } from '../frame/listColumn.ts';
import { Mark } from '../frame/Mark.tsx';
import { WorkflowActions } from './WorkflowActions.tsx';
import classes from './workflows.module.css';

type Item = Reply<'listWorkflows'>[number];

/** `now` moves while something runs; `taken` are the internal names in use. */
export function workflowColumns(now: Date, taken: ReadonlySet<string>): ListColumn<Item>[] {
  return [
    {
      key: 'name',
      head: t('workflows.column.name'),
      sort: (item) => item.label,
      cell: (item) => <Name item={item} />,
    },
    {
      key: 'lastRun',
      head: t('workflows.column.lastRun'),
      width: 188,
      sort: (item) => item.lastRun?.createdAt ?? null,
      cell: (item) => <LastRun item={item} now={now} />,
    },
    {
      key: 'rejects',
      head: t('workflows.column.rejects'),
      width: 84,
      align: 'right',
      from: 'wide',
      sort: (item) => item.lastRun?.rejects ?? null,
      cell: (item) => <Rejects count={item.lastRun?.rejects ?? 0} />,
    },
    {
      key: 'nextRun',
      head: t('workflows.column.nextRun'),
      width: 196,
      from: 'medium',
      sort: (item) => item.nextRun?.at ?? null,
      cell: (item) => <NextRun item={item} />,
    },
    {
      key: 'version',
      head: t('workflows.column.version'),
      width: 144,
      sort: (item) => item.publishedVersion,
      cell: (item) => <Version item={item} />,
    },
    {
      key: 'problems',
      head: t('workflows.column.problems'),
      width: 112,
      sort: (item) => item.problems,
      cell: ({ problems }) =>
        problems > 0 ? (
          <Mark tone="err" Icon={IconAlertTriangleFilled}>
            {t('workflows.problems', { count: problems })}
          </Mark>
        ) : (
          <span className={classes.faint}>{t('workflows.noProblems')}</span>
        ),
    },
    {
      key: 'updated',
      head: t('workflows.column.updated'),
      width: 116,
      from: 'widest',
      sort: (item) => item.updatedAt,
      cell: ({ updatedAt, updatedBy }) => (
        <span title={t('workflows.updatedBy', { at: formatExactInstant(updatedAt), name: updatedBy })}>
          {formatInstant(updatedAt, now)}
        </span>
      ),
    },
    {
      key: 'actions',
      head: t('workflows.column.actions'),
      width: 88,
      align: 'right',
      hideHead: true,
      cell: (item) => <WorkflowActions item={item} taken={taken} />,
    },
  ];
}

function Name({ item }: { item: Item }) {
  return (
    <>
      <Link data-primary to={`/workflows/${item.internalName}`} className={classes.name} title={item.label}>
        {item.label}
      </Link>
      <small className={classes.about} title={item.description}>
        <code>{item.internalName}</code>
        {item.description && ` · ${item.description}`}
      </small>
    </>
  );
}

function LastRun({ item: { label, lastRun, activeRuns }, now }: { item: Item; now: Date }) {
  if (!lastRun) return <span className={classes.faint}>{t('workflows.neverRan')}</span>;
  const age = isFinal(lastRun.state)
    ? formatInstant(lastRun.endedAt ?? lastRun.createdAt, now)
    : formatClock(now.getTime() - Date.parse(lastRun.createdAt));
  return (
    <Link to={`/runs/${lastRun.id}`} className={classes.run} aria-label={t('workflows.lastRunOf', { name: label })}>
      <StateBadge state={lastRun.state} />
      <small className={classes.about}>
        {age}
        {activeRuns > 1 && ` · ${t('workflows.activeRuns', { count: activeRuns })}`}
        {lastRun.rejects > 0 && (
          <span className={classes.narrow}> · {t('workflows.rejects', { count: lastRun.rejects })}</span>
        )}
      </small>
    </Link>
  );
}

function NextRun({ item: { nextRun, drawnSchedule, publishedVersion } }: { item: Item }) {
  if (!nextRun && drawnSchedule && publishedVersion === null)
    return (
      <span title={t('workflows.drawnHint', { schedule: drawnSchedule })}>
        <span className={classes.drawn}>{drawnSchedule}</span>
        <small className={classes.about}>{t('workflows.drawn')}</small>
      </span>
    );
  if (!nextRun) return <span className={classes.faint}>{t('workflows.noSchedule')}</span>;
  const { at, timeZone } = nextRun;
  const whole = formatInstantIn(at, timeZone);
  return (
    <>
      <Mark tone="mute" Icon={IconClockHour4} title={whole}>
        {whole.slice(0, -timeZone.length)}
      </Mark>
      <small className={classes.about}>{timeZone}</small>
    </>
  );
}

function Rejects({ count }: { count: number }) {
  if (count === 0) return <span className={classes.faint}>{t('list.none')}</span>;
  return (
    <Mark tone="rej" Icon={IconSquareRotatedFilled} title={t('workflows.rejects', { count })}>
      {formatNumber(count)}
    </Mark>
  );
}

function Version({ item: { publishedVersion: version, draftDiffers } }: { item: Item }) {
  if (version === null) return <Badge color="gray">{t('workflows.notPublished')}</Badge>;
  return (
    <span className={classes.version}>
      <Badge color="gray">{t('workflows.version', { version })}</Badge>
      {draftDiffers && (
        <small className={classes.differs} title={t('workflows.draftDiffersHint', { version })}>
          {t('workflows.draftDiffers')}
        </small>
      )}
    </span>
  );
}
