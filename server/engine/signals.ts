/**
 * Gives stored signals to tasks that wait for them, or starts runs for them. Whoever sends a signal only stores it, so
 * that none is lost between a task that begins to wait and a signal that arrives: the engine looks at both again and again.
 */
import type { SignalRow } from '../signals/rows.ts';
import { deliverBatches, findBatch } from './batches.ts';
import type { Host } from './host.ts';
import { commitChange } from './host.ts';
import { findStart, startRun, takeSignal } from './startSignalled.ts';

/** Signals of one name that are given away in one round. */
const signalsAtOnce = 200;

type Queue = Pick<SignalRow, 'workflow_id' | 'name' | 'hook'>;

/** One that nothing takes keeps back those behind it that are sent to the same name, and no others. */
export async function deliverSignals(host: Host, diskFloor: number): Promise<void> {
  const queues: Queue[] = await host.db('signals').where({ state: 'queued' }).distinct('workflow_id', 'name', 'hook');
  for (const queue of queues) {
    try {
      await deliverInOrder(host, diskFloor, queue);
    } catch (error) {
      const { workflow_id: workflow, name } = queue;
      host.log.error({ err: error, workflow, name }, 'the signals of a name could not be delivered');
    }
  }
}

async function deliverInOrder(host: Host, diskFloor: number, queue: Queue): Promise<void> {
  const batch = queue.hook === null ? null : await findBatch(host.db, queue.workflow_id, queue.hook);
  if (batch !== null) return deliverBatches(host, diskFloor, batch);
  for (let given = 0; given < signalsAtOnce; given += 1) {
    const signal: SignalRow | undefined = await host
      .db('signals')
      .where({ ...queue, state: 'queued' })
      .orderBy('id')
      .first();
    if (!signal || !(await deliver(host, diskFloor, signal))) return;
  }
}

/** Gives whether the next one may follow. */
async function deliver(host: Host, diskFloor: number, signal: SignalRow): Promise<boolean> {
  if (signal.hook === null && (await giveToTask(host, signal))) return true;
  const start = await findStart(host, signal);
  return start !== null && startRun(host, diskFloor, { signal, behind: null }, start);
}

/** The task that has waited longest gets it; a simulation takes nothing from those that are meant. */
async function giveToTask(host: Host, signal: SignalRow): Promise<boolean> {
  const waiting = {
    'runs.workflow_id': signal.workflow_id,
    'tasks.state': 'waiting',
    'tasks.signal': signal.name,
    'runs.simulated': false,
  };
  const task: { id: string; run_id: string } | undefined = await host
    .db('tasks')
    .join('runs', 'runs.id', 'tasks.run_id')
    .where(waiting)
    .whereNull('runs.ending')
    .whereNull('tasks.signal_id')
    .orderBy('tasks.id')
    .first('tasks.id', 'tasks.run_id');
  if (!task) return false;
  return commitChange(host, task.run_id, async ({ tx, at }) => {
    const own = { id: task.id, state: 'waiting', signal: signal.name, signal_id: null };
    const due = await tx('tasks').where(own).update({ due: at, signal_id: signal.id });
    if (due === 0) return false;
    if (await takeSignal(tx, signal, { run_id: task.run_id, task_id: task.id, taken_at: at })) return true;
    await tx('tasks').where({ id: task.id, signal_id: signal.id }).update({ signal_id: null });
    return false;
  });
}
