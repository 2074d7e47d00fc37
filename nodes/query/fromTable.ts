/** Rows of one table: filtered, ordered and counted off by the database; what is computed is laid beside them. */
import type { Order, Relation, TableRef } from '../../contract/relation.ts';
import { column, rowId, scan } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { declaredColumns } from '../kit/declared.ts';
import { demandTableColumn } from '../kit/localTables.ts';
import { noReason, ownReason, rejectCells, rejectColumns, rejectedRows } from '../kit/rejects.ts';
import { countText } from '../kit/rows.ts';
import type { NodeContext, RecordBatch } from '../kit/run.ts';
import { scriptCell } from '../kit/scripts.ts';
import type { ChosenColumn, QueryConfig } from './config.ts';
import { resultColumns } from './config.ts';
import { predicateOf } from './filter.ts';

type Context = NodeContext<QueryConfig>;

export async function queryTable(context: Context): Promise<Record<string, TableRef>> {
  const { config } = context;
  const table = await context.localTable(config.table);
  if (!table) context.log('warning', `There is no table ${config.table} yet: no rows`);
  const columns = table?.columns ?? expectedColumns(config);
  for (const { name, type } of config.columns) demandTableColumn({ name: config.table, columns }, name, type);
  const local: Relation = { op: 'local', table: config.table, columns };
  const rows = table ? await selectedRows(context, local, columns) : local;
  if (config.computed.length === 0) {
    const success = await context.table(projected(rows, config.columns));
    context.log('info', `${countText(success.count)} rows of ${config.table}`);
    return { success };
  }
  // Expressions see all columns of the table; what leaves has the chosen ones.
  const whole = await context.table(rows);
  const chosen = await context.table(projected(scan(whole), config.columns));
  const side = await compute(context, whole);
  const success = await context.table(withComputed(config, chosen, side));
  const reject = await context.table(rejectedRows(chosen, failedRows(side, true), sideRow.name));
  context.log('info', `${countText(success.count)} rows of ${config.table}, ${countText(reject.count)} rejected`);
  return { success, reject };
}

/** A table that does not exist yet has no rows; its columns are taken to be what was chosen. */
const expectedColumns = ({ columns }: QueryConfig): Column[] =>
  columns.map(({ name, label, type }) => ({ name, label: label || name, type }));

async function selectedRows(context: Context, local: Relation, columns: Column[]): Promise<Relation> {
  const { config } = context;
  const filtered: Relation = { op: 'filter', input: local, where: await predicateOf(context, columns) };
  const order = config.orderBy.map(({ field, direction }): Order => {
    demandTableColumn({ name: config.table, columns }, field);
    return { by: column(field), direction };
  });
  const sorted: Relation = order.length === 0 ? filtered : { op: 'sort', input: filtered, order };
  return config.limit === 0 ? sorted : { op: 'limit', input: sorted, count: config.limit };
}

const projected = (input: Relation, chosen: readonly ChosenColumn[]): Relation => ({
  op: 'project',
  input,
  columns: chosen.map((one) => ({ ...one, label: one.label || one.name, expr: column(one.name) })),
});

/** Columns of the side table: the `_id` of the row, values by number, why there are none. */
const sideRow: Column = { name: 'row', label: '', type: 'integer' };
const sideValue = (index: number): string => `value${index}`;

async function compute(context: Context, input: TableRef): Promise<TableRef> {
  const { computed } = context.config;
  const values = computed.map(({ type }, index) => ({ name: sideValue(index), label: '', type }));
  const writer = await context.writer({ columns: [sideRow, ...values, ...rejectColumns], name: 'computed' });
  await context.eachRecord({
    program: { kind: 'expressions', expressions: computed.map(({ expression }) => expression) },
    input,
    handle: async ({ ids, results }) => {
      context.signal.throwIfAborted();
      await writer.append(results.map((result, index) => computedCells(computed, ids[index] ?? 0, result)));
      context.progress(writer.count, input.count, 'rows');
    },
  });
  return writer.finish();
}

function computedCells(computed: QueryConfig['computed'], id: number, result: RecordBatch['results'][number]): Cell[] {
  const none = computed.map(() => null);
  if (!result.ok)
    return [id, ...none, ...rejectCells(ownReason('RECORD_FAILED', { where: result.where, reason: result.message }))];
  const given = 'values' in result ? result.values : [];
  const cells = computed.map(({ name, type }, index) => ({ name, cell: scriptCell(type, given[index] ?? null) }));
  for (const { name, cell } of cells) {
    if (!cell.ok)
      return [id, ...none, ...rejectCells(ownReason('TYPE_MISMATCH', { column: name, reason: cell.reason }, [name]))];
  }
  return [id, ...cells.map(({ cell }) => (cell.ok ? cell.value : null)), ...noReason];
}

const failedRows = (side: TableRef, failed: boolean): Relation => ({
  op: 'filter',
  input: scan(side),
  where: { op: failed ? 'isNotNull' : 'isNull', value: column('errorCode') },
});

function withComputed(config: QueryConfig, chosen: TableRef, side: TableRef): Relation {
  const values = declaredColumns(config.computed);
  const own = (index: number): string => `own${index}`;
  const joined: Relation = {
    op: 'join',
    kind: 'inner',
    left: {
      op: 'project',
      input: scan(chosen),
      columns: chosen.columns.map((one, index) => ({ ...one, name: own(index), expr: column(one.name) })),
    },
    right: failedRows(side, false),
    on: [{ left: rowId, right: column(sideRow.name) }],
    columns: values.map((one, index) => ({ from: sideValue(index), as: { ...one, name: sideValue(index) } })),
  };
  const places = [...chosen.columns.map((_, index) => own(index)), ...values.map((_, index) => sideValue(index))];
  const columns = resultColumns(config).map((one, index) => ({ ...one, expr: column(places[index] ?? '') }));
  return { op: 'project', input: joined, columns };
}
