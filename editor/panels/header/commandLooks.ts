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

/** What a command does; `changed`: the draft is not what the run shown was begun with. */
export const hintOf = (command: RunCommand, changed: boolean) =>
  command === 'retry' && changed ? 'run.retryFrozenHint' : (`run.${command}Hint` as const);
