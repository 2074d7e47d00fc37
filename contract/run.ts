/**
 * Runs, tasks and the ordered list of what happened. The editor, the command line and the tests read the same list.
 * Each event has a number `seq`, rising by one in its run, given in the transaction that made it true.
 */
import { z } from 'zod';
import type { ErrorReply } from './errors.ts';
import type { TableRef } from './relation.ts';
import type { Json } from './types.ts';

export const runStates = [
  'queued',
  'running',
  'waiting',
  'waiting for approval',
  'paused',
  'succeeded',
  'succeeded with rejects',
  'failed',
  'in doubt',
  'stopped',
] as const;
export type RunState = (typeof runStates)[number];
export const runStateSchema = z.enum(runStates);
export const finalRunStates: readonly RunState[] = [
  'succeeded',
  'succeeded with rejects',
  'failed',
  'in doubt',
  'stopped',
];
/** To be asked for by name: an index finds these few among all runs that are kept. */
export const openRunStates: readonly RunState[] = runStates.filter((state) => !finalRunStates.includes(state));
export const isFinal = (state: RunState): boolean => finalRunStates.includes(state);

/** Exit codes of `syncline run`. 2 (bad file or usage) has no state. */
export const exitCodes: Record<RunState, number> = {
  succeeded: 0,
  failed: 1,
  'succeeded with rejects': 3,
  'in doubt': 4,
  'waiting for approval': 5,
  stopped: 130,
  queued: 1,
  running: 1,
  waiting: 1,
  paused: 1,
};

/**
 * pending: may be claimed from `due` on. running: claimed, its lease is kept. waiting: a row with a due instant, nobody holds it.
 * ignored: failed, and the node says the run goes on without this branch.
 */
export const taskStates = ['pending', 'running', 'waiting', 'succeeded', 'failed', 'ignored', 'stopped'] as const;
export type TaskState = (typeof taskStates)[number];

/** Something is still to come of a task in one of these. */
export const openTaskStates: readonly TaskState[] = ['pending', 'running', 'waiting'];

export interface Progress {
  done: number;
  /** null: unknown. */
  total: number | null;
  unit: string;
}

export interface RunOrigin {
  kind: 'manual' | 'schedule' | 'api' | 'cli' | 'webhook' | 'workflow';
  /** User, token or file. */
  by: string;
  /** The instant a schedule stands for (ISO). */
  instant?: string;
  /** The run that has called this one. */
  run?: string;
  /** The export that it takes back, or whose records it sends once more. */
  export?: { id: string; purpose: 'undo' | 'requeue' };
}

/** A person's answer to what a task asks. */
export interface Decision {
  approved: boolean;
  by: string;
  /** ISO. */
  at: string;
  note: string;
}

/** An instant later than any: of a task that something else ends, a signal or the end of another run. */
export const never = '9999-12-31T00:00:00.000Z';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

