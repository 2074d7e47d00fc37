/** The run that is shown, fed by its events. Knows nothing of the drawing. */
import type { RunSummary } from '../../../contract/run.ts';
import { isFinal, type RunEvent } from '../../../contract/run.ts';
import { logEntries } from './logEntries.ts';
import {
  emptyRunView,
  type NodeView,
  type PortView,
  type RunView,
  type TaskView,
  type TransitionView,
} from './runView.ts';

export type RunAction =
  /** Show this run, from its beginning; its events follow. */
  | {
      type: 'show';
      run: Pick<RunSummary, 'id' | 'state' | 'createdAt' | 'endedAt' | 'version' | 'error' | 'simulated'>;
    }
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
      const { id, state, createdAt, endedAt, version, error, simulated } = action.run;
      return { ...emptyRunView, runId: id, state, createdAt, endedAt, version, error, simulated };
    }
    case 'receive':
      return action.runId === view.runId ? receive(view, action.events) : view;
  }
}

/** A view under construction: its own tables, filled by one batch of events, seen by nobody else meanwhile. */
type Draft = Omit<RunView, 'nodes' | 'transitions' | 'tasks'> & {
  nodes: Record<string, NodeView>;
  transitions: Record<string, TransitionView>;
  tasks: Record<string, TaskView>;
};

function receive(view: RunView, events: readonly RunEvent[]): RunView {
  const fresh = events.filter((event) => event.seq > view.lastSeq);
  const last = fresh.at(-1);
  if (!last) return view;
  // One copy per batch, not per event: a run of a thousand nodes sends thousands of events.
  const draft: Draft = {
    ...view,
    nodes: { ...view.nodes },
    transitions: { ...view.transitions },
    tasks: { ...view.tasks },
  };
  for (const event of fresh) applyEvent(draft, event);
  const log = [...view.log, ...fresh.flatMap(logEntries)];
  const over = Math.max(0, log.length - longestLog);
  return { ...draft, lastSeq: last.seq, log: over > 0 ? log.slice(over) : log, dropped: view.dropped + over };
}

const idle = { due: null, progress: null, notice: null, would: null } satisfies Partial<NodeView>;

function applyEvent(draft: Draft, event: RunEvent): void {
  switch (event.type) {
    case 'run.created':
      Object.assign(draft, { createdAt: event.at, version: event.version });
      break;
    case 'run.state':
      Object.assign(draft, {
        state: event.state,
        error: event.reason ?? null,
        endedAt: isFinal(event.state) ? event.at : null,
      });
      break;
    case 'task.created':
      putTask(draft, freshTask(event, event.pass), idle);
      break;
    case 'task.started':
      changeTask(draft, event, { state: 'running', attempt: event.attempt, startedAt: event.at, error: null }, idle);
      break;
    case 'task.progress':
      noteProgress(draft, event);
      putPorts(draft, event, event.ports, true);
      break;
    case 'task.log':
      noteWarning(draft, event);
      break;
    case 'task.waiting':
      changeTask(draft, event, { state: 'waiting' }, { ...idle, due: dueOf(event) });
      break;
    case 'task.decided':
      changeTask(draft, event, {}, idle);
      break;
    case 'task.retry':
      changeTask(
        draft,
        event,
        { state: 'pending', error: event.error },
        { ...idle, due: { at: event.at, reason: '' } },
      );
      break;
    case 'task.succeeded':
      changeTask(draft, event, { state: 'succeeded', error: null, ...endOf(event), rowsIn: event.rowsIn }, idle);
      putOvertaken(draft, event);
      putPorts(draft, event, event.ports, false);
      break;
    case 'task.simulated':
      changeTask(draft, event, {}, { would: event.would });
      break;
    case 'task.failed':
      changeTask(draft, event, { state: failedState(event), error: event.error, ...endOf(event) }, idle);
      break;
    case 'task.stopped':
      changeTask(draft, event, { state: 'stopped', endedAt: event.at }, idle);
      break;
    case 'transition.activated':
      activate(draft, event);
      break;
    case 'port.activated':
      putPorts(draft, event, { [event.port]: event.count }, false);
      break;
  }
}

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
type Place = { taskId: string; nodeId: string; at: string };

