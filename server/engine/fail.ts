/** A failed attempt: tried again, or ended as its node says. */
import type { ErrorReply } from '../../contract/errors.ts';
import { isConfiguration } from '../../contract/errors.ts';
import { errorPort } from '../../contract/node.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { WorkflowNode } from '../../contract/workflow.ts';
import { defaultRetry } from '../../contract/workflow.ts';
import type { ArrivalRow, TaskRow } from '../db/rows.ts';
import type { RunChange } from '../runs/changeRun.ts';
import { beginEnding } from '../runs/finish.ts';
import { activatePorts } from './activate.ts';
import { continueRun } from './after.ts';
import { closeAttempt } from './close.ts';
import { countError } from './errorCounts.ts';
import { errorPolicy, findErrorPort } from './errorPolicy.ts';
import type { Flow } from './flow.ts';
import { readVars } from './host.ts';
import { retryDelay, waitDelay } from './retry.ts';

export interface Failure {
  error: ErrorReply;
  /** Milliseconds the attempt took. */
  duration: number;
  /**
   * null: time will not mend it. `after`: not before that many milliseconds; `random`: 0 to 1, for the spread; `counts`:
   * whether it uses up a try.
   */
  retry: { after: number | undefined; random: number; counts: boolean } | null;
  /** The node itself says so; left out: it was ended, or broke, and nobody knows what it has done by then. */
  said?: true;
}

/** Gives false when the attempt was fenced: then nothing was written. */
export async function settleFailure(change: RunChange, flow: Flow, task: TaskRow, failure: Failure): Promise<boolean> {
  const node = flow.node(task.node_id);
  const policy = node.retry ?? defaultRetry;
  const { retry } = failure;
  const delay = retry && (retry.counts ? retryDelay(policy, task.retries, retry) : waitDelay(retry));
  if (delay !== null && change.run.ending === null) return retryTask(change, task, failure, delay);
  return failTask(change, flow, task, failure);
}

async function retryTask(change: RunChange, task: TaskRow, failure: Failure, delay: number): Promise<boolean> {
  const due = new Date(new Date(change.at).getTime() + delay).toISOString();
  const { error, duration, retry } = failure;
  const retries = task.retries + (retry?.counts ? 1 : 0);
  const columns = { state: 'pending' as const, due, retries, error: JSON.stringify(error) };
  if (!(await closeAttempt(change, task, duration, columns))) return false;
  change.emit({
    type: 'task.retry',
    taskId: task.id,
    nodeId: task.node_id,
    attempt: task.attempt,
    at: due,
    error,
  });
  return true;
}

/**
 * What waits behind an Error transition expects trouble of the world; a wrong setting would only be hidden there. An Error
 * port with rows would hand on all that came in: only the node can say that none of them is done.
 */
function policyFor(flow: Flow, node: WorkflowNode, { error, retry, said }: Failure): keyof typeof outcomes {
  const policy = errorPolicy(flow, node);
  if (policy !== 'transition') return policy;
  if (retry === null && isConfiguration(error.code)) return 'fail';
  return said || !findErrorPort(flow, node)?.rows ? policy : 'fail';
}

const outcomes = { fail: 'failed', ignore: 'ignored', transition: 'transition' } as const;

async function failTask(change: RunChange, flow: Flow, task: TaskRow, failure: Failure): Promise<boolean> {
  const node = flow.node(task.node_id);
  const wanted = policyFor(flow, node, failure);
  const policy = countError(change, flow, task, true) ? 'fail' : wanted;
  const { error, duration } = failure;
  const columns = {
    state: policy === 'ignore' ? ('ignored' as const) : ('failed' as const),
    ended_at: change.at,
    error: JSON.stringify(error),
  };
  if (!(await closeAttempt(change, task, duration, columns))) return false;
  change.emit({
    type: 'task.failed',
    taskId: task.id,
    nodeId: task.node_id,
    attempt: task.attempt,
    durationMs: (task.duration_ms ?? 0) + duration,
    error,
    outcome: outcomes[policy],
  });
  if (policy === 'transition' && change.run.ending === null) await takeErrorPort(change, flow, task, node, error);
  if (policy === 'fail') await beginEnding(change, 'fail', error);
  await continueRun(change, flow);
  return true;
}

async function takeErrorPort(
  change: RunChange,
  flow: Flow,
  task: TaskRow,
  node: WorkflowNode,
  error: ErrorReply,
): Promise<void> {
  const table = findErrorPort(flow, node)?.rows ? await onlyInput(change, task.id) : null;
  const vars = { ...readVars(task.vars), errorCode: error.code, errorMessage: error.message };
  await activatePorts(change, flow, task, { [errorPort.name]: table }, vars);
}

/** An Error port with rows carries those without a final result: all that came in, when the node could not say more. */
async function onlyInput(change: RunChange, taskId: string): Promise<TableRef | null> {
  const arrivals: ArrivalRow[] = await change.tx('arrivals').where({ task_id: taskId }).whereNotNull('table_ref');
  const [only, ...others] = arrivals;
  return only?.table_ref && others.length === 0 ? (JSON.parse(only.table_ref) as TableRef) : null;
}
