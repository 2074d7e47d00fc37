import { Button } from '@mantine/core';
import { IconPlayerPlayFilled, IconPlayerSkipForwardFilled, IconPlayerStopFilled } from '@tabler/icons-react';
import { useState } from 'react';
import type { Reply } from '../../../contract/api.ts';
import { isFinal } from '../../../contract/run.ts';
import { ApiError } from '../../api/apiError.ts';
import { call } from '../../api/call.ts';
import { showFailure } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { Hint } from '../../shell/Hint.tsx';
import { useMay } from '../../shell/SessionContext.tsx';
import { useRunView } from '../../state/runStore.ts';
import { setView } from '../../state/viewStore.ts';
import { t } from '../../texts/t.ts';
import type { Saving } from '../useSaving.ts';
import { useIsPublished } from './useIsPublished.ts';

interface RunButtonsProps {
  detail: Reply<'getWorkflow'>;
  saving: Saving;
  onRun(run: string): void;
}

/** Run: the draft for an editor (saved first), the published version for an operator. Stop while one is active. */
export function RunButtons({ detail, saving, onRun }: RunButtonsProps) {
  const operator = useMay('operator');
  const runId = useRunView((view) => view.runId);
  const active = useRunView((view) => view.runId !== null && !isFinal(view.state));
  if (!operator) return null;
  return (
    <>
      {active && runId !== null && <ActiveButtons runId={runId} />}
      <StartButton detail={detail} saving={saving} onRun={onRun} active={active} />
    </>
  );
}

function StartButton({ detail, saving, onRun, active }: RunButtonsProps & { active: boolean }) {
  const editor = useMay('editor');
  const [busy, setBusy] = useState(false);
  const current = useIsPublished(detail);
  const which = editor && !current ? 'draft' : 'published';
  const version = detail.publishedVersion ?? 0;
  const start = async () => {
    setBusy(true);
    try {
      if (which === 'draft' && !(await saving.save())) return;
      const run = await call('startRun', { params: { workflow: detail.workflow.internalName }, body: { which } });
      onRun(run.id);
    } catch (error) {
      if (error instanceof ApiError && error.issues.length > 0) setView({ bottomTab: 'problems', bottomOpen: true });
      showFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const hint = which === 'draft' ? t('run.hint.draft') : t('run.hint.published', { version });
  const refused = which === 'published' && detail.publishedVersion === null;
  return (
    <Hint label={refused ? t('run.notPublished') : hint}>
      <Button
        variant="filled"
        leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
        loading={busy}
        disabled={refused || active}
        onClick={() => void start()}
      >
        {refused ? t('run.start') : which === 'draft' ? t('run.start.draft') : t('run.start.published', { version })}
      </Button>
    </Hint>
  );
}

/** For the active run: execute what waits now, or stop it. */
export function ActiveButtons({ runId }: { runId: string }) {
  const stop = useChange('stopRun', ['listRuns']);
  const wake = useChange('wakeRun', ['listRuns']);
  const waiting = useRunView((view) => view.state === 'waiting');
  const params = { run: runId };
  return (
    <>
      {waiting && (
        <Hint label={t('run.wakeHint')}>
          <Button
            leftSection={<IconPlayerSkipForwardFilled size={14} aria-hidden />}
            loading={wake.isPending}
            onClick={() => wake.mutate({ params }, { onError: showFailure })}
          >
            {t('run.wake')}
          </Button>
        </Hint>
      )}
      <Hint label={t('run.stopHint')}>
        <Button
          leftSection={<IconPlayerStopFilled size={14} aria-hidden />}
          loading={stop.isPending}
          onClick={() => stop.mutate({ params }, { onError: showFailure })}
        >
          {t('run.stop')}
        </Button>
      </Hint>
    </>
  );
}