const dueOf = ({ until: at, reason, asks }: EventOf<'task.waiting'>) => ({
  at,
  reason,
  ...(asks === undefined ? {} : { asks }),
});
const failedState = ({ outcome }: EventOf<'task.failed'>) => (outcome === 'ignored' ? 'ignored' : 'failed');
const endOf = ({ attempt, durationMs, at }: { attempt: number; durationMs: number; at: string }) => ({
  attempt,
  durationMs,
  endedAt: at,
});

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

function changeTask(draft: Draft, place: Place, task: Partial<TaskView>, node: Partial<NodeView>): void {
  const known = draft.tasks[place.taskId] ?? freshTask(place, 1);
  putTask(draft, { ...known, ...task }, node);
}

/** Writes a task, and its node's card unless a later pass of the node is already shown there. */
function putTask(draft: Draft, task: TaskView, more: Partial<NodeView>): void {
  draft.tasks[task.id] = task;
  const shown = draft.nodes[task.nodeId];
  if (shown && shown.taskId !== task.id && shown.pass > task.pass) return;
  const { state, pass, attempt, startedAt, durationMs, rowsIn, error } = task;
  draft.nodes[task.nodeId] = {
    progress: null,
    due: null,
    notice: null,
    would: null,
    ports: {},
    ...shown,
    ...{ taskId: task.id, state, pass, attempt, startedAt, durationMs, rowsIn, error },
    ...more,
  };
}

/** A task that asks an outside system again and again runs all the while: its last warning says so under the node. */
function noteWarning(draft: Draft, { taskId, nodeId, lines, at }: EventOf<'task.log'>): void {
  const node = draft.nodes[nodeId];
  const message = lines.findLast((line) => line.level === 'warning' || line.level === 'error')?.message;
  if (message === undefined || node?.taskId !== taskId || node.state !== 'running') return;
  draft.nodes[nodeId] = { ...node, notice: { at, message } };
}

/** A task that gets further has left behind what it warned of, unless both were told at once. */
function noteProgress(draft: Draft, event: EventOf<'task.progress'>): void {
  const known = draft.nodes[event.nodeId];
  const further = known?.progress?.done !== event.progress.done && known?.notice?.at !== event.at;
  changeTask(
    draft,
    event,
    { state: 'running' },
    { progress: event.progress, notice: further ? null : (known?.notice ?? null) },
  );
}

function putPorts(
  draft: Draft,
  { taskId, nodeId }: Place,
  counts: Record<string, number | null>,
  counting: boolean,
): void {
  const node = draft.nodes[nodeId];
  if (!node) return;
  const entries = Object.entries(counts).flatMap(([port, count]) => {
    const known = node.ports[port];
    if (isOfLaterPass(draft, known, taskId)) return [];
    return [[port, { count, counting, earlier: earlierRows(known, taskId), taskId }]];
  });
  draft.nodes[nodeId] = { ...node, ports: { ...node.ports, ...Object.fromEntries(entries) } };
}

/** A pass that is over when a later one has already come to the port left its rows before that one. */
function putOvertaken(draft: Draft, { taskId, nodeId, ports }: EventOf<'task.succeeded'>): void {
  const node = draft.nodes[nodeId];
  if (!node) return;
  const entries = Object.entries(ports).flatMap(([port, count]) => {
    const known = node.ports[port];
    return known && isOfLaterPass(draft, known, taskId)
      ? [[port, { ...known, earlier: known.earlier + (count ?? 0) }]]
      : [];
  });
  draft.nodes[nodeId] = { ...node, ports: { ...node.ports, ...Object.fromEntries(entries) } };
}

/** Passes of a node may run side by side: the latest is the one that is shown. */
function isOfLaterPass({ tasks }: Draft, known: PortView | undefined, taskId: string): boolean {
  return known !== undefined && (tasks[known.taskId]?.pass ?? 0) > (tasks[taskId]?.pass ?? 0);
}

/** A pass that counts again, or comes to its end, is not its own predecessor; what failed while it counted left nothing. */
function earlierRows(known: PortView | undefined, taskId: string): number {
  if (!known) return 0;
  return known.earlier + (known.taskId === taskId || known.counting ? 0 : (known.count ?? 0));
}

function activate(draft: Draft, event: EventOf<'transition.activated'>): void {
  const { transitionId, taskId, nodeId, port, count, total } = event;
  putPorts(draft, event, { [port]: count }, false);
  draft.transitions[transitionId] = { taskId, nodeId, port, count, total };
}
