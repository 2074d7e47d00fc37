/**
 * Import by the population calculated upstream: the records whose ids arrive, beside inbound columns that are kept.
 * Each inbound row leaves once, as the record that it is in the run: by Success with what the CRM holds, or by Reject.
 * Ids never lie in memory but batch by batch: what matches what is asked of the database.
 */
import type { CrmClient, ReadPage, ReadQuery } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Expr, ProjectedColumn, Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, rowId, scan } from '../../contract/relation.ts';
import type { Cell, Column, Json } from '../../contract/types.ts';
import { ownReason, rejectCells, rejectColumns, rejectedRows } from '../kit/rejects.ts';
import { arrivedRows, countText, demandColumns } from '../kit/rows.ts';
import type { NodeOutcome } from '../kit/run.ts';
import { chosenFields, fieldColumn, idField } from './config.ts';
import { keptColumns } from './ports.ts';
import type { Context, ReadTables } from './readRecords.ts';
import { fieldsNow, openClient, readRecords, reportRejects } from './readRecords.ts';

export async function importPopulation(context: Context): Promise<NodeOutcome> {
  const { config } = context;
  const input = arrivedRows(context);
  demandColumns(input, [config.population.column, ...config.population.keep]);
  const client = await openClient(context);
  const details = await client.describe(config.object);
  const fields = await fieldsNow(client, details, chosenFields(config));
  const wanted = await readIds(context, client, input);
  const query: ReadQuery = {
    object: config.object,
    fields: fields.map((field) => field.name),
    raw: fields.filter((field) => field.conversion === 'copy').map((field) => field.name),
    everything: config.everything,
  };
  const ids = await context.table(distinctIds(wanted), { name: 'ids' });
  const read = await readRecords(context, {
    fields,
    stampAt: null,
    hashed: null,
    resume: true,
    pages: (position) => pagesById(context, client, query, ids, position),
  });
  const success = await context.table(matched(context, input, wanted, read.records), { name: 'success' });
  const failures = failed(details.label, wanted, read);
  const reject = await context.table(rejectedRows(input, failures, rowColumn.name), { name: 'reject' });
  await reportRejects(context, reject);
  context.log('info', `${countText(success.count)} of ${countText(input.count)} records found in ${details.label}.`);
  return { ports: { success, reject }, vars: { ...context.vars, recCount: success.count } };
}

const rowColumn: Column = { name: '_row', label: '_row', type: 'integer' };
const wantedColumn: Column = { name: '_wanted', label: '_wanted', type: 'text' };
/** The reason of a cell that is no id, as the cells of a reject. */
const problemColumns: readonly Column[] = rejectColumns.map((own) => ({ ...own, name: `_${own.name}` }));

/** For each inbound row the id it names, in the CRM's own form, or why it names none. */
async function readIds(context: Context, client: CrmClient, input: TableRef): Promise<TableRef> {
  const { column: name } = context.config.population;
  const writer = await context.writer({
    columns: [rowColumn, wantedColumn, ...problemColumns],
    name: 'wanted',
    resume: true,
  });
  const after = typeof writer.position === 'number' ? writer.position : 0;
  for await (const batch of context.read(input, { columns: [name], after })) {
    const rows = batch.rows.map(([cell = null], index) => [batch.ids[index] ?? null, ...idCells(client, name, cell)]);
    await writer.append(rows, { position: batch.ids.at(-1) ?? after });
  }
  return writer.finish();
}

function idCells(client: CrmClient, name: string, cell: Cell): Cell[] {
  const text = cell === null ? '' : String(cell).trim();
  if (text === '') return [null, ...rejectCells(ownReason('KEY_EMPTY', { column: name }, [name]))];
  try {
    return [client.recordId(text), ...rejectColumns.map(() => null)];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [null, ...rejectCells(ownReason(error.code, error.details, [name]))];
  }
}

function distinctIds(wanted: TableRef): Relation {
  const { name } = wantedColumn;
  const known: Relation = { op: 'filter', input: scan(wanted), where: { op: 'isNotNull', value: column(name) } };
  return {
    op: 'group',
    input: known,
    by: [{ ...wantedColumn, expr: column(name) }],
    aggregates: [{ name: 'rows', label: 'rows', type: 'integer', fn: 'count' }],
  };
}

