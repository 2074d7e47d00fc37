/** What the editor knows of one run: built from its events alone, so that a past run and a live one look the same. */
import type { ErrorReply } from '../../../contract/errors.ts';
import type { LogLevel, Progress, RunState, TaskState } from '../../../contract/run.ts';

export interface PortView {
  /** null: no rows travel there. */
  count: number | null;
  /** The number still moves. */
  counting: boolean;
  /** Rows that left by it before, in earlier passes. */
  earlier: number;
  taskId: string;
}

/** The latest task of a node, as its card shows it. */
export interface NodeView {
  taskId: string;
  state: TaskState;
  pass: number;
  attempt: number;
  progress: Progress | null;
  startedAt: string | null;
  durationMs: number | null;
  rowsIn: number;
  error: ErrorReply | null;
  /** While waiting or before the next attempt: until when, what for, and what a person is asked. */
  due: { at: string; reason: string; asks?: string } | null;
  /** The latest warning of the task while it gets no further: what keeps it busy. */
  notice: { at: string; message: string } | null;
  /** In a simulation: what the node would have done, had it not been left out. */
  would: string | null;
  /** By port; kept over passes until the port is taken again. */
  ports: Readonly<Record<string, PortView>>;
}

export interface TransitionView {
  taskId: string;
  nodeId: string;
  port: string;
  /** Rows of the latest activation; null: none travel. */
  count: number | null;
  /** Over all activations of the run. */
  total: number | null;
}

/** One task on the timeline. */
export interface TaskView {
  id: string;
  nodeId: string;
  pass: number;
  attempt: number;
  state: TaskState;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  durationMs: number | null;
  rowsIn: number;
  error: ErrorReply | null;
}

export interface LogEntry {
  key: string;
  at: string;
  level: LogLevel;
  message: string;
  nodeId: string | null;
  taskId: string | null;
}

export interface RunView {
  /** null: no run is shown. */
  runId: string | null;
  state: RunState;
  createdAt: string;
  endedAt: string | null;
  error: ErrorReply | null;
  /** null: a draft. */
  version: number | null;
  /** Nodes that write did not run. */
  simulated: boolean;
  lastSeq: number;
  nodes: Readonly<Record<string, NodeView>>;
  transitions: Readonly<Record<string, TransitionView>>;
  tasks: Readonly<Record<string, TaskView>>;
  log: readonly LogEntry[];
  /** Entries dropped from the front of `log`. */
  dropped: number;
}

export const emptyRunView: RunView = {
  runId: null,
  state: 'queued',
  createdAt: '',
  endedAt: null,
  error: null,
  version: null,
  simulated: false,
  lastSeq: 0,
  nodes: {},
  transitions: {},
  tasks: {},
  log: [],
  dropped: 0,
};
