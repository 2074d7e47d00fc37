/**
 * Set work as data. A node says what it wants as a relation; `server/tables` compiles it for the database at hand
 * (names, quoting, binding, collation, null order are the compiler's). Columns are addressed by their logical names.
 *
 * Every relation keeps `_rid`, the identity of the record in the run, from its first (left) input, unless it says otherwise.
 * Ordering is always: nulls first (unless `nulls` says last), binary text order, ties by `_id`.
 */
import { z } from 'zod';
import type { Cell, Column, ColumnType, Json } from './types.ts';
import { columnSchema } from './types.ts';

/** A table behind an activated transition. `store` names the file or schema it lies in; `id` the table in it. */
export const tableRefSchema = z.strictObject({
  store: z.string(),
  id: z.string(),
  columns: z.array(columnSchema),
  count: z.number().int().nonnegative(),
});
export type TableRef = z.infer<typeof tableRefSchema>;

/**
 * Scalar expressions. `fold` is foldText (NFC, lower case); `unaccent` also drops combining marks; `collapse` trims and
 * makes every run of white space one space; `email` trims, folds and empties to null. All equal on both databases.
 * `text` gives the canonical text. `rowId` is the row's `_id`, an integer: unique in a scanned table (where `_rid` need
 * not be) and kept by filter, project, rank, sort, limit and, of its left side, by join. Values computed batch by batch
 * are laid beside their rows by it. `rid` is the row's `_rid` as an integer; null for rows of local data and of groups.
 */
export type Expr =
  | { op: 'column'; name: string; side?: 'left' | 'right' }
  | { op: 'rowId'; side?: 'left' | 'right' }
  | { op: 'rid'; side?: 'left' | 'right' }
  | { op: 'literal'; value: Cell; type: ColumnType }
  | {
      op: 'call';
      fn: 'trim' | 'collapse' | 'fold' | 'unaccent' | 'email' | 'text' | 'coalesce' | 'concat' | 'length';
      args: Expr[];
    }
  | { op: 'case'; when: { if: Predicate; give: Expr }[]; else: Expr };

