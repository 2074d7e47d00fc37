/** The run that is shown, fed by its events. Knows nothing of the drawing. */
import type { RunSummary } from '../../../contract/run.ts';
import { isFinal, type RunEvent } from '../../../contract/run.ts';
import { logEntries } from './logEntries.ts';
import { emptyRunView, type NodeView, type RunView, type TaskView } from './runView.ts';

export type RunAction =
  /** Show this run, from its beginning; its events follow. */
  | { type: 'show'; run: Pick<RunSummary, 'id' | 'state' | 'createdAt' | 'endedAt' | 'version' | 'error'> }
  /** In order. What is already known (by `seq`) is passed over, so that overlapping deliveries do no harm. */
  | { type: 'receive'; runId: string; events: readonly RunEvent[] }
  /** Show no run. */
  | { type: 'leave' };

const longestLog = 20_000;

export function reduceRun(view: RunView, action: RunAction): RunView {
  switch (action.type) {
    case 'leave':
      return emptyRunView;
    case 'show': {
      const { id, state, createdAt, endedAt, version, error } = action.run;
      return { ...emptyRunView, runId: id, state, createdAt, endedAt, version, error };
    }
    case 'receive':
      return action.runId === view.runId ? receive(view, action.events) : view;
  }
}

function receive(view: RunView, events: readonly RunEvent[]): RunView {
  const fresh = events.filter((event) => event.seq > view.lastSeq);
  const last = fresh.at(-1);
  if (!last) return view;
  const next = fresh.reduce(applyEvent, view);
  const log = [...view.log, ...fresh.flatMap(logEntries)];
  const over = Math.max(0, log.length - longestLog);
  return { ...next, lastSeq: last.seq, log: over > 0 ? log.slice(over) : log, dropped: view.dropped + over };
}

function applyEvent(view: RunView, event: RunEvent): RunView {
  switch (event.type) {
    case 'run.created':
      return { ...view, createdAt: event.at, version: event.version };
    case 'run.state':
      return {
        ...view,
        state: event.state,
        error: event.reason ?? null,
        endedAt: isFinal(event.state) ? event.at : null,
      };
    case 'task.created':
      return createTask(view, event);
    case 'task.started':
      return changeTask(
        view,
        event,
        { state: 'running', attempt: event.attempt, startedAt: event.at, error: null },
        { due: null, progress: null },
      );
    case 'task.progress':
      return showProgress(view, event);
    case 'task.waiting':
      return changeTask(
        view,
        event,
        { state: 'waiting' },
        { due: { at: event.until, reason: event.reason }, progress: null },
      );
    case 'task.retry':
      return changeTask(
        view,
        event,
        { state: 'pending', error: event.error },
        { due: { at: event.at, reason: '' }, progress: null },
      );
    case 'task.succeeded':
      return succeed(view, event);
    case 'task.failed':
      return changeTask(
        view,
        event,
        {
          state: event.outcome === 'ignored' ? 'ignored' : 'failed',
          error: event.error,
          endedAt: event.at,
          durationMs: event.durationMs,
        },
        { due: null, progress: null },
      );
    case 'task.stopped':
      return changeTask(view, event, { state: 'stopped', endedAt: event.at }, { due: null, progress: null });
    case 'transition.activated':
      return activate(view, event);
    case 'port.activated':
      return settlePort(view, event);
    default:
      return view;
  }
}

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
type Place = { taskId: string; nodeId: string; at: string };

const freshTask = (place: Place, pass: number): TaskView => ({
  id: place.taskId,
  nodeId: place.nodeId,
  pass,
  attempt: 0,
  state: 'pending',
  createdAt: place.at,
  startedAt: null,
  endedAt: null,
  durationMs: null,
  rowsIn: 0,
  error: null,
});

function createTask(view: RunView, event: EventOf<'task.created'>): RunView {
  const task = freshTask(event, event.pass);
  return withTask(view, task, { due: null, progress: null });
}

function changeTask(view: RunView, place: Place, task: Partial<TaskView>, node: Partial<NodeView>): RunView {
  const known = view.tasks[place.taskId] ?? freshTask(place, 1);
  return withTask(view, { ...known, ...task }, node);
}

/** Writes a task, and its node's card unless a later pass of the node is already shown there. */
function withTask(view: RunView, task: TaskView, more: Partial<NodeView>): RunView {
  const tasks = { ...view.tasks, [task.id]: task };
  const shown = view.nodes[task.nodeId];
  if (shown && shown.taskId !== task.id && shown.pass > task.pass) return { ...view, tasks };
  const { state, pass, attempt, startedAt, durationMs, rowsIn, error } = task;
  const node: NodeView = {
    progress: null,
    due: null,
    ports: {},
    ...shown,
    ...{ taskId: task.id, state, pass, attempt, startedAt, durationMs, rowsIn, error },
    ...more,
  };
  return { ...view, tasks, nodes: { ...view.nodes, [task.nodeId]: node } };
}

function showProgress(view: RunView, event: EventOf<'task.progress'>): RunView {
  const next = changeTask(view, event, { state: 'running' }, { progress: event.progress });
  return withPorts(next, event, event.ports, true);
}

function succeed(view: RunView, event: EventOf<'task.succeeded'>): RunView {
  const { attempt, durationMs, rowsIn } = event;
  const done: Partial<TaskView> = { state: 'succeeded', attempt, durationMs, rowsIn, error: null, endedAt: event.at };
  const next = changeTask(view, event, done, { due: null, progress: null });
  return withPorts(next, event, event.ports, false);
}

function withPorts(view: RunView, place: Place, counts: Record<string, number | null>, counting: boolean): RunView {
  const node = view.nodes[place.nodeId];
  if (!node || node.taskId !== place.taskId) return view;
  const entries = Object.entries(counts).map(([port, count]) => [port, { count, counting, taskId: place.taskId }]);
  const ports = { ...node.ports, ...Object.fromEntries(entries) };
  return { ...view, nodes: { ...view.nodes, [place.nodeId]: { ...node, ports } } };
}

function activate(view: RunView, event: EventOf<'transition.activated'>): RunView {
  const { transitionId, taskId, nodeId, port, count, total } = event;
  const next = withPorts(view, event, { [port]: count }, false);
  return { ...next, transitions: { ...next.transitions, [transitionId]: { taskId, nodeId, port, count, total } } };
}

function settlePort(view: RunView, event: EventOf<'port.activated'>): RunView {
  return withPorts(view, event, { [event.port]: event.count }, false);
}
