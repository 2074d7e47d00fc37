import { useParams } from 'react-router';
import { useApi } from '../api/queries.ts';
import { t } from '../texts/t.ts';
import { PageFrame } from './frame/PageFrame.tsx';
import { QueryView } from './frame/QueryView.tsx';
import { TableList } from './tables/TableList.tsx';
import { TableView } from './tables/TableView.tsx';

/** Local tables; with one in the address, its rows. */
export function DataPage() {
  const { table: name } = useParams();
  const tables = useApi('listLocalTables');
  if (tables.data === undefined) {
    return (
      <PageFrame title={t('data.title')}>
        <QueryView query={tables}>{() => null}</QueryView>
      </PageFrame>
    );
  }
  return (
    <QueryView query={tables}>
      {(all) => {
        // A name that begins with "_" is of a table that Syncline keeps for itself.
        const tables = all.filter((table) => !table.name.startsWith('_'));
        return name === undefined ? <TableList tables={tables} /> : <TableView name={name} tables={tables} />;
      }}
    </QueryView>
  );
}
