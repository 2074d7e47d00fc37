import { Button } from '@mantine/core';
import { useRunControl } from '../../canvas/RunControlContext.ts';
import { useChangedSinceRun } from '../../canvas/useChangedSinceRun.ts';
import { Hint } from '../../shell/Hint.tsx';
import { commandsFor, type RunCommand } from '../../state/run/runCommands.ts';
import { useRunView } from '../../state/runStore.ts';
import { t } from '../../texts/t.ts';
import { commandIcons, hintOf } from './commandLooks.ts';
import { RunFromFailed } from './RunFromFailed.tsx';

const atHand: readonly RunCommand[] = ['wake', 'resume', 'pause', 'stop', 'retry'];

/** What is asked of the run shown most often; the rest stands in the menu. */
export function RunCommands() {
  const control = useRunControl();
  const state = useRunView((view) => (view.runId === null ? null : view.state));
  const changed = useChangedSinceRun();
  if (!control || state === null) return null;
  const commands = commandsFor(state).filter((command) => atHand.includes(command));
  return (
    <>
      {commands.map((command) => {
        const Icon = commandIcons[command];
        return (
          <Hint key={command} label={t(hintOf(command, changed))} multiline maw={320}>
            <Button
              leftSection={<Icon size={14} aria-hidden />}
              loading={control.pending === command}
              onClick={() => void control.command(command)}
            >
              {t(`run.${command}`)}
            </Button>
          </Hint>
        );
      })}
      {changed && <RunFromFailed />}
    </>
  );
}
