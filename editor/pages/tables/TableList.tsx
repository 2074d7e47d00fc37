import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconDatabase, IconKey, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { EmptyView } from '../../shell/PageStates.tsx';
import { useMay } from '../../shell/SessionContext.tsx';
import { formatNumber } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { ListTable } from '../frame/ListTable.tsx';
import type { ListColumn } from '../frame/listColumn.ts';
import { Mark } from '../frame/Mark.tsx';
import { matchText } from '../frame/matchText.ts';
import { NoMatch } from '../frame/NoMatch.tsx';
import { PageFrame } from '../frame/PageFrame.tsx';
import { SearchField } from '../frame/SearchField.tsx';
import { useParam } from '../frame/useParam.ts';
import { useSort } from '../frame/useSort.ts';
import { DropTableDialog } from './DropTableDialog.tsx';
import classes from './tables.module.css';

type LocalTable = Reply<'listLocalTables'>[number];

const tablePath = (name: string): string => `/data/${encodeURIComponent(name)}`;

export function TableList({ tables }: { tables: readonly LocalTable[] }) {
  const [query, setQuery] = useParam('q');
  return (
    <PageFrame
      title={t('data.title')}
      aside={<span>{t('data.count', { count: tables.length })}</span>}
      actions={<SearchField label={t('data.search')} value={query} onChange={setQuery} shortcut />}
    >
      {tables.length === 0 ? <NoTables /> : <Tables tables={tables} query={query} onClear={() => setQuery('')} />}
    </PageFrame>
  );
}

function NoTables() {
  return (
    <EmptyView
      title={t('data.empty')}
      text={t('data.emptyText')}
      icon={<IconDatabase size={28} stroke={1.5} className={classes.faint} aria-hidden />}
    >
      <Button component={Link} to="/workflows">
        {t('data.emptyAction')}
      </Button>
    </EmptyView>
  );
}

function Tables({ tables, query, onClear }: { tables: readonly LocalTable[]; query: string; onClear(): void }) {
  const navigate = useNavigate();
  const mayDrop = useMay('admin');
  const [sort, setSort] = useSort({ key: 'name', direction: 'asc' });
  const [dropped, setDropped] = useState<LocalTable | null>(null);
  const rows = tables.filter(({ name, columns }) => matchText(query, name, ...columns.map((column) => column.name)));
  if (rows.length === 0) return <NoMatch onClear={onClear} />;
  return (
    <>
      <ListTable
        label={t('data.tables')}
        rows={rows}
        columns={tableColumns(mayDrop ? setDropped : null)}
        rowKey={(table) => table.name}
        sort={sort}
        onSort={setSort}
        onOpen={(table) => void navigate(tablePath(table.name))}
      />
      {dropped && <DropTableDialog table={dropped} onClose={() => setDropped(null)} />}
    </>
  );
}

function tableColumns(onDrop: ((table: LocalTable) => void) | null): ListColumn<LocalTable>[] {
  return [
    {
      key: 'name',
      head: t('data.column.name'),
      width: 240,
      sort: (table) => table.name,
      cell: ({ name }) => (
        <Link data-primary to={tablePath(name)} className={classes.name}>
          {name}
        </Link>
      ),
    },
    {
      key: 'rows',
      head: t('data.column.rows'),
      width: 110,
      align: 'right',
      sort: (table) => table.rows,
      cell: (table) => formatNumber(table.rows),
    },
    {
      key: 'key',
      head: t('data.column.key'),
      width: 200,
      cell: ({ key }) =>
        key.length > 0 ? (
          <Mark tone="mute" Icon={IconKey}>
            {key.join(', ')}
          </Mark>
        ) : (
          <span className={classes.faint}>{t('data.noKey')}</span>
        ),
    },
    {
      key: 'columns',
      head: t('data.column.columns'),
      sort: (table) => table.columns.length,
      cell: ({ columns }) => <ColumnNames columns={columns} />,
    },
    ...(onDrop ? [dropColumn(onDrop)] : []),
  ];
}

function dropColumn(onDrop: (table: LocalTable) => void): ListColumn<LocalTable> {
  return {
    key: 'actions',
    head: t('data.column.actions'),
    width: 56,
    align: 'right',
    hideHead: true,
    cell: (table) => (
      <Tooltip label={t('data.drop')}>
        <ActionIcon aria-label={t('data.dropNamed', { name: table.name })} onClick={() => onDrop(table)}>
          <IconTrash size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
    ),
  };
}

function ColumnNames({ columns }: Pick<LocalTable, 'columns'>) {
  const names = columns.map((column) => column.name).join(', ');
  return (
    <span title={names}>
      {formatNumber(columns.length)} <span className={classes.faint}>{names}</span>
    </span>
  );
}
