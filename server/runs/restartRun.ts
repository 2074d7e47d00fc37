/** The same workflow once more from its beginning, in place of a run. */
import type { RunOrigin, RunState, RunSummary } from '../../contract/run.ts';
import { isFinal } from '../../contract/run.ts';
import type { Json } from '../../contract/types.ts';
import type { RunRow, TaskRow } from '../db/rows.ts';
import type { Tx } from '../db/transaction.ts';
import { takeRequeued } from '../exports/givenBack.ts';
import type { ExportRunRow } from '../exports/rows.ts';
import { refuseHandedOn } from '../signals/stuck.ts';
import { stopRun } from './commands.ts';
import type { RunHost, RunRequest } from './createRun.ts';
import { createRun } from './createRun.ts';
import { readFrozen } from './frozen.ts';
import { readRun } from './readRuns.ts';

/**
 * Stops the run if it is active, and starts the same frozen workflow anew with the same origin, `instance.vars` and what its
 * first task was given (variables, the signal that started it, the rows of a caller, the export that it undoes or repeats); the new run begins when the old one has ended. Asked again
 * meanwhile, it gives the run that waits already. `tx` comes from `inRun` on the old run. Throws REQUEUE_OUTDATED, EVENTS_HANDED_ON and what createRun throws.
 */
export async function restartRun(
  tx: Tx,
  host: RunHost,
  runId: string,
  connections?: RunRequest['connections'],
): Promise<RunSummary> {
  const waiting: { id: string } | undefined = await tx('runs').where({ after_run: runId, held: true }).first('id');
  if (waiting) return readRun(tx, waiting.id);
  await refuseHandedOn(tx, runId);
  const { state } = await readRun(tx, runId);
  if (!isFinal(state)) await stopRun(tx, runId, host.at);
  const old: RunRow = await tx('runs').where({ id: runId }).first();
  const first = await findFirst(tx, runId);
  const exported: ExportRunRow | undefined = await tx('export_runs').where({ run_id: runId }).first();
  const run = await createRun(tx, host, {
    workflow: await readFrozen(tx, runId),
    workflowId: old.workflow_id,
    version: old.version,
    origin: JSON.parse(old.origin) as RunOrigin,
    ...(old.start_node === null ? {} : { startNode: old.start_node }),
    ...(old.to_node === null ? {} : { toNode: old.to_node }),
    ...(exported?.purpose === 'requeue' && old.start_node !== null
      ? { from: { run: runId, node: old.start_node, instanceVars: old.instance_vars } }
      : {}),
    ...(first ? { vars: JSON.parse(first.vars) as Record<string, Json> } : {}),
    simulated: Boolean(old.simulated),
    restartOf: old,
    connections: connections ?? null,
  });
  await takeRequeued(tx, runId, { heir: run.id, at: host.at });
  if (exported) await tx('export_runs').insert({ ...exported, run_id: run.id, tables: null });
  if (first) await tx('tasks').where({ run_id: run.id }).update({ signal_id: first.signal_id, given: first.given });
  // What a run did not bring to a good end is from now on in the hands of this one.
  if (!succeeded(state))
    await tx('signals')
      .where({ run_id: runId })
      .whereIn('state', ['taken', 'dismissed'])
      .update({ run_id: run.id, state: 'taken' });
  return run;
}

const succeeded = (state: RunState): boolean => state === 'succeeded' || state === 'succeeded with rejects';

/** The task with which the run began, for what it was given; not one that stands for a task of another run. */
async function findFirst(tx: Tx, runId: string): Promise<TaskRow | undefined> {
  const first: TaskRow | undefined = await tx('tasks').where({ run_id: runId }).orderBy('id').first();
  return first?.attempt === 0 && first.state === 'succeeded' ? undefined : first;
}
