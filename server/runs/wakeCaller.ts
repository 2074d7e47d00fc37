import { isFinal } from '../../contract/run.ts';
import type { RunRow } from '../db/rows.ts';
import type { RunChange } from './changeRun.ts';

/**
 * The task that has called this run is due now: in the transaction that ends the run, so that no crash comes in between.
 * The calling run's row is not taken. Its task may be at work, looking at the run that ends here: the write waits for the
 * end of the transaction in which it goes on waiting, and `isCalledOver` in that one waits for this.
 */
export async function wakeCaller({ tx, run, at }: RunChange): Promise<void> {
  if (run.parent_task === null) return;
  await tx('tasks')
    .where({ id: run.parent_task, call_run: run.id })
    .whereIn('state', ['running', 'waiting'])
    .update({ due: at });
}

/**
 * Whether the run that a task has called ended while the task was looking at it: then it saw it active, and nobody wakes it
 * any more. To be asked after the task was written in the same transaction.
 */
export async function isCalledOver({ tx }: RunChange, callRun: string): Promise<boolean> {
  const called: Pick<RunRow, 'state'> | undefined = await tx('runs').where({ id: callRun }).first('state');
  return called !== undefined && isFinal(called.state);
}
