import { Button } from '@mantine/core';
import { IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router';
import { connectorCatalog } from '../../catalog/connectors.ts';
import { iconNamed } from '../../catalog/icons.ts';
import { EmptyView } from '../../shell/PageStates.tsx';
import { useMay } from '../../shell/SessionContext.tsx';
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
import { When } from '../frame/When.tsx';
import { addressOf, type Connection, connectionPath, newPath } from './connection.ts';
import classes from './connections.module.css';
import { VerifiedMark } from './VerifiedMark.tsx';
import { VerifyButton } from './VerifyButton.tsx';

export function ConnectionList({ connections }: { connections: readonly Connection[] }) {
  const mayEdit = useMay('editor');
  const [query, setQuery] = useParam('q');
  const newButton = mayEdit && (
    <Button variant="filled" component={Link} to={newPath} leftSection={<IconPlus size={15} aria-hidden />}>
      {t('connections.new')}
    </Button>
  );
  return (
    <PageFrame
      title={t('connections.title')}
      aside={<span>{t('connections.count', { count: connections.length })}</span>}
      actions={
        <>
          <SearchField label={t('connections.search')} value={query} onChange={setQuery} shortcut />
          {newButton}
        </>
      }
    >
      {connections.length === 0 ? (
        <EmptyView
          title={t('connections.empty')}
          text={mayEdit ? t('connections.emptyText') : t('connections.emptyViewer')}
          icon={<IconPlugConnected size={28} stroke={1.5} className={classes.faint} aria-hidden />}
        >
          {newButton}
        </EmptyView>
      ) : (
        <Rows connections={connections} query={query} onClear={() => setQuery('')} />
      )}
    </PageFrame>
  );
}

interface RowsProps {
  connections: readonly Connection[];
  query: string;
  onClear(): void;
}

function Rows({ connections, query, onClear }: RowsProps) {
  const navigate = useNavigate();
  const mayEdit = useMay('editor');
  const [sort, setSort] = useSort({ key: 'name', direction: 'asc' });
  const rows = connections.filter((one) => matchText(query, one.label, one.name, one.kind, addressOf(one)));
  if (rows.length === 0) return <NoMatch onClear={onClear} />;
  return (
    <ListTable
      label={t('connections.title')}
      rows={rows}
      columns={mayEdit ? [...columns, verifyColumn] : columns}
      rowKey={(connection) => connection.name}
      rowHeight={48}
      sort={sort}
      onSort={setSort}
      onOpen={(connection) => void navigate(connectionPath(connection.name))}
    />
  );
}

const columns: ListColumn<Connection>[] = [
  {
    key: 'name',
    head: t('connections.column.name'),
    sort: (connection) => connection.label,
    cell: ({ name, label }) => (
      <>
        <Link data-primary to={connectionPath(name)} className={classes.name} title={label}>
          {label}
        </Link>
        <code className={classes.code}>{name}</code>
      </>
    ),
  },
  {
    key: 'kind',
    head: t('connections.column.kind'),
    width: 150,
    sort: (connection) => kindLabel(connection),
    cell: (connection) => (
      <Mark tone="mute" Icon={iconNamed(connectorCatalog.get(connection.kind)?.icon ?? '')}>
        {kindLabel(connection)}
      </Mark>
    ),
  },
  {
    key: 'verified',
    head: t('connections.column.verified'),
    width: 226,
    sort: (connection) => connection.verified?.at ?? null,
    cell: (connection) => <VerifiedMark verified={connection.verified} />,
  },
  {
    key: 'address',
    head: t('connections.column.address'),
    from: 'medium',
    sort: addressOf,
    cell: (connection) => <span title={addressOf(connection)}>{addressOf(connection)}</span>,
  },
  {
    key: 'updated',
    head: t('connections.column.updated'),
    width: 120,
    from: 'wide',
    sort: (connection) => connection.updatedAt,
    cell: (connection) => <When at={connection.updatedAt} />,
  },
];

const verifyColumn: ListColumn<Connection> = {
  key: 'actions',
  head: t('connections.column.actions'),
  width: 158,
  align: 'right',
  hideHead: true,
  cell: (connection) => <VerifyButton connection={connection} compact />,
};

const kindLabel = ({ kind }: Connection): string => connectorCatalog.get(kind)?.label ?? kind;
