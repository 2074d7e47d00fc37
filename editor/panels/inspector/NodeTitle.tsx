import { ActionIcon, Badge, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import type { WorkflowNode } from '../../../contract/workflow.ts';
import { renameNode } from '../../canvas/commands.ts';
import { countText } from '../../canvas/countText.ts';
import { cardData } from '../../canvas/flowParts.ts';
import { NodeMenuItems, useHasNodeMenu } from '../../canvas/NodeMenuItems.tsx';
import { PortShape } from '../../canvas/PortShape.tsx';
import { useRunView } from '../../state/runStore.ts';
import { showRows } from '../../state/viewStore.ts';
import { formatDuration } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import { StateBadge } from '../StateBadge.tsx';
import { countedPorts } from './countedPorts.ts';
import classes from './Inspector.module.css';

/** The label, to be edited in place, how the node went, and what kind of node it is. */
export function NodeTitle({ node }: { node: WorkflowNode }) {
  const { workflow, editing } = useDrawing();
  const hasMenu = useHasNodeMenu();
  const { definition } = cardData(node);
  return (
    <header className={classes.head}>
      <div className={classes.titleRow}>
        <LabelInput node={node} readOnly={!editing} />
        {hasMenu(node.id, workflow.transitions) && <NodeMenu node={node} />}
      </div>
      <div className={classes.typeRow}>
        <span className={classes.type} title={definition?.description}>
          {definition?.label ?? node.type}
        </span>
        {node.execution === 'disabled' && <Badge>{t('general.disabled')}</Badge>}
        <HowItWent node={node} />
      </div>
      <PortCounts node={node} />
    </header>
  );
}

/** State and how long it took; with one output that counts rows, those too. */
function HowItWent({ node }: { node: WorkflowNode }) {
  const run = useRunView((view) => view.nodes[node.id]);
  if (!run) return null;
  const counted = countedPorts(node, run.ports);
  const only = counted.length === 1 ? counted[0] : undefined;
  const parts = [
    ...(only ? [only.earlier > 0 ? t('rows.count', { count: countText(only) }) : t('rows.total', only)] : []),
    ...(run.durationMs === null ? [] : [formatDuration(run.durationMs)]),
  ];
  return <StateBadge state={run.state} text={parts.join(' · ') || undefined} brief />;
}

/** With several outputs the rows of each, by its name: they are never added up. A click opens them. */
function PortCounts({ node }: { node: WorkflowNode }) {
  const ports = useRunView((view) => view.nodes[node.id]?.ports);
  const counted = countedPorts(node, ports ?? {});
  if (counted.length < 2) return null;
  return (
    <div className={classes.portCounts}>
      {counted.map(({ port, ...view }) => (
        <button
          key={port.name}
          type="button"
          className={classes.portCount}
          onClick={() => showRows({ nodeId: node.id, port: port.name })}
        >
          <PortShape kind={port.kind} filled />
          {port.label} <b>{countText(view)}</b>
        </button>
      ))}
    </div>
  );
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
  const { workflow } = useDrawing();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label={t('inspector.actions', { node: node.label })}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <NodeMenuItems node={node} transitions={workflow.transitions} />
      </Menu.Dropdown>
    </Menu>
  );
}
