/** Import of what passes a filter: all of it, or what changed since the last time. */
import type {
  CrmClient,
  ReadQuery,
  RemoteChanges,
  RemoteField,
  RemoteObjectDetails,
} from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { ResolvedFilter } from '../../contract/filter.ts';
import { resolveFilter } from '../../contract/filter.ts';
import type { Relation, TableRef } from '../../contract/relation.ts';
import { scan } from '../../contract/relation.ts';
import { formatCursor } from '../../contract/run.ts';
import type { ColumnType } from '../../contract/types.ts';
import { dayInZone } from '../kit/days.ts';
import { countText } from '../kit/rows.ts';
import type { NodeOutcome } from '../kit/run.ts';
import { compare, noteCompared } from './compared.ts';
import type { CrmConfig, ImportField } from './config.ts';
import { chosenFields, indexColumn, isByComparison, isByDate, isIncremental, takesGone } from './config.ts';
import { lookBackHorizon, noteDelivered, undelivered } from './delivered.ts';
import { goneLabel } from './form.ts';
import { importTracked } from './importTracked.ts';
import { orderedRows, orderFields } from './order.ts';
import type { Context, ReadField, Reading, ReadTables } from './readRecords.ts';
import { fieldsNow, openClient, readRecords, reportRejects } from './readRecords.ts';
import { reconcile, verdictEffects, verdictText, withLate } from './reconcile.ts';
import { trackingOf, trackingText } from './tracking.ts';
import type { ImportCursor, ImportWindow } from './window.ts';
import { advance, beganAt, comparedCursor, importWindow, windowVars } from './window.ts';

export async function importFiltered(context: Context): Promise<NodeOutcome> {
  const client = await openClient(context);
  const filter = await filterOf(context, client);
  const details = await client.describe(context.config.object);
  const changes = trackedBy(context, client, details);
  if (changes) return importTracked(context, client, changes, details);
  const chosen = [...chosenFields(context.config), ...orderFields(context.config, details)];
  const fields = await fieldsNow(client, details, chosen);
  const window = isByDate(context.config) ? await importWindow(context, client, details) : null;
  const compared = isByComparison(context.config) ? await comparedCursor(context, client) : null;
  const query = readQuery(context.config, wireFields(fields, window), filter, window);
  const began = window ? window.end : await beganAt(context, client);
  const hashed = hashedRecords(context, window, compared);
  const leaving = chosenFields(context.config).length;
  const reading: Reading = { ...readingOf(client, query, fields, window, hashed), leaving };
  const read = await readRecords(context, reading);
  const { verdict, late } = await reconcile(context, client, {
    query,
    read,
    reading,
    stampField: window?.field ?? details.recommendedIndexField?.name ?? details.indexFields[0] ?? null,
    movingSince: window ? lookBackStart(context, window) : began,
    changedSince: began,
  });
  const records = await withLate(context, read.records, late);
  const cursor = window ?? compared;
  const inOrder = (rows: Relation): Promise<TableRef> =>
    context.table(orderedRows(context.config, client, rows, fields), { name: 'success' });
  const differing = compared ? await differences(context, compared, { ...read, records }, inOrder) : null;
  const success = differing?.success ?? (await outgoing(context, records, late, inOrder, window));
  if (window) await noteDelivered(context, window, records);
  await reportRejects(context, read.rejects);
  const range = window ? ` (${rangeText(window)})` : compared ? ' (new or changed)' : '';
  const count = countText(success.count);
  context.log('info', `${count} records imported from ${details.label}${range}. ${verdictText(verdict)}`.trim());
  return {
    ports: { success, ...(differing ? { gone: differing.gone } : {}), reject: read.rejects },
    vars: { ...context.vars, ...(cursor ? windowVars(cursor) : {}), recCount: success.count },
    effects: [
      ...(cursor && verdict.left === 0 ? advance(context.config, cursor) : []),
      ...verdictEffects(verdict, details.label),
    ],
  };
}

/** By what the import reads, said in the log; null: not by change tracking. Refuses to leave out what only that can tell. */
function trackedBy(context: Context, client: CrmClient, details: RemoteObjectDetails): RemoteChanges | null {
  const { config } = context;
  const tracking = trackingOf(config, details);
  const said = trackingText(config, details);
  if (said !== null) context.log('info', said);
  if (tracking.tracks && client.changes) return client.changes;
  if (!takesGone(config)) return null;
  const reason =
    (tracking.tracks ? null : tracking.reason) ?? 'this CRM tells them by an import of deleted records only';
  throw new UserError('CONFIG_INVALID', { field: goneLabel, reason });
}

