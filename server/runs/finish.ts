/** How a run ends: what still runs is interrupted first, then the end state is decided and pending effects are applied. */
import type { ErrorReply } from '../../contract/errors.ts';
import { describeError } from '../../contract/errors.ts';
import type { Effect, RunState } from '../../contract/run.ts';
import { finalRunStates, openRunStates } from '../../contract/run.ts';
import type { PendingEffectRow, RunRow, TaskRow } from '../db/rows.ts';
import type { Db } from '../db/transaction.ts';
import { giveBackRequeued } from '../exports/givenBack.ts';
import { noteTakenUp } from '../exports/takenUp.ts';
import { setOption } from '../options/options.ts';
import { keepCarried } from './carried.ts';
import type { RunChange } from './changeRun.ts';
import { hasActiveCalls } from './hasActiveCalls.ts';
import type { Unsettled } from './settled.ts';
import { findUnsettled } from './settled.ts';
import { countOpenTasks, stopTasks } from './tasks.ts';
import { wakeCaller } from './wakeCaller.ts';

export type SetOptionEffect = Extract<Effect, { type: 'setOption' }>;

/**
 * The run is to end before its last task: `stop` by a person, `fail` by a task, `end` by an End node. What waits is stopped
 * here; what runs is interrupted by the engine, which sees `ending`. The first reason stays. `finishWhenQuiet` must follow
 * in the same change.
 */
export async function beginEnding(
  change: RunChange,
  reason: 'stop' | 'fail' | 'end',
  error?: ErrorReply,
): Promise<void> {
  if (change.run.ending === null) change.set({ ending: reason, ending_at: change.at });
  if (error && change.run.error === null) change.set({ error: JSON.stringify(error) });
  await stopTasks(change, ['pending', 'waiting']);
}

/** Ends the run when no task is pending, running or waiting. Gives whether it did. */
export async function finishWhenQuiet(change: RunChange): Promise<boolean> {
  const { waiting, active } = await countOpenTasks(change);
  if (waiting + active > 0) return false;
  await finishRun(change);
  return true;
}

export async function finishRun(change: RunChange): Promise<void> {
  const unsettled = await findUnsettled(change);
  const state = endState(change.run, unsettled);
  change.set({ state, rejects: unsettled.rejects, ended_at: change.at, held: false });
  if (state === 'succeeded' || state === 'succeeded with rejects') await settle(change, unsettled);
  const reason = change.run.error === null ? null : (JSON.parse(change.run.error) as ErrorReply);
  change.emit({ type: 'run.state', state, ...(reason ? { reason } : {}) });
  await noteTakenUp(change, unsettled.takenUp);
  await giveBackRequeued(change);
  await releaseHeld(change.tx, change.run.workflow_name, change.run.id);
  await keepCarried(change);
  await wakeCaller(change);
}

/** A run that failed, is in doubt or was stopped keeps its effects and tokens: it may go on. */
async function settle(change: RunChange, unsettled: Unsettled): Promise<void> {
  if (change.run.to_node !== null) await leavePending(change);
  else if (!change.run.simulated) await applyPending(change, unsettled);
  await change.tx('pending_effects').where({ run_id: change.run.id }).delete();
  await change.tx('arrivals').where({ run_id: change.run.id, state: 'waiting' }).update({ state: 'dropped' });
}

function endState(run: RunRow, unsettled: Unsettled): RunState {
  if (run.ending === 'stop') return 'stopped';
  if (run.ending === 'fail') return 'failed';
  if (unsettled.doubts > 0) return 'in doubt';
  return unsettled.rejects > 0 ? 'succeeded with rejects' : 'succeeded';
}