/** A page for each batch of ids: a later attempt goes on behind the last batch that was written. */
async function* pagesById(
  context: Context,
  client: CrmClient,
  query: ReadQuery,
  ids: TableRef,
  position: Json,
): AsyncGenerator<ReadPage> {
  const after = typeof position === 'number' ? position : 0;
  for await (const batch of context.read(ids, { columns: [wantedColumn.name], after })) {
    const page: ReadPage = { rows: [], rejects: [], position: batch.ids.at(-1) ?? after, total: ids.count, cleaned: 0 };
    const wanted = batch.rows.map(([id]) => String(id));
    for await (const part of client.readByIds(query, wanted)) {
      page.rows.push(...part.rows);
      page.rejects.push(...part.rejects);
      page.cleaned += part.cleaned;
    }
    yield page;
  }
}

/** Inbound rows beside the record that each names: the identity in the run stays that of the inbound row. */
function matched(context: Context, input: TableRef, wanted: TableRef, records: TableRef): Relation {
  const kept = keptColumns(context.config, input.columns);
  const fields = chosenFields(context.config).map(fieldColumn);
  const inbound: Relation = {
    op: 'project',
    input: scan(input),
    columns: kept.map(({ from, as }, index) => ({ ...as, name: `k${index}`, expr: column(from) })),
  };
  const named = withId(inbound, wanted);
  const joined: Relation = {
    op: 'join',
    kind: 'inner',
    left: named,
    right: scan(records),
    on: [{ left: column(wantedColumn.name, 'left'), right: column(idField, 'right') }],
    columns: fields.map((as, index) => ({ from: as.name, as: { ...as, name: `r${index}` } })),
  };
  const columns: ProjectedColumn[] = [
    ...fields.map((field, index) => ({ ...field, expr: column(`r${index}`) })),
    ...kept.map(({ as }, index) => ({ ...as, expr: column(`k${index}`) })),
  ];
  return { op: 'project', input: joined, columns };
}

function withId(left: Relation, wanted: TableRef): Relation {
  return {
    op: 'join',
    kind: 'inner',
    left,
    right: scan(wanted),
    on: [{ left: rowId, right: column(rowColumn.name) }],
    columns: [{ from: wantedColumn.name, as: wantedColumn }],
  };
}

/** Why an inbound row has no record: it names no id, its record cannot be read, or there is none. */
function failed(object: string, wanted: TableRef, { records, rejects }: ReadTables): Relation {
  const id = column(wantedColumn.name);
  const named: Relation = { op: 'filter', input: scan(wanted), where: { op: 'isNotNull', value: id } };
  const unnamed: Relation = { op: 'filter', input: scan(wanted), where: { op: 'isNull', value: id } };
  const unreadable: Relation = {
    op: 'join',
    kind: 'inner',
    left: named,
    right: onePerRecord(rejects),
    on: [{ left: column(wantedColumn.name, 'left'), right: column(idField, 'right') }],
    columns: rejectColumns.map((own) => ({ from: own.name, as: own })),
  };
  return {
    op: 'set',
    kind: 'unionAll',
    by: [rowColumn.name],
    inputs: [
      reasons(
        unnamed,
        rejectColumns.map((own) => column(`_${own.name}`)),
      ),
      reasons(
        unreadable,
        rejectColumns.map((own) => column(own.name)),
      ),
      reasons(without(without(named, records), rejects), noMatch(object)),
    ],
  };
}

function onePerRecord(rejects: TableRef): Relation {
  return {
    op: 'group',
    input: scan(rejects),
    by: [{ name: idField, label: idField, type: 'text', expr: column(idField) }],
    aggregates: rejectColumns.map((own) => ({ ...own, fn: 'first', of: column(own.name) })),
  };
}

const without = (left: Relation, right: TableRef): Relation => ({
  op: 'join',
  kind: 'anti',
  left,
  right: scan(right),
  on: [{ left: column(wantedColumn.name, 'left'), right: column(idField, 'right') }],
});

function reasons(input: Relation, cells: Expr[]): Relation {
  const columns = rejectColumns.map((own, index) => ({ ...own, expr: cells[index] ?? literal(null, 'text') }));
  return { op: 'project', input, columns: [...columns, { ...rowColumn, expr: column(rowColumn.name) }] };
}

function noMatch(object: string): Expr[] {
  const text = (value: string): Expr => literal(value, 'text');
  const message: Expr = {
    op: 'call',
    fn: 'concat',
    args: [
      text(`${object} has no record with the id `),
      column(wantedColumn.name),
      text(': it was deleted, or the user of the connection may not see it.'),
    ],
  };
  return [text('NO_MATCH'), text('NO_MATCH'), message, text(idField)];
}
