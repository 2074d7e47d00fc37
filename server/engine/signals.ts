/**
 * Gives stored signals to tasks that wait for them, or starts runs for them. Whoever sends a signal only stores it, so
 * that none is lost between a task that begins to wait and a signal that arrives: the engine looks at both again and again.
 */
import { toErrorReply, UserError } from '../../contract/errors.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { nowText } from '../db/clock.ts';
import type { Tx } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import { createRun } from '../runs/createRun.ts';
import { requireDisk } from '../runs/disk.ts';
import type { SignalRow } from '../signals/rows.ts';
import type { Host } from './host.ts';
import { commitChange } from './host.ts';
import { findPublishedFile } from './schedules.ts';

/** Signals of one name that are given away in one round. */
const signalsAtOnce = 200;

/** One that nothing takes keeps back those behind it that are sent to the same name, and no others. */
export async function deliverSignals(host: Host, diskFloor: number): Promise<void> {
  const names: Pick<SignalRow, 'workflow_id' | 'name'>[] = await host
    .db('signals')
    .where({ state: 'queued' })
    .distinct('workflow_id', 'name');
  for (const name of names) await deliverInOrder(host, diskFloor, name);
}

async function deliverInOrder(
  host: Host,
  diskFloor: number,
  name: Pick<SignalRow, 'workflow_id' | 'name'>,
): Promise<void> {
  for (let given = 0; given < signalsAtOnce; given += 1) {
    const signal: SignalRow | undefined = await host
      .db('signals')
      .where({ ...name, state: 'queued' })
      .orderBy('id')
      .first();
    if (!signal || !(await deliver(host, diskFloor, signal))) return;
  }
}

async function deliver(host: Host, diskFloor: number, signal: SignalRow): Promise<boolean> {
  if (signal.hook === null && (await giveToTask(host, signal))) return true;
  return signal.start_node !== null && startRun(host, diskFloor, signal);
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
    if (await take(tx, signal, { run_id: task.run_id, task_id: task.id, taken_at: at })) return true;
    await tx('tasks').where({ id: task.id, signal_id: signal.id }).update({ signal_id: null });
    return false;
  });
}

/** Gives whether nobody was faster. */
async function take(
  tx: Tx,
  signal: SignalRow,
  taker: Pick<SignalRow, 'run_id' | 'task_id' | 'taken_at'>,
): Promise<boolean> {
  const taken = await tx('signals')
    .where({ id: signal.id, state: 'queued' })
    .update({ ...taker, state: 'taken' });
  return taken > 0;
}

/** A workflow that runs already, or a full disk, is waited for; what a person has to mend first is written down. */
async function startRun(host: Host, diskFloor: number, signal: SignalRow): Promise<boolean> {
  try {
    await requireDisk(host.stores, diskFloor);
    const run = await inTransaction(host.db, (tx) => createSignalled(tx, host, signal));
    if (run !== null) host.announce(run);
    return run !== null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.code === 'ALREADY_RUNNING' || error.code === 'DISK_LOW') return false;
    host.log.warn(
      { err: error, workflow: signal.workflow_id, signal: signal.id },
      'a signal could not start its workflow',
    );
    const failed = { state: 'failed', error: JSON.stringify(toErrorReply(error)) };
    await host.db('signals').where({ id: signal.id, state: 'queued' }).update(failed);
    return false;
  }
}

async function createSignalled(tx: Tx, host: Host, signal: SignalRow): Promise<string | null> {
  const published = await findPublishedFile(tx, signal.workflow_id);
  if (!published) throw new UserError('NOT_PUBLISHED');
  const workflow = JSON.parse(published.file) as Workflow;
  const at = nowText(host.clock);
  // One after the other where the workflow does not say that its runs may go side by side: none is skipped.
  const concurrency = workflow.settings?.concurrency === 'parallel' ? 'parallel' : 'skip';
  const run = await createRun(
    tx,
    { catalog: host.catalog.definitions, newId: host.newId, at },
    {
      workflow,
      workflowId: signal.workflow_id,
      version: published.version,
      origin:
        signal.hook === null
          ? { kind: 'api', by: `${signal.by} (${signal.name})` }
          : { kind: 'webhook', by: signal.hook },
      startNode: signal.start_node ?? '',
      concurrency,
    },
  );
  const first: { id: string } | undefined = await tx('tasks').where({ run_id: run.id }).first('id');
  if (!first || !(await take(tx, signal, { run_id: run.id, task_id: first.id, taken_at: at })))
    throw new UserError('ALREADY_RUNNING');
  await tx('tasks').where({ id: first.id }).update({ signal_id: signal.id });
  return run.id;
}
