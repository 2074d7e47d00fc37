import { finalRunStates, never } from '../../contract/run.ts';
import type { Db } from '../db/transaction.ts';
import type { RunChange } from './changeRun.ts';

/**
 * The task that has called this run is due now: in the transaction that ends the run, so that no crash comes in between.
 * The calling run's row is not taken; a task of it that was stopped meanwhile is not waiting any more.
 */
export async function wakeCaller({ tx, run, at }: RunChange): Promise<void> {
  if (run.parent_task === null) return;
  await tx('tasks').where({ id: run.parent_task, state: 'waiting', call_run: run.id }).update({ due: at });
}

/** Callers that were just looking when the run they have called ended: they saw it active, and nobody else wakes them. */
export async function wakeAllCallers(db: Db, at: string): Promise<void> {
  const over = db('runs')
    .select('id')
    .where({ id: db.ref('tasks.call_run') })
    .whereIn('state', finalRunStates);
  await db('tasks').where({ state: 'waiting', due: never }).whereNull('signal').whereExists(over).update({ due: at });
}
