import { Anchor, CloseButton, Loader } from '@mantine/core';
import { IconAlertTriangleFilled, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { isFinal } from '../../../contract/run.ts';
import { useApi } from '../../api/queries.ts';
import { StateBadge } from '../../panels/StateBadge.tsx';
import { t } from '../../texts/t.ts';
import type { Started } from './ActionDialog.tsx';
import classes from './export.module.css';

/** Milliseconds between two looks at the run. */
const lookEvery = 1_000;

/** What became of the run that was started here; the plan of an undo opens when it is there. */
export function StartedRun({ started: { action, run }, onClose }: { started: Started; onClose(): void }) {
  const navigate = useNavigate();
  const { state, error } = useWatchedRun(run) ?? {};
  const over = state !== undefined && isFinal(state);
  const looking = over ? {} : { every: lookEvery };
  const plan = useApi('listExports', { query: { run, limit: 1 } }, looking).data?.[0]?.id;
  useEffect(() => {
    if (action === 'undo' && plan !== undefined) void navigate(`/exports/${plan}`);
  }, [action, plan, navigate]);
  // The run of an undo waits for an answer to its plan: one that is over has none.
  const failed = over && (state === 'failed' || state === 'stopped' || action === 'undo');
  const Icon = failed ? IconAlertTriangleFilled : IconPlayerPlay;
  return (
    <div className={classes.notice} data-tone={failed ? 'err' : 'run'} role="status">
      {over ? <Icon size={15} aria-hidden /> : <Loader size={14} />}
      <span>{failed ? failureText(action, error) : t(`${action}.started`)}</span>
      {state && <StateBadge state={state} />}
      <Anchor component={Link} to={`/runs/${run}`} size="sm">
        {t('started.openRun')}
      </Anchor>
      <span className={classes.space} />
      <CloseButton size="sm" aria-label={t('started.close')} onClick={onClose} />
    </div>
  );
}

/** Looked at until it is over. */
function useWatchedRun(run: string) {
  const [over, setOver] = useState(false);
  const { data } = useApi('getRun', { params: { run } }, over ? {} : { every: lookEvery });
  const ended = data !== undefined && isFinal(data.state);
  useEffect(() => setOver(ended), [ended]);
  return data;
}

function failureText(action: Started['action'], error: { message: string; action: string } | null | undefined): string {
  const what = t(`${action}.failed`);
  return error ? `${what} ${error.message} ${error.action}` : what;
}
