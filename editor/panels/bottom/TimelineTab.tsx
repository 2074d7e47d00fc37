import { StateMark } from '../../canvas/StateMark.tsx';
import { EmptyView } from '../../shell/PageStates.tsx';
import type { RunView, TaskView } from '../../state/run/runView.ts';
import { useRunView } from '../../state/runStore.ts';
import { showNode } from '../../state/viewStore.ts';
import { formatDuration, formatExactInstant } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import { useNow } from '../useNow.ts';
import classes from './Tabs.module.css';

const mostShown = 400;

/** When each task ran, one bar per task. */
export function TimelineTab() {
  const tasks = useRunView((view) => view.tasks);
  const createdAt = useRunView((view) => view.createdAt);
  const endedAt = useRunView((view) => view.endedAt);
  const all = Object.values(tasks);
  const now = useNow(endedAt === null && all.length > 0);
  if (all.length === 0) return <EmptyView title={t('timeline.empty')} text={t('timeline.emptyHint')} />;
  const start = Date.parse(createdAt);
  const end = Math.max(endedAt === null ? now : Date.parse(endedAt), start + 1);
  return (
    <ul className={classes.timeline} aria-label={t('bottom.timeline')}>
      {all.slice(-mostShown).map((task) => (
        <TaskBar key={task.id} task={task} span={{ start, end }} />
      ))}
    </ul>
  );
}

function TaskBar({ task, span }: { task: RunView['tasks'][string]; span: { start: number; end: number } }) {
  const { workflow } = useDrawing();
  const node = workflow.nodes.find((one) => one.id === task.nodeId);
  const { from, to } = barOf(task, span);
  const share = (at: number) => `${((at - span.start) / (span.end - span.start)) * 100}%`;
  const duration = task.durationMs === null ? '' : formatDuration(task.durationMs);
  const name = node?.label ?? task.nodeId;
  return (
    <li className={classes.bars}>
      <button type="button" className={classes.name} onClick={() => showNode(task.nodeId)}>
        <StateMark state={task.state} />
        <span>{task.pass > 1 ? t('timeline.pass', { name, pass: task.pass }) : name}</span>
      </button>
      <div className={classes.track} title={formatExactInstant(task.startedAt ?? task.createdAt)}>
        <div
          className={classes.bar}
          data-state={task.state}
          style={{ left: share(from), width: `calc(${share(to)} - ${share(from)})` }}
        />
      </div>
      <span className={classes.duration}>
        {task.attempt > 1 ? t('timeline.attempts', { duration, attempt: task.attempt }) : duration}
      </span>
    </li>
  );
}

function barOf(task: TaskView, span: { start: number; end: number }): { from: number; to: number } {
  const from = Math.max(span.start, Date.parse(task.startedAt ?? task.createdAt));
  const to = task.endedAt === null ? span.end : Date.parse(task.endedAt);
  return { from: Math.min(from, span.end), to: Math.max(from, Math.min(to, span.end)) };
}
