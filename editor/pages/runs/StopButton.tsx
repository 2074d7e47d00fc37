import { ActionIcon, Tooltip } from '@mantine/core';
import { IconPlayerStopFilled } from '@tabler/icons-react';
import { showDone, showFailure } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import type { Listed } from '../../api/usePages.ts';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';

export function StopButton({ run }: { run: Listed<'listRuns'> }) {
  const stop = useChange('stopRun', ['listRuns', 'listWorkflows']);
  if (!useMay('operator')) return null;
  const send = () =>
    stop.mutate({ params: { run: run.id } }, { onSuccess: () => showDone(t('runList.stopped')), onError: showFailure });
  return (
    <Tooltip label={t('runList.stopHint')}>
      <ActionIcon aria-label={t('runList.stop', { name: run.workflowLabel })} loading={stop.isPending} onClick={send}>
        <IconPlayerStopFilled size={14} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
