import type { CrmClient, ReadPage, ReadQuery, RemoteField, RemoteObjectDetails } from '../../contract/connector.ts';
import { clientAs } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { ResolvedFilter } from '../../contract/filter.ts';
import { resolveFilter } from '../../contract/filter.ts';
import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, scan } from '../../contract/relation.ts';
import type { Effect } from '../../contract/run.ts';
import { formatCursor } from '../../contract/run.ts';
import type { Cell } from '../../contract/types.ts';
import { canonicalJson } from '../../contract/types.ts';
import { dayInZone } from '../kit/days.ts';
import { rejectCells, withRejectColumns } from '../kit/rejects.ts';
import { countText } from '../kit/rows.ts';
import type { NodeContext, NodeRun, TableWriter } from '../kit/run.ts';
import type { CrmConfig, ImportField } from './config.ts';
import { chosenFields, fieldColumn, idField, indexColumn } from './config.ts';
import { cellConversions, convertRows } from './conversions.ts';
import { recordColumn } from './definition.ts';
import { noteDelivered, stampColumn, undelivered } from './delivered.ts';
import type { ImportWindow } from './window.ts';
import { importWindow, windowVars } from './window.ts';
import { WriteBehind } from './writeBehind.ts';

type Context = NodeContext<CrmConfig>;

export const run: NodeRun<CrmConfig> = async (context) => {
  const { connection } = context.config;
  const client = clientAs((await context.connect(connection)).client, 'crm', connection);
  const filter = await filterOf(context, client);
  const details = await client.describe(context.config.object);
  const fields = chosenFields(context.config);
  await refuseDrift(client, details, fields);
  const window = context.config.index.enabled ? await importWindow(context, client, details) : null;
  const query = readQuery(context.config, wireFields(fields, window), filter, window);
  const { records, rejects } = await readAll(context, client, query, fields, window);
  const success = await ordered(context, window ? await fresh(context, window, records, fields) : records, window);
  if (window) await noteDelivered(context, window, records);
  const vars = window ? { ...context.vars, ...windowVars(window) } : context.vars;
  if (rejects.count > 0) await reportRejects(context, rejects);
  context.log(
    'info',
    `${countText(success.count)} records imported from ${details.label}${window ? ` (${rangeText(window)})` : ''}.`,
  );
  return {
    ports: { success, reject: rejects },
    vars: { ...vars, recCount: success.count },
    effects: window ? advance(context.config, window) : [],
  };
};

/** Every expression runs before the first request; then each result must fit its field. */
function filterOf(context: Context, client: CrmClient): Promise<ResolvedFilter> {
  return resolveFilter(
    context.config.filter,
    (expression) => context.evaluate(expression),
    async () => {
      const { fields } = await client.describe(context.config.object);
      const types = new Map(fields.map((field) => [field.name.toLowerCase(), field.type]));
      return {
        typeOf: (name) => types.get(name.toLowerCase()) ?? null,
        dayOf: (instant) => dayInZone(instant, context.timeZone),
      };
    },
  );
}

/** A field that vanished or changed its type since the workflow was drawn stops the run: its column would lie. */
async function refuseDrift(
  client: CrmClient,
  details: RemoteObjectDetails,
  fields: readonly ImportField[],
): Promise<void> {
  const known = new Map(details.fields.map((field) => [field.name.toLowerCase(), field]));
  for (const field of fields) {
    const found: RemoteField = known.get(field.name.toLowerCase()) ?? (await client.fieldAt(details.name, field.name));
    if (found.type !== field.type)
      throw new UserError('FIELD_TYPE_CHANGED', { field: field.name, found: found.type, known: field.type });
  }
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
    ...(window ? { window: { field: window.field, from: window.from, to: window.end } } : { orderBy: config.orderBy }),
  };
}

