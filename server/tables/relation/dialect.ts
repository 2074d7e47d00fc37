/**
 * Everything that differs between databases, as pieces of SQL. The compiler, the writer, pages and local data are
 * written against this; another database is another implementation of it (and of `Connection`).
 */
import type { Cell, ColumnType, Json } from '../../../contract/types.ts';
import type { Connection, Param } from '../connection.ts';
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

export interface Dialect {
  /** Name of the schema of temporary tables. */
  readonly temporary: string;
  /** Text that stands for the parameter of this number, from 1. */
  param(index: number): string;
  /** The type of a stored column. */
  columnType(type: ColumnType): string;
  /** Type of a column that holds a value of any text or number. */
  readonly anyType: string;
  createTable(name: string, columns: string[]): string;
  createIndex(table: string, columns: string[]): string;

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
  same(left: string, right: string): string;
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
  /** Lists of identities, nested: a list of items, each an identity, a list or null; and the aggregate of items. */
  list(items: string[]): string;
  collectItems(item: string): string;
  /** The identities in such a list: what to join the table of lists with, and each identity (or null). */
  itemsOf(list: string): { from: string; item: string };
  /** `parts` are the physical tables that make up one. */
  loader(parts: string[], columns: { name: string; type: ColumnType }[], withRids: boolean): RowLoader;
}
