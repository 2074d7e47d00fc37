import { Title } from '@mantine/core';
import { useState } from 'react';
import type { Reply } from '../../../contract/api.ts';
import { useApi } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { ListTable } from '../frame/ListTable.tsx';
import { matchText } from '../frame/matchText.ts';
import { NoMatch } from '../frame/NoMatch.tsx';
import { QueryView } from '../frame/QueryView.tsx';
import { SearchField } from '../frame/SearchField.tsx';
import type { Sort } from '../frame/sortRows.ts';
import classes from './connections.module.css';
import { fieldColumns } from './fieldColumns.tsx';

type Details = Reply<'describeObject'>;
const freshMs = 10 * 60_000;

/** The fields of a remote object, as its organisation describes them. */
export function FieldTable({ connection, object }: { connection: string; object: string }) {
  const details = useApi('describeObject', { params: { connection, object } }, { staleTime: freshMs });
  return (
    <section className={classes.fields} aria-label={t('fields.label', { object })}>
      <QueryView query={details}>{(found) => <Fields details={found} />}</QueryView>
    </section>
  );
}

function Fields({ details }: { details: Details }) {
  const [query, setQuery] = useState('');
  const [sort, setSort] = useState<Sort | null>(null);
  const rows = details.fields.filter((field) => matchText(query, field.name, field.label, field.remoteType));
  return (
    <>
      <div className={classes.bar}>
        <Title order={2} title={details.name}>
          {details.label}
        </Title>
        <code className={classes.code}>{details.name}</code>
        <span className={classes.grow} />
        <span className={classes.type} role="status">
          {t('fields.count', { count: rows.length })}
        </span>
        <SearchField label={t('fields.search')} value={query} onChange={setQuery} width={180} />
      </div>
      <IndexNote details={details} />
      {rows.length === 0 ? (
        <NoMatch onClear={() => setQuery('')} />
      ) : (
        <ListTable
          label={t('fields.label', { object: details.name })}
          rows={rows}
          columns={fieldColumns(details.idField)}
          rowKey={(field) => field.name}
          rowHeight={34}
          sort={sort}
          onSort={setSort}
        />
      )}
    </>
  );
}

function IndexNote({ details: { indexFields, recommendedIndexField: recommended } }: { details: Details }) {
  if (indexFields.length === 0) return null;
  return (
    <p className={classes.note}>
      {t('fields.index', { fields: indexFields.join(', ') })}
      {recommended && ` · ${t('fields.recommended', { name: recommended.name, reason: recommended.reason })}`}
    </p>
  );
}