/** The tables as they were read: chosen columns, and last the stamp of an incremental read, which no conversion has touched. */
async function readAll(
  context: Context,
  client: CrmClient,
  query: ReadQuery,
  fields: readonly ImportField[],
  window: ImportWindow | null,
): Promise<{ records: TableRef; rejects: TableRef }> {
  const resume = client.resumes(query);
  const columns = [...fields.map(fieldColumn), ...(window ? [stampColumn] : [])];
  const idColumn = columns.filter((candidate) => candidate.name === idField);
  const records = await context.writer({ columns, name: 'records', resume });
  const rejects = await context.writer({
    columns: withRejectColumns([...idColumn, recordColumn]),
    name: 'rejects',
    resume,
  });
  const conversions = cellConversions(fields, context.timeZone);
  const stampAt = window ? query.fields.findIndex((name) => name.toLowerCase() === window.field.toLowerCase()) : -1;
  const behind = new WriteBehind(records);
  let cleaned = 0;
  for await (const page of settledAtEnd(client.read(query, resume ? records.position : null), behind)) {
    context.signal.throwIfAborted();
    const rows = page.rows.map((row) => (stampAt < 0 ? row : [...row.slice(0, fields.length), row[stampAt] ?? null]));
    const converted = convertRows(rows, conversions);
    await behind.settle();
    await keepRejects(rejects, page);
    behind.begin(converted, { position: page.position });
    cleaned += page.cleaned;
    context.progress(records.count + rejects.count, page.total, 'records', {
      success: records.count,
      reject: rejects.count,
    });
  }
  if (cleaned > 0)
    context.log(
      'warning',
      `${countText(cleaned)} values held characters that no database keeps (U+0000, broken surrogates); they were removed or replaced.`,
    );
  return { records: await records.finish(), rejects: await rejects.finish() };
}

/** However reading ends, what was read before is written: a later attempt goes on behind it. */
async function* settledAtEnd(pages: AsyncIterable<ReadPage>, behind: WriteBehind): AsyncGenerator<ReadPage> {
  try {
    yield* pages;
  } finally {
    await behind.settle();
  }
}

/** Rejects are written first; a page that an earlier attempt had got so far with is not written again. */
async function keepRejects(rejects: TableWriter, page: ReadPage): Promise<void> {
  if (page.rejects.length === 0) return;
  if (page.position !== null && canonicalJson(rejects.position) === canonicalJson(page.position)) return;
  const rows: Cell[][] = page.rejects.map((reject) => [...rejectCells(reject), reject.id, reject.record]);
  await rejects.append(rows, { position: page.position });
}

/** Without the stamp, and without what an earlier run has delivered. */
async function fresh(
  context: Context,
  window: ImportWindow,
  read: TableRef,
  fields: readonly ImportField[],
): Promise<Relation> {
  const left = (await undelivered(context, window, read)) ?? scan(read);
  return {
    op: 'project',
    input: left,
    columns: fields.map((field) => ({ ...fieldColumn(field), expr: column(field.name) })),
  };
}

/** An incremental read comes in the order of the cursor; the user's order is applied to the rows, nulls first as the CRM has it. */
async function ordered(context: Context, rows: TableRef | Relation, window: ImportWindow | null): Promise<TableRef> {
  if (!('op' in rows)) return rows;
  const order = window
    ? context.config.orderBy.filter((item) => context.config.fields.some((field) => field.name === item.field))
    : [];
  const sorted: Relation =
    order.length === 0
      ? rows
      : {
          op: 'sort',
          input: rows,
          order: order.map((item) => ({ by: column(item.field), direction: item.direction, nulls: 'first' })),
        };
  return context.table(sorted, { name: 'success' });
}

async function reportRejects(context: Context, rejects: TableRef): Promise<void> {
  const where = context.config.rejectFile.enabled
    ? ` They are kept in ${await context.saveFile(context.config.rejectFile.name, rejects)}.`
    : '';
  context.log('warning', `${countText(rejects.count)} records could not be read and were rejected.${where}`);
}

function advance(config: CrmConfig, window: ImportWindow): Effect[] {
  if (config.index.advance === 'inCode') return [];
  return [
    {
      type: 'setOption',
      name: window.optionName,
      value: formatCursor(new Date(window.end)),
      expected: window.optionValue,
      forwardOnly: true,
      atEnd: true,
    },
  ];
}

function rangeText(window: ImportWindow): string {
  const end = formatCursor(new Date(window.end));
  return window.optionValue === null
    ? `everything up to ${end} UTC`
    : `changed since ${window.optionValue}, up to ${end} UTC`;
}
