import { Button } from '@mantine/core';
import { IconHelpCircleFilled, IconSquareRotatedFilled } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ExportStage } from '../../../contract/exports.ts';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { Mark } from '../frame/Mark.tsx';
import classes from './export.module.css';
import type { Open, RecordAction } from './recordActions.ts';
import type { RecordFilterValues } from './useRecordFilters.ts';

interface OpenNoticesProps {
  stage: ExportStage;
  open: Open;
  filters: RecordFilterValues;
  onAsk(action: RecordAction): void;
}

/** What of the export waits for somebody, and what can be done about it. */
export function OpenNotices({ stage, open: { doubt, rejects, due }, filters, onAsk }: OpenNoticesProps) {
  return (
    <>
      {doubt > 0 && (
        <Notice
          mark={
            <Mark tone="rej" Icon={IconHelpCircleFilled}>
              {t('open.doubt', { count: doubt })}
            </Mark>
          }
          onShow={() => filters.set({ action: '', outcome: stage === 'settled' ? 'doubt' : '', mark: 'none' })}
          actions={['written', 'notWritten']}
          onAsk={onAsk}
        />
      )}
      {rejects + due > 0 && (
        <Notice
          mark={
            <Mark tone="rej" Icon={IconSquareRotatedFilled}>
              {leftText(rejects, due)}
            </Mark>
          }
          onShow={() => filters.set({ action: '', outcome: rejects > 0 ? 'rejected' : 'unsent', mark: 'none' })}
          actions={['requeue', 'dismiss']}
          onAsk={onAsk}
        />
      )}
    </>
  );
}

function leftText(rejects: number, due: number): string {
  const parts = [rejects > 0 && t('open.rejects', { count: rejects }), due > 0 && t('open.due', { count: due })];
  return parts.filter((part) => part !== false).join(' ');
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
