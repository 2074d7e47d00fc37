/** Events of webhooks that go no further by themselves, and what a person may do about them. */
import { UserError } from '../../contract/errors.ts';
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
  await holdLeft(tx, of);
  const left = await queryLeft(tx, of).update(anew);
  return (
    left +
    (await tx('signals')
      .where({ ...of, state: 'failed' })
      .update(anew))
  );
}

/** Whoever lets one of these runs go on does so before or after, not at the same time. */
async function holdLeft(tx: Tx, of: Of): Promise<void> {
  await tx('runs')
    .where({ workflow_id: of.workflow_id })
    .whereIn('state', leftRunStates)
    .whereIn(
      'id',
      tx('signals')
        .where({ ...of, state: 'taken' })
        .select('run_id'),
    )
    .update({ lock: tx.raw('?? + 1', ['lock']) });
}

/**
 * Before a run goes on, or begins anew: of two that hold the same events the older would send them after the newer. `tx` comes
 * from `inRun`. Throws UserError EVENTS_HANDED_ON.
 */
export async function refuseHandedOn(tx: Tx, runId: string): Promise<void> {
  const elsewhere: { id: string } | undefined = await tx('tasks')
    .join('signals', 'signals.id', 'tasks.signal_id')
    .where({ 'tasks.run_id': runId })
    .whereNotNull('signals.hook')
    // Ids of runs grow: one that was made of a run that had succeeded shares what that was given.
    .where((other) => other.whereIn('signals.state', ['queued', 'failed']).orWhere('signals.run_id', '>', runId))
    .first('signals.id');
  if (elsewhere) throw new UserError('EVENTS_HANDED_ON');
}

/** Runs that hold such events: as long as nobody has said what becomes of these, they are not forgotten. */
export async function findLeftRuns(db: Db): Promise<Set<string>> {
  const rows: { run: string }[] = await db('runs')
    .join('signals', 'signals.run_id', 'runs.id')
    .whereIn('runs.state', leftRunStates)
    .where({ 'signals.state': 'taken' })
    .whereNotNull('signals.hook')
    .distinct({ run: 'runs.id' });
  return new Set(rows.map(({ run }) => run));
}

/** Those of a path that is not published as well: nothing takes them. Gives how many calls. */
export async function dismissStuck(tx: Tx, of: Of): Promise<number> {
  const open: { path: string } | undefined = await tx('hooks')
    .where({ workflow_id: of.workflow_id, path: of.hook })
    .first('path');
  await holdLeft(tx, of);
  const states = open ? ['failed'] : ['failed', 'queued'];
  const left = await queryLeft(tx, of).update({ state: 'dismissed' });
  return left + (await tx('signals').where(of).whereIn('state', states).update({ state: 'dismissed' }));
}

const queryLeft = (db: Db, of: Of) =>
  db('signals')
    .where({ ...of, state: 'taken' })
    .whereIn('run_id', db('runs').where({ workflow_id: of.workflow_id }).whereIn('state', leftRunStates).select('id'));
