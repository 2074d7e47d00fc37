/** Tasks of a run: how they are made, and how those that are not wanted any more are stopped. */
import type { TaskState } from '../../contract/run.ts';
import { openTaskStates } from '../../contract/run.ts';
import type { Json } from '../../contract/types.ts';
import type { NewId } from '../db/ids.ts';
import type { TaskRow } from '../db/rows.ts';
import type { RunChange } from './changeRun.ts';
import { setRunState } from './changeRun.ts';

export interface NewTask {
  nodeId: string;
  /** Which time its node is reached in the run. */
  pass: number;
  vars: Record<string, Json>;
  rowsIn: number;
  scheduledFor: string | null;
}

/** Inserts a task that may be claimed at once. Gives its id. */
export async function insertTask(change: RunChange, newId: NewId, task: NewTask): Promise<string> {
  const { tx, run, at } = change;
  const id = newId();
  await tx('tasks').insert({
    id,
    run_id: run.id,
    node_id: task.nodeId,
    state: 'pending',
    pass: task.pass,
    due: at,
    created_at: at,
    rows_in: task.rowsIn,
    vars: JSON.stringify(task.vars),
    scheduled_for: task.scheduledFor,
  });
  change.emit({ type: 'task.created', taskId: id, nodeId: task.nodeId, pass: task.pass });
  change.made.push(id);
  return id;
}

/** How often a node was reached so far. */
export async function countPasses(change: RunChange, nodeId: string): Promise<number> {
  const row: { passes?: number | string } | undefined = await change
    .tx('tasks')
    .where({ run_id: change.run.id, node_id: nodeId })
    .count({ passes: '*' })
    .first();
  return Number(row?.passes ?? 0);
}

/** Tasks of the run that are not over: those that wait for an instant of their own, and the others. */
export async function countOpenTasks(change: RunChange): Promise<{ waiting: number; active: number }> {
  const rows: { state: TaskState; tasks: number | string }[] = await change
    .tx('tasks')
    .where({ run_id: change.run.id })
    .whereIn('state', openTaskStates)
    .groupBy('state')
    .select('state')
    .count({ tasks: '*' });
  const count = (waiting: boolean): number =>
    rows.filter((row) => (row.state === 'waiting') === waiting).reduce((sum, row) => sum + Number(row.tasks), 0);
  return { waiting: count(true), active: count(false) };
}

/** The state of a run whose open tasks may be claimed (again). */
export async function goOn(change: RunChange): Promise<void> {
  const { active } = await countOpenTasks(change);
  if (change.run.started_at === null) setRunState(change, 'queued');
  else if (active === 0) await rest(change);
  else setRunState(change, 'running');
}

/** The state of a run whose open tasks all wait. */
export async function rest(change: RunChange): Promise<void> {
  const asking = { run_id: change.run.id, state: 'waiting' };
  const asks = await change.tx('tasks').where(asking).whereNotNull('asks').first('id');
  setRunState(change, asks ? 'waiting for approval' : 'waiting');
}

/**
 * Stops the tasks that are in one of the states. That fences whoever still works on one: an attempt commits only into a
 * task that is running under its number.
 */
export async function stopTasks(
  change: RunChange,
  states: readonly TaskState[],
  only?: readonly string[],
): Promise<void> {
  const query = change.tx('tasks').where({ run_id: change.run.id }).whereIn('state', states).orderBy('id');
  const tasks: Pick<TaskRow, 'id' | 'node_id'>[] = await (only ? query.whereIn('id', only) : query).select(
    'id',
    'node_id',
  );
  for (const task of tasks) {
    await change.tx('tasks').where({ id: task.id }).update({
      state: 'stopped',
      ended_at: change.at,
      lease_owner: null,
      lease_until: null,
    });
    change.emit({ type: 'task.stopped', taskId: task.id, nodeId: task.node_id });
  }
}
