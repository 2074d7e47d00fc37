import { Button, Tooltip } from '@mantine/core';
import { showFailure } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';

export function AcknowledgeButton({ alarm }: { alarm: { id: number } }) {
  const acknowledge = useChange('acknowledgeAlarm', ['listAlarms']);
  if (!useMay('operator')) return null;
  return (
    <Tooltip label={t('alarms.acknowledgeHint')}>
      <Button
        size="compact-sm"
        loading={acknowledge.isPending}
        onClick={() => acknowledge.mutate({ params: { alarm: String(alarm.id) } }, { onError: showFailure })}
      >
        {t('alarms.acknowledge')}
      </Button>
    </Tooltip>
  );
}
