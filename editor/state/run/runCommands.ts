import type { RunState } from '../../../contract/run.ts';
import { isFinal } from '../../../contract/run.ts';

/** What a person may ask of a run. */
export const runCommands = ['wake', 'resume', 'pause', 'stop', 'retry', 'restart', 'kill'] as const;
export type RunCommand = (typeof runCommands)[number];

/** What makes sense in a state, in the order of `runCommands`. */
export function commandsFor(state: RunState): RunCommand[] {
  const active = !isFinal(state);
  const fits: Record<RunCommand, boolean> = {
    wake: state === 'waiting',
    resume: state === 'paused',
    pause: active && state !== 'paused',
    stop: active,
    retry: state === 'failed' || state === 'stopped' || state === 'in doubt',
    restart: true,
    kill: active,
  };
  return runCommands.filter((command) => fits[command]);
}
