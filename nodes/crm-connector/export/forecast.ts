/** The calls that a plan has cost and that carrying it out will cost, kept with it: a later attempt asks nothing again. */
import type { CallUsage } from '../../../contract/callBudget.ts';
import type { CrmClient } from '../../../contract/connector.ts';
import { RetryLater, UserError } from '../../../contract/errors.ts';
import type { ExportReport } from '../../../contract/exports.ts';
import type { Json } from '../../../contract/types.ts';
import type { Context } from '../readRecords.ts';
import { takesJob } from './apply.ts';
import { kinds } from './applyStages.ts';
import type { PlanCounts } from './planCounts.ts';
import { mostVerified } from './verify.ts';

type Forecast = NonNullable<ExportReport['forecast']>;

export interface Planned {
  forecast: Forecast;
  /** The CRM's own clock (ISO) when the plan was made. */
  at: string;
}

export interface Forecasted extends Planned {
  /** Calls of this client that belong to the plan. */
  before: number;
}

/** Calls of attempts that died while they planned are not among those of the plan. */
export async function forecastOf(context: Context, client: CrmClient, counts: PlanCounts): Promise<Forecasted> {
  const columns = [{ name: 'forecast', label: 'Forecast', type: 'json' as const }];
  const writer = await context.writer({ columns, name: 'forecast', resume: true });
  if (writer.position !== null) return { ...(writer.position as unknown as Planned), before: 0 };
  const usage = await usageOf(context, client);
  const at = await client.serverNow();
  const needed = callsNeeded(client, context.config.export.batches, counts);
  const { used = null, allowed = null } = usage ?? {};
  const planned: Planned = { forecast: { planned: client.calls, needed, made: null, used, allowed }, at };
  await writer.append([], { position: planned as unknown as Json });
  return { ...planned, before: client.calls };
}

/** What the CRM does not say, the plan does without. */
async function usageOf(context: Context, client: CrmClient): Promise<CallUsage | null> {
  try {
    return await client.limits();
  } catch (error) {
    if (!(error instanceof UserError || error instanceof RetryLater)) throw error;
    context.log('warning', `How many calls are left could not be asked: ${error.message}`);
    return null;
  }
}

/** Each record is looked at before it is sent and after, unless nothing is there to look at. */
function callsNeeded(
  client: CrmClient,
  batches: Context['config']['export']['batches'],
  { kinds: counts }: PlanCounts,
): number {
  const written = kinds.reduce((sum, kind) => sum + (kind === 'delete' ? 0 : counts[kind]), 0);
  const sending = kinds.map((kind) => {
    const count = counts[kind];
    const way = takesJob(client, batches, { kind, count, round: 1 }) ? 'job' : 'requests';
    return client.writer.callsFor(count, way) + (kind === 'add' ? 0 : client.callsToFind(count));
  });
  return sending.reduce((sum, calls) => sum + calls, client.callsToFind(Math.min(written, mostVerified)));
}
