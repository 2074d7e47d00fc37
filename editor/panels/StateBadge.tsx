import type { RunState, TaskState } from '../../contract/run.ts';
import { StateMark } from '../canvas/StateMark.tsx';
import { t } from '../texts/t.ts';
import classes from './StateBadge.module.css';

/** The mark that stands for each state of a run. */
const marks: Record<RunState | TaskState, TaskState> = {
  queued: 'pending',
  pending: 'pending',
  running: 'running',
  waiting: 'waiting',
  'waiting for approval': 'waiting',
  paused: 'waiting',
  succeeded: 'succeeded',
  'succeeded with rejects': 'succeeded',
  failed: 'failed',
  ignored: 'ignored',
  'in doubt': 'ignored',
  stopped: 'stopped',
};

/** The state of a run or a task as a chip: shape, word and colour, with a short text behind. */
export function StateBadge({ state, text }: { state: RunState | TaskState; text?: string | undefined }) {
  const word = t(`state.${state}`);
  return (
    <span className={classes.badge} data-state={state}>
      <StateMark state={marks[state]} size={13} />
      {text === undefined ? word : `${word} · ${text}`}
    </span>
  );
}
