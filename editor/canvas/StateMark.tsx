import {
  IconAlertTriangleFilled,
  IconCheck,
  IconCircleHalf2,
  IconClockHour4,
  IconHourglass,
  IconPlayerStopFilled,
} from '@tabler/icons-react';
import type { TaskState } from '../../contract/run.ts';
import { t } from '../texts/t.ts';
import classes from './StateMark.module.css';

const marks: Record<TaskState, typeof IconCheck> = {
  pending: IconClockHour4,
  running: IconCircleHalf2,
  waiting: IconHourglass,
  succeeded: IconCheck,
  failed: IconAlertTriangleFilled,
  ignored: IconAlertTriangleFilled,
  stopped: IconPlayerStopFilled,
};

/** How a task went: a shape and a colour, and the word for those who see neither. */
export function StateMark({ state, size = 14 }: { state: TaskState; size?: number }) {
  const Mark = marks[state];
  return (
    <span className={classes.mark} data-state={state} title={t(`state.${state}`)}>
      <Mark size={size} stroke={2.4} role="img" aria-label={t(`state.${state}`)} />
    </span>
  );
}
