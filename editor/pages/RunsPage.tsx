import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router';
import { isFinal } from '../../contract/run.ts';
import { type Listed, type Pages, usePages } from '../api/usePages.ts';
import { useNow } from '../panels/useNow.ts';
import { EmptyView } from '../shell/PageStates.tsx';
import { t } from '../texts/t.ts';
import { ListTable } from './frame/ListTable.tsx';
import { matchText } from './frame/matchText.ts';
import { PageFrame } from './frame/PageFrame.tsx';
import { QueryView } from './frame/QueryView.tsx';
import { RunFilters, type RunFilterValues, useRunFilters } from './runs/RunFilters.tsx';
import { originText, runColumns } from './runs/runColumns.tsx';
import classes from './runs/runs.module.css';

/** All runs, newest first; each opens on the canvas. */
export function RunsPage() {
  const filters = useRunFilters();
  const { workflow, state } = filters;
  const pages = usePages('listRuns', { ...(workflow ? { workflow } : {}), ...(state ? { state } : {}) });
  return (
    <PageFrame title={t('runList.title')} tools={<RunFilters filters={filters} />}>
      <QueryView query={pages}>{(runs) => <RunList runs={runs} filters={filters} pages={pages} />}</QueryView>
    </PageFrame>
  );
}

function RunList({
  runs,
  filters,
  pages,
}: {
  runs: readonly Listed<'listRuns'>[];
  filters: RunFilterValues;
  pages: Pages<'listRuns'>;
}) {
  const navigate = useNavigate();
  const now = useNow(runs.some((run) => !isFinal(run.state)));
  const { text } = filters;
  const rows = runs.filter((run) =>
    matchText(
      text,
      run.workflowLabel,
      run.workflow,
      run.id,
      originText(run),
      run.error?.message,
      t(`state.${run.state}`),
    ),
  );
  if (runs.length === 0 && !filters.some) return <NoRuns />;
  if (rows.length === 0) return <NoneFits filters={filters} pages={pages} />;
  const count =
    text === ''
      ? t('runList.shown', { count: runs.length })
      : t('runList.matching', { matching: rows.length, loaded: runs.length });
  return (
    <ListTable
      label={t('runList.title')}
      rows={rows}
      columns={runColumns(now)}
      rowKey={(run) => run.id}
      sort={null}
      onOpen={(run) => void navigate(`/runs/${run.id}`)}
      footer={
        <footer className={classes.footer}>
          <span role="status">{count}</span>
          {pages.older ? <OlderButton pages={pages} /> : t('runList.allLoaded')}
        </footer>
      }
    />
  );
}

function OlderButton({ pages }: { pages: Pages<'listRuns'> }) {
  return (
    pages.older && (
      <Button loading={pages.isFetchingNextPage} onClick={pages.older}>
        {t('runList.older')}
      </Button>
    )
  );
}

function NoRuns() {
  return (
    <EmptyView
      title={t('runList.empty')}
      text={t('runList.emptyText')}
      icon={<IconPlayerPlay size={28} stroke={1.5} className={classes.faint} aria-hidden />}
    >
      <Button component={Link} to="/workflows">
        {t('runList.emptyAction')}
      </Button>
    </EmptyView>
  );
}

function NoneFits({ filters, pages }: { filters: RunFilterValues; pages: Pages<'listRuns'> }) {
  return (
    <EmptyView title={t('runList.noMatch')} text={t('runList.noMatchAction')}>
      <Button onClick={filters.clear}>{t('runList.clear')}</Button>
      <OlderButton pages={pages} />
    </EmptyView>
  );
}
