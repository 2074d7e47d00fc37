/**
 * Everything that differs between databases, as pieces of SQL. The compiler, the writer, pages and local data are
 * written against this; another database is another implementation of it (and of `Connection`).
 */
import type { Cell, ColumnType, Json } from '../../../contract/types.ts';
import type { Connection, Param } from '../connection.ts';
import type { Fault } from '../errors.ts';
import type { TextStep } from './textSteps.ts';

/** Adds a parameter to the statement being written; gives the text that stands for it. */
export type Bind = (param: Param) => string;

/** Rows as JSON text made by the database. */
export interface RowFormat {
  /** One row as a JSON array. */
  sql: string;
  /** The parsed array as canonical cells. May change and give back the same array. */
  decode(row: Json[]): Cell[];
}

export interface LoadRows {
  rows: Cell[][];
  /** `_id` of the first; the others follow. */
  firstId: number;
  /** null: each is a new record. */
  rids: string[] | null;
}

/** Puts rows into a table that exists. */
export interface RowLoader {
  /** Gives the length of the longest row, in characters, as far as averages of its batches tell. */
  load(db: Connection, rows: LoadRows, signal?: AbortSignal): Promise<number>;
}

export interface NumberedInsert {
  /** The table, with an alias if what follows the statement needs one. */
  into: string;
  /** The column that gets the numbers, which begin behind `after`. */
  id: string;
  after: number;
  columns: string[];
  values: string[];
  /** A FROM clause, and how its rows are ordered. */
  from: string;
  order: string;
}

export interface Dialect {
  /** Name of the schema of temporary tables. */
  readonly temporary: string;
  /** Joins tables in the order they are written in, if the planner would not find it. */
  readonly join: string;
  /** What the driver's error means; null: nothing a person could mend. */
  faultOf(error: Error): Fault | null;
  /** Text that stands for the parameter of this number, from 1. */
  param(index: number, param: Param): string;
  /** The type of a stored column. */
  columnType(type: ColumnType): string;
  /** Type and constraint of a column that numbers the rows. */
  readonly idType: string;
  /** Type and constraint of a column whose numbers the database gives, none of them twice. */
  readonly serialType: string;
  readonly bytesType: string;
  /** Type of a column that holds a value of any text or number. */
  readonly anyType: string;
  /** `keyed`: it is only ever reached by its primary key. */
  createTable(name: string, columns: string[], options?: { keyed?: true }): string;
  /** Rows in an order, numbered in it without gaps. */
  insertNumbered(insert: NumberedInsert): string;
  /** Statements that make a fold table (columns `v` and `r`), and what of a value stands in `v`. */
  createFoldTable(name: string): string[];
  foldKey(chain: readonly TextStep[], value: string): string;
  /** To be run when a temporary table has been filled: its rows will be looked up by these columns. */
  settle(table: string, columns: string[]): string;

  /** Null of the type. */
  nothing(type: ColumnType): string;
  literal(bind: Bind, type: ColumnType, cell: Cell): string;
  /** A subquery with one column `value`: the cells. */
  cells(bind: Bind, type: ColumnType, cells: Cell[]): string;
  /** Canonical text of whole numbers and booleans; text stays. Numbers go through a fold table instead. */
  asText(type: ColumnType, sql: string): string;
  integerAsNumber(sql: string): string;

  /** What to order by, so that values of the type stand in their order, text byte by byte. */
  orderKey(type: ColumnType, sql: string): string;
  /** The aggregate that gives the least or greatest value. */
  extreme(fn: 'min' | 'max', type: ColumnType, sql: string): string;
  /** The aggregate sum; fails rather than lose digits. For decimals the text that step `limbs` takes. */
  sum(type: 'integer' | 'number' | 'decimal', sql: string): string;
  /** One row with a value as `v`, computed once however often it is read. */
  single(value: string): string;
  same(left: string, right: string): string;
  /** Whether a whole number is (or is not) among the values that a SELECT of one column `v` gives; null is in no list. */
  among(value: string, list: string, not: boolean): string;
  /** Keys of a join in which null meets null: how they are stored in the table of partners, and how they meet there. */
  readonly nullSafe: {
    type(type: ColumnType): ColumnType;
    key(key: string): string;
    meet(left: string, right: string): string;
  };
  contains(text: string, needle: string): string;
  startsWith(text: string, prefix: string, length: number): string;
  length(text: string): string;
  bytes(text: string): string;

  /** The text with ASCII letters in lower case; and when these are just the ASCII characters that its folded form has. */
  asciiLower(text: string): { when: string; give: string };
  /** Values for which SQL alone gives what the steps give: the condition, and the result. */
  direct(chain: readonly TextStep[], value: string): { when: string; give: string };

  rowFormat(columns: { sql: string; type: ColumnType }[]): RowFormat;
  /** The aggregate that puts JSON texts into the text of one array, in the order of the rows. */
  collect(json: string): string;
  /** The texts of a JSON array, each with its place from 0. */
  texts(list: string): { from: string; place: string; value: string };
  /** Lists of identities, nested: a list of items, each an identity, a list or null; and the aggregate of items. */
  list(items: string[]): string;
  /** An item as it can stand in one column with lists. */
  item(item: string): string;
  collectItems(item: string): string;
  /** The identities in such a list: what to join the table of lists with, and each identity (or null). */
  itemsOf(list: string): { from: string; item: string };
  /** `parts` are the physical tables that make up one. */
  loader(parts: string[], columns: { name: string; type: ColumnType }[], withRids: boolean): RowLoader;
}
