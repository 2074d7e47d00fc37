/** What a person may do to a run. Each takes a transaction from `inRun`; nudge the engine after the commit. */
import { UserError } from '../../contract/errors.ts';
import type { Decision, RunSummary } from '../../contract/run.ts';
import { isFinal } from '../../contract/run.ts';
import type { TaskRow } from '../db/rows.ts';
import type { Tx } from '../db/transaction.ts';
import type { RunChange } from './changeRun.ts';
import { changeRun, setRunState } from './changeRun.ts';
import { beginEnding, finishWhenQuiet } from './finish.ts';
import { toRunSummary } from './readRuns.ts';
import { goOn, rest, stopTasks } from './tasks.ts';

/** Nothing more starts; what runs is asked to end and after two seconds given up. Throws UserError RUN_NOT_ACTIVE. */
export function stopRun(tx: Tx, runId: string, at: string): Promise<RunSummary> {
  return command(tx, runId, at, async (change) => {
    // A stop outranks whatever else the run was ending for.
    change.set({ ending: null });
    await beginEnding(change, 'stop');
    await finishWhenQuiet(change);
  });
}

/** The run is over when this returns, whatever its tasks still do: they are fenced. Throws UserError RUN_NOT_ACTIVE. */
export function killRun(tx: Tx, runId: string, at: string): Promise<RunSummary> {
  return command(tx, runId, at, async (change) => {
    change.set({ ending: 'stop', ending_at: at });
    await stopTasks(change, ['running']);
    await beginEnding(change, 'stop');
    await finishWhenQuiet(change);
  });
}

/** A person's answer: the task that asks goes on with it. Throws UserError RUN_NOT_ACTIVE, NOTHING_TO_DECIDE. */
export function decideTask(
  tx: Tx,
  runId: string,
  at: string,
  { taskId, ...answer }: Omit<Decision, 'at'> & { taskId: string },
): Promise<RunSummary> {
  return command(tx, runId, at, async (change) => {
    const asking = { id: taskId, run_id: runId, state: 'waiting' };
    const task: Pick<TaskRow, 'node_id'> | undefined = await tx('tasks')
      .where(asking)
      .whereNotNull('asks')
      .first('node_id');
    if (!task) throw new UserError('NOTHING_TO_DECIDE');
    await tx('tasks')
      .where({ id: taskId })
      .update({ asks: null, decision: JSON.stringify({ ...answer, at } satisfies Decision), due: at });
    change.emit({ type: 'task.decided', taskId, nodeId: task.node_id, ...answer });
    if (change.run.state === 'waiting for approval') await rest(change);
  });
}

/**
 * What waits for an instant (a wait, a retry) is due now, save what asks a person; with `nodeId`, at that node only. Throws UserError RUN_NOT_ACTIVE,
 * NOT_FOUND when nothing waits at the node.
 */
export function wakeRun(tx: Tx, runId: string, at: string, nodeId?: string): Promise<RunSummary> {
  return command(tx, runId, at, async () => {
    const waiting = tx('tasks')
      .where({ run_id: runId })
      .whereIn('state', ['pending', 'waiting'])
      .whereNull('asks')
      .andWhere('due', '>', at);
    if (nodeId !== undefined) waiting.andWhere({ node_id: nodeId });
    const woken = await waiting.update({ due: at });
    if (nodeId !== undefined && woken === 0)
      throw new UserError('NOT_FOUND', { what: 'A task that waits at this node' });
  });
}

/** No further task starts; what runs goes on to its end. Throws UserError RUN_NOT_ACTIVE, RUN_ENDING. */
export function pauseRun(tx: Tx, runId: string, at: string): Promise<RunSummary> {
  return command(tx, runId, at, async (change) => {
    if (change.run.ending !== null) throw new UserError('RUN_ENDING');
    setRunState(change, 'paused');
  });
}

/** Goes on, whether a person paused it or a node that says "stop here". Throws UserError RUN_NOT_ACTIVE, RUN_ENDING, RUN_NOT_PAUSED. */
export function resumeRun(tx: Tx, runId: string, at: string): Promise<RunSummary> {
  return command(tx, runId, at, async (change) => {
    if (change.run.ending !== null) throw new UserError('RUN_ENDING');
    if (change.run.state !== 'paused') throw new UserError('RUN_NOT_PAUSED');
    await goOn(change);
  });
}

function command(tx: Tx, runId: string, at: string, work: (change: RunChange) => Promise<void>): Promise<RunSummary> {
  return changeRun(tx, runId, at, async (change) => {
    if (isFinal(change.run.state)) throw new UserError('RUN_NOT_ACTIVE');
    await work(change);
    return toRunSummary(change.run);
  });
}
