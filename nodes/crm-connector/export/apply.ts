/**
 * Applying a plan, exactly once: whatever dies and whenever, each row is written once, or it is known that it was not, or it
 * is said that nobody can know. How, stands in ledger.ts.
 */
import type { CrmClient } from '../../../contract/connector.ts';
import type { Relation, TableRef } from '../../../contract/relation.ts';
import { column, literal, scan } from '../../../contract/relation.ts';
import type { NodeContext, NodeWait } from '../../kit/run.ts';
import type { CrmConfig } from '../config.ts';
import type { ExportConfig } from '../exportConfig.ts';
import { sendJobs, settleOpenJob } from './applyJobs.ts';
import type { Scope } from './applyRecords.ts';
import { sendRequests, settleRequest } from './applyRequests.ts';
import type { Kind } from './applyStages.ts';
import { kinds, openDue, openStage, rounds, stageCount } from './applyStages.ts';
import { mayLeaveRest, mayTakeError } from './goOnLater.ts';
import type { Ledger } from './ledger.ts';
import type { Plan } from './plan.ts';
import type { Outcome } from './results.ts';
import { outcomes, outcomesOf } from './results.ts';

type Context = NodeContext<CrmConfig>;

export interface Applied {
  /**
   * One row for each row of the plan, in its order: `_row` (`_id` in the input), `outcome`, `recordId`, the reject columns
   * (for `rejected`, `doubt` and, where something was tried, `unsent`) and `call`, its number in the ledger.
   */
  outcomes: TableRef;
  /** They add up to the rows of the plan. */
  counts: Record<Outcome, number>;
}

/** Milliseconds before what could not be written for the moment is sent again; by round. */
const pauses = [2_000, 10_000, 30_000];

/** Gives a wait where time has to pass first: the node gives it back, and comes again. Rejects as the client's calls do. */
export async function applyPlan(
  context: Context,
  client: CrmClient,
  { rows, target }: Pick<Plan, 'rows' | 'target'>,
  ledger: Ledger,
): Promise<Applied | NodeWait> {
  const wait = await sendAll({ context, client, ledger, target }, rows);
  return wait ?? finish(context, rows, ledger);
}

async function sendAll(scope: Omit<Scope, 'stage'>, rows: TableRef): Promise<NodeWait | null> {
  const { context, ledger } = scope;
  while (ledger.place.stage < stageCount) {
    const { stage } = ledger.place;
    if (stage % kinds.length === 0 && stage > 0 && !ledger.unsettled) {
      const next = await beginRound(context, ledger, stage / kinds.length + 1);
      if (next !== null) return next === 'over' ? null : next;
    }
    const wait = await sendStage({ ...scope, stage: await openStage(context, ledger, rows, stage) });
    if (wait === 'ended') {
      // On disk, before anybody is told that the rest was not sent: a later attempt would send it after all.
      await ledger.settle([], { stage: stageCount });
      return null;
    }
    if (wait) return wait;
    await ledger.settle([], { stage: stage + 1, after: 0 });
  }
  return null;
}

/** Nothing to be sent again ends the export; else some time passes first. */
async function beginRound(context: Context, ledger: Ledger, round: number): Promise<NodeWait | 'over' | null> {
  const { count } = await openDue(context, ledger, round);
  if (count === 0) return 'over';
  if (ledger.place.paused >= round) return null;
  await ledger.settle([], { paused: round });
  const pause = pauses[Math.min(round - 2, pauses.length - 1)] ?? 0;
  const waitUntil = new Date(context.clock.now().getTime() + pause).toISOString();
  return { waitUntil, reason: `${count} records were not written; they are sent again (${round} of ${rounds}).` };
}

async function sendStage(scope: Scope): Promise<NodeWait | 'ended' | null> {
  const { client, context, ledger, stage } = scope;
  const { jobs } = client.writer;
  const open = ledger.unsettled;
  if (open) {
    const wait =
      open.kind === 'request' ? await settleRequest(scope, open) : jobs && (await settleOpenJob(scope, jobs, open));
    if (wait) return wait;
  }
  if (ledger.place.after >= stage.rows.count) return null;
  try {
    return jobs && isJob(scope) ? await sendJobs(scope, jobs) : await sendRequests(scope);
  } catch (error) {
    // What is on its way has to be known first; what was not sent at all may leave by Error.
    if (!mayTakeError(context, error) || ledger.unsettled) throw error;
    if (!mayLeaveRest(context, ledger, error)) throw error;
    context.log('warning', `The rest was not sent: ${error.message}`);
    return 'ended';
  }
}

const isJob = ({ client, context, stage }: Scope): boolean =>
  takesJob(client, context.config.export.batches, { kind: stage.kind, count: stage.rows.count, round: stage.round });

/** Only a job can say afterwards which records without a key it has made; none brings deleted ones back. */
export function takesJob(
  { writer }: Pick<CrmClient, 'writer'>,
  batches: ExportConfig['batches'],
  { kind, count, round }: { kind: Kind; count: number; round: number },
): boolean {
  if (kind === 'add') return true;
  if (!writer.jobs || kind === 'undelete' || batches === 'never') return false;
  return count >= writer.worthAJob || (batches === 'always' && round === 1);
}

async function finish(context: Context, rows: TableRef, ledger: Ledger): Promise<Applied> {
  const table = await context.table(outcomesOf(rows, await ledger.results()), { name: 'outcomes' });
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const outcome of outcomes) counts[outcome] = await context.count(withOutcome(table, outcome));
  const sum = Object.values(counts).reduce((all, count) => all + count, 0);
  if (sum !== rows.count) throw new Error(`${rows.count} rows of the plan have ${sum} outcomes`);
  return { outcomes: table, counts };
}

const withOutcome = (table: TableRef, outcome: Outcome): Relation => ({
  op: 'filter',
  input: scan(table),
  where: { op: 'eq', left: column('outcome'), right: literal(outcome, 'text') },
});
