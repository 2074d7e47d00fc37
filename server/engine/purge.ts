/** Retention: ended runs go after their time, with their work tables. */
import { finalRunStates } from '../../contract/run.ts';
import { nowText } from '../db/clock.ts';
import { inRun } from '../db/transaction.ts';
import type { Host } from './host.ts';

const day = 86_400_000;
const runsAtOnce = 50;

/** Removes runs that ended more than `days` ago. Gives how many. */
export async function purgeRuns(host: Host, days: number): Promise<number> {
  const before = nowText(host.clock, -days * day);
  const old: { id: string }[] = await host
    .db('runs')
    .whereIn('state', finalRunStates)
    .andWhere('ended_at', '<', before)
    .orderBy('ended_at')
    .limit(runsAtOnce)
    .select('id');
  for (const { id } of old) await purgeRun(host, id);
  return old.length;
}

/**
 * Marks first, so that nobody opens rows that are going; the run itself goes last. A kill in between leaves a marked run,
 * which the next purge takes up again.
 */
async function purgeRun(host: Host, runId: string): Promise<void> {
  await inRun(host.db, runId, async (tx) => {
    await tx('runs').where({ id: runId }).update({ purged: true });
    await tx('outputs').where({ run_id: runId }).update({ kept: false });
  });
  await host.stores.deleteRun(runId);
  await inRun(host.db, runId, (tx) => tx('runs').where({ id: runId }).delete());
}
