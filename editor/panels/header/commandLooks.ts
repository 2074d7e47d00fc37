import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipForwardFilled,
  IconPlayerStopFilled,
  IconRefresh,
  IconReload,
  IconSkull,
} from '@tabler/icons-react';
import type { RunCommand } from '../../state/run/runCommands.ts';

export const commandIcons: Record<RunCommand, typeof IconRefresh> = {
  wake: IconPlayerSkipForwardFilled,
  resume: IconPlayerPlayFilled,
  pause: IconPlayerPauseFilled,
  stop: IconPlayerStopFilled,
  retry: IconReload,
  restart: IconRefresh,
  kill: IconSkull,
};