/** A run to a node has not done what lies behind it, so no import date moves past rows that went nowhere. */
async function leavePending(change: RunChange): Promise<void> {
  const rows: (PendingEffectRow & Pick<TaskRow, 'node_id'>)[] = await change
    .tx('pending_effects')
    .join('tasks', 'tasks.id', 'pending_effects.task_id')
    .where({ 'pending_effects.run_id': change.run.id })
    .orderBy('pending_effects.id')
    .select('pending_effects.*', 'tasks.node_id');
  for (const row of rows) {
    const message = `${(JSON.parse(row.effect) as SetOptionEffect).name} was not moved: the run went to a node only.`;
    const lines = [{ at: change.at, level: 'info' as const, message }];
    change.emit({ type: 'task.log', taskId: row.task_id, nodeId: row.node_id, lines });
  }
}

/** In the order in which the tasks asked for them, so that two passes of one import follow each other. */
async function applyPending(change: RunChange, unsettled: Unsettled): Promise<void> {
  const rows: PendingEffectRow[] = await change.tx('pending_effects').where({ run_id: change.run.id }).orderBy('id');
  for (const row of rows) {
    const task: TaskRow | undefined = await change.tx('tasks').where({ id: row.task_id }).first();
    const effect = JSON.parse(row.effect) as SetOptionEffect;
    if (!task) throw new Error(`The task ${row.task_id} of a pending effect does not exist.`);
    if (unsettled.nodeSucceeded(task.node_id)) await applySetOption(change, effect, task);
    else
      change.emit({
        ...alarmOf(task),
        severity: 'warning',
        message: `${effect.name} was not moved: the last task of its node did not succeed.`,
      });
  }
}

/** A refusal never fails the run: it is an alarm, and the option stays as it was. */
export async function applySetOption(
  change: RunChange,
  effect: SetOptionEffect,
  task: Pick<TaskRow, 'id' | 'node_id'>,
): Promise<void> {
  const result = await setOption(change.tx, {
    name: effect.name,
    value: effect.value,
    by: change.run.workflow_name,
    runId: change.run.id,
    at: change.at,
    expected: effect.expected,
    forwardOnly: effect.forwardOnly,
  });
  if (!result.ok) {
    const { message, action } = describeError(result.code, result.details);
    change.emit({ ...alarmOf(task), severity: 'error', message: `${message} ${action}` });
  } else if (result.changed) {
    change.emit({ type: 'option.set', name: effect.name, old: result.old, new: effect.value, taskId: task.id });
  }
}

function alarmOf(task: Pick<TaskRow, 'id' | 'node_id'>): {
  type: 'alarm';
  kind: 'cursor';
  taskId: string;
  nodeId: string;
} {
  return { type: 'alarm', kind: 'cursor', taskId: task.id, nodeId: task.node_id };
}

/**
 * Lets the restart of a run that ended go; else the oldest run that waits for this workflow, if none of its runs is active
 * any more (`ended` aside).
 */
export async function releaseHeld(db: Db, workflowName: string, ended = ''): Promise<void> {
  await releaseRestarts(db, workflowName, ended);
  const active: { id: string } | undefined = await db('runs')
    .where({ workflow_name: workflowName, held: false })
    .whereNull('parent_run')
    .whereNot({ id: ended })
    .whereIn('state', openRunStates)
    .first('id');
  if (active) return;
  const next: { id: string } | undefined = await db('runs')
    .where({ workflow_name: workflowName, held: true })
    .whereNull('after_run')
    .whereIn('state', openRunStates)
    .orderBy('id')
    .first('id');
  if (next) await db('runs').where({ id: next.id }).update({ held: false });
}

/** A restart waits for the runs that the old one has called as well: they do the same work. */
async function releaseRestarts(db: Db, workflowName: string, ended: string): Promise<void> {
  const over = db('runs as old')
    .select('old.id')
    .where({ 'old.id': db.ref('runs.after_run') })
    .whereIn('old.state', finalRunStates);
  const restarts: { id: string; after_run: string }[] = await db('runs')
    .where({ workflow_name: workflowName, held: true })
    .whereIn('state', openRunStates)
    .andWhere((restart) => restart.where({ after_run: ended }).orWhereExists(over))
    .select('id', 'after_run');
  for (const { id, after_run: old } of restarts)
    if (!(await hasActiveCalls(db, old))) await db('runs').where({ id, held: true }).update({ held: false });
}
