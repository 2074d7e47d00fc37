/** Writes the rows that arrive into the CRM: plans first, and then does what the plan says, or gives the plan to be looked at. */
import type { CrmClient } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import type { Decision, Effect } from '../../../contract/run.ts';
import { never } from '../../../contract/run.ts';
import { countText } from '../../kit/rows.ts';
import type { NodeResult, NodeWait } from '../../kit/run.ts';
import type { Context } from '../readRecords.ts';
import { openClient } from '../readRecords.ts';
import type { Applied } from './apply.ts';
import { applyPlan } from './apply.ts';
import { askAbout, isAbout, waitMemory } from './approval.ts';
import { deliverSettled } from './deliver.ts';
import { goOnLater, mayHaveWritten } from './goOnLater.ts';
import type { ToldPlan } from './keep.ts';
import { keepPlan, keepProgress, keepSending, keepSettled, tellPlan } from './keep.ts';
import { leave, plannedRows, showPlan } from './leave.ts';
import { Ledger } from './ledger.ts';
import { countSentMeanwhile, findUnkeyed } from './onlyChanged.ts';
import { waitForOtherRun } from './otherRun.ts';
import type { Plan } from './plan.ts';
import { makePlan } from './plan.ts';
import type { PlanCounts } from './planCounts.ts';
import { countPlan } from './planCounts.ts';
import { makeUndo } from './undo.ts';
import type { Verified } from './verify.ts';
import { verify } from './verify.ts';

type Ports = NonNullable<NodeWait['ports']>;

export async function exportRecords(drawn: Context): Promise<NodeResult> {
  const context = drawn.undoes === null ? drawn : asUndo(drawn);
  try {
    return await planAndWrite(context);
  } catch (error) {
    if (context.config.export.planOnly) throw error;
    return goOnLater(context, error);
  }
}

/** An undo writes whatever the node is drawn to do, and leaves by the outputs that every export has. */
function asUndo(context: Context): Context {
  const { config } = context;
  return { ...context, config: { ...config, export: { ...config.export, planOnly: false, processErrors: false } } };
}

async function planAndWrite(context: Context): Promise<NodeResult> {
  const { config, undoes, decision } = context;
  const client = await openClient(context);
  const plan = undoes ? await makeUndo(context, client, undoes) : await makePlan(context, client);
  const counts = await countPlan(context, plan.rows);
  const told = await tellPlan(context, client, plan, counts);
  if (config.export.planOnly) {
    await keepPlan(context, told, 'planned');
    return showPlan(context, plan);
  }
  const ledger = await Ledger.open(context);
  if (mayHaveWritten(ledger)) return write(context, client, told, ledger);
  await refuseOlderDoubt(context, counts);
  const question = askAbout(context, plan, counts);
  if (question !== null) {
    if (!decision || !isAbout(context, plan)) return ask(context, told, question);
    if (!decision.approved) return refuse(context, told, decision);
  }
  const wait = await beginSending(context, told);
  return wait ?? write(context, client, told, ledger);
}

/** From then on other runs of the node know of it: what was sent meanwhile is looked up only when none can send any more. */
async function beginSending(context: Context, told: ToldPlan): Promise<NodeWait | null> {
  const { plan, counts } = told;
  const makes = counts.kinds.add > 0;
  const guard = { olderDoubt: makes, beside: makes && findUnkeyed(context, plan) !== undefined };
  const hindrance = await keepSending(context, told, guard);
  if (hindrance?.kind === 'doubt') throw new UserError('EXPORT_IN_DOUBT', { ...hindrance.older });
  if (hindrance) return waitForOtherRun(context);
  const rows = makes ? await countSentMeanwhile(context, plan) : 0;
  if (rows === 0) return null;
  await keepPlan(context, told, 'planned');
  throw new UserError('SENT_MEANWHILE', { rows });
}

/** Without a key nobody could tell a record that was made then from the one that would be made now. */
async function refuseOlderDoubt(context: Context, { kinds }: PlanCounts): Promise<void> {
  if (kinds.add === 0) return;
  const older = await context.olderDoubt();
  if (older) throw new UserError('EXPORT_IN_DOUBT', { ...older });
}

async function ask(context: Context, told: ToldPlan, question: string): Promise<NodeWait> {
  await keepPlan(context, told, 'asking');
  const ports: Ports = context.undoes ? {} : { plan: await plannedRows(context, told.plan) };
  return { waitUntil: never, reason: 'Waits for approval', asks: question, memory: told.plan.rows.id, ports };
}

async function refuse(context: Context, told: ToldPlan, { by, note }: Decision): Promise<never> {
  await keepPlan(context, told, 'refused');
  throw new UserError('PLAN_REFUSED', { by, note: note === '' ? 'without a note' : note });
}

async function write(context: Context, client: CrmClient, told: ToldPlan, ledger: Ledger): Promise<NodeResult> {
  const { plan, planned } = told;
  ledger.count(told.calls);
  await deliverSettled(context, plan, ledger);
  const result = await applied(context, client, told, ledger);
  if ('waitUntil' in result) {
    await ledger.settle([], {});
    // Whoever looks meanwhile sees what is done by then; of a job that is at work nothing is known before it ends.
    if (ledger.unsettled?.kind === 'request') await keepProgress(context, told, ledger);
    return { ...result, memory: waitMemory(context) };
  }
  const { outcomes } = result;
  const verified = await verify(context, client, plan, { outcomes, since: planned.at });
  await keepSettled(context, told, ledger, { outcomes, verified });
  const outcome = await leave(context, plan, result);
  return { ...outcome, effects: sayOvertaken(context, plan, verified) };
}

/** What is known by then is kept, too, where it fails half-way: the run may be over by that. */
async function applied(
  context: Context,
  client: CrmClient,
  told: ToldPlan,
  ledger: Ledger,
): Promise<Applied | NodeWait> {
  try {
    return await applyPlan(context, client, told.plan, ledger);
  } catch (error) {
    if (!context.signal.aborted && mayHaveWritten(ledger)) await keepProgress(context, told, ledger);
    throw error;
  }
}

function sayOvertaken(context: Context, plan: Plan, { overtaken }: Verified): Effect[] {
  const { count, ids } = overtaken;
  if (count === 0) return [];
  const more = count > ids.length ? ' and others' : '';
  const message = `${countText(count)} records of ${plan.details.label} do not hold what was written, or another change of them was overwritten: ${ids.join(', ')}${more}. The export says which fields.`;
  context.log('warning', message);
  return [{ type: 'alarm', severity: 'warning', message }];
}
