/**
 * What a workflow carries from one run to the next: `instance.vars`, and how often each node failed in a row. A run that a
 * person or a program starts begins with nothing; one that a schedule starts goes on where the last one ended, as if the
 * workflow had never stopped; a restart takes over what the run before had. A simulation and a run to a node leave nothing.
 */
import type { RunOrigin } from '../../contract/run.ts';
import { isFinal } from '../../contract/run.ts';
import type { RunRow } from '../db/rows.ts';
import type { Db } from '../db/transaction.ts';
import type { RunChange } from './changeRun.ts';

export type Carried = Pick<RunRow, 'instance_vars' | 'error_counts'>;

const nothing: Carried = { instance_vars: '{}', error_counts: '{}' };

export async function readCarried(db: Db, workflowId: string | null, origin: RunOrigin): Promise<Carried> {
  if (workflowId === null || origin.kind !== 'schedule') return nothing;
  const row: Carried | undefined = await db('workflows')
    .where({ id: workflowId })
    .first('instance_vars', 'error_counts');
  return row ?? nothing;
}

/** Variables only of a run that succeeded: a lock that a failed run left behind would stop every later one. */
export async function keepCarried({ tx, run }: RunChange): Promise<void> {
  if (run.workflow_id === null || run.simulated || run.to_node !== null || !isFinal(run.state)) return;
  const { instance_vars, error_counts } = run;
  const succeeded = run.state === 'succeeded' || run.state === 'succeeded with rejects';
  await tx('workflows')
    .where({ id: run.workflow_id })
    .andWhere((differs) => {
      differs.whereNot({ error_counts });
      if (succeeded) differs.orWhereNot({ instance_vars });
    })
    .update({ error_counts, ...(succeeded ? { instance_vars } : {}) });
}
