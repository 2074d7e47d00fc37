import type { Row } from '../store/table.ts';
import type { Column, Value } from '../tables/column.ts';

export type Test = (row: Row) => boolean;

/** What a path leads to: its column, and how to get the value from a row. */
export interface Reached {
  column: Column;
  read(row: Row): Value;
}
