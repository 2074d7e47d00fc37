import { ActionIcon, Badge, Menu } from '@mantine/core';
import { IconCopy, IconDots, IconEyeOff, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { WorkflowNode } from '../../../contract/workflow.ts';
import { duplicateSelected, removeSelected, renameNode, toggleSelected } from '../../canvas/commands.ts';
import { cardData } from '../../canvas/flowParts.ts';
import { useRunView } from '../../state/runStore.ts';
import { formatDuration } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import { StateBadge } from '../StateBadge.tsx';
import classes from './Inspector.module.css';

/** The label, to be edited in place, how the node went, and what kind of node it is. */
export function NodeTitle({ node }: { node: WorkflowNode }) {
  const { editing } = useDrawing();
  const { definition } = cardData(node);
  return (
    <header className={classes.head}>
      <div className={classes.titleRow}>
        <LabelInput node={node} readOnly={!editing} />
        {editing && <NodeMenu node={node} />}
      </div>
      <div className={classes.typeRow}>
        <span className={classes.type} title={definition?.description}>
          {definition?.label ?? node.type}
        </span>
        {node.execution === 'disabled' && <Badge>{t('general.disabled')}</Badge>}
        <HowItWent nodeId={node.id} />
      </div>
    </header>
  );
}

/** State, rows that left by all outputs, and how long it took. */
function HowItWent({ nodeId }: { nodeId: string }) {
  const run = useRunView((view) => view.nodes[nodeId]);
  if (!run) return null;
  const counts = Object.values(run.ports).flatMap(({ count }) => count ?? []);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const parts = [
    ...(counts.length > 0 ? [t('rows.total', { count: rows })] : []),
    ...(run.durationMs === null ? [] : [formatDuration(run.durationMs)]),
  ];
  return <StateBadge state={run.state} text={parts.join(' · ') || undefined} brief />;
}

/** May be empty while it is being written; the node keeps its last label then. */
function LabelInput({ node, readOnly }: { node: WorkflowNode; readOnly: boolean }) {
  const [empty, setEmpty] = useState(false);
  return (
    <input
      className={classes.title}
      aria-label={t('inspector.nodeLabel')}
      value={empty ? '' : node.label}
      readOnly={readOnly}
      maxLength={120}
      onChange={(event) => {
        setEmpty(event.currentTarget.value === '');
        renameNode(node.id, event.currentTarget.value);
      }}
      onBlur={() => setEmpty(false)}
    />
  );
}

function NodeMenu({ node }: { node: WorkflowNode }) {
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label={t('inspector.actions', { node: node.label })}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={15} aria-hidden />} onClick={duplicateSelected}>
          {t('inspector.duplicate')}
        </Menu.Item>
        <Menu.Item leftSection={<IconEyeOff size={15} aria-hidden />} onClick={toggleSelected}>
          {node.execution === 'disabled' ? t('inspector.enable') : t('inspector.disable')}
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={15} aria-hidden />} color="red" onClick={removeSelected}>
          {t('action.delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