export type RunEventBody =
  | { type: 'run.created'; origin: RunOrigin; version: number | null }
  | { type: 'run.state'; state: RunState; reason?: ErrorReply }
  | { type: 'task.created'; taskId: string; nodeId: string; pass: number }
  /** `tookOver`: the attempt before did not end, its engine did. */
  | { type: 'task.started'; taskId: string; nodeId: string; attempt: number; tookOver?: true }
  /** Only the latest of a task is kept; it moves to the end of the list. */
  | { type: 'task.progress'; taskId: string; nodeId: string; progress: Progress; ports: Record<string, number> }
  | { type: 'task.log'; taskId: string; nodeId: string; lines: { at: string; level: LogLevel; message: string }[] }
  /** `asks`: the question that a person answers; the wait goes on until then. */
  | { type: 'task.waiting'; taskId: string; nodeId: string; until: string; reason: string; asks?: string }
  | ({ type: 'task.decided'; taskId: string; nodeId: string } & Omit<Decision, 'at'>)
  | { type: 'task.retry'; taskId: string; nodeId: string; attempt: number; at: string; error: ErrorReply }
  | {
      type: 'task.succeeded';
      taskId: string;
      nodeId: string;
      attempt: number;
      durationMs: number;
      ports: Record<string, number | null>;
      rowsIn: number;
    }
  | {
      type: 'task.failed';
      taskId: string;
      nodeId: string;
      attempt: number;
      durationMs: number;
      error: ErrorReply;
      outcome: 'failed' | 'ignored' | 'transition';
    }
  | { type: 'task.stopped'; taskId: string; nodeId: string }
  /** A simulation left the node out; `would` says what it would have done. */
  | { type: 'task.simulated'; taskId: string; nodeId: string; would: string; rowsIn: number }
  /** `count` is null for a transition without rows. */
  | {
      type: 'transition.activated';
      transitionId: string;
      taskId: string;
      nodeId: string;
      port: string;
      count: number | null;
      total: number | null;
    }
  /** The same for a port that leads nowhere yet: its rows can be opened all the same. */
  | { type: 'port.activated'; taskId: string; nodeId: string; port: string; count: number | null }
  | { type: 'option.set'; name: string; old: string | null; new: string; taskId: string | null }
  /** `kind` is what it is about (default node). */
  | {
      type: 'alarm';
      kind?: 'rejects' | 'cursor' | 'node';
      severity: 'warning' | 'error';
      message: string;
      taskId: string | null;
      nodeId: string | null;
    };

export type RunEvent = { seq: number; at: string } & RunEventBody;

export interface TaskSummary {
  id: string;
  nodeId: string;
  state: TaskState;
  attempt: number;
  /** 1 for the first time the node is reached in the run, 2 for the second, … */
  pass: number;
  due: string | null;
  startedAt: string | null;
  endedAt: string | null;
  durationMs: number | null;
  progress: Progress | null;
  rowsIn: number;
  error: ErrorReply | null;
  /** What left, by port: null for a port without rows. */
  outputs: Record<string, { count: number | null; table: TableRef | null; kept: boolean }>;
  /** Those that travelled on; until it has ended, those that came in. */
  vars: Record<string, Json>;
  /** `task.vars`: seen by this task only. */
  taskVars: Record<string, Json>;
  /** The run that it has called, last. */
  calledRun?: string | null;
  /** The question that it waits for an answer to. */
  asks?: string | null;
}

export interface RunSummary {
  id: string;
  workflow: string;
  workflowLabel: string;
  /** null: a draft. */
  version: number | null;
  state: RunState;
  origin: RunOrigin;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  rejects: number;
  error: ErrorReply | null;
  /** Nodes that write did not run. */
  simulated: boolean;
}

/** What a node returns besides tables: applied in the transaction that commits its task. */
export type Effect =
  /** Compare-and-set: `expected` is the value read at start (null: there was none); `forwardOnly` refuses an earlier date, as an alarm. `kind: cursor` when it is an import date. */
  | {
      type: 'setOption';
      name: string;
      value: string;
      expected?: string | null;
      forwardOnly?: boolean /** Applied in the transaction that ends the run, if it succeeded. */;
      atEnd?: boolean;
    }
  | { type: 'setInstanceVar'; name: string; value: Json }
  | { type: 'alarm'; severity: 'warning' | 'error'; message: string }
  /** The run ends now: what is pending or running is stopped. */
  | { type: 'endRun' };

/** Names of options. */
export const optionNamePattern = /^[A-Za-z_][\w.-]{0,199}$/;

/** Adobe's form of an import date: `yyyy/MM/dd HH:mm:ss`, UTC. */
export function formatCursor(instant: Date): string {
  return instant.toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}

/** The instant an option's text stands for; null if it is malformed. */
export function parseCursor(text: string): Date | null {
  const match = /^(\d{4})\/(\d{2})\/(\d{2}) (\d{2}):(\d{2}):(\d{2})$/.exec(text);
  if (!match) return null;
  const instant = new Date(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}.000Z`);
  return Number.isNaN(instant.getTime()) || formatCursor(instant) !== text ? null : instant;
}
