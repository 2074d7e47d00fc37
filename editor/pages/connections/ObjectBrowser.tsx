import { ActionIcon, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Reply } from '../../../contract/api.ts';
import { call } from '../../api/call.ts';
import { showFailure } from '../../api/notices.ts';
import { queryKey, useApi } from '../../api/queries.ts';
import { EmptyView } from '../../shell/PageStates.tsx';
import { t } from '../../texts/t.ts';
import { ListTable } from '../frame/ListTable.tsx';
import type { ListColumn } from '../frame/listColumn.ts';
import { matchText } from '../frame/matchText.ts';
import { NoMatch } from '../frame/NoMatch.tsx';
import { QueryView } from '../frame/QueryView.tsx';
import { SearchField } from '../frame/SearchField.tsx';
import { useParam } from '../frame/useParam.ts';
import { byLabel } from './connection.ts';
import classes from './connections.module.css';
import { FieldTable } from './FieldTable.tsx';

type RemoteObject = Reply<'listObjects'>[number];
/** Metadata changes rarely; the button reads it again. */
const freshMs = 10 * 60_000;

/** The objects of the outside system, and the fields of the one that is chosen. */
export function ObjectBrowser({ connection }: { connection: string }) {
  const objects = useApi('listObjects', { params: { connection } }, { staleTime: freshMs });
  const [chosen, choose] = useParam('object');
  return (
    <QueryView query={objects}>
      {(all) =>
        all.length === 0 ? (
          <EmptyView title={t('objects.none')} text={t('objects.noneAction')} />
        ) : (
          <>
            <ObjectList connection={connection} objects={byLabel(all)} chosen={chosen} onChoose={choose} />
            {chosen === '' ? (
              <EmptyView title={t('objects.choose')} />
            ) : (
              <FieldTable key={chosen} connection={connection} object={chosen} />
            )}
          </>
        )
      }
    </QueryView>
  );
}

interface ObjectListProps {
  connection: string;
  objects: readonly RemoteObject[];
  chosen: string;
  onChoose(name: string): void;
}

function ObjectList({ connection, objects, chosen, onChoose }: ObjectListProps) {
  const [query, setQuery] = useState('');
  const rows = objects.filter((object) => matchText(query, object.name, object.label));
  return (
    <section className={classes.objects} aria-label={t('objects.label')}>
      <div className={classes.bar}>
        <SearchField label={t('objects.search')} value={query} onChange={setQuery} width="100%" shortcut />
        <RefreshButton connection={connection} />
      </div>
      {rows.length === 0 ? (
        <NoMatch onClear={() => setQuery('')} />
      ) : (
        <ListTable
          label={t('objects.label')}
          rows={rows}
          columns={objectColumns(t('objects.count', { count: rows.length }), onChoose)}
          rowKey={(object) => object.name}
          rowHeight={46}
          selected={chosen}
          sort={null}
          onOpen={(object) => onChoose(object.name)}
        />
      )}
    </section>
  );
}

function RefreshButton({ connection }: { connection: string }) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const params = { connection };
  const refresh = async () => {
    setBusy(true);
    try {
      const objects = await call('listObjects', { params, query: { refresh: 'true' } });
      client.setQueryData(queryKey('listObjects', { params }), objects);
    } catch (error) {
      showFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Tooltip label={t('objects.refresh')}>
      <ActionIcon aria-label={t('objects.refresh')} loading={busy} onClick={() => void refresh()}>
        <IconRefresh size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

function objectColumns(head: string, onChoose: (name: string) => void): ListColumn<RemoteObject>[] {
  return [
    {
      key: 'name',
      head,
      cell: ({ name, label, custom, queryable }) => (
        <button type="button" data-primary className={classes.open} onClick={() => onChoose(name)} title={name}>
          {label} {custom && <span className={classes.trait}>{t('objects.custom')}</span>}
          {!queryable && (
            <span className={classes.trait} data-tone="rej" title={t('objects.notQueryableHint')}>
              {t('objects.notQueryable')}
            </span>
          )}
          <br />
          <code className={classes.code}>{name}</code>
        </button>
      ),
    },
  ];
}
