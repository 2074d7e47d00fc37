/**
 * The data plane as the rest of the server sees it. Implementations: run stores and local data on SQLite; the same
 * interfaces on PostgreSQL. Nothing outside this folder writes SQL over rows of users.
 */
import type {
  LocalQuery,
  LocalWrite,
  LocalWriteResult,
  Predicate,
  QueriedRows,
  Relation,
  TableRef,
} from '../../contract/relation.ts';
import type { SentSummary } from '../../contract/sent.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { Resume, TableBatch, TableWriter } from '../../nodes/kit/run.ts';

/** Who makes a table. Every write of a store checks that no later attempt of the task has written: else it throws FencedError. */
export interface TableOwner {
  taskId: string;
  attempt: number;
}

/** An older attempt tried to write after a newer one took over. Never shown to people: the attempt just ends. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

export interface RowQuery {
  limit: number;
  cursor: string | null;
  sort: { column: string; direction: 'asc' | 'desc' } | null;
  search: string;
  filter: { column: string; operator: string; value: Cell }[];
  /** What must hold besides. */
  where?: Predicate;
}
/** How many rows have a value. */
export interface Tally {
  value: string | null;
  rows: number;
}
export interface RowPage {
  columns: Column[];
  rows: Cell[][];
  ids: number[];
  cursor: string | null;
  matching: number;
  total: number;
}

/** Rows that wait until a node behind has delivered them. */
export interface AwaitedRows {
  /** Name of the sent state that they count for. */
  state: string;
  /** The node whose delivery counts; null: any. */
  by: string | null;
}
export interface AwaitedTable extends AwaitedRows {
  name: string;
  table: TableRef;
}

/** The work tables of one run. */
export interface RunTables {
  /**
   * Makes a table of a relation and records it in `_outputs` (durable before this returns). With `name` it belongs to the
   * task and is found again by later attempts; without, to the attempt.
   */
  materialise(
    owner: TableOwner,
    relation: Relation,
    options: { name?: string; signal: AbortSignal },
  ): Promise<TableRef>;
  writer(
    owner: TableOwner,
    options: { columns: Column[]; name: string; resume: Resume; signal: AbortSignal },
  ): Promise<TableWriter>;
  read(
    table: TableRef,
    options: { columns?: string[]; after?: number; signal?: AbortSignal },
  ): AsyncIterable<TableBatch>;
  count(relation: Relation, signal: AbortSignal): Promise<number>;
  /** A table of the task that stays when it has ended, so that later tasks find it. `keepOnly` leaves it as well. */
  keepAwaited(owner: TableOwner, awaited: AwaitedRows, rows: Relation, signal: AbortSignal): Promise<void>;
  /** The newest of those kept, newest first; one that is copied into another run under its name is found there. */
  awaited(): Promise<AwaitedTable[]>;
  /** Compares `_outputs` with the table. Throws UserError WORK_TABLE_LOST. */
  verify(table: TableRef): Promise<void>;
  page(table: TableRef, query: RowQuery): Promise<RowPage>;
  /** How often each value stands in a text column, in no order; with `where`, among those rows. */
  tally(table: TableRef, name: string, where?: Predicate): Promise<Tally[]>;
  /** All rows in the order asked for, as batches: for downloads. */
  export(table: TableRef, query: Omit<RowQuery, 'limit' | 'cursor'>, signal: AbortSignal): AsyncIterable<Cell[][]>;
  /** `_id`, `_rid` and row of everything in the given tables that carries the identifying value (folded), or descends from a record that does. */
  follow(tables: TableRef[], value: string): Promise<{ table: TableRef; id: number; rid: string; row: Cell[] }[]>;
  /** Drops what an ended task left behind and did not return. */
  sweep(taskId: string, keep: TableRef[]): Promise<void>;
  /** Drops tables; their space is given back. */
  drop(tables: TableRef[]): Promise<void>;
  /** Drops all others, apart from rows that these point to; their space is given back. */
  keepOnly(tables: TableRef[]): Promise<void>;
  bytes(): Promise<number>;
}

/** That a write into local data was done, with its result. */
export interface Mark {
  key: string;
  step: string;
  result: string;
}

/** Rows of a sent state that move together. */
export interface SentMove {
  state: string;
  /** `dismissed`: a person says that the rows are not to be sent as they are; `due`: that they are to be sent all the same. */
  kind: 'delivered' | 'dismissed' | 'due';
  /** Columns `key`, `hash`, `base` and `recordId`, as contract/sent.ts has them; rows without a key count for nothing. */
  rows: Relation;
  /** The run whose rows they are. */
  runId: string;
  at: string;
}

export interface LocalData {
  tables(): Promise<{ name: string; columns: Column[]; key: string[]; rows: number }[]>;
  table(name: string): Promise<{ columns: Column[]; key: string[] } | null>;
  ensure(name: string, columns: Column[], key: string[]): Promise<void>;
  /**
   * One transaction: the mark (task, step) and the effect. A mark that exists gives its first result, whichever attempt of
   * the task set it. The source may scan tables of the given run. Throws FencedError when a later attempt has asked before.
   */
  once(
    owner: TableOwner,
    step: string,
    runId: string,
    write: LocalWrite,
    signal: AbortSignal,
  ): Promise<LocalWriteResult>;
  /** All or none, in one transaction. `owner`: throws FencedError when a later attempt has asked before; null: a person does it. */
  moveSent(owner: TableOwner | null, moves: readonly SentMove[], signal?: AbortSignal): Promise<void>;
  /** What a node of a workflow was last sent, by target. */
  sumSent(workflow: string, node: string): Promise<SentSummary[]>;
  /** Of a node, or of all nodes of the workflow (null): everything is due again. Gives the number of rows. */
  forgetSent(workflow: string, node: string | null): Promise<number>;
  /** All marks of `once`. */
  marks(): Promise<Mark[]>;
  /** Takes over the marks of another place, all or none. */
  keepMarks(marks: readonly Mark[]): Promise<void>;
  page(name: string, query: RowQuery): Promise<RowPage>;
  /**
   * One SELECT, in a session that can only read and ends when `read` does. Throws UserError SQL_REFUSED, SQL_FAILED or
   * SQL_TIME_LIMIT, also while the rows are read.
   */
  select<T>(query: LocalQuery, read: (rows: QueriedRows) => Promise<T>, signal: AbortSignal): Promise<T>;
  drop(name: string): Promise<void>;
}

/** All stores of a data folder. `mode: 'read'` (the web process) opens run stores read-only. */
export interface Stores {
  run(runId: string): RunTables;
  readonly local: LocalData;
  /** Marks, closes and deletes a run's store. */
  deleteRun(runId: string): Promise<void>;
  freeBytes(): Promise<number>;
  close(): Promise<void>;
}
