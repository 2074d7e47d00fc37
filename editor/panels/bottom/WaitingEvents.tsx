import { Anchor, Badge } from '@mantine/core';
import { IconAlertTriangle, IconClockHour4 } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { FailureView } from '../../shell/PageStates.tsx';
import { formatDuration, formatNumber } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { useWaitingEvents } from './signals.ts';
import classes from './Tabs.module.css';

type Waiting = Reply<'listWaitingEvents'>[number];

/** For each webhook of the workflow: how many events are not through, and how long the oldest has waited. */
export function WaitingEvents({ workflow }: { workflow: string }) {
  const waiting = useWaitingEvents(workflow);
  if (waiting.error) return <FailureView error={waiting.error} onRetry={() => void waiting.refetch()} />;
  return waiting.data?.map((one) => (
    <div key={one.path} className={classes.tools} role="status">
      <WaitingAt waiting={one} />
    </div>
  ));
}

function WaitingAt({ waiting: { path, events, calls, oldestSeconds, lateAfter, runId } }: { waiting: Waiting }) {
  if (calls === 0) return <span>{t('signals.waitingNone', { path })}</span>;
  const age = formatDuration(oldestSeconds * 1_000);
  const late = lateAfter !== null && oldestSeconds > lateAfter * 60;
  return (
    <>
      <IconClockHour4 size={15} aria-hidden />
      <span>
        {events === 1
          ? t('signals.waitingOne', { path, age })
          : t('signals.waiting', { path, events: formatNumber(events), age })}
      </span>
      {runId !== null && (
        <Anchor component={Link} to={`/runs/${runId}`} size="sm">
          {t('signals.waitingRun')}
        </Anchor>
      )}
      {late && (
        <Badge color="orange" variant="light" leftSection={<IconAlertTriangle size={12} aria-hidden />}>
          {t('signals.waitingLate', { minutes: lateAfter })}
        </Badge>
      )}
    </>
  );
}
