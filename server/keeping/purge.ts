/**
 * Retention. The rows of a run may go before the run does: by bytes and number of tables first the rows of the runs that
 * ended first; by age the run with everything. Deleting the store gives its space back at once. What exports need of it stays
 * as long as they are kept.
 */
import type { Keep } from '../../contract/keeping.ts';
import { finalRunStates } from '../../contract/run.ts';
import type { WorkflowSettings } from '../../contract/workflow.ts';
import { nowText } from '../db/clock.ts';
import type { Tx } from '../db/transaction.ts';
import { inRun } from '../db/transaction.ts';
import { dropContents, forgetOld } from '../signals/forget.ts';
import { findLeftRuns } from '../signals/stuck.ts';
import { listWorkflowSettings } from '../workflows/settings.ts';
import { findNeeded, listKept, overLimits } from './candidates.ts';
import { deleteRows, expireExports, keepOfRun } from './exports.ts';
import type { Keeper } from './keeper.ts';

const day = 86_400_000;
const leastDays = 35;

/** Makes what is there fit the limits of the instance and of each workflow. Gives how many runs lost their rows. */
export async function purgeRuns(keeper: Keeper, keep: Keep): Promise<number> {
  const settings = await listWorkflowSettings(keeper.db);
  const needed = await findNeeded(keeper.db);
  const old = await purgeOld(keeper, keep, settings, needed);
  await expireExports(keeper, keep, settings);
  await dropContents(keeper.db);
  await forgetOld(keeper.db, keeper.clock.now());
  const full = await purgeFull(keeper, keep, settings, needed);
  if (keep.days !== undefined) await purgeTraces(keeper, Math.max(keep.days, leastDays));
  return old + full;
}

/**
 * Records of starts and messages that were sent. An instant whose record is gone could start again if the clock were set
 * back that far: they are kept longer than any clock is wrong.
 */
async function purgeTraces({ db, clock }: Keeper, days: number): Promise<void> {
  const before = nowText(clock, -days * day);
  await db('schedule_fires').where('instant', '<', before).delete();
  await db('alarm_messages').whereIn('state', ['sent', 'failed']).where('created_at', '<', before).delete();
}

async function purgeOld(
  keeper: Keeper,
  keep: Keep,
  settings: ReadonlyMap<string, WorkflowSettings>,
  needed: ReadonlySet<string>,
): Promise<number> {
  const left = await findLeftRuns(keeper.db);
  const ended: { id: string; workflow: string; endedAt: string; purged: boolean | number }[] = await keeper
    .db('runs')
    .whereIn('state', finalRunStates)
    .whereNotNull('ended_at')
    .orderBy('ended_at')
    .select({ id: 'id', workflow: 'workflow_name', endedAt: 'ended_at', purged: 'purged' });
  const old = ended.filter(({ id, workflow, endedAt, purged }) => {
    if (left.has(id) && purged) return false;
    const days = settings.get(workflow)?.keep?.days ?? keep.days;
    return days !== undefined && !needed.has(id) && endedAt < nowText(keeper.clock, -days * day);
  });
  let gone = 0;
  for (const { id } of old) {
    if (!(await giveUpRows(keeper, id))) continue;
    gone += 1;
    // Its events can still be delivered again: that it took them is known until then.
    if (left.has(id)) continue;
    await inRun(keeper.db, id, async (tx) => {
      await keepOfRun(tx, id);
      await tx('runs').where({ id, purged: true }).whereIn('state', finalRunStates).delete();
    });
  }
  return gone;
}

async function purgeFull(
  keeper: Keeper,
  keep: Keep,
  settings: ReadonlyMap<string, WorkflowSettings>,
  needed: ReadonlySet<string>,
): Promise<number> {
  const limited = [...settings].flatMap(([name, { keep: own }]) =>
    own?.megabytes === undefined && own?.tables === undefined ? [] : [[name, own] as const],
  );
  if (limited.length === 0 && keep.megabytes === undefined && keep.tables === undefined) return 0;
  const runs = await listKept(keeper.db, keeper.stores);
  const going = new Set(
    limited.flatMap(([name, own]) =>
      overLimits(
        runs.filter((run) => run.workflow === name),
        own,
        needed,
      ),
    ),
  );
  for (const run of overLimits(
    runs.filter((run) => !going.has(run)),
    keep,
    needed,
  ))
    going.add(run);
  let gone = 0;
  for (const { id } of going) if (await giveUpRows(keeper, id)) gone += 1;
  return gone;
}

/**
 * Marks first, so that nobody opens rows that are going. A kill in between leaves a marked run, which `finishPurges` takes
 * up again. False: since the runs were listed it was retried, or another run has begun to need it.
 */
async function giveUpRows(keeper: Keeper, runId: string): Promise<boolean> {
  const marked = await inRun(keeper.db, runId, async (tx) => {
    const ended: { id: string } | undefined = await tx('runs')
      .where({ id: runId })
      .whereIn('state', finalRunStates)
      .first('id');
    if (!ended || (await findNeeded(tx, runId)).has(runId)) return false;
    await markPurged(tx, runId);
    return true;
  });
  if (marked) await deleteStore(keeper, runId);
  return marked;
}

/** From now on the rows cannot be opened; the engine deletes them when it looks around. */
export async function markPurged(tx: Tx, runId: string): Promise<void> {
  await tx('runs').where({ id: runId }).update({ purged: true });
  await tx('outputs').where({ run_id: runId }).update({ kept: false });
}

/** Gives up the rows of runs that were marked: by a person, or before a kill. */
export async function finishPurges(keeper: Keeper): Promise<void> {
  const marked: { id: string }[] = await keeper.db('runs').where({ purged: true, store_gone: false }).select('id');
  for (const { id } of marked) await deleteStore(keeper, id);
}

async function deleteStore({ db, stores }: Keeper, runId: string): Promise<void> {
  await deleteRows({ db, stores }, runId);
  await inRun(db, runId, (tx) => tx('runs').where({ id: runId }).update({ store_gone: true }));
}
