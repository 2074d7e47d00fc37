import { Anchor, Select } from '@mantine/core';
import { memo, useEffect, useMemo } from 'react';
import { Link, useNavigate } from 'react-router';
import { useShallow } from 'zustand/react/shallow';
import { cardData } from '../../canvas/flowParts.ts';
import { PortShape } from '../../canvas/PortShape.tsx';
import { EmptyView } from '../../shell/PageStates.tsx';
import { noteRowsOpened } from '../../state/rowsOpened.ts';
import { findPort } from '../../state/run/findPort.ts';
import { useRunView } from '../../state/runStore.ts';
import { type RowsTarget, showRows, useView } from '../../state/viewStore.ts';
import { formatTime } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import { RowsView } from '../grid/RowsView.tsx';
import { taskRows } from '../grid/rowsSource.ts';
import { useTaskExport } from '../inspector/useTaskExport.ts';
import classes from './BottomPanel.module.css';
import { pathToRecord } from './pathToRecord.ts';

/** The port whose rows are opened, with its node and where it leads. */
function useOpened() {
  const { workflow } = useDrawing();
  const target = useView((view) => view.rows);
  const node = workflow.nodes.find((one) => one.id === target?.nodeId);
  if (!target || !node) return null;
  const port = cardData(node).ports.find((one) => one.name === target.port);
  const next = workflow.transitions.filter((one) => one.from === node.id && one.port === target.port);
  const targets = next.flatMap((one) => workflow.nodes.find((other) => other.id === one.to)?.label ?? []);
  return { target, node, port, targets };
}

export function useRowsTitle() {
  const opened = useOpened();
  if (!opened?.port) return null;
  const { node, port, targets } = opened;
  return (
    <span className={classes.title}>
      <PortShape kind={port.kind} filled />
      {targets.length > 0 ? `${node.label} → ${targets.join(', ')}` : `${node.label} · ${port.label}`}
    </span>
  );
}

export function RowsTab() {
  const opened = useOpened();
  if (!opened?.port) return <EmptyView title={t('rows.choose')} text={t('rows.chooseHint')} />;
  const { target, node, port } = opened;
  if (!port.rows) return <EmptyView title={port.label} text={t('rows.noRowsPort')} />;
  return <PortRows target={target} label={`${node.label} · ${port.label}`} />;
}

/** Rendered again when other rows are meant, not at every edit of the drawing. */
const PortRows = memo(function PortRows({ target, label }: { target: RowsTarget; label: string }) {
  const run = useRunView((view) => view.runId);
  const latest = useRunView(useShallow((view) => findPort(view, target.nodeId, target.port)));
  const task = target.taskId ?? latest?.taskId;
  const source = useMemo(() => (run && task ? taskRows(run, task, target.port) : null), [run, task, target.port]);
  const shown = source !== null && typeof latest?.count === 'number' && !(latest.counting && task === latest.taskId);
  const made = useTaskExport(run, task);
  const navigate = useNavigate();
  useEffect(() => {
    if (shown) noteRowsOpened();
  }, [shown]);
  if (!source || !latest || latest.count === null)
    return <EmptyView title={t('rows.choose')} text={t('rows.notRun')} />;
  if (latest.counting && task === latest.taskId)
    return <EmptyView title={label} text={t('rows.counting', { count: latest.count })} />;
  return (
    <RowsView
      source={source}
      label={label}
      {...(made ? { onOpen: (cells) => void navigate(pathToRecord(made.id, cells)) } : {})}
    >
      <PassChoice target={target} task={task ?? ''} />
      {made && (
        <Anchor component={Link} to={`/exports/${made.id}`} size="sm" title={t('rows.exportHint')}>
          {t('rows.openExport')}
        </Anchor>
      )}
    </RowsView>
  );
});

/** In a loop a node runs several times: which pass's rows are shown. */
function PassChoice({ target, task }: { target: RowsTarget; task: string }) {
  const tasks = useRunView((view) => view.tasks);
  const passes = Object.values(tasks).filter((one) => one.nodeId === target.nodeId && one.state === 'succeeded');
  if (passes.length < 2) return null;
  return (
    <Select
      w={160}
      aria-label={t('rows.pass')}
      data={passes.map((one) => ({
        value: one.id,
        label: t('rows.passOption', { pass: one.pass, at: formatTime(one.createdAt) }),
      }))}
      value={task}
      allowDeselect={false}
      onChange={(taskId) => taskId && showRows({ ...target, taskId })}
    />
  );
}
