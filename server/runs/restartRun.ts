/** The same workflow once more from its beginning, in place of a run. */
import type { RunOrigin, RunSummary } from '../../contract/run.ts';
import { isFinal } from '../../contract/run.ts';
import type { RunRow } from '../db/rows.ts';
import type { Tx } from '../db/transaction.ts';
import { stopRun } from './commands.ts';
import type { RunHost, RunRequest } from './createRun.ts';
import { createRun } from './createRun.ts';
import { readFrozen } from './frozen.ts';
import { readRun } from './readRuns.ts';

/**
 * Stops the run if it is active, and starts the same frozen workflow anew with the same origin and `instance.vars`; the new
 * run begins when the old one has ended. Asked again meanwhile, it gives the run that waits already. `tx` comes from `inRun`
 * on the old run. Throws what createRun throws.
 */
export async function restartRun(
  tx: Tx,
  host: RunHost,
  runId: string,
  connections?: RunRequest['connections'],
): Promise<RunSummary> {
  const waiting: { id: string } | undefined = await tx('runs').where({ after_run: runId, held: true }).first('id');
  if (waiting) return readRun(tx, waiting.id);
  const { state } = await readRun(tx, runId);
  if (!isFinal(state)) await stopRun(tx, runId, host.at);
  const old: RunRow = await tx('runs').where({ id: runId }).first();
  return createRun(tx, host, {
    workflow: await readFrozen(tx, runId),
    workflowId: old.workflow_id,
    version: old.version,
    origin: JSON.parse(old.origin) as RunOrigin,
    ...(old.start_node === null ? {} : { startNode: old.start_node }),
    ...(old.to_node === null ? {} : { toNode: old.to_node }),
    simulated: Boolean(old.simulated),
    restartOf: old,
    connections: connections ?? null,
  });
}
