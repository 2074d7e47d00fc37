/**
 * Import of deleted records: between two dates, or since the last import. The CRM says how far its list is complete; the
 * next import begins there, never at the end that was asked for. What the CRM no longer knows is refused, never skipped.
 */
import type { CrmClient, DeletedRecords } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Effect } from '../../contract/run.ts';
import { formatCursor } from '../../contract/run.ts';
import type { Json } from '../../contract/types.ts';
import { countText } from '../kit/rows.ts';
import type { NodeOutcome } from '../kit/run.ts';
import { deletedTold } from './deletedTold.ts';
import { deletedByMark, markedVars } from './importMarked.ts';
import { forgotten, minuteText, mostDaysBack, periodLabels, readPeriod } from './period.ts';
import { deletedColumns } from './ports.ts';
import type { Context } from './readRecords.ts';
import { openClient } from './readRecords.ts';
import { advance, cursorName, readCursor } from './window.ts';

interface DeletedImport {
  /** ISO. */
  from: string;
  to: string;
  vars: Record<string, Json>;
  effects: Effect[];
  success: TableRef;
}

export async function importDeleted(context: Context): Promise<NodeOutcome> {
  const client = await openClient(context);
  const { success, from, to, vars, effects } = await findDeleted(context, client);
  context.log(
    'info',
    `${countText(success.count)} records were deleted from ${context.config.object} between ${from} and ${to}.`,
  );
  return { ports: { success }, vars: { ...context.vars, ...vars, recCount: success.count }, effects };
}

function findDeleted(context: Context, client: CrmClient): Promise<DeletedImport> {
  if (context.config.deleted.period === 'between') return deletedBetween(context, client);
  return client.deletionsByMark ? deletedSinceMark(context, client) : deletedSinceLast(context, client);
}

async function deletedSinceMark(context: Context, client: CrmClient): Promise<DeletedImport> {
  const found = await deletedByMark(context, client);
  const success = await writeDeleted(context, found.records, () => true);
  return { from: found.from, to: found.to, effects: found.effects, vars: markedVars(found), success };
}

async function deletedBetween(context: Context, client: CrmClient): Promise<DeletedImport> {
  const { object, deleted } = context.config;
  const { from, to } = readPeriod(deleted, context.clock.now(), context.timeZone);
  const now = await client.serverNow();
  if (from > now) throw new UserError('CONFIG_INVALID', { field: periodLabels.from, reason: 'lies in the future' });
  if (client.deletionsByMark) {
    const success = await deletedTold(context, client, { from, to });
    return { from, to: earlier(now, to), success, vars: periodVars(from, earlier(now, to)), effects: [] };
  }
  const { records, coveredUntil } = await ask(client, object, from, to);
  if (coveredUntil < earlier(to, now) && Date.parse(now) - Date.parse(coveredUntil) > minute)
    context.log('warning', `The CRM covers deletions up to ${minuteText(coveredUntil)} only; ask for the rest later.`);
  const end = earlier(coveredUntil, to);
  const success = await writeDeleted(context, records, ({ deletedAt: at }) => at >= from && at <= end);
  return { from, to: end, success, vars: periodVars(from, coveredUntil), effects: [] };
}

const periodVars = (from: string, to: string): Record<string, Json> => ({
  crmStartDate: formatCursor(new Date(from)),
  crmEndDate: formatCursor(new Date(to)),
});

const minute = 60_000;
/** Of two instants in ISO. */
const earlier = (a: string, b: string): string => [a, b].sort()[0] ?? a;

async function deletedSinceLast(context: Context, client: CrmClient): Promise<DeletedImport> {
  const { object, deleted } = context.config;
  const optionName = cursorName(deleted.optionName);
  const optionValue = await context.option(optionName);
  const now = new Date(await client.serverNow());
  const cursor = optionValue === null ? null : readCursor(optionName, optionValue, now);
  const from = cursor?.toISOString() ?? (await earliestKnown(client, object, now));
  const { records, coveredUntil } = await ask(client, object, from, now.toISOString());
  const covered = new Date(Math.floor(Date.parse(coveredUntil) / 1_000) * 1_000).toISOString();
  const end = earlier(covered, from) === covered ? from : covered;
  const option = { optionName, optionValue, end };
  return {
    from,
    to: end,
    success: await writeDeleted(context, records, ({ deletedAt: at }) => at >= from && at < end),
    vars: {
      crmOptionName: optionName,
      crmStartDate: optionValue ?? '',
      crmStartImport: optionValue ?? '',
      crmEndDate: formatCursor(new Date(end)),
    },
    effects: end === cursor?.toISOString() ? [] : advance(context.config, option),
  };
}

/** Refuses a period of which the CRM has forgotten a part, with the earliest date from which it knows everything. */
async function ask(client: CrmClient, object: string, from: string, to: string): Promise<DeletedRecords> {
  const answer = await client.deleted(object, from, to).catch(async (error: unknown) => {
    if (!(error instanceof UserError) || error.code !== 'DELETED_NOT_KEPT') throw error;
    const earliest = await earliestKnown(client, object, new Date(await client.serverNow()));
    throw forgotten(object, from, earliest, error);
  });
  const { earliestAvailable: earliest } = answer;
  if (earliest !== null && earliest > from) throw forgotten(object, from, earliest);
  return answer;
}

/** The date from which on the CRM knows every deletion; where it does not say, as far back as any CRM remembers. */
async function earliestKnown(client: CrmClient, object: string, now: Date): Promise<string> {
  const recently = new Date(now.getTime() - 5 * minute).toISOString();
  const { earliestAvailable } = await client.deleted(object, recently, now.toISOString());
  // What it knows moves on with its clock: a little later it is still known when it is asked for.
  const known = earliestAvailable === null ? 0 : Date.parse(earliestAvailable) + 2 * minute;
  return new Date(Math.max(known, now.getTime() - mostDaysBack * 86_400_000 + 60 * minute)).toISOString();
}

type Deletion = DeletedRecords['records'][number];

/** One row for each record, with its last deletion: it may have been restored in between. */
async function writeDeleted(
  context: Context,
  records: readonly Deletion[],
  isIn: (deletion: Deletion) => boolean,
): Promise<TableRef> {
  const last = new Map<string, string>();
  for (const deletion of records.filter(isIn))
    if (deletion.deletedAt > (last.get(deletion.id) ?? '')) last.set(deletion.id, deletion.deletedAt);
  const writer = await context.writer({ columns: deletedColumns, name: 'success' });
  const rows = [...last].sort(([a, first], [b, second]) => (first < second ? -1 : first > second ? 1 : a < b ? -1 : 1));
  for (let start = 0; start < rows.length; start += batchRows) {
    context.signal.throwIfAborted();
    await writer.append(rows.slice(start, start + batchRows));
  }
  return writer.finish();
}

const batchRows = 1_000;