/** What is passed on of the rows that were read, in the user's order. */
type InOrder = (rows: Relation) => Promise<TableRef>;

/** By full comparison: what is new or changed since the last import, and what is gone. */
async function differences(
  context: Context,
  { optionName }: ImportCursor,
  read: ReadTables,
  inOrder: InOrder,
): Promise<{ success: TableRef; gone: TableRef }> {
  const { changed, gone, base } = await compare(context, optionName, read);
  const success = await inOrder(changed);
  const missing = await context.table(gone, { name: 'goneSince' });
  await noteCompared(context, optionName, { records: read.records, gone: missing, base });
  return { success, gone: missing };
}

const minute = 60_000;

/** What is stamped later can have been committed late. */
function lookBackStart({ config }: Context, { end }: ImportWindow): string {
  return new Date(Date.parse(end) - Math.max(config.index.lookBack, 1) * minute).toISOString();
}

/** By comparison all; by date those that a look-back reads again, now or the next time. */
function hashedRecords(
  context: Context,
  window: ImportWindow | null,
  compared: ImportCursor | null,
): Reading['hashed'] {
  if (compared) return () => true;
  if (!window) return null;
  const [cursor, horizon] = [window.cursor ?? '', lookBackHorizon(context, window)];
  return (stamp) => typeof stamp === 'string' && (stamp >= horizon || stamp < cursor);
}

function readingOf(
  client: CrmClient,
  query: ReadQuery,
  fields: readonly ReadField[],
  window: ImportWindow | null,
  hashed: Reading['hashed'],
): Reading {
  return {
    fields,
    hashed,
    stampAt: window ? query.fields.findIndex((name) => name.toLowerCase() === window.field.toLowerCase()) : null,
    resume: client.resumes(query),
    pages: (position) => client.read(query, position),
  };
}

async function outgoing(
  context: Context,
  records: TableRef,
  late: TableRef,
  inOrder: InOrder,
  window: ImportWindow | null,
): Promise<TableRef> {
  // Without what an earlier run has delivered.
  if (window) return inOrder((await undelivered(context, window, records)) ?? scan(records));
  // The CRM has ordered them, except for those that came late.
  return late.count === 0 ? records : inOrder(scan(records));
}

/** Every expression runs before the first request; then each result must fit its field. */
function filterOf(context: Context, client: CrmClient): Promise<ResolvedFilter> {
  return resolveFilter(
    context.config.filter,
    (expression) => context.evaluate(expression),
    async () => {
      const { fields, label } = await client.describe(context.config.object);
      return { typeOf: fieldTypes(fields, label), dayOf: (instant) => dayInZone(instant, context.timeZone) };
    },
  );
}

function fieldTypes(fields: readonly RemoteField[], object: string): (name: string) => ColumnType {
  const types = new Map(fields.map(({ name, type }) => [name.toLowerCase(), type]));
  return (field) => {
    const type = types.get(field.toLowerCase());
    if (type === undefined) throw new UserError('FIELD_UNKNOWN', { field, object });
    return type;
  };
}

/** The index field is read even if nobody chose it: look-back and order need it. */
function wireFields(fields: readonly ImportField[], window: ImportWindow | null): ImportField[] {
  const missing = window && !fields.some((field) => field.name.toLowerCase() === window.field.toLowerCase());
  return missing ? [...fields, indexColumn(window.field)] : [...fields];
}

function readQuery(
  config: CrmConfig,
  fields: readonly ImportField[],
  filter: ResolvedFilter,
  window: ImportWindow | null,
): ReadQuery {
  return {
    object: config.object,
    fields: fields.map((field) => field.name),
    raw: fields.filter((field) => field.conversion === 'copy').map((field) => field.name),
    filter,
    everything: config.everything,
    ...(window ? { window: { field: window.field, from: window.from, to: window.end } } : {}),
    // The order of what is compared as a whole is made afterwards: so a read of everything can go on after a crash.
    ...(isIncremental(config) ? {} : { orderBy: config.orderBy }),
  };
}

function rangeText(window: ImportWindow): string {
  const end = formatCursor(new Date(window.end));
  return window.optionValue === null
    ? `everything up to ${end} UTC`
    : `changed since ${window.optionValue}, up to ${end} UTC`;
}
