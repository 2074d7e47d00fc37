import {
  IconAlertTriangleFilled,
  IconCheck,
  IconCircleHalf2,
  IconClockHour4,
  IconHelpCircleFilled,
  IconHourglass,
  IconPlayerPauseFilled,
  IconPlayerStopFilled,
  IconSquareRotatedFilled,
  IconUserQuestion,
} from '@tabler/icons-react';
import type { RunState, TaskState } from '../../contract/run.ts';

export type AnyState = RunState | TaskState;

/** The one look of every state of a run or a task: a shape, and the token of its colour. */
export const stateLook: Record<
  AnyState,
  { tone: 'ok' | 'rej' | 'err' | 'run' | 'wait' | 'mute'; Icon: typeof IconCheck }
> = {
  queued: { tone: 'mute', Icon: IconClockHour4 },
  pending: { tone: 'mute', Icon: IconClockHour4 },
  running: { tone: 'run', Icon: IconCircleHalf2 },
  waiting: { tone: 'wait', Icon: IconHourglass },
  'waiting for approval': { tone: 'wait', Icon: IconUserQuestion },
  paused: { tone: 'wait', Icon: IconPlayerPauseFilled },
  succeeded: { tone: 'ok', Icon: IconCheck },
  'succeeded with rejects': { tone: 'rej', Icon: IconSquareRotatedFilled },
  failed: { tone: 'err', Icon: IconAlertTriangleFilled },
  ignored: { tone: 'rej', Icon: IconAlertTriangleFilled },
  'in doubt': { tone: 'rej', Icon: IconHelpCircleFilled },
  stopped: { tone: 'mute', Icon: IconPlayerStopFilled },
};
