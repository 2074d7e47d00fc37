import { SLICE_ROWS, Slices } from '../store/slices.ts';
import { STAMP_FIELDS, type StampField, type Table } from '../store/table.ts';
import type { Query } from './ast.ts';
import { boundsOf, keyRanges, rowSpan } from './bounds.ts';
import { findColumn } from './columns.ts';
import { type Context, invalidField } from './context.ts';
import { type Bound, type BoundTest, bind } from './evaluate.ts';
import { resolveJoins } from './semiJoins.ts';
import { type SortKey, sortRows } from './sort.ts';

/** The order rows come in without sorting: by Id, or by a stamp and Id. */
type Order = 'Id' | StampField;

interface Candidates {
  rows: Uint32Array;
  order: Order;
  /** All of them fulfil the condition. */
  exact: boolean;
}

/** The rows a query finds, in its order, after LIMIT and OFFSET. */
export async function findRows(
  context: Context,
  table: Table,
  query: Query,
  withDeleted: boolean,
): Promise<Uint32Array> {
  const where = query.where && (await resolveJoins(context, query.where, findRows));
  const condition = where && bind(context, table, query.alias, where);
  const keys = sortKeys(context, table, query);
  const natural = naturalOrder(keys);
  const backwards = keys[0]?.descending === true;
  const wanted = query.limit === null ? Infinity : query.limit + query.offset;
  const enough = (order: Order): number => (fits(order, natural, keys) && !backwards ? wanted : Infinity);
  const candidates = await gather(table, condition, natural, withDeleted, enough);
  const most = enough(candidates.order);
  const found = candidates.exact ? candidates.rows : await filterRows(candidates.rows, condition!, most);
  const sorted = await arrange(found, candidates.order, natural, keys);
  return sorted.subarray(query.offset, Math.min(wanted, sorted.length));
}

/** Throws what `findRows` would for names, literals and orders that do not fit, without looking at a row. */
export function checkQuery(context: Context, table: Table, query: Query): void {
  if (query.where !== null) bind(context, table, query.alias, query.where);
  sortKeys(context, table, query);
}

function sortKeys(context: Context, table: Table, query: Query): SortKey[] {
  return query.orderBy.map(({ path, descending, nullsLast }) => {
    const column = findColumn(context, table, query.alias, path);
    if (!column.field.sortable) {
      throw invalidField(context, column.at, `field '${column.field.name}' can not be sorted in a query call`);
    }
    return { column, descending, nullsLast };
  });
}

/** Whether the keys ask for one of the orders that are kept anyway. */
function naturalOrder(keys: SortKey[]): Order | null {
  const names = keys.map(({ column }) => (column.through.length > 0 ? '' : column.field.name));
  const sameWay = keys.every(({ descending }) => descending === keys[0]!.descending);
  if (names[0] === 'Id') return 'Id';
  const isKept = (names.length === 1 || names[1] === 'Id') && sameWay;
  return isKept ? stampFieldNamed(names[0]) : null;
}

function stampFieldNamed(name: string | undefined): StampField | null {
  return STAMP_FIELDS.find((field) => field === name) ?? null;
}

function fits(order: Order, natural: Order | null, keys: SortKey[]): boolean {
  return keys.length === 0 || order === natural;
}

async function gather(
  table: Table,
  condition: Bound | null,
  natural: Order | null,
  withDeleted: boolean,
  enough: (order: Order) => number,
): Promise<Candidates> {
  const looked = await lookUp(table, condition, withDeleted);
  if (looked !== null) return { rows: looked, order: 'Id', exact: false };
  const stampField = natural === null || natural === 'Id' ? limitedStamp(condition) : natural;
  const bounds = boundsOf(table, stampField, condition);
  const span = rowSpan(bounds);
  if (span !== null && natural !== stampField) {
    const most = bounds.exact ? enough('Id') : Infinity;
    return { rows: table.gatherById(span.from, span.to, withDeleted, most), order: 'Id', exact: bounds.exact };
  }
  const { ranges, exact } = keyRanges(bounds);
  const most = exact ? enough(stampField) : Infinity;
  return { rows: table.gatherByStamp(stampField, ranges, withDeleted, most), order: stampField, exact };
}

/** The first stamp field that the condition limits. */
function limitedStamp(condition: Bound | null): StampField {
  for (const { column } of conjuncts(condition)) {
    const field = column.through.length > 0 ? null : stampFieldNamed(column.field.name);
    if (field !== null) return field;
  }
  return 'SystemModstamp';
}

/** Rows by an index, when the condition demands that Id or an indexed field has one of some values. */
async function lookUp(table: Table, condition: Bound | null, withDeleted: boolean): Promise<Uint32Array | null> {
  const test = conjuncts(condition).find((item) => isLookUp(table, item));
  if (test === undefined) return null;
  const rows = new Set<number>();
  const index = table.index(test.column.field);
  await index?.ready();
  for (const operand of test.operands) {
    const id = String(operand);
    for (const row of index === undefined ? [table.rowOf(id)] : index.find(id)) {
      if (row >= 0 && table.isVisible(row, withDeleted)) rows.add(row);
    }
  }
  return Uint32Array.from(rows).sort();
}

function isLookUp(table: Table, { column, operator, operands }: BoundTest): boolean {
  if (column.through.length > 0 || (operator !== '=' && operator !== 'IN')) return false;
  const isKept = column.field.name === 'Id' || table.index(column.field) !== undefined;
  return isKept && operands.every((operand) => typeof operand === 'string');
}

function conjuncts(condition: Bound | null): BoundTest[] {
  if (condition === null) return [];
  if (condition.kind === 'test') return [condition];
  return condition.kind === 'and' ? condition.items.flatMap(conjuncts) : [];
}

async function filterRows(rows: Uint32Array, condition: Bound, most: number): Promise<Uint32Array> {
  const slices = new Slices();
  const found = new Uint32Array(Math.min(rows.length, most));
  let count = 0;
  for (let i = 0; i < rows.length && count < found.length; i++) {
    if (i % SLICE_ROWS === 0 && slices.due) await slices.pause();
    if (condition.holds(rows[i]!)) found[count++] = rows[i]!;
  }
  return count === found.length ? found : found.slice(0, count);
}

async function arrange(rows: Uint32Array, order: Order, natural: Order | null, keys: SortKey[]): Promise<Uint32Array> {
  if (keys.length === 0) return rows;
  if (natural === null || (natural !== 'Id' && order !== natural)) return sortRows(rows, keys);
  const ascending = order === natural ? rows : rows.sort();
  return keys[0]!.descending ? ascending.reverse() : ascending;
}
