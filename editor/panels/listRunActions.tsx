import type { SpotlightActionData } from '@mantine/spotlight';
import { IconEyeSearch, IconPlayerPlayFilled } from '@tabler/icons-react';
import type { RunControl } from '../canvas/RunControlContext.ts';
import { commandsFor } from '../state/run/runCommands.ts';
import { useRunView } from '../state/runStore.ts';
import { t } from '../texts/t.ts';
import { commandIcons } from './header/commandLooks.ts';

/** What can be asked of runs by typing its name; killing one asks first, so it stands in the menu only. */
export function listRunActions({ start, command }: RunControl): SpotlightActionData[] {
  const { runId, state } = useRunView.getState();
  const commands = runId === null ? [] : commandsFor(state).filter((one) => one !== 'kill');
  const starts: SpotlightActionData[] = start
    ? [
        {
          id: 'run',
          label: t('run.start'),
          leftSection: <IconPlayerPlayFilled size={17} aria-hidden />,
          onClick: () => void start(),
        },
        {
          id: 'simulate',
          label: t('run.simulate'),
          description: t('run.simulateHint'),
          leftSection: <IconEyeSearch size={17} aria-hidden />,
          onClick: () => void start({ simulate: true }),
        },
      ]
    : [];
  return [
    ...starts,
    ...commands.map((one) => {
      const Icon = commandIcons[one];
      return {
        id: `run ${one}`,
        label: t(`run.${one}`),
        description: t(`run.${one}Hint`),
        leftSection: <Icon size={17} aria-hidden />,
        onClick: () => void command(one),
      };
    }),
  ];
}
