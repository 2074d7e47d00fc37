import { useParams } from 'react-router';
import { useApi } from '../api/queries.ts';
import { QueryView } from './frame/QueryView.tsx';
import { TableList } from './tables/TableList.tsx';
import { TableView } from './tables/TableView.tsx';

/** Local tables; with one in the address, its rows. */
export function DataPage() {
  const { table: name } = useParams();
  const tables = useApi('listLocalTables');
  return (
    <QueryView query={tables}>
      {(all) => (name === undefined ? <TableList tables={all} /> : <TableView name={name} tables={all} />)}
    </QueryView>
  );
}
