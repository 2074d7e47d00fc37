import { Button } from '@mantine/core';
import type { ExportDetail, ExportRecord } from '../../../contract/exports.ts';
import { EmptyView } from '../../shell/PageStates.tsx';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { ListTable } from '../frame/ListTable.tsx';
import { recordColumns, recordHeight } from './recordColumns.tsx';
import type { Choice } from './useChoice.ts';
import type { RecordFilterValues } from './useRecordFilters.ts';
import type { useRecords } from './useRecords.ts';

interface RecordTableProps {
  made: ExportDetail;
  found: readonly ExportRecord[];
  filters: RecordFilterValues;
  more: ReturnType<typeof useRecords>['more'];
  choice: Choice;
  /** The row that is open beside it. */
  open: number | null;
  onOpen(record: ExportRecord): void;
}

export function RecordTable({ made, found, filters, more, choice, open, onOpen }: RecordTableProps) {
  const mayChoose = useMay('operator') && made.stage === 'settled';
  if (found.length === 0) return <NoRecords filters={filters} />;
  return (
    <ListTable<ExportRecord>
      label={t('export.records')}
      rows={found}
      columns={recordColumns({ made, field: filters.query.field, choice: mayChoose ? choice : null, onOpen })}
      rowKey={(record) => String(record.row)}
      rowHeight={recordHeight}
      selected={open === null ? null : String(open)}
      sort={null}
      onOpen={onOpen}
      onEnd={more}
    />
  );
}

function NoRecords({ filters: { some, clear } }: { filters: RecordFilterValues }) {
  if (!some) return <EmptyView title={t('export.noRecords')} text={t('export.noRecordsText')} />;
  return (
    <EmptyView title={t('export.noMatch')}>
      <Button onClick={clear}>{t('export.clear')}</Button>
    </EmptyView>
  );
}
