/** What is kept of an export, said at each of its stages. */
import type { CrmClient } from '../../../contract/connector.ts';
import type { ExportOutcome, ExportReport, ExportStage } from '../../../contract/exports.ts';
import { exportOutcomes } from '../../../contract/exports.ts';
import type { TableRef } from '../../../contract/relation.ts';
import { column, literal, scan } from '../../../contract/relation.ts';
import type { SendGuard, SendHindrance } from '../../kit/run.ts';
import type { Context } from '../readRecords.ts';
import type { Applied } from './apply.ts';
import type { Planned } from './forecast.ts';
import { forecastOf } from './forecast.ts';
import { keptCalls, keptRecords } from './keptRecords.ts';
import type { Ledger } from './ledger.ts';
import type { Plan } from './plan.ts';
import type { PlanCounts } from './planCounts.ts';
import { remarksOf } from './remarks.ts';
import { outcomesOf } from './results.ts';
import type { Verified } from './verify.ts';

/** A plan with what is said of it. */
export interface ToldPlan {
  plan: Plan;
  counts: PlanCounts;
  planned: Planned;
  remarks: readonly string[];
  /** Calls of this attempt that carry it out. */
  calls(): number;
}

export async function tellPlan(context: Context, client: CrmClient, plan: Plan, counts: PlanCounts): Promise<ToldPlan> {
  const { before, ...planned } = await forecastOf(context, client, counts);
  return { plan, counts, planned, remarks: remarksOf(client, plan, counts), calls: () => client.calls - before };
}

/** Before anything was sent. */
export async function keepPlan(
  context: Context,
  told: ToldPlan,
  stage: 'planned' | 'asking' | 'refused',
): Promise<void> {
  await context.keepExport(await reportPlan(context, told, stage));
}

/** The last word before it is sent, unless something is in the way. */
export async function keepSending(context: Context, told: ToldPlan, guard: SendGuard): Promise<SendHindrance | null> {
  return context.keepExport(await reportPlan(context, told, 'sending'), guard);
}

async function reportPlan(context: Context, told: ToldPlan, stage: ExportStage): Promise<ExportReport> {
  const { verdicts, rows } = told.plan;
  const records = await context.table(keptRecords(verdicts, null), { name: `records ${rows.id}` });
  return reportOf(context, told, { stage, records, calls: null, outcomes: {}, made: null });
}

/** While it waits for more than a moment: what is known by then. */
export async function keepProgress(context: Context, told: ToldPlan, ledger: Ledger): Promise<void> {
  const { verdicts, rows } = told.plan;
  const { settled } = ledger.place;
  const outcomes = outcomesOf(rows, await ledger.results());
  const known = { outcomes, isOver: false, verified: null };
  const records = await context.table(keptRecords(verdicts, known), { name: `records ${rows.id} ${settled}` });
  const counts = await countOutcomes(context, records);
  const calls = await callsOf(context, ledger);
  await keep(context, told, { stage: 'sending', records, calls, outcomes: counts, made: ledger.made });
}

export async function keepSettled(
  context: Context,
  told: ToldPlan,
  ledger: Ledger,
  { outcomes, verified }: Pick<Applied, 'outcomes'> & { verified: Verified },
): Promise<void> {
  const { verdicts, rows } = told.plan;
  const known = { outcomes: scan(outcomes), isOver: true, verified: verified.table };
  const records = await context.table(keptRecords(verdicts, known), { name: `records ${rows.id} settled` });
  const counts = await countOutcomes(context, records);
  const remarks = [...told.remarks, ...verified.remarks];
  await keep(
    context,
    { ...told, remarks },
    { stage: 'settled', records, calls: await callsOf(context, ledger), outcomes: counts, made: ledger.made },
  );
}

interface Kept {
  stage: ExportStage;
  records: TableRef;
  calls: TableRef | null;
  outcomes: ExportReport['counts']['outcomes'];
  /** Calls; null: nothing was sent. */
  made: number | null;
}

async function keep(context: Context, told: ToldPlan, kept: Kept): Promise<void> {
  await context.keepExport(reportOf(context, told, kept));
}

function reportOf(context: Context, told: ToldPlan, { stage, records, calls, outcomes, made }: Kept): ExportReport {
  const { plan, counts, planned, remarks } = told;
  const { connection, objectLabel } = context.config;
  return {
    connection,
    object: plan.target.object,
    objectLabel: objectLabel || plan.details.label,
    operation: plan.operation,
    stage,
    counts: { input: plan.input.count, refused: plan.rejects.count, actions: counts.actions, outcomes },
    forecast: planned.forecast && { ...planned.forecast, made },
    fields: plan.fields,
    remarks,
    tables: { input: plan.input, records, calls, sent: plan.sent },
  };
}

/** By the number of its last call, and what happened to it: a table that is there is not made again. */
async function callsOf(context: Context, ledger: Ledger): Promise<TableRef> {
  const calls = await ledger.calls();
  return context.table(keptCalls(calls), { name: `calls ${calls.count}` });
}

async function countOutcomes(context: Context, records: TableRef): Promise<Kept['outcomes']> {
  const counts: Partial<Record<ExportOutcome, number>> = {};
  for (const outcome of exportOutcomes) {
    const where = { op: 'eq', left: column('outcome'), right: literal(outcome, 'text') } as const;
    const count = await context.count({ op: 'filter', input: scan(records), where });
    if (count > 0) counts[outcome] = count;
  }
  return counts;
}
