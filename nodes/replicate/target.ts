/** What a replica is written into. Local data and databases of others differ in how, not in what. */
import type { Cell, Column } from '../../contract/types.ts';
import type { ReplicaColumn, ReplicaState } from './state.ts';

export interface ReplicaTable {
  name: string;
  columns: ReplicaColumn[];
  /** Name of the column that holds the record id. */
  key: string;
}

export interface ReplicaBatch {
  /** New and changed rows, in the order of the columns of `table`; others of the table stay as they are. */
  table: ReplicaTable;
  rows: Cell[][];
  /** Record ids whose rows go. */
  gone: string[];
  /** Rows for the change table, if there is one: operation, time, and the row; of a deletion the id alone. */
  changes: { table: ReplicaTable; rows: Cell[][] } | null;
  state: ReplicaState;
}

export interface Target {
  /** For people: "local data", or the name of the connection. */
  label: string;
  /** What was last committed for a table of that name, whether or not the table is still there; null: nothing. */
  state(table: string): Promise<ReplicaState | null>;
  exists(table: string): Promise<boolean>;
  /** Makes the table or widens it. */
  ensure(table: ReplicaTable): Promise<void>;
  /** The rows with these ids, in the order of the columns. */
  rows(table: ReplicaTable, ids: readonly string[]): Promise<Cell[][]>;
  /** All rows in pages. */
  pages(table: ReplicaTable): AsyncIterable<Cell[][]>;
  /** All in one transaction; `state.revision` must be one more than the table's. Throws DATABASE_VALUE if a row cannot be held. */
  commit(batch: ReplicaBatch): Promise<void>;
}

export const asColumns = (columns: readonly ReplicaColumn[]): Column[] =>
  columns.map(({ name, type }) => ({ name, label: name, type }));

/** In front of the row's own columns. The position grows from change to change: 10,000 for each transaction, plus the row's place. */
export const changeColumns: readonly ReplicaColumn[] = [
  { name: 'ct_position', type: 'integer' },
  { name: 'ct_operation', type: 'text' },
  { name: 'ct_time', type: 'datetime' },
];
