/** Starts runs for signals that were stored: for one, or for several calls of a webhook together. */
import type { ErrorCode } from '../../contract/errors.ts';
import { toErrorReply, UserError } from '../../contract/errors.ts';
import { openRunStates } from '../../contract/run.ts';
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
import { findPublishedFile } from './schedules.ts';

/** Signals that one statement takes. */
const idsAtOnce = 500;

export interface Start {
  version: number;
  workflow: Workflow;
  node: string;
}

/**
 * Where it starts a run of what is published now: it may have been sent before that. null: it is waited for a task, or for
 * someone to publish.
 */
export async function findStart({ db, catalog }: Host, signal: SignalRow): Promise<Start | null> {
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

/** Gives whether nobody was faster. */
export async function takeSignal(
  tx: Tx,
  signal: SignalRow,
  taker: Partial<SignalRow> & Pick<SignalRow, 'run_id' | 'task_id' | 'taken_at'>,
): Promise<boolean> {
  const taken = await tx('signals')
    .where({ id: signal.id, state: 'queued' })
    .update({ ...taker, state: 'taken' });
  return taken > 0;
}

/** `behind`: ids of the calls that its run takes as well; null: it starts one for itself. */
export interface Starter {
  signal: SignalRow;
  behind: readonly string[] | null;
}

/**
 * A workflow that runs already, or a full disk, is waited for; what a person has to mend first raises an alarm. Gives whether
 * what is behind it may follow.
 */
export async function startRun(host: Host, diskFloor: number, starter: Starter, start: Start): Promise<boolean> {
  try {
    await requireDisk(host.stores, diskFloor);
    host.announce(await inTransaction(host.db, (tx) => createSignalled(tx, host, starter, start)));
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (waitedFor.has(error.code)) return false;
    const fresh = await inTransaction(host.db, (tx) => giveUp(tx, host, starter, start, error));
    const { workflow_id: workflow, id: signal } = starter.signal;
    if (fresh) host.log.warn({ err: error, workflow, signal }, 'a signal could not start its workflow');
    return starter.behind === null;
  }
}

const waitedFor: ReadonlySet<string> = new Set<ErrorCode>(['ALREADY_RUNNING', 'DISK_LOW', 'INSTANCE_HELD']);

const alarmOf = ({ workflow, node }: Start) => ({ kind: 'signal', workflow: workflow.internalName, node }) as const;

/**
 * It stays until someone has mended what the alarm says, and lets it be tried again. Those that start a run together are tried
 * again and again by themselves, and it is told once. Gives whether it is told now.
 */
async function giveUp(
  tx: Tx,
  host: Host,
  { signal, behind }: Starter,
  start: Start,
  error: UserError,
): Promise<boolean> {
  const reply = toErrorReply(error);
  const message = `The signal ${signal.name} could not start a run. ${reply.message} ${reply.action}`;
  const fresh =
    behind === null
      ? await tx('signals')
          .where({ id: signal.id, state: 'queued' })
          .update({ state: 'failed', start_node: start.node, error: JSON.stringify(reply) })
      : !(await tx('alarms')
          .where({ ...alarmOf(start), message, state: 'raised' })
          .first('id'));
  if (!fresh) return false;
  await raiseAlarm(tx, nowText(host.clock), { ...alarmOf(start), severity: 'error', message, runId: null });
  return true;
}

async function createSignalled(tx: Tx, host: Host, { signal, behind }: Starter, start: Start): Promise<string> {
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
  if (behind !== null) await refuseOvertaking(tx, signal);
  const first: { id: string } | undefined = await tx('tasks').where({ run_id: run.id }).first('id');
  if (!first) throw new UserError('ALREADY_RUNNING');
  const taker = { run_id: run.id, task_id: first.id, taken_at: at, batch: behind && signal.id };
  // Of two engines the second finds the first one taken, and takes none of those behind it.
  if (!(await takeSignal(tx, signal, taker))) throw new UserError('ALREADY_RUNNING');
  await takeBehind(tx, behind ?? [], taker);
  await tx('tasks').where({ id: first.id }).update({ signal_id: signal.id });
  await clearWhenNoneFailed(tx, at, signal, start, run.id);
  return run.id;
}

/**
 * Even where runs may go side by side, those of one webhook that take batches follow each other. Taking its row lets two engines see
 * each other. Throws UserError ALREADY_RUNNING.
 */
async function refuseOvertaking(tx: Tx, { workflow_id, hook }: SignalRow): Promise<void> {
  await tx('hooks').where({ workflow_id, path: hook }).update({ workflow_id });
  if (await isTaking(tx, { workflow_id, hook })) throw new UserError('ALREADY_RUNNING');
}

/** Whether a run that took calls of the webhook has not ended. */
export async function isTaking(db: Db, of: Pick<SignalRow, 'workflow_id' | 'hook'>): Promise<boolean> {
  const active: { id: string } | undefined = await db('runs')
    .join('signals', 'signals.run_id', 'runs.id')
    .whereIn('runs.state', openRunStates)
    .where({ 'signals.workflow_id': of.workflow_id, 'signals.hook': of.hook, 'signals.state': 'taken' })
    .first('runs.id');
  return active !== undefined;
}

async function takeBehind(tx: Tx, ids: readonly string[], taker: Partial<SignalRow>): Promise<void> {
  let taken = 0;
  for (let start = 0; start < ids.length; start += idsAtOnce)
    taken += await tx('signals')
      .whereIn('id', ids.slice(start, start + idsAtOnce))
      .andWhere({ state: 'queued' })
      .update({ ...taker, state: 'taken' });
  if (taken !== ids.length) throw new UserError('ALREADY_RUNNING');
}

async function clearWhenNoneFailed(tx: Tx, at: string, signal: SignalRow, start: Start, run: string): Promise<void> {
  const own = { workflow_id: signal.workflow_id, start_node: start.node, state: 'failed' };
  const left: { id: string } | undefined = await tx('signals').where(own).first('id');
  if (!left)
    await clearAlarm(tx, at, alarmOf(start), 'A signal has started a run, and none is left that could not.', run);
}
