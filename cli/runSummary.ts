import type { ErrorReply } from '../contract/errors.ts';
import type { RunEvent, RunState, TaskSummary } from '../contract/run.ts';
import type { Workflow } from '../contract/workflow.ts';
import type { RunDetail } from '../server/runs/readRuns.ts';

/** What `syncline run --json` ends with. Nodes and ports are named as in `syncline records`. */
export interface RunReport {
  run: string;
  workflow: string;
  state: RunState;
  startedAt: string | null;
  endedAt: string | null;
  durationMs: number | null;
  rejects: number;
  error: ErrorReply | null;
  nodes: Record<string, NodeReport>;
  /** Rows over all passes of the run; null for a transition without rows. */
  transitions: { id: string; from: string; to: string; count: number | null }[];
  /** Rows that left by each port, also where it leads nowhere. */
  ports: Record<string, number | null>;
  /** The options that the run set, with the value they have now. */
  options: Record<string, string>;
  alarms: string[];
}

export interface NodeReport {
  state: TaskSummary['state'];
  /** Over all passes. */
  attempts: number;
  passes: number;
  durationMs: number;
  rowsIn: number;
  error: ErrorReply | null;
}

/** Sums up a run from its tasks and the list of what happened. */
export function reportRun(detail: RunDetail, events: readonly RunEvent[]): RunReport {
  const { workflowFile: workflow } = detail;
  const names = new Map(workflow.nodes.map((node) => [node.id, node.name]));
  const nameOf = (id: string): string => names.get(id) ?? id;
  return {
    run: detail.id,
    workflow: detail.workflow,
    state: detail.state,
    startedAt: detail.startedAt,
    endedAt: detail.endedAt,
    durationMs: between(detail.startedAt, detail.endedAt),
    rejects: detail.rejects,
    error: detail.error,
    nodes: reportNodes(detail.tasks, nameOf),
    transitions: reportTransitions(workflow, events, nameOf),
    ports: reportPorts(detail.tasks, nameOf),
    options: Object.fromEntries(
      events.flatMap((event) => (event.type === 'option.set' ? [[event.name, event.new]] : [])),
    ),
    alarms: events.flatMap((event) => (event.type === 'alarm' ? [event.message] : [])),
  };
}

function between(start: string | null, end: string | null): number | null {
  return start === null || end === null ? null : Date.parse(end) - Date.parse(start);
}

function reportNodes(tasks: readonly TaskSummary[], nameOf: (id: string) => string): Record<string, NodeReport> {
  const sum = (own: readonly TaskSummary[], of: (task: TaskSummary) => number): number =>
    own.reduce((total, task) => total + of(task), 0);
  return Object.fromEntries(
    [...Map.groupBy(tasks, (task) => task.nodeId)].map(([nodeId, own]) => {
      const last = own.at(-1) as TaskSummary;
      const report: NodeReport = {
        state: last.state,
        attempts: sum(own, (task) => task.attempt),
        passes: own.length,
        durationMs: sum(own, (task) => task.durationMs ?? 0),
        rowsIn: sum(own, (task) => task.rowsIn),
        error: last.error,
      };
      return [nameOf(nodeId), report];
    }),
  );
}

/** Transitions that were not activated are left out. */
function reportTransitions(
  workflow: Workflow,
  events: readonly RunEvent[],
  nameOf: (id: string) => string,
): RunReport['transitions'] {
  const totals = new Map(
    events.flatMap((event) => (event.type === 'transition.activated' ? [[event.transitionId, event.total]] : [])),
  );
  return workflow.transitions
    .filter(({ id }) => totals.has(id))
    .map(({ id, from, port, to }) => ({
      id,
      from: `${nameOf(from)}.${port}`,
      to: nameOf(to),
      count: totals.get(id) ?? null,
    }));
}

function reportPorts(tasks: readonly TaskSummary[], nameOf: (id: string) => string): RunReport['ports'] {
  const counts: RunReport['ports'] = {};
  for (const task of tasks) {
    for (const [port, { count }] of Object.entries(task.outputs)) {
      const name = `${nameOf(task.nodeId)}.${port}`;
      counts[name] = count === null ? (counts[name] ?? null) : (counts[name] ?? 0) + count;
    }
  }
  return counts;
}
