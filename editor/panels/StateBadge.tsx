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

interface StateBadgeProps {
  state: RunState | TaskState;
  text?: string | undefined;
  /** The mark and the text say enough: no word when there is a text and all went well. */
  brief?: boolean;
}

/** The state of a run or a task as a chip: shape, word and colour, with a short text behind. */
export function StateBadge({ state, text, brief = false }: StateBadgeProps) {
  const word = t(`state.${state}`);
  const parts = brief && state === 'succeeded' && text ? [text] : [word, ...(text ? [text] : [])];
  return (
    <span className={classes.badge} data-state={state}>
      <StateMark state={marks[state]} size={13} />
      {parts.join(' · ')}
    </span>
  );
}
