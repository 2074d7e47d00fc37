import { Button } from '@mantine/core';
import { IconCheck, IconUpload } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router';
import { type Listed, type Pages, usePages } from '../api/usePages.ts';
import { EmptyView } from '../shell/PageStates.tsx';
import { t } from '../texts/t.ts';
import { ExportFilters, type ExportFilterValues, useExportFilters } from './exports/ExportFilters.tsx';
import { exportColumns } from './exports/exportColumns.tsx';
import classes from './exports/exports.module.css';
import { ListTable } from './frame/ListTable.tsx';
import { PageFrame } from './frame/PageFrame.tsx';
import { QueryView } from './frame/QueryView.tsx';

/** What was, is, or would be written into outside systems, newest first. */
export function ExportsPage() {
  const filters = useExportFilters();
  const { workflow, stage, open } = filters;
  const pages = usePages('listExports', {
    ...(workflow ? { workflow } : {}),
    ...(stage ? { stage } : {}),
    ...(open ? { open: 'true' } : {}),
  });
  return (
    <PageFrame title={t('exports.title')} tools={<ExportFilters filters={filters} />}>
      <QueryView query={pages}>{(made) => <ExportList made={made} filters={filters} pages={pages} />}</QueryView>
    </PageFrame>
  );
}

interface ExportListProps {
  made: readonly Listed<'listExports'>[];
  filters: ExportFilterValues;
  pages: Pages<'listExports'>;
}

function ExportList({ made, filters, pages }: ExportListProps) {
  const navigate = useNavigate();
  if (made.length === 0) return filters.some ? <NoneFits filters={filters} /> : <NoExports />;
  return (
    <ListTable
      label={t('exports.title')}
      rows={made}
      columns={exportColumns}
      rowKey={(one) => one.id}
      rowHeight={46}
      sort={null}
      onOpen={(one) => void navigate(`/exports/${one.id}`)}
      footer={
        <footer className={classes.footer}>
          <span role="status">{t('exports.shown', { count: made.length })}</span>
          {pages.older ? (
            <Button loading={pages.isFetchingNextPage} onClick={pages.older}>
              {t('exports.older')}
            </Button>
          ) : (
            t('exports.allLoaded')
          )}
        </footer>
      }
    />
  );
}

function NoExports() {
  return (
    <EmptyView
      title={t('exports.empty')}
      text={t('exports.emptyText')}
      icon={<IconUpload size={28} stroke={1.5} className={classes.faint} aria-hidden />}
    >
      <Button component={Link} to="/workflows">
        {t('exports.emptyAction')}
      </Button>
    </EmptyView>
  );
}

function NoneFits({ filters }: { filters: ExportFilterValues }) {
  const { open, workflow, stage, clear } = filters;
  const calm = open && workflow === '' && stage === undefined;
  return (
    <EmptyView
      title={t(calm ? 'exports.nothingOpen' : 'exports.noMatch')}
      text={t(calm ? 'exports.nothingOpenText' : 'exports.noMatchAction')}
      icon={calm && <IconCheck size={28} stroke={1.5} className={classes.faint} aria-hidden />}
    >
      <Button onClick={clear}>{t('exports.clear')}</Button>
    </EmptyView>
  );
}
