import { Button, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconDownload } from '@tabler/icons-react';
import type { ExportDetail } from '../../../contract/exports.ts';
import { endpointUrl } from '../../api/call.ts';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import type { RecordFilterValues } from './useRecordFilters.ts';

interface ExportActionsProps {
  made: ExportDetail;
  filters: RecordFilterValues;
  /** Undo is asked for. */
  onAsk(): void;
}

/** What can be done with the export as a whole; where it cannot be undone, why. */
export function ExportActions({ made, filters, onAsk }: ExportActionsProps) {
  const { id, stage, notUndoable } = made;
  if (!useMay('operator')) return null;
  const address = endpointUrl('downloadExportRecords', { params: { export: id }, query: filters.query });
  const sent = stage === 'sending' || stage === 'settled';
  const reason = notUndoable === null ? undefined : t('do.impossible', { reason: notUndoable });
  return (
    <>
      <Tooltip label={t(filters.some ? 'export.downloadShown' : 'export.downloadAll')}>
        <Button component="a" href={address} download leftSection={<IconDownload size={15} aria-hidden />}>
          {t('export.download')}
        </Button>
      </Tooltip>
      {sent && (
        <Tooltip label={reason} disabled={reason === undefined} multiline maw={340} openDelay={0}>
          <Button
            leftSection={<IconArrowBackUp size={15} aria-hidden />}
            data-disabled={reason !== undefined || undefined}
            aria-disabled={reason !== undefined}
            aria-description={reason}
            onClick={reason === undefined ? onAsk : undefined}
          >
            {t('do.undo')}
          </Button>
        </Tooltip>
      )}
    </>
  );
}
