import { finalRunStates } from '../../contract/run.ts';
import type { Db } from '../db/transaction.ts';

/** Whether a run that this one has called, or one that was called by such a run, is not over yet. */
export async function hasActiveCalls(db: Db, runId: string): Promise<boolean> {
  let callers = [runId];
  while (callers.length > 0) {
    const called: { id: string; state: string }[] = await db('runs')
      .whereIn('parent_run', callers)
      .select('id', 'state');
    if (called.some(({ state }) => !finalRunStates.some((final) => final === state))) return true;
    callers = called.map(({ id }) => id);
  }
  return false;
}
