import { Button } from '@mantine/core';
import { IconHelpCircleFilled, IconSquareRotatedFilled } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ExportDetail } from '../../../contract/exports.ts';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { openOf } from '../exports/openOf.ts';
import { Mark } from '../frame/Mark.tsx';
import classes from './export.module.css';
import type { RecordAction } from './recordActions.ts';
import type { RecordFilterValues } from './useRecordFilters.ts';

interface OpenNoticesProps {
  made: ExportDetail;
  filters: RecordFilterValues;
  onAsk(action: RecordAction): void;
}

/** What of the export waits for somebody, and what can be done about it. */
export function OpenNotices({ made, filters, onAsk }: OpenNoticesProps) {
  const { doubt, rejects } = openOf(made);
  return (
    <>
      {doubt > 0 && (
        <Notice
          mark={
            <Mark tone="rej" Icon={IconHelpCircleFilled}>
              {t('open.doubt', { count: doubt })}
            </Mark>
          }
          onShow={() => filters.set({ action: '', outcome: 'doubt', mark: 'none' })}
          actions={['written', 'notWritten']}
          onAsk={onAsk}
        />
      )}
      {rejects > 0 && (
        <Notice
          mark={
            <Mark tone="rej" Icon={IconSquareRotatedFilled}>
              {t('open.rejects', { count: rejects })}
            </Mark>
          }
          onShow={() => filters.set({ action: '', outcome: 'rejected', mark: 'none' })}
          actions={['requeue', 'dismiss']}
          onAsk={onAsk}
        />
      )}
    </>
  );
}

interface NoticeProps {
  mark: ReactNode;
  onShow(): void;
  actions: readonly RecordAction[];
  onAsk(action: RecordAction): void;
}

function Notice({ mark, onShow, actions, onAsk }: NoticeProps) {
  const allowed = useMay('operator');
  return (
    <div className={classes.notice}>
      {mark}
      <Button size="compact-sm" variant="subtle" onClick={onShow}>
        {t('open.show')}
      </Button>
      <span className={classes.space} />
      {allowed &&
        actions.map((action) => (
          <Button key={action} size="compact-sm" onClick={() => onAsk(action)}>
            {t(`do.${action}`)}
          </Button>
        ))}
    </div>
  );
}
