import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import type { ExportDetail } from '../../../contract/exports.ts';
import { showDone, showFailure } from '../../api/notices.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { openOf } from '../exports/openOf.ts';
import classes from './export.module.css';

/** A run that ended in doubt can go on once people have said what became of its records. */
export function GoOnNotice({ made }: { made: ExportDetail }) {
  const { run, counts, stage } = made;
  const settled = stage === 'settled' && (counts.outcomes.doubt ?? 0) > 0 && openOf(made).doubt === 0;
  const { data } = useApi('getRun', { params: { run } }, { enabled: settled });
  const retry = useChange('retryRun', ['getRun', 'listRuns', 'getExport', 'listExports']);
  const allowed = useMay('operator');
  if (!settled || data?.state !== 'in doubt') return null;
  const goOn = () =>
    retry.mutate({ params: { run } }, { onSuccess: () => showDone(t('open.goesOn')), onError: showFailure });
  return (
    <div className={classes.notice} data-tone="run">
      <IconPlayerPlay size={15} aria-hidden />
      {t('open.goOn')}
      <span className={classes.space} />
      {allowed && (
        <Button size="compact-sm" loading={retry.isPending} onClick={goOn}>
          {t('open.goOnDo')}
        </Button>
      )}
    </div>
  );
}