export type Predicate =
  | { op: 'and' | 'or'; items: Predicate[] }
  | { op: 'not'; item: Predicate }
  | { op: 'isNull' | 'isNotNull'; value: Expr }
  | { op: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'; left: Expr; right: Expr }
  /** Null-safe: two nulls are the same. */
  | { op: 'same' | 'different'; left: Expr; right: Expr }
  | { op: 'in'; value: Expr; list: Cell[]; type: ColumnType }
  /** Folded text contains folded text; used by search boxes. */
  | { op: 'contains' | 'startsWith'; value: Expr; text: string };

export interface Order {
  by: Expr;
  direction: 'asc' | 'desc';
  nulls?: 'first' | 'last';
}

export type ProjectedColumn = Column & { expr: Expr };

export type Relation =
  /** All rows of a work table. `from`/`to` bound `_id` (from excluded, to included): how a batch is cut out. */
  | { op: 'scan'; table: TableRef; from?: number; to?: number }
  /** All rows of a table of local data, as it is at that moment. A table that does not exist yet has no rows. */
  | { op: 'local'; table: string; columns: Column[] }
  | { op: 'filter'; input: Relation; where: Predicate }
  /** New columns only; `keep: true` puts them behind the input's own. */
  | { op: 'project'; input: Relation; columns: ProjectedColumn[]; keep?: boolean }
  /** `semi`/`anti` keep the left row if a partner exists / does not. Right columns are chosen and renamed by `columns`. */
  | {
      op: 'join';
      kind: 'inner' | 'left' | 'semi' | 'anti';
      left: Relation;
      right: Relation;
      on: { left: Expr; right: Expr; nullSafe?: boolean }[];
      columns?: { from: string; as: Column }[];
    }
  /** Adds an integer column `as`: the place (from 1) of the row in its partition; ties by `_id`. */
  | { op: 'rank'; input: Relation; partition: Expr[]; order: Order[]; as: string }
  | {
      op: 'group';
      input: Relation;
      by: ProjectedColumn[];
      aggregates: (Column & { fn: 'count' | 'min' | 'max' | 'sum' | 'first' | 'last'; of?: Expr; order?: Order[] })[];
    }
  /** By the given key columns; the rows (and columns) of the first input win. */
  | { op: 'set'; kind: 'union' | 'unionAll' | 'intersect' | 'except'; inputs: Relation[]; by: string[] }
  | { op: 'sort'; input: Relation; order: Order[] }
  | { op: 'limit'; input: Relation; count: number };

export const column = (name: string, side?: 'left' | 'right'): Expr =>
  side ? { op: 'column', name, side } : { op: 'column', name };
export const either = (test: Predicate, yes: Expr, no: Expr): Expr => ({
  op: 'case',
  when: [{ if: test, give: yes }],
  else: no,
});
/** The `_id` of the row. */
export const rowId: Expr = { op: 'rowId' };
/** The record that the row is in the run. */
export const rid: Expr = { op: 'rid' };
export const literal = (value: Cell, type: ColumnType): Expr => ({ op: 'literal', value, type });
export const scan = (table: TableRef): Relation => ({ op: 'scan', table });

/** The columns a relation gives, in order. Throws when a named column does not exist: a bug of the node. */
export function relationColumns(relation: Relation): Column[] {
  switch (relation.op) {
    case 'scan':
      return relation.table.columns;
    case 'local':
      return relation.columns;
    case 'filter':
    case 'sort':
    case 'limit':
      return relationColumns(relation.input);
    case 'project': {
      const own = relation.columns.map(({ expr: _, ...rest }) => rest);
      return relation.keep ? [...relationColumns(relation.input), ...own] : own;
    }
    case 'join':
      return [...relationColumns(relation.left), ...(relation.columns ?? []).map((chosen) => chosen.as)];
    case 'rank':
      return [...relationColumns(relation.input), { name: relation.as, label: relation.as, type: 'integer' }];
    case 'group':
      return [
        ...relation.by.map(({ expr: _, ...rest }) => rest),
        ...relation.aggregates.map(({ fn: _f, of: _o, order: _r, ...rest }) => rest),
      ];
    case 'set': {
      const first = relation.inputs[0];
      return first ? relationColumns(first) : [];
    }
  }
}

/**
 * A write into local data, as data, applied by `ctx.once` in one transaction with its mark. The source must give the key
 * and the value columns, at most one row per key. Only differing rows are written.
 */
export interface LocalWrite {
  /** Name of the table of local data. */
  table: string;
  operation: 'insert' | 'update' | 'upsert' | 'delete';
  source: Relation;
  /** Key columns: same names in source and table. */
  key: string[];
  /** Value columns written; for a delete ignored. `onlyOn` limits a column to inserts or updates; `when` names a boolean column of the source. */
  values: { name: string; onlyOn?: 'insert' | 'update'; when?: string }[];
  /** Done behind it in the same transaction; its result does not count them. */
  also?: readonly LocalWrite[];
}

/** What became of the source rows of one LocalWrite; the numbers add up to the rows of the source. */
export interface LocalWriteResult {
  inserted: number;
  updated: number;
  deleted: number;
  unchanged: number;
}

/** One SELECT that a person wrote over tables of local data. */
export interface LocalQuery {
  sql: string;
  /** Each stands as `:name` in the statement. */
  parameters: { name: string; value: string | number | boolean | null }[];
  /** Seconds after which it is ended. */
  seconds: number;
}

/** Values as the database has them: numbers, whole numbers beyond 2^53 and everything else as text. */
export interface QueriedRows {
  columns: string[];
  /** Read while they are asked for, at most 1,000 rows and 4 MB at a time. */
  batches: AsyncIterable<Json[][]>;
}
