/** What a database offers for one SELECT that a person wrote: a session that can only read, and only local data. */
import type { Cell, ColumnType, Json } from '../../../contract/types.ts';
import type { Param } from '../connection.ts';
import type { LocalTable } from '../local/catalogue.ts';

/** Values whose type the statement alone decides, as rows of JSON text. */
export interface ValueFormat {
  sql: string;
  /** Numbers exact, whole numbers beyond 2^53 and everything else as text. */
  decode(row: Json[]): Json[];
}

/** How a statement is written for the database, and what may stand in it. */
export interface SelectWriting {
  /** A name as no other thing can be written. */
  quote(name: string): string;
  /** The column of a stored type as statements of people see it. */
  shown(type: ColumnType, column: string): string;
  param(value: Cell): Param;
  /** Whether a word (in lower case) in front of a bracket may stand there. */
  mayCall(name: string): boolean;
  /** Whether a word (in lower case) may name a type. */
  mayBeType(name: string): boolean;
  valueFormat(columns: readonly string[]): ValueFormat;
}

export interface Statement {
  sql: string;
  params: Param[];
}

/** What a statement refers to. */
export interface Reach {
  /** Numbers of the tables. */
  tables: readonly number[];
  /** Names behind a dot: columns, or functions of what stands in front. */
  members: readonly string[];
}

export interface LocalReader {
  readonly writing: SelectWriting;
  /** As they are until it is closed. To be asked first. */
  tables(): Promise<LocalTable[]>;
  /**
   * The columns of a statement that gives one row of nulls. From now on nothing but the tables in its reach can be read.
   * Throws UserError SQL_REFUSED for a statement that reaches more.
   */
  open(nothing: Statement, reach: Reach, signal: AbortSignal): Promise<string[]>;
  /** The only column of each row, named `json`, in the order of the statement; at most 1,000 rows at a time. */
  pages(statement: Statement, signal: AbortSignal): AsyncIterable<string[]>;
  close(): Promise<void>;
}

/** Characters of a row as JSON text, on any database. */
export const longestRow = 16_000_000;
