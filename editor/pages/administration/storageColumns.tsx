import { Link } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { StateBadge } from '../../panels/StateBadge.tsx';
import { formatBytes, formatNumber } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import type { ListColumn } from '../frame/listColumn.ts';
import { When } from '../frame/When.tsx';
import classes from './administration.module.css';
import { PurgeButton } from './PurgeButton.tsx';

type StoredRun = Reply<'getStorage'>['runs'][number];

export const storedRunColumns: ListColumn<StoredRun>[] = [
  {
    key: 'workflow',
    head: t('runList.column.workflow'),
    sort: (run) => run.workflowLabel,
    cell: ({ id, workflow, workflowLabel }) => (
      <>
        <Link data-primary to={`/runs/${id}`} className={classes.runLink} title={t('storage.openRun')}>
          {workflowLabel}
        </Link>
        <Link to={`/workflows/${workflow}`} className={classes.inside} title={t('storage.openWorkflow')}>
          {workflow}
        </Link>
      </>
    ),
  },
  { key: 'state', head: t('runList.column.state'), width: 204, cell: (run) => <StateBadge state={run.state} /> },
  {
    key: 'ended',
    head: t('storage.ended'),
    width: 130,
    sort: (run) => run.endedAt,
    cell: ({ endedAt }) => (endedAt === null ? t('list.none') : <When at={endedAt} />),
  },
  {
    key: 'tables',
    head: t('storage.tables'),
    width: 110,
    align: 'right',
    sort: (run) => run.tables,
    cell: (run) => formatNumber(run.tables),
  },
  {
    key: 'bytes',
    head: t('storage.size'),
    width: 110,
    align: 'right',
    sort: (run) => run.bytes,
    cell: (run) => formatBytes(run.bytes),
  },
  {
    key: 'actions',
    head: t('runList.column.actions'),
    width: 56,
    align: 'right',
    hideHead: true,
    cell: (run) => <PurgeButton run={run} />,
  },
];
