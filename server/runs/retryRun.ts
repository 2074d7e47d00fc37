/**
 * A run that failed, was stopped, or is in doubt no more goes on: what failed and what was stopped is tried again, what succeeded is not. The tasks
 * keep their ids, so writes that a lost attempt had made (`once`) are not made again.
 */
import type { ErrorReply } from '../../contract/errors.ts';
import { toErrorReply, UserError } from '../../contract/errors.ts';
import { errorPort } from '../../contract/node.ts';
import type { RunSummary } from '../../contract/run.ts';
import { isFinal, openTaskStates } from '../../contract/run.ts';
import type { TaskRow } from '../db/rows.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { holdRun } from '../db/transaction.ts';
import { takeRequeued } from '../exports/givenBack.ts';
import { refuseHandedOn } from '../signals/stuck.ts';
import type { RunChange } from './changeRun.ts';
import { changeHeld, changeRun } from './changeRun.ts';
import { mustWait } from './concurrency.ts';
import { readFrozen } from './frozen.ts';
import { toRunSummary } from './readRuns.ts';
import { findUnsettled } from './settled.ts';
import { goOn } from './tasks.ts';

/**
 * `tx` comes from `inRun`; nudge the engine after the commit. Throws UserError RUN_NOT_RETRIABLE, RUN_IN_DOUBT, ALREADY_RUNNING,
 * RUN_ENDING while a run that it has called is still being stopped,
 * WORK_TABLE_LOST when the rows of the run were purged, REQUEUE_OUTDATED, EVENTS_HANDED_ON.
 */
export function retryRun(tx: Tx, runId: string, at: string): Promise<RunSummary> {
  return changeRun(tx, runId, at, async (change) => {
    const { run } = change;
    if (run.state === 'in doubt') await refuseDoubt(change);
    else if (run.state !== 'failed' && run.state !== 'stopped')
      throw new UserError('RUN_NOT_RETRIABLE', { state: run.state });
    if (run.purged) throw new UserError('WORK_TABLE_LOST', { table: `the run ${runId}`, reason: 'purged' });
    await leaveCaller(change);
    await refuseHandedOn(tx, runId);
    await tx('signals').where({ run_id: runId, state: 'dismissed' }).update({ state: 'taken' });
    await takeRequeued(tx, runId, { heir: runId, at });
    const { settings } = await readFrozen(tx, runId);
    const policy = settings?.concurrency ?? 'skip';
    const held = await mustWait(tx, { workflowId: run.workflow_id, workflow: run.workflow_name, policy });
    await reviveRun(change, held);
    return toRunSummary(change.run);
  });
}

/**
 * A run in doubt has nothing left to do, but what it would have done at its end, such as moving an import date, is still to come:
 * once a person has said of each record what became of it.
 */
async function refuseDoubt(change: RunChange): Promise<void> {
  const { doubts } = await findUnsettled(change);
  if (doubts > 0) throw new UserError('RUN_IN_DOUBT', { records: doubts });
}

/** A called run that is retried alone stands on its own when nobody waits for it: else it was stopped as one left behind. */
async function leaveCaller({ tx, run, set }: RunChange): Promise<void> {
  if (run.parent_task === null) return;
  const waiting: { id: string } | undefined = await tx('tasks')
    .where({ id: run.parent_task, call_run: run.id })
    .whereIn('state', openTaskStates)
    .first('id');
  if (!waiting) set({ parent_run: null, parent_task: null });
}

async function reviveRun(change: RunChange, held: boolean): Promise<void> {
  change.set({ held, after_run: null, ending: null, ending_at: null, ended_at: null, error: null });
  const tasks: TaskRow[] = await queryRevivable(change.tx, change.run.id).orderBy('id');
  for (const task of tasks) await revive(change, task);
  await goOn(change);
}

/**
 * A called run goes on as its caller does, and wakes it again, also when it was left alone meanwhile. `gone`: its rows were
 * purged, so the workflow is called anew.
 */
async function goOnCalled(tx: Tx, caller: TaskRow, callRun: string, at: string): Promise<'there' | 'gone'> {
  const held = await holdRun(tx, callRun);
  if (!held) return 'gone';
  return changeHeld(tx, held, at, async (change) => {
    const { state, purged, ending } = change.run;
    // What runs in it is interrupted already: it can go on only when it has ended.
    if (ending !== null && !isFinal(state)) throw new UserError('RUN_ENDING');
    if (purged) return 'gone';
    change.set({ parent_run: caller.run_id, parent_task: caller.id });
    if (state === 'failed' || state === 'stopped') await reviveRun(change, false);
    return 'there';
  });
}

/** Tasks that a retry takes up again. A failed one that took its Error transition has said what follows; the others have not. */
export function queryRevivable(db: Db, runId: string) {
  const tookError = db('outputs').where({ run_id: runId, port: errorPort.name }).select('task_id');
  return db('tasks')
    .where({ run_id: runId })
    .andWhere((open) => {
      open
        .where({ state: 'stopped' })
        .orWhere((failed) => failed.where({ state: 'failed' }).andWhere('id', 'not in', tookError));
    });
}

async function revive(change: RunChange, task: TaskRow): Promise<void> {
  const { tx, at } = change;
  const called = task.call_run === null ? null : await goOnCalled(tx, task, task.call_run, at);
  // One that waited for an instant goes on waiting until then; one that waited for a run looks at it.
  const waits = task.memory !== null && task.state === 'stopped' && called === null;
  const due = waits ? task.due : at;
  const state = waits ? 'waiting' : 'pending';
  const anew = called === 'gone' ? { call_run: null, memory: null } : {};
  await tx('tasks')
    .where({ id: task.id })
    .update({ state, due, ended_at: null, retries: 0, takeovers: 0, ...anew });
  const error = task.error === null ? toErrorReply(new UserError('STOPPED')) : (JSON.parse(task.error) as ErrorReply);
  change.emit({ type: 'task.retry', taskId: task.id, nodeId: task.node_id, attempt: task.attempt, at: due, error });
}
