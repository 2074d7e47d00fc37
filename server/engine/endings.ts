/** Runs that are being ended, as far as the engine has to do with it. */

import { openRunStates, openTaskStates } from '../../contract/run.ts';
import type { RunRow, TaskRow } from '../db/rows.ts';
import { inTransaction } from '../db/transaction.ts';
import { finishWhenQuiet, releaseHeld } from '../runs/finish.ts';
import { stopTasks } from '../runs/tasks.ts';
import { continueRun } from './after.ts';
import { loadFlow } from './flow.ts';
import type { Host } from './host.ts';
import { commitChange } from './host.ts';
import type { RunningTask } from './runTask.ts';

type Watched = Pick<TaskRow, 'id' | 'attempt' | 'state'> & Pick<RunRow, 'ending'>;

/** Interrupts the tasks whose run is being ended, and those that are not this engine's any more. */
export async function watchRunning(host: Host, running: ReadonlyMap<string, RunningTask>): Promise<void> {
  if (running.size === 0) return;
  // Others are begun while the database answers.
  const watched = [...running];
  const rows: Watched[] = await host
    .db('tasks')
    .join('runs', 'runs.id', 'tasks.run_id')
    .whereIn(
      'tasks.id',
      watched.map(([id]) => id),
    )
    .select('tasks.id', 'tasks.attempt', 'tasks.state', 'runs.ending');
  for (const [id, { task, end }] of watched) {
    const row = rows.find((one) => one.id === id);
    if (row?.state !== 'running' || row.attempt !== task.attempt) end('fenced');
    else if (row.ending !== null) end('stop');
  }
}

/** Ends runs whose last tasks were lost with their engine: nobody else would. */
export async function endLostRuns(host: Host, mine: readonly string[]): Promise<void> {
  const lost: { id: string; run_id: string }[] = await host
    .db('tasks')
    .join('runs', 'runs.id', 'tasks.run_id')
    .whereNotNull('runs.ending')
    .whereIn('runs.state', openRunStates)
    .where('tasks.state', 'running')
    .where('tasks.lease_until', '<=', host.clock.now().toISOString())
    .whereNotIn('tasks.id', mine)
    .select('tasks.id', 'tasks.run_id');
  for (const [runId, tasks] of Map.groupBy(lost, (task) => task.run_id)) {
    await commitChange(host, runId, async (change) => {
      await stopTasks(
        change,
        ['running'],
        tasks.map((task) => task.id),
      );
      await finishWhenQuiet(change);
    });
  }
}

/**
 * Runs that were retried although all their tasks were done: the last of them ended while the run was being stopped. What
 * their joins hold goes on, or the run ends.
 */
export async function goOnQuietRuns(host: Host): Promise<void> {
  const open = host.db('tasks').select('run_id').whereIn('state', openTaskStates);
  const quiet: { id: string }[] = await host
    .db('runs')
    .where({ held: false })
    .whereNull('ending')
    .whereIn('state', ['queued', 'running', 'waiting', 'waiting for approval'])
    .whereNotIn('id', open)
    .select('id');
  for (const { id } of quiet) {
    const flow = await loadFlow(host, id);
    await commitChange(host, id, async (change) => {
      const { held, ending, state } = change.run;
      if (!held && ending === null && state !== 'paused') await continueRun(change, flow);
    });
  }
}

/** Runs that wait for one that ended: they are let go when it ends; this is for what was lost in between. */
export async function releaseAllHeld(host: Host): Promise<void> {
  const rows: { workflow_name: string }[] = await host.db('runs').where({ held: true }).distinct('workflow_name');
  for (const { workflow_name: name } of rows) await inTransaction(host.db, (tx) => releaseHeld(tx, name));
}
