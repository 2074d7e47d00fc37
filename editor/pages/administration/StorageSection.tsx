import type { Reply } from '../../../contract/api.ts';
import { useApi } from '../../api/queries.ts';
import { EmptyView } from '../../shell/PageStates.tsx';
import { formatBytes } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { Facts } from '../frame/Facts.tsx';
import { ListTable } from '../frame/ListTable.tsx';
import { QueryView } from '../frame/QueryView.tsx';
import { useSort } from '../frame/useSort.ts';
import classes from './administration.module.css';
import { storedRunColumns } from './storageColumns.tsx';

type Storage = Reply<'getStorage'>;

/** How much room the data takes, and which runs take it; the rows of a run can be given up by hand. */
export function StorageSection() {
  const storage = useApi('getStorage', {}, { staleTime: 0 });
  return (
    <QueryView query={storage}>
      {(found) => (
        <>
          <Sizes storage={found} />
          <StoredRuns runs={found.runs} />
        </>
      )}
    </QueryView>
  );
}

function Sizes({ storage }: { storage: Storage }) {
  const { freeBytes, floorBytes, controlBytes, localBytes, runBytes, exportBytes, runs } = storage;
  const size = (bytes: number | null) => (bytes === null ? t('storage.onServer') : formatBytes(bytes));
  const tables = runs.reduce((sum, run) => sum + run.tables, 0);
  return (
    <div className={classes.sizes}>
      <Facts
        facts={[
          {
            label: t('storage.free'),
            value: t('storage.freeIs', { size: size(freeBytes), floor: formatBytes(floorBytes) }),
          },
          { label: t('storage.rows'), value: t('storage.rowsAre', { size: formatBytes(runBytes), count: tables }) },
          { label: t('storage.exports'), value: formatBytes(exportBytes) },
          { label: t('storage.local'), value: size(localBytes) },
          { label: t('storage.control'), value: size(controlBytes) },
        ]}
      />
    </div>
  );
}

function StoredRuns({ runs }: { runs: Storage['runs'] }) {
  const [sort, setSort] = useSort({ key: 'bytes', direction: 'desc' });
  if (runs.length === 0) return <EmptyView title={t('storage.none')} text={t('storage.noneHint')} />;
  return (
    <ListTable
      label={t('storage.rows')}
      rows={runs}
      columns={storedRunColumns}
      rowKey={(run) => run.id}
      rowHeight={46}
      sort={sort}
      onSort={setSort}
    />
  );
}
