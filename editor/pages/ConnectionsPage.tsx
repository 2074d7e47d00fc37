import { useParams } from 'react-router';
import { useApi } from '../api/queries.ts';
import { t } from '../texts/t.ts';
import { ConnectionList } from './connections/ConnectionList.tsx';
import { ConnectionView } from './connections/ConnectionView.tsx';
import { NewConnection } from './connections/NewConnection.tsx';
import { PageFrame } from './frame/PageFrame.tsx';
import { QueryView } from './frame/QueryView.tsx';
import { useParam } from './frame/useParam.ts';

/** The list of connections; one of them by its name; with `?new=1` the form of another one. */
export function ConnectionsPage() {
  const { connection: name } = useParams();
  const [creating] = useParam('new');
  const connections = useApi('listConnections');
  if (connections.data === undefined) {
    return (
      <PageFrame title={t('connections.title')}>
        <QueryView query={connections}>{() => null}</QueryView>
      </PageFrame>
    );
  }
  return (
    <QueryView query={connections}>
      {(all) => {
        if (name !== undefined) return <ConnectionView key={name} name={name} connections={all} />;
        return creating ? <NewConnection connections={all} /> : <ConnectionList connections={all} />;
      }}
    </QueryView>
  );
}
