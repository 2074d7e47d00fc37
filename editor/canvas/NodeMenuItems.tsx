import { Menu } from '@mantine/core';
import {
  IconArrowBarRight,
  IconArrowBarToRight,
  IconCopy,
  IconPlayerSkipForwardFilled,
  IconReload,
  IconTrash,
} from '@tabler/icons-react';
import { useShallow } from 'zustand/react/shallow';
import { isFinal } from '../../contract/run.ts';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import { nodeCommands } from '../state/run/nodeCommands.ts';
import { useRunView } from '../state/runStore.ts';
import { select } from '../state/viewStore.ts';
import { formatInstant } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import { duplicateSelected, removeSelected, setExecution } from './commands.ts';
import { useEditing } from './EditingContext.ts';
import { useRunControl } from './RunControlContext.ts';
import { useChangedSinceRun } from './useChangedSinceRun.ts';

interface NodeMenuItemsProps {
  node: WorkflowNode;
  transitions: Workflow['transitions'];
}

/** Whether there is anything in the menu: who may only look, or looks at a run that needs nothing, has none. */
export function useHasNodeMenu(): (nodeId: string, transitions: Workflow['transitions']) => boolean {
  const editing = useEditing();
  const control = useRunControl();
  // Asked again when the run ends: only then may something be retried.
  useRunView((view) => view.state);
  return (nodeId, transitions) => {
    if (editing || control?.start) return true;
    const { retry, wake } = nodeCommands(useRunView.getState(), nodeId, transitions);
    return control !== null && (retry || wake);
  };
}

/** What can be done with one node: the same on the canvas and beside its name. */
export function NodeMenuItems({ node, transitions }: NodeMenuItemsProps) {
  const editing = useEditing();
  return (
    <>
      <RunItems node={node} transitions={transitions} />
      {editing && <ExecutionItems node={node} />}
      {editing && (
        <>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconCopy size={15} aria-hidden />}
            rightSection="Ctrl D"
            onClick={() => {
              select({ nodes: [node.id] });
              duplicateSelected();
            }}
          >
            {t('inspector.duplicate')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTrash size={15} aria-hidden />}
            rightSection={t('keys.delete')}
            color="var(--err)"
            onClick={() => {
              select({ nodes: [node.id] });
              removeSelected();
            }}
          >
            {t('action.delete')}
          </Menu.Item>
        </>
      )}
    </>
  );
}

function RunItems({ node, transitions }: NodeMenuItemsProps) {
  const control = useRunControl();
  const may = useRunView(useShallow((view) => nodeCommands(view, node.id, transitions)));
  const active = useRunView((view) => view.runId !== null && !isFinal(view.state));
  const createdAt = useRunView((view) => view.createdAt);
  const changed = useChangedSinceRun();
  if (!control) return null;
  const { start } = control;
  return (
    <>
      {start && (
        <>
          <Menu.Item
            leftSection={<IconArrowBarToRight size={15} aria-hidden />}
            disabled={active}
            onClick={() => void start({ to: node.id })}
          >
            {t('node.runTo')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconArrowBarRight size={15} aria-hidden />}
            disabled={active || !may.from}
            title={may.from ? undefined : t('node.runFromNothing')}
            onClick={() => void start({ from: node.id })}
          >
            {may.from ? t('node.runFromWith', { at: formatInstant(createdAt) }) : t('node.runFrom')}
          </Menu.Item>
        </>
      )}
      {may.retry && (
        <Menu.Item
          leftSection={<IconReload size={15} aria-hidden />}
          title={t(changed ? 'run.retryFrozenHint' : 'run.retryHint')}
          onClick={() => void control.command('retry')}
        >
          {t(changed ? 'node.retryFrozen' : 'node.retry')}
        </Menu.Item>
      )}
      {may.wake && (
        <Menu.Item
          leftSection={<IconPlayerSkipForwardFilled size={15} aria-hidden />}
          onClick={() => void control.wakeNode(node.id)}
        >
          {t('node.wake')}
        </Menu.Item>
      )}
    </>
  );
}

const executions = ['enabled', 'disabled', 'stop'] as const;

function ExecutionItems({ node }: { node: WorkflowNode }) {
  const control = useRunControl();
  return (
    <>
      {control && <Menu.Divider />}
      <Menu.RadioGroup
        value={node.execution ?? 'enabled'}
        onChange={(value) => setExecution([node.id], value as (typeof executions)[number])}
      >
        {executions.map((execution) => (
          <Menu.RadioItem
            key={execution}
            value={execution}
            closeMenuOnClick
            title={t(`general.execution.${execution}.hint`)}
          >
            {t(`general.execution.${execution}`)}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}
