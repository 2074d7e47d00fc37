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
import type { RunState } from '../../../contract/run.ts';
import { t } from '../../texts/t.ts';
import { Mark, type Tone } from '../frame/Mark.tsx';

const marks: Record<RunState, { tone: Tone; Icon: typeof IconCheck }> = {
  queued: { tone: 'mute', Icon: IconClockHour4 },
  running: { tone: 'run', Icon: IconCircleHalf2 },
  waiting: { tone: 'wait', Icon: IconHourglass },
  'waiting for approval': { tone: 'wait', Icon: IconUserQuestion },
  paused: { tone: 'mute', Icon: IconPlayerPauseFilled },
  succeeded: { tone: 'ok', Icon: IconCheck },
  'succeeded with rejects': { tone: 'rej', Icon: IconSquareRotatedFilled },
  failed: { tone: 'err', Icon: IconAlertTriangleFilled },
  'in doubt': { tone: 'wait', Icon: IconHelpCircleFilled },
  stopped: { tone: 'mute', Icon: IconPlayerStopFilled },
};

/** How a run goes or went. */
export function RunStateMark({ state }: { state: RunState }) {
  const { tone, Icon } = marks[state];
  return (
    <Mark tone={tone} Icon={Icon} turning={state === 'running'} title={t(`state.${state}`)}>
      {t(`state.${state}`)}
    </Mark>
  );
}
