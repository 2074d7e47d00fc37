import { Anchor, Button } from '@mantine/core';
import { IconReload } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { showDone, showFailure } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { EmptyView, FailureView, LoadingView } from '../../shell/PageStates.tsx';
import { useMay } from '../../shell/SessionContext.tsx';
import { formatInstant } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import { useSignals } from './signals.ts';
import classes from './Tabs.module.css';
import { WaitingEvents } from './WaitingEvents.tsx';

type Signal = Reply<'listSignals'>[number];

/** Signals and calls of webhooks that came to this workflow, and what became of each. */
export function SignalsTab() {
  const { workflow } = useDrawing();
  const signals = useSignals(workflow.internalName, true);
  if (signals.error) return <FailureView error={signals.error} onRetry={() => void signals.refetch()} />;
  if (!signals.data) return <LoadingView />;
  return (
    <>
      <WaitingEvents workflow={workflow.internalName} />
      {signals.data.length === 0 ? (
        <EmptyView title={t('signals.none')} text={t('signals.noneHint')} />
      ) : (
        <SignalTable workflow={workflow.internalName} signals={signals.data} />
      )}
    </>
  );
}

function SignalTable({ workflow, signals }: { workflow: string; signals: readonly Signal[] }) {
  return (
    <table className={classes.table} aria-label={t('bottom.signals')}>
      <thead>
        <tr>
          <th>{t('signals.received')}</th>
          <th>{t('signals.name')}</th>
          <th>{t('signals.by')}</th>
          <th>{t('signals.state')}</th>
          <th>{t('signals.error')}</th>
          <th aria-label={t('signals.retry')} />
        </tr>
      </thead>
      <tbody>
        {signals.map((signal) => (
          <tr key={signal.id}>
            <td>{formatInstant(signal.receivedAt)}</td>
            <td>{signal.name}</td>
            <td>{signal.by}</td>
            <td>
              <Outcome signal={signal} />
            </td>
            <td className={classes.error} title={signal.error ? `${signal.error.message} ${signal.error.action}` : ''}>
              {signal.error?.message}
            </td>
            <td>{signal.state === 'failed' && <RetryButton workflow={workflow} signal={signal} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Outcome({ signal: { state, runId } }: { signal: Signal }) {
  if (runId === null) return t(`signals.state.${state}`);
  return (
    <Anchor component={Link} to={`/runs/${runId}`} size="sm">
      {t(`signals.state.${state}`)}
    </Anchor>
  );
}

/** The signal is stored with what it brought: it is delivered anew, and nobody has to send it again. */
function RetryButton({ workflow, signal: { id, name } }: { workflow: string; signal: Signal }) {
  const retry = useChange('retrySignal', ['listSignals', 'listAlarms']);
  if (!useMay('operator')) return null;
  const send = () =>
    retry.mutate(
      { params: { workflow, signal: id } },
      { onSuccess: () => showDone(t('signals.retried')), onError: showFailure },
    );
  return (
    <Button
      size="compact-xs"
      leftSection={<IconReload size={13} aria-hidden />}
      aria-label={t('signals.retryOf', { name })}
      loading={retry.isPending}
      onClick={send}
    >
      {t('signals.retry')}
    </Button>
  );
}
