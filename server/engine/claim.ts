/** Takes tasks that are due, or whose owner is gone. */
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
    .where((either) =>
      either
        .where((due) => due.whereIn('tasks.state', ['pending', 'waiting']).andWhere('tasks.due', '<=', now))
        .orWhere((lost) => lost.where('tasks.state', 'running').andWhere('tasks.lease_until', '<=', now)),
    )
    .orderBy([{ column: 'runs.priority', order: 'desc' }, 'tasks.due', 'tasks.id'])
    .limit(limit)
    .select('tasks.id', 'tasks.run_id');
}

const claimableRuns = ['queued', 'running', 'waiting'];

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

/** Gives the task as claimed; null if somebody else was faster or it may not run any more. */
export function claimTask(host: Host, candidate: Candidate): Promise<TaskRow | null> {
  return commitChange(host, candidate.run_id, async (change) => {
    const task: TaskRow | undefined = await change.tx('tasks').where({ id: candidate.id }).first();
    if (!task || !mayClaim(change.run, task, change.at)) return null;
    const lost = task.state === 'running';
    const columns = {
      state: 'running' as const,
      attempt: task.attempt + 1,
      takeovers: lost ? task.takeovers + 1 : 0,
      lease_owner: host.engineId,
      lease_until: nowText(host.clock, leaseLength),
      started_at: task.started_at ?? change.at,
    };
    await change.tx('tasks').where({ id: task.id }).update(columns);
    const claimed: TaskRow = { ...task, ...columns };
    setRunState(change, 'running');
    const place = { taskId: task.id, nodeId: task.node_id };
    change.emit({ type: 'task.started', ...place, attempt: claimed.attempt, ...(lost ? { tookOver: true } : {}) });
    return claimed.takeovers > mostTakeovers ? giveUp(host, change, claimed) : claimed;
  });
}

function mayClaim(run: RunRow, task: TaskRow, at: string): boolean {
  if (run.held || run.ending !== null || !claimableRuns.includes(run.state)) return false;
  if (task.state === 'running') return task.lease_until === null || task.lease_until <= at;
  return (task.state === 'pending' || task.state === 'waiting') && task.due <= at;
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
