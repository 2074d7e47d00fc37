/**
 * What the parts of the compiler share. A relation becomes one SELECT whose columns are `x<i>` (the i-th logical column,
 * only if wanted), `o1…` (what its rows are ordered by), and if wanted `id` (`_id` in the scanned table), `b` (`_id` in its
 * base), `r` (identity) and `v` (further parents). So no name of a person or of a remote system ever stands in a statement, and a wide table costs
 * only the columns that are used.
 */
import type { Expr, Predicate, Relation } from '../../../contract/relation.ts';
import { relationColumns } from '../../../contract/relation.ts';
import type { ColumnType } from '../../../contract/types.ts';
import type { Bind, Dialect } from './dialect.ts';
import type { Scope } from './expression.ts';
import { namesIn, namesInPredicate, predicateReads, reads } from './references.ts';
import type { Sources } from './sources.ts';
import type { TextStep } from './textSteps.ts';

export interface Want {
  columns: ReadonlySet<number>;
  /** `_id` in the scanned table. */
  id?: boolean;
  rid?: boolean;
  base?: boolean;
  via?: boolean;
}

/** A term of the order; `nulls` is null where there are none. */
export interface OrderTerm {
  descending: boolean;
  nulls: 'first' | 'last' | null;
}

export interface Select {
  sql: string;
  /** Aliases `o1…`. */
  orders: OrderTerm[];
  /** What the column `v` holds: an identity, a list of them, or (false) there is none. */
  via: 'one' | 'list' | false;
}

export const plainOrder: OrderTerm = { descending: false, nulls: null };

/** Values that must stand in a fold table before the statement runs. */
export interface FoldTask {
  kind: 'fold';
  chain: TextStep[];
  /** A SELECT with one column `v`. */
  values(compiler: Compiler): string;
  /** Values of a table that never changes need to be looked through only once per connection: its name, else null. */
  known: string | null;
}

/** Rows that must lie in a temporary table with an index over `key` before the statement runs. */
export interface StageTask {
  kind: 'stage';
  name: string;
  columns: { name: string; type: ColumnType }[];
  key: string[];
  /** A SELECT of these columns, in this order. */
  rows(compiler: Compiler): string;
}

export interface Compiler {
  readonly dialect: Dialect;
  readonly sources: Sources;
  readonly bind: Bind;
  select(relation: Relation, want: Want): Select;
  /** The columns of an input that stands in the statement as `alias`. */
  scope(input: Relation, alias: string): Scope;
  /** Asks for a fold table; gives its name. Tasks with equal keys are one. */
  fold(key: string, task: FoldTask): string;
  /** Asks for a temporary table; gives its name. */
  stage(task: Omit<StageTask, 'kind' | 'name'>): string;
}

/** Indexes of the named columns. */
export function indexesOf(relation: Relation, names: Iterable<string>): number[] {
  const wanted = new Set(names);
  return relationColumns(relation).flatMap((column, index) => (wanted.has(column.name) ? [index] : []));
}

/** The wish for an input: what is passed on, and what the expressions read. */
export function wantToo(want: Want, input: Relation, exprs: Expr[], predicates: Predicate[] = []): Want {
  const names = [...exprs.flatMap(namesIn), ...predicates.flatMap(namesInPredicate)];
  const count = relationColumns(input).length;
  const passed = [...want.columns].filter((index) => index < count);
  const isRead = (hidden: 'rowId' | 'rid'): boolean =>
    exprs.some((expr) => reads(hidden, expr)) || predicates.some((where) => predicateReads(hidden, where));
  const [id, rid] = [want.id || isRead('rowId'), want.rid || isRead('rid')];
  return { ...want, id, rid, columns: new Set([...passed, ...indexesOf(input, names)]) };
}

/** The SELECT list: orders, hidden columns, and the wanted columns by `cell`. */
export function items(
  want: Want,
  input: Select,
  alias: string,
  cell = (index: number) => `${alias}.x${index}`,
): string {
  const list = input.orders.map((_, index) => `${alias}.o${index + 1} AS o${index + 1}`);
  if (want.id) list.push(`${alias}.id AS id`);
  if (want.rid) list.push(`${alias}.r AS r`);
  if (want.base) list.push(`${alias}.b AS b`);
  if (input.via) list.push(`${alias}.v AS v`);
  for (const index of want.columns) list.push(`${cell(index)} AS x${index}`);
  return list.length === 0 ? '1 AS one' : list.join(', ');
}

export function termText(sql: string, { descending, nulls }: OrderTerm): string {
  return `${sql}${descending ? ' DESC' : ''}${nulls === null ? '' : ` NULLS ${nulls.toUpperCase()}`}`;
}

/** The order of a select that stands in the statement as `alias`. */
export function orderText(orders: OrderTerm[], alias: string): string {
  return orders.map((term, index) => termText(`${alias}.o${index + 1}`, term)).join(', ');
}

/** The same rows with one whole number to order by. */
export function numbered(select: Select, want: Want): Select {
  const [first, ...others] = select.orders;
  if (first && others.length === 0 && first.nulls === null && !first.descending) return select;
  const list = items(want, { ...select, orders: [] }, 'n');
  const number = `row_number() OVER (ORDER BY ${orderText(select.orders, 'n')}) AS o1`;
  return { ...select, orders: [plainOrder], sql: `SELECT ${number}, ${list} FROM (${select.sql}) n` };
}

/** The rows of groups and unions are no rows of one scanned table. */
export function refuseRowId(want: Want): void {
  if (want.id) throw new Error('The row id is not known behind a group or a union');
}
