/**
 * The end of an attempt, as one short transaction on the run. Everything that follows from it is in here: outputs,
 * transitions, new tasks, effects, events, the end of the run. A commit that is repeated changes nothing.
 */

import { toErrorReply, UserError } from '../../contract/errors.ts';
import type { Effect } from '../../contract/run.ts';
import { isFinal } from '../../contract/run.ts';
import type { Json } from '../../contract/types.ts';
import type { NodeWait } from '../../nodes/kit/run.ts';
import type { TaskRow } from '../db/rows.ts';
import type { RunChange } from '../runs/changeRun.ts';
import { finishWhenQuiet } from '../runs/finish.ts';
import { findUnsettled } from '../runs/settled.ts';
import { stopTasks } from '../runs/tasks.ts';
import { isCalledOver } from '../runs/wakeCaller.ts';
import type { Ports } from './activate.ts';
import { activatePorts } from './activate.ts';
import { continueRun } from './after.ts';
import { startCall } from './calls.ts';
import { closeAttempt } from './close.ts';
import { applyEffects } from './effects.ts';
import { countError } from './errorCounts.ts';
import type { Failure } from './fail.ts';
import { settleFailure } from './fail.ts';
import type { Flow } from './flow.ts';

interface Variables {
  /** Those that travel on, or that a waiting task keeps. */
  vars: Record<string, Json>;
  /** Those of the task alone. */
  taskVars: Record<string, Json>;
}

/** How an attempt ended. */
export type Outcome =
  /** `would`: the node did not run, because the run is a simulation. */
  | ({ kind: 'done'; ports: Ports; effects: readonly Effect[]; would?: string } & Variables)
  | ({ kind: 'waiting'; wait: NodeWait; effects: readonly Effect[] } & Variables)
  | ({ kind: 'failed' } & Omit<Failure, 'duration'>)
  /** Given up because the run is being ended. */
  | { kind: 'stopped' }
  /** Given back unfinished, because this process ends: another claims it at once. */
  | { kind: 'released' };

/** Gives false when the attempt was fenced or committed before: then nothing was written. */
export async function commitOutcome(
  change: RunChange,
  flow: Flow,
  task: TaskRow,
  outcome: Outcome,
  duration: number,
): Promise<boolean> {
  if (isFinal(change.run.state)) return false;
  if (outcome.kind === 'stopped' || mustRepeat(change, outcome)) return commitStopped(change, task, duration);
  if (outcome.kind === 'released') return closeAttempt(change, task, duration, { state: 'pending', due: change.at });
  if (outcome.kind === 'failed') return settleFailure(change, flow, task, { ...outcome, duration });
  if (outcome.kind === 'waiting') return commitCall(change, flow, task, outcome, duration);
  return commitDone(change, flow, task, outcome, duration);
}

/**
 * A node that came to its end although its run is being ended has done what it does, and is not done again when the run goes
 * on. All else begins anew then, an End node as well: its run ended for another reason.
 */
function mustRepeat({ run }: RunChange, outcome: Outcome): boolean {
  if (run.ending === null) return false;
  return outcome.kind !== 'done' || outcome.effects.some((effect) => effect.type === 'endRun');
}

async function commitDone(
  change: RunChange,
  flow: Flow,
  task: TaskRow,
  outcome: Extract<Outcome, { kind: 'done' }>,
  duration: number,
): Promise<boolean> {
  const columns = {
    state: 'succeeded' as const,
    ended_at: change.at,
    vars_out: JSON.stringify(outcome.vars),
    task_vars: JSON.stringify(outcome.taskVars),
    error: null,
  };
  if (!(await closeAttempt(change, task, duration, columns))) return false;
  const { would } = outcome;
  const place = { taskId: task.id, nodeId: task.node_id };
  change.emit({
    type: 'task.succeeded',
    ...place,
    attempt: task.attempt,
    durationMs: (task.duration_ms ?? 0) + duration,
    ports: Object.fromEntries(Object.entries(outcome.ports).map(([port, table]) => [port, table?.count ?? null])),
    rowsIn: task.rows_in,
  });
  if (would !== undefined) change.emit({ type: 'task.simulated', ...place, would, rowsIn: task.rows_in });
  countError(change, flow, task, false);
  await activatePorts(change, flow, task, outcome.ports, outcome.vars);
  await countRejects(change, flow, task, outcome.ports);
  await applyEffects(change, task, outcome.effects);
  // What follows in a run that is being ended waits until the run is retried.
  if (change.run.ending !== null) await stopTasks(change, ['pending', 'waiting']);
  await continueRun(change, flow);
  return true;
}

