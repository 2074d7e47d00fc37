import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { onNudge } from '../../api/stream.ts';
import { RowsView } from '../../panels/grid/RowsView.tsx';
import { localRows } from '../../panels/grid/rowsSource.ts';
import { EmptyView } from '../../shell/PageStates.tsx';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { PageFrame } from '../frame/PageFrame.tsx';
import { DropTableDialog } from './DropTableDialog.tsx';
import classes from './tables.module.css';

const above = { to: '/data', label: t('data.title') };

export function TableView({ name, tables }: { name: string; tables: readonly Reply<'listLocalTables'>[number][] }) {
  const table = tables.find((one) => one.name === name);
  const mayDrop = useMay('admin');
  const navigate = useNavigate();
  const [dropping, setDropping] = useState(false);
  useFreshRows(name, !dropping);
  if (!table) return <GoneTable name={name} />;
  return (
    <PageFrame
      title={name}
      above={above}
      aside={<span>{table.key.length > 0 ? t('data.keyIs', { columns: table.key.join(', ') }) : t('data.noKey')}</span>}
      actions={mayDrop && <Button onClick={() => setDropping(true)}>{t('data.drop')}</Button>}
    >
      <div className={classes.rows}>
        <RowsView source={localRows(name)} label={name} emptyHint={t('data.noRows')} />
      </div>
      {dropping && (
        <DropTableDialog table={table} onDropped={() => void navigate('/data')} onClose={() => setDropping(false)} />
      )}
    </PageFrame>
  );
}

/** Rows on the page are read again when a run has written to local data. */
function useFreshRows(name: string, active: boolean): void {
  const client = useQueryClient();
  useEffect(
    () =>
      onNudge((topic) => {
        if (topic === 'tables' && active) void client.invalidateQueries({ queryKey: ['rows', localRows(name).key] });
      }),
    [client, name, active],
  );
}

function GoneTable({ name }: { name: string }) {
  return (
    <PageFrame title={name} above={above}>
      <EmptyView title={t('data.gone', { name })} text={t('data.goneText')}>
        <Button component={Link} to="/data">
          {t('data.goneAction')}
        </Button>
      </EmptyView>
    </PageFrame>
  );
}
