/** The fence: an attempt may end its task only while the task is running under its number. */
import type { TaskRow } from '../db/rows.ts';
import type { RunChange } from '../runs/changeRun.ts';

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
export async function holdsAttempt(change: RunChange, task: Pick<TaskRow, 'id' | 'attempt'>): Promise<boolean> {
  const held: { id: string } | undefined = await change
    .tx('tasks')
    .where({ id: task.id, attempt: task.attempt, state: 'running' })
    .first('id');
  return held !== undefined;
}
