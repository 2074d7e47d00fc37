/** The fence: an attempt may end its task only while the task is running under its number. */
import type { TaskRow } from '../db/rows.ts';
import type { Db } from '../db/transaction.ts';
import type { RunChange } from '../runs/changeRun.ts';
import { FencedError } from '../tables/types.ts';

/**
 * Ends an attempt and gives its task new columns. False: a later attempt took over, the task was stopped, or this attempt
 * was committed before (a commit repeated after a lost connection); then nothing may be written for it.
 */
export async function closeAttempt(
  change: RunChange,
  task: Pick<TaskRow, 'id' | 'attempt' | 'duration_ms'>,
  duration: number,
  columns: Partial<TaskRow>,
): Promise<boolean> {
  const closed = await change
    .tx('tasks')
    .where({ id: task.id, attempt: task.attempt, state: 'running' })
    .update({
      ...columns,
      lease_owner: null,
      lease_until: null,
      takeovers: 0,
      duration_ms: (task.duration_ms ?? 0) + duration,
    });
  return closed > 0;
}

/** Whether the attempt still owns its task. */
export async function holdsAttempt(db: Db, task: Pick<TaskRow, 'id' | 'attempt'>): Promise<boolean> {
  const held: { id: string } | undefined = await db('tasks')
    .where({ id: task.id, attempt: task.attempt, state: 'running' })
    .first('id');
  return held !== undefined;
}

/**
 * Before a write that outlives the run: an attempt that slept past its lease, with its whole process, has not heard yet that
 * it is over. Throws FencedError.
 */
export async function requireAttempt(db: Db, task: Pick<TaskRow, 'id' | 'attempt'>): Promise<void> {
  if (!(await holdsAttempt(db, task)))
    throw new FencedError(`The attempt ${task.attempt} of the task ${task.id} is over.`);
}
