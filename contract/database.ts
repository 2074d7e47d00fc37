/** Tables in a database of somebody else, and what can be done with their rows. */
import type { Cell, Column } from './types.ts';

/** A table of a database of somebody else. Cells of its rows are canonical and in the order of the columns. */
export interface DatabaseTable {
  name: string;
  columns: readonly Pick<Column, 'name' | 'type'>[];
  /** One of the columns: text or integer, never null. */
  key: string;
}

export type DatabaseWrite =
  | { operation: 'upsert'; table: DatabaseTable; rows: readonly Cell[][] }
  | { operation: 'delete'; table: DatabaseTable; keys: readonly Cell[] }
  /** Puts one row in place of the one whose `column` is `expected` (null: of none). Rejects with DATABASE_OVERTAKEN if it is not so. */
  | { operation: 'move'; table: DatabaseTable; row: Cell[]; column: string; expected: Cell };
