/** Takes tasks that are due, or whose owner is gone. */
import type { Knex } from 'knex';
import { toErrorReply } from '../../contract/errors.ts';
import { nowText } from '../db/clock.ts';
import type { RunRow, TaskRow } from '../db/rows.ts';
import type { RunChange } from '../runs/changeRun.ts';
import { setRunState } from '../runs/changeRun.ts';
import { settleFailure } from './fail.ts';
import { loadFlow } from './flow.ts';
import type { Host } from './host.ts';
import { commitChange } from './host.ts';

/** Milliseconds a claim holds without a heartbeat, and between two heartbeats. */
const leaseLength = 20_000;
export const heartbeatLength = 5_000;
/** A task that ends its process again and again is given up, so that it cannot take the engine with it for ever. */
const mostTakeovers = 20;

export interface Candidate {
  id: string;
  run_id: string;
}

/** Tasks that may be claimed now, those of runs with high priority first, then the longest due. `mine` are those this engine works on already. */
export async function findClaimable(
  host: Host,
  limit: number,
  mine: readonly string[],
  onlyRun?: string,
): Promise<Candidate[]> {
  const now = nowText(host.clock);
  return host
    .db('tasks')
    .join('runs', 'runs.id', 'tasks.run_id')
    .where({ 'runs.held': false })
    .whereNull('runs.ending')
    .whereIn('runs.state', claimableRuns)
    .whereNotIn('tasks.id', mine)
    .where(onlyRun === undefined ? {} : { 'runs.id': onlyRun })
    .where((either) => isClaimable(either, now))
    .orderBy([{ column: 'runs.priority', order: 'desc' }, 'tasks.due', 'tasks.id'])
    .limit(limit)
    .select('tasks.id', 'tasks.run_id');
}

const claimableRuns = ['queued', 'running', 'waiting', 'waiting for approval'];

/** Due, or lost with its owner. */
function isClaimable(query: Knex.QueryBuilder, now: string): Knex.QueryBuilder {
  return query
    .where((due) => due.whereIn('tasks.state', ['pending', 'waiting']).andWhere('tasks.due', '<=', now))
    .orWhere((lost) => lost.where('tasks.state', 'running').andWhere('tasks.lease_until', '<=', now));
}

/** When the earliest task is due after `now` (ISO); null if there is none. */
export async function findNextDue(host: Host, now: string): Promise<string | null> {
  const row: { due?: string | null } | undefined = await host
    .db('tasks')
    .whereIn('state', ['pending', 'waiting'])
    .andWhere('due', '>', now)
    .min({ due: 'due' })
    .first();
  return row?.due ?? null;
}

/** A claimed task, and its run as it was then. */
export interface Claimed {
  task: TaskRow;
  run: RunRow;
}

/** Null if somebody else was faster or the task may not run any more. */
export function claimTask(host: Host, candidate: Candidate): Promise<Claimed | null> {
  return commitChange(host, candidate.run_id, (change) => claimWithin(host, change, candidate.id));
}

/** The same, as a part of a change of its run. */
export async function claimWithin(host: Host, change: RunChange, id: string): Promise<Claimed | null> {
  const { run } = change;
  if (run.held || run.ending !== null || !claimableRuns.includes(run.state)) return null;
  const task = await takeTask(host, change, id);
  if (!task) return null;
  setRunState(change, 'running');
  const place = { taskId: task.id, nodeId: task.node_id };
  const lost = task.takeovers > 0;
  change.emit({ type: 'task.started', ...place, attempt: task.attempt, ...(lost ? { tookOver: true } : {}) });
  return task.takeovers > mostTakeovers ? giveUp(host, change, task) : { task, run };
}

/** One statement looks and takes. What a task is given is said by the row as it was: one that runs lost its owner. */
async function takeTask(host: Host, { tx, at }: RunChange, id: string): Promise<TaskRow | undefined> {
  const [taken]: TaskRow[] = await tx('tasks')
    .where({ id })
    .andWhere((either) => isClaimable(either, at).orWhere({ state: 'running', lease_until: null }))
    .update({
      state: 'running',
      attempt: tx.raw('attempt + 1'),
      takeovers: tx.raw("case when state = 'running' then takeovers + 1 else 0 end"),
      asks: null,
      lease_owner: host.engineId,
      lease_until: nowText(host.clock, leaseLength),
      started_at: tx.raw('coalesce(started_at, ?)', [at]),
    })
    .returning('*');
  return taken;
}

async function giveUp(host: Host, change: RunChange, task: TaskRow): Promise<null> {
  const reason = `the process ended ${mostTakeovers + 1} times while this node ran`;
  const error = toErrorReply(new Error(reason), task.id);
  await settleFailure(change, await loadFlow(host, task.run_id), task, { error, duration: 0, retry: null });
  return null;
}

/** The leases of an engine that is gone end now: of all but this one, where one engine owns the store. */
export async function voidLeases(host: Host): Promise<number> {
  const now = nowText(host.clock);
  return host
    .db('tasks')
    .where({ state: 'running' })
    .andWhere((other) => other.whereNull('lease_owner').orWhereNot({ lease_owner: host.engineId }))
    .andWhere('lease_until', '>', now)
    .update({ lease_until: now });
}

/** Gives whether the attempt still holds its task. */
export async function renewLease(host: Host, task: Pick<TaskRow, 'id' | 'attempt'>): Promise<boolean> {
  const renewed = await host
    .db('tasks')
    .where({ id: task.id, attempt: task.attempt, state: 'running' })
    .update({ lease_until: nowText(host.clock, leaseLength) });
  return renewed > 0;
}
