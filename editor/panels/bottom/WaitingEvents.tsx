import { Anchor, Badge, Button } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconClockHour4, IconReload, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { showDone, showFailure } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { ConfirmDialog } from '../../pages/frame/ConfirmDialog.tsx';
import { FailureView } from '../../shell/PageStates.tsx';
import { useMay } from '../../shell/SessionContext.tsx';
import { formatDuration, formatNumber } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { useWaitingEvents } from './signals.ts';
import classes from './Tabs.module.css';

type Waiting = Reply<'listWaitingEvents'>[number];

/** For each webhook of the workflow: how many events are not through, how long the oldest has waited, and what goes no further. */
export function WaitingEvents({ workflow }: { workflow: string }) {
  const waiting = useWaitingEvents(workflow);
  if (waiting.error) return <FailureView error={waiting.error} onRetry={() => void waiting.refetch()} />;
  return waiting.data?.map((one) => (
    <section key={one.path} aria-label={t('signals.waitingAt', { path: one.path })}>
      <div className={classes.tools} role="status">
        <WaitingAt waiting={one} />
      </div>
      <Stuck workflow={workflow} waiting={one} />
    </section>
  ));
}

function WaitingAt({ waiting: { path, events, calls, oldestSeconds, lateAfter, runId } }: { waiting: Waiting }) {
  if (calls === 0)
    return (
      <>
        <IconCheck size={15} aria-hidden />
        <span>{t('signals.waitingNone', { path })}</span>
      </>
    );
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

const countOf = (events: number): string =>
  events === 1 ? t('signals.eventsOne') : t('signals.events', { events: formatNumber(events) });

/** What a person has to do something about, and what can be done. */
function Stuck({ workflow, waiting }: { workflow: string; waiting: Waiting }) {
  const { left, failed, closed } = waiting.stuck;
  if (left.events + failed + closed === 0) return null;
  return (
    <div className={classes.tools} data-alert>
      <IconAlertTriangle size={15} aria-hidden />
      <span>
        {[
          left.events > 0 && t('signals.stuckLeft', { events: countOf(left.events) }),
          failed > 0 && t('signals.stuckFailed', { events: countOf(failed) }),
          closed > 0 && t('signals.stuckClosed', { events: countOf(closed) }),
        ]
          .filter(Boolean)
          .join(' ')}
      </span>
      {left.run !== null && left.run !== waiting.runId && (
        <Anchor component={Link} to={`/runs/${left.run}`} size="sm">
          {t('signals.stuckRun')}
        </Anchor>
      )}
      <StuckActions workflow={workflow} waiting={waiting} />
    </div>
  );
}

const refreshed = ['listWaitingEvents', 'listSignals', 'listAlarms'] as const;

function StuckActions({ workflow, waiting: { path, stuck } }: { workflow: string; waiting: Waiting }) {
  const deliver = useChange('retryEvents', refreshed);
  const dismiss = useChange('dismissEvents', refreshed);
  const [asking, setAsking] = useState(false);
  if (!useMay('operator')) return null;
  const params = { workflow, hook: path };
  const told = { onSuccess: () => showDone(t('signals.delivered')), onError: showFailure };
  const events = countOf(stuck.left.events + stuck.failed + stuck.closed);
  return (
    <>
      {stuck.left.events + stuck.failed > 0 && (
        <Button
          size="compact-xs"
          leftSection={<IconReload size={13} aria-hidden />}
          aria-label={t('signals.deliverOf', { path })}
          loading={deliver.isPending}
          onClick={() => deliver.mutate({ params }, told)}
        >
          {t('signals.deliver')}
        </Button>
      )}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconTrash size={13} aria-hidden />}
        aria-label={t('signals.dismissOf', { path })}
        onClick={() => setAsking(true)}
      >
        {t('signals.dismiss')}
      </Button>
      {asking && (
        <ConfirmDialog
          title={t('signals.dismissSure', { events })}
          consequences={[t('signals.dismissHint')]}
          submit={t('signals.dismiss')}
          onSubmit={async () => {
            await dismiss.mutateAsync({ params });
            showDone(t('signals.dismissed'));
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
