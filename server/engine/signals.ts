/**
 * Gives stored signals to tasks that wait for them, or starts runs for them. Whoever sends a signal only stores it, so
 * that none is lost between a task that begins to wait and a signal that arrives: the engine looks at both again and again.
 */
import type { ErrorCode } from '../../contract/errors.ts';
import { toErrorReply, UserError } from '../../contract/errors.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { clearAlarm, raiseAlarm } from '../alarms/raise.ts';
import { nowText } from '../db/clock.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import { createRun } from '../runs/createRun.ts';
import { requireDisk } from '../runs/disk.ts';
import type { SignalRow } from '../signals/rows.ts';
import { findStarted } from '../signals/signals.ts';
import type { Host } from './host.ts';
import { commitChange } from './host.ts';
import { findPublishedFile } from './schedules.ts';

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
  return start !== null && startRun(host, diskFloor, signal, start);
}

interface Start {
  version: number;
  workflow: Workflow;
  node: string;
}

/**
 * Where it starts a run of what is published now: it may have been sent before that. null: it is waited for a task, or for
 * someone to publish.
 */
async function findStart({ db, catalog }: Host, signal: SignalRow): Promise<Start | null> {
  const published = await findPublishedFile(db, signal.workflow_id);
  if (!published) return null;
  const workflow = JSON.parse(published.file) as Workflow;
  const node =
    signal.hook === null ? findStarted(workflow, catalog.definitions, signal.name) : await findHookNode(db, signal);
  return node === null ? null : { version: published.version, workflow, node };
}

/** A path that its workflow does not have any more was that of a node which tells why nothing starts. */
async function findHookNode(db: Db, { workflow_id, hook, start_node }: SignalRow): Promise<string | null> {
  const row: { node_id: string } | undefined = await db('hooks').where({ workflow_id, path: hook }).first('node_id');
  return row?.node_id ?? start_node;
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

/** A workflow that runs already, or a full disk, is waited for; what a person has to mend first raises an alarm. */
async function startRun(host: Host, diskFloor: number, signal: SignalRow, start: Start): Promise<boolean> {
  try {
    await requireDisk(host.stores, diskFloor);
    host.announce(await inTransaction(host.db, (tx) => createSignalled(tx, host, signal, start)));
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (waitedFor.has(error.code)) return false;
    host.log.warn(
      { err: error, workflow: signal.workflow_id, signal: signal.id },
      'a signal could not start its workflow',
    );
    await inTransaction(host.db, (tx) => giveUp(tx, host, signal, start, error));
    return true;
  }
}

const waitedFor: ReadonlySet<string> = new Set<ErrorCode>(['ALREADY_RUNNING', 'DISK_LOW', 'INSTANCE_HELD']);

const alarmOf = ({ workflow, node }: Start) => ({ kind: 'signal', workflow: workflow.internalName, node }) as const;

/** It stays until someone has mended what the alarm says, and lets it be tried again. */
async function giveUp(tx: Tx, host: Host, signal: SignalRow, start: Start, error: UserError): Promise<void> {
  const reply = toErrorReply(error);
  const failed = await tx('signals')
    .where({ id: signal.id, state: 'queued' })
    .update({ state: 'failed', start_node: start.node, error: JSON.stringify(reply) });
  if (failed === 0) return;
  const message = `The signal ${signal.name} could not start a run. ${reply.message} ${reply.action}`;
  await raiseAlarm(tx, nowText(host.clock), { ...alarmOf(start), severity: 'error', message, runId: null });
}

async function createSignalled(tx: Tx, host: Host, signal: SignalRow, start: Start): Promise<string> {
  const { workflow, version, node } = start;
  const at = nowText(host.clock);
  // One after the other where the workflow does not say that its runs may go side by side: none is skipped.
  const concurrency = workflow.settings?.concurrency === 'parallel' ? 'parallel' : 'skip';
  const run = await createRun(
    tx,
    { catalog: host.catalog.definitions, newId: host.newId, at },
    {
      workflow,
      workflowId: signal.workflow_id,
      version,
      origin:
        signal.hook === null
          ? { kind: 'api', by: `${signal.by} (${signal.name})` }
          : { kind: 'webhook', by: signal.hook },
      startNode: node,
      concurrency,
    },
  );
  const first: { id: string } | undefined = await tx('tasks').where({ run_id: run.id }).first('id');
  if (!first || !(await take(tx, signal, { run_id: run.id, task_id: first.id, taken_at: at })))
    throw new UserError('ALREADY_RUNNING');
  await tx('tasks').where({ id: first.id }).update({ signal_id: signal.id });
  await clearWhenNoneFailed(tx, at, signal, start, run.id);
  return run.id;
}

async function clearWhenNoneFailed(tx: Tx, at: string, signal: SignalRow, start: Start, run: string): Promise<void> {
  const own = { workflow_id: signal.workflow_id, start_node: start.node, state: 'failed' };
  const left: { id: string } | undefined = await tx('signals').where(own).first('id');
  if (!left)
    await clearAlarm(tx, at, alarmOf(start), 'A signal has started a run, and none is left that could not.', run);
}
