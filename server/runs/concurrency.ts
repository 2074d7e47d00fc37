/** Whether a run may go beside the others of its workflow. */
import { UserError } from '../../contract/errors.ts';
import { openRunStates } from '../../contract/run.ts';
import type { WorkflowSettings } from '../../contract/workflow.ts';
import type { Tx } from '../db/transaction.ts';

export interface Claimant {
  workflowId: string | null;
  /** internalName. */
  workflow: string;
  policy: NonNullable<WorkflowSettings['concurrency']>;
}

/** Whether the run has to wait for another one of its workflow. Throws UserError ALREADY_RUNNING. */
export async function mustWait(tx: Tx, { workflowId, workflow, policy }: Claimant): Promise<boolean> {
  // Taking the workflow's row lets two starts at once see each other.
  if (workflowId !== null)
    await tx('workflows')
      .where({ id: workflowId })
      .update({ published_version: tx.ref('published_version') });
  if (policy === 'parallel') return false;
  const active: { held: boolean | number }[] = await tx('runs')
    .where({ workflow_name: workflow })
    // A called run belongs to its caller: it keeps no others from starting.
    .whereNull('parent_run')
    .whereIn('state', openRunStates)
    .select('held');
  if (active.length === 0) return false;
  if (policy === 'skip' || active.some((run) => run.held)) throw new UserError('ALREADY_RUNNING');
  return true;
}
