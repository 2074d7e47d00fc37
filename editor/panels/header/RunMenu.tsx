import { ActionIcon, Menu } from '@mantine/core';
import { IconArrowBarToRight, IconChevronDown, IconEyeSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { isFinal } from '../../../contract/run.ts';
import { type RunControl, useRunControl } from '../../canvas/RunControlContext.ts';
import { useChangedSinceRun } from '../../canvas/useChangedSinceRun.ts';
import { ConfirmDialog } from '../../pages/frame/ConfirmDialog.tsx';
import { Hint } from '../../shell/Hint.tsx';
import { commandsFor } from '../../state/run/runCommands.ts';
import { useRunView } from '../../state/runStore.ts';
import { selectedNode, useView } from '../../state/viewStore.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import { commandIcons, hintOf } from './commandLooks.ts';

/** Everything that can be asked of runs: other ways to start one, and what to do with the one shown. */
export function RunMenu() {
  const control = useRunControl();
  const [killing, setKilling] = useState(false);
  const state = useRunView((view) => (view.runId === null ? null : view.state));
  const changed = useChangedSinceRun();
  if (!control) return null;
  return (
    <>
      <Menu>
        <Menu.Target>
          <Hint label={t('run.more')}>
            <ActionIcon variant="default" size={30} aria-label={t('run.more')}>
              <IconChevronDown size={16} aria-hidden />
            </ActionIcon>
          </Hint>
        </Menu.Target>
        <Menu.Dropdown>
          {control.start && <StartItems start={control.start} />}
          {control.start && state !== null && <Menu.Divider />}
          {state !== null &&
            commandsFor(state).map((command) => {
              const Icon = commandIcons[command];
              const act = () => (command === 'kill' ? setKilling(true) : void control.command(command));
              return (
                <Menu.Item
                  key={command}
                  leftSection={<Icon size={15} aria-hidden />}
                  color={command === 'kill' ? 'var(--err)' : undefined}
                  title={t(hintOf(command, changed))}
                  onClick={act}
                >
                  {command === 'kill' ? t('run.killAsk') : t(`run.${command}`)}
                </Menu.Item>
              );
            })}
        </Menu.Dropdown>
      </Menu>
      {killing && (
        <ConfirmDialog
          title={t('run.killTitle')}
          consequences={[t('run.killFenced'), t('run.killKept')]}
          submit={t('run.kill')}
          onSubmit={() => control.command('kill')}
          onClose={() => setKilling(false)}
        />
      )}
    </>
  );
}

function StartItems({ start }: { start: NonNullable<RunControl['start']> }) {
  const { workflow } = useDrawing();
  const id = useView(selectedNode);
  const active = useRunView((view) => view.runId !== null && !isFinal(view.state));
  const node = workflow.nodes.find((one) => one.id === id);
  return (
    <>
      <Menu.Item
        disabled={active}
        leftSection={<IconEyeSearch size={15} aria-hidden />}
        title={t('run.simulateHint')}
        onClick={() => void start({ simulate: true })}
      >
        {t('run.simulate')}
      </Menu.Item>
      {node && (
        <Menu.Item
          disabled={active}
          leftSection={<IconArrowBarToRight size={15} aria-hidden />}
          title={t('run.toHint')}
          onClick={() => void start({ to: node.id })}
        >
          {t('run.toNode', { node: node.label })}
        </Menu.Item>
      )}
    </>
  );
}
