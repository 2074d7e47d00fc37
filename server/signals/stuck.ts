/** Events of webhooks that go no further by themselves, and what a person may do about them. */
import type { RunState } from '../../contract/run.ts';
import type { Db, Tx } from '../db/transaction.ts';

/** Runs that have ended and did not bring what they took to a good end. */
export const leftRunStates: readonly RunState[] = ['failed', 'stopped', 'in doubt'];

interface Of {
  workflow_id: string;
  /** The path. */
  hook: string;
}

/**
 * Puts them back among those that no run has taken, at the place at which they came: the version that is published now takes them.
 * Gives how many calls.
 */
export async function requeueStuck(tx: Tx, of: Of): Promise<number> {
  const anew = { state: 'queued', run_id: null, task_id: null, taken_at: null, batch: null, error: null };
  const left = await queryLeft(tx, of).update(anew);
  return (
    left +
    (await tx('signals')
      .where({ ...of, state: 'failed' })
      .update(anew))
  );
}

/** Those of a path that is not published as well: nothing takes them. Gives how many calls. */
export async function dismissStuck(tx: Tx, of: Of): Promise<number> {
  const open: { path: string } | undefined = await tx('hooks')
    .where({ workflow_id: of.workflow_id, path: of.hook })
    .first('path');
  const states = open ? ['failed'] : ['failed', 'queued'];
  const left = await queryLeft(tx, of).update({ state: 'dismissed' });
  return left + (await tx('signals').where(of).whereIn('state', states).update({ state: 'dismissed' }));
}

const queryLeft = (db: Db, of: Of) =>
  db('signals')
    .where({ ...of, state: 'taken' })
    .whereIn('run_id', db('runs').where({ workflow_id: of.workflow_id }).whereIn('state', leftRunStates).select('id'));