/** The called run is made in the same transaction; a call that is refused is a failure of the node. */
async function commitCall(
  change: RunChange,
  flow: Flow,
  task: TaskRow,
  outcome: Extract<Outcome, { kind: 'waiting' }>,
  duration: number,
): Promise<boolean> {
  const { call } = outcome.wait;
  let called = task;
  try {
    if (call) called = { ...task, call_run: await startCall(change, flow, task, call) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return settleFailure(change, flow, task, { error: toErrorReply(error), duration, retry: null });
  }
  return commitWait(change, flow, called, outcome, duration);
}

async function commitWait(
  change: RunChange,
  flow: Flow,
  task: TaskRow,
  { wait, vars, taskVars, effects }: Extract<Outcome, { kind: 'waiting' }>,
  duration: number,
): Promise<boolean> {
  const columns = {
    state: 'waiting' as const,
    due: wait.waitUntil,
    memory: JSON.stringify(wait.memory ?? null),
    signal: wait.signal ?? null,
    signal_id: null,
    asks: wait.asks ?? null,
    // What was answered before stays known while the node waits for something else.
    ...(wait.asks === undefined ? {} : { decision: null }),
    vars: JSON.stringify(vars),
    task_vars: JSON.stringify(taskVars),
    error: null,
  };
  if (!(await closeAttempt(change, task, duration, columns))) return false;
  if (task.call_run !== null && (await isCalledOver(change, task.call_run)))
    await change.tx('tasks').where({ id: task.id }).update({ due: change.at });
  const place = { taskId: task.id, nodeId: task.node_id };
  const { waitUntil: until, reason, asks } = wait;
  change.emit({ type: 'task.waiting', ...place, until, reason, ...(asks === undefined ? {} : { asks }) });
  if (wait.ports) await activatePorts(change, flow, task, wait.ports, vars);
  await applyEffects(change, task, effects);
  await continueRun(change, flow);
  return true;
}

/** What did not come to its end begins anew when the run is retried. */
async function commitStopped(change: RunChange, task: TaskRow, duration: number): Promise<boolean> {
  if (!(await closeAttempt(change, task, duration, { state: 'stopped', ended_at: change.at }))) return false;
  change.emit({ type: 'task.stopped', taskId: task.id, nodeId: task.node_id });
  await finishWhenQuiet(change);
  return true;
}

async function countRejects(change: RunChange, flow: Flow, task: TaskRow, ports: Ports): Promise<void> {
  const troubled = flow
    .ports(flow.node(task.node_id))
    .filter((port) => port.kind === 'reject' || port.kind === 'error');
  if (!troubled.some((port) => port.name in ports)) return;
  change.set({ rejects: (await findUnsettled(change)).rejects });
  const rejects = troubled
    .filter((port) => port.kind === 'reject')
    .reduce((sum, port) => sum + (ports[port.name]?.count ?? 0), 0);
  const left = Object.values(ports).reduce((sum, table) => sum + (table?.count ?? 0), 0);
  warnOfRejects(change, flow, task, rejects, Math.max(task.rows_in, left));
}

function warnOfRejects(change: RunChange, flow: Flow, task: TaskRow, rejects: number, rows: number): void {
  const { rejectWarning: share = 1, rejectLimit: most = Number.POSITIVE_INFINITY } = flow.workflow.settings ?? {};
  if (rejects === 0 || (rejects <= rows * share && rejects <= most)) return;
  const limit = rejects > most ? String(most) : `${Math.round(share * 1000) / 10} %`;
  const message = `${flow.node(task.node_id).label} rejected ${rejects} of ${rows} rows, more than the limit of ${limit}.`;
  change.emit({ type: 'alarm', kind: 'rejects', severity: 'warning', message, taskId: task.id, nodeId: task.node_id });
}
