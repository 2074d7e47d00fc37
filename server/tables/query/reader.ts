/** What a database offers for one SELECT that a person wrote: a session that can only read, and only local data. */
import type { Cell, ColumnType, Json } from '../../../contract/types.ts';
import type { Connection, Param } from '../connection.ts';

/** Values whose type the statement alone decides, as rows of JSON text. */
export interface ValueFormat {
  sql: string;
  /** Numbers exact, whole numbers beyond 2^53 and everything else as text. */
  decode(row: Json[]): Json[];
}

export interface LocalReader {
  readonly db: Connection;
  /** A name as no other thing can be written. */
  quote(name: string): string;
  /** The column of a stored type as statements of people see it. */
  shown(type: ColumnType, column: string): string;
  param(value: Cell): Param;
  /** Whether a word (in lower case) in front of a bracket may stand there. */
  mayCall(name: string): boolean;
  /** Throws UserError SQL_REFUSED for a statement that reaches anything but the tables `t<no>` of these numbers. */
  guard(sql: string, params: Param[], tables: readonly number[], signal: AbortSignal): Promise<void>;
  valueFormat(columns: readonly string[]): ValueFormat;
  /** The only column of each row, named `json`, in the order of the statement; at most 1,000 rows at a time. */
  pages(sql: string, params: Param[], signal: AbortSignal): AsyncIterable<string[]>;
  close(): Promise<void>;
}
