/**
 * What `nodes/<type>/run.ts` sees of the world: its context, and nothing else. Types only.
 *
 * A node reads its inputs, makes tables, and returns them by port with effects as data. It never writes state and never
 * starts what comes next: the engine does both, in one short transaction, after the node has returned. No transaction is
 * open while a node runs. A node may be run again at any moment (a crash, a retry): whatever it does outside the returned
 * tables goes through `once`, and whatever it wants to continue goes through a resumable table.
 *
 * Throw `UserError(code, details)` when the owner of the workflow can mend it: no retry. Throw `RetryLater(code)` when time
 * may mend it: the node's retry policy decides. Anything else is taken for a bug and is logged as one.
 */

import type { ConnectorClient, ConnectorDefinition } from '../../contract/connector.ts';
import type { ErrorReply } from '../../contract/errors.ts';
import type { ExportReport } from '../../contract/exports.ts';
import type {
  LocalQuery,
  LocalWrite,
  LocalWriteResult,
  QueriedRows,
  Relation,
  TableRef,
} from '../../contract/relation.ts';
import type { Decision, Effect, LogLevel, RunState } from '../../contract/run.ts';
import type { SentRows, SentState } from '../../contract/sent.ts';
import type { ReceivedSignal } from '../../contract/signal.ts';
import type { Cell, Column, Json } from '../../contract/types.ts';

/** `run.ts` exports one as `run`. */
export type NodeRun<Config = Record<string, unknown>> = (context: NodeContext<Config>) => Promise<NodeResult>;

/** One inbound transition that was activated. */
export interface NodeInput {
  transitionId: string;
  fromNode: string;
  fromName: string;
  port: string;
  /** null: it carries no rows. */
  table: TableRef | null;
  vars: Record<string, Json>;
}

/** A transition that leads to the node, whether or not anything came along it. */
export type InboundTransition = Pick<NodeInput, 'transitionId' | 'fromNode' | 'fromName' | 'port'>;

/** A port that is left out is not taken; a port with an empty table is. `null` activates a port without rows. */
export interface NodeOutcome {
  ports: Record<string, TableRef | null>;
  /** Replaces the variables that travel on; left out: those of the context, as the node has changed them. */
  vars?: Record<string, Json>;
  effects?: Effect[];
}
/** The task becomes a waiting row and is run again at `until` (ISO) with `context.wake` set. */
export interface NodeWait {
  waitUntil: string;
  reason: string;
  /** Given back in `context.wake`. */
  memory?: Json;
  /** The name of a signal that ends the wait early; it is then in `context.received`. */
  signal?: string;
  /** A question to a person, in a sentence. The wait ends with the answer, which is then in `context.decision`, or at `waitUntil`. */
  asks?: string;
  /** Ports that are taken now, while the task goes on waiting. */
  ports?: Record<string, TableRef | null>;
  /** Another workflow that is started together with the wait; when its run has ended, the node runs again with `context.called`. */
  call?: WorkflowCall;
}

export interface WorkflowCall {
  /** internalName; its published version is run. */
  workflow: string;
  /** Of the tasks at which it begins. */
  vars: Record<string, Json>;
  /** Rows that its Start may take. */
  table: TableRef | null;
}

/** The run that a task has called. */
export interface CalledRun {
  run: string;
  workflow: string;
  state: RunState;
  /** Whether it has ended. */
  over: boolean;
  error: ErrorReply | null;
  /** What reached its End node of that name (null: the one that was reached last), its rows copied; null if none was reached. */
  returned(node: string | null): Promise<{ vars: Record<string, Json>; table: TableRef | null } | null>;
}
export type NodeResult = NodeOutcome | NodeWait;

export interface NodeContext<Config = Record<string, unknown>> {
  config: Config;
  /** `onError`: what becomes of the run where the node fails. */
  node: { id: string; name: string; label: string; onError: 'fail' | 'ignore' | 'transition' };
  workflow: { internalName: string; label: string };
  run: { id: string; startedAt: string };
  task: { id: string; attempt: number; pass: number };
  /** In the order of the drawing. Each holds one activation; a node that waits for all gets one per inbound transition that delivered. */
  inputs: NodeInput[];
  /** All inbound transitions, in the order of the drawing. Of a node that waits for all: those that are not among `inputs` never delivered. */
  inbound: InboundTransition[];
  /** Variables of the inbound transitions, merged; change them to send others on. */
  vars: Record<string, Json>;
  /** Node → workflow → instance, resolved. */
  timeZone: string;
  /** Set when the task was waiting. */
  wake: { memory: Json } | null;
  /** The last answer to what this task asked; null: none yet. */
  decision: Decision | null;
  /** The run that this task has called; null: none yet. */
  called: CalledRun | null;
  /** A copy of the rows with which another workflow called this one here; null: it gave none, or nobody called. */
  given(): Promise<TableRef | null>;
  /** The signal that came for this task, or that started the run here. */
  received: ReceivedSignal | null;
  /** The instant a schedule stands for, when it started this run at this node. */
  scheduledFor: string | null;
  clock: { now(): Date };
  signal: AbortSignal;

  log(level: LogLevel, message: string): void;
  /** Shown while running. `ports` are rows so far by port. Cheap: may be called per batch. */
  progress(done: number, total: number | null, unit?: string, ports?: Record<string, number>): void;

  /** The value of an option as this run sees it: values pending until the end of the run count. */
  option(name: string): Promise<string | null>;
  /** The run that gave an option its present value; null where a person did, or where there is no such option. */
  optionSetBy(name: string): Promise<string | null>;
  /** Renders `<%= %>`; text without tags comes back as it is. Throws UserError TEMPLATE_FAILED. */
  render(template: string): Promise<string>;
  /** One JavaScript expression. A Date comes back as ISO text with `isDate`. Throws UserError EXPRESSION_FAILED. */
  evaluate(expression: string): Promise<{ value: Json; isDate: boolean; isUndefined: boolean }>;
  /** A script, once. `records` iterates over `input`, `emit` appends to `output`. Sets `vars`; gives back the options it set. Throws UserError SCRIPT_FAILED. */
  script(request: {
    source: string;
    input?: TableRef | null;
    output?: TableWriter;
  }): Promise<{ options: Record<string, string>; instanceVars: Record<string, Json> }>;
  /** Code per record over a whole table, batch by batch. `handle` gets each batch with the results in the same order. */
  eachRecord(request: {
    program: { kind: 'expressions'; expressions: string[] } | { kind: 'script'; source: string; output: string[] };
    input: TableRef;
    handle(batch: RecordBatch): Promise<void>;
  }): Promise<{ options: Record<string, string>; instanceVars: Record<string, Json> }>;

  /** The client of a connection, opened for this task and closed after it. Throws UserError CONNECTION_MISSING. */
  connect(name: string): Promise<{ client: ConnectorClient; definition: ConnectorDefinition }>;

  /**
   * Makes a work table of a relation, by the database. With `name`, it belongs to the task: a later attempt that asks for
   * the same name gets the finished table as it was, and the relation is not evaluated again.
   */
  table(relation: Relation, options?: { name?: string }): Promise<TableRef>;
  /** A new work table, written batch by batch. With `resume`, a later attempt goes on behind `position`. Throws UserError WORK_TABLE_LOST. */
  writer(options: { columns: Column[]; name: string; resume?: Resume }): Promise<TableWriter>;
  /** Batches of at most 1,000 rows and 4 MB, in the order of `_id`. */
  read(table: TableRef, options?: { columns?: string[]; after?: number }): AsyncIterable<TableBatch>;
  /** The number of rows a relation gives. */
  count(relation: Relation): Promise<number>;

  /**
   * Keeps what is exported, with its tables, beyond the task and, as long as exports are kept, beyond the rows of the run. Said
   * again, the last word counts; the tables of the word before may go. With
   * `guard` only where nothing of it is in the way: else that is told, and nothing is kept. Of two runs at once one finds the other.
   */
  keepExport(report: ExportReport, guard?: SendGuard): Promise<SendHindrance | null>;
  /** What this task is to undo, copied into its run; null: it does what it is drawn for. */
  undoes: UndoneExport | null;
  /** An earlier export of this node with records in doubt of which no person has said anything, or that was never settled; null: none. */
  olderDoubt(): Promise<OlderDoubt | null>;

  /** What this node was last sent with success to a target; see contract/sent.ts. */
  sentState(target: string): SentState;
  /**
   * Remembers, as long as the run has its rows, that rows count for a sent state as soon as a node behind has delivered them:
   * each by the record it is in the run. `rows` has the `sentRowColumns`; of a record that stands in several rows none counts.
   * `by` is the id of the node whose delivery counts; null: any.
   */
  awaitDelivery(state: SentState, rows: Relation, by: string | null): Promise<void>;
  /** Those that wait for a delivery by this node, beside the rows of `input`; as they were when it was first asked. */
  awaited(input: TableRef): Promise<SentRows[]>;
  /**
   * Rows have been delivered: their sent states move now, whatever becomes of the run, and before this returns. `rows` has
   * integers `row` (`_id` of the input, and so of `sent`), each once, and texts `recordId`. May be said again.
   */
  delivered(sent: readonly SentRows[], rows: Relation): Promise<void>;

  /** Writes all rows of a table as CSV into the instance's folder of files; a file of the same name is replaced as a whole. Gives its path. */
  saveFile(name: string, table: TableRef): Promise<string>;

  /** Tables of local data; null where it does not exist. */
  localTable(name: string): Promise<{ columns: Column[]; key: string[] } | null>;
  /**
   * One SELECT that a person wrote over tables of local data, in a session that can only read and ends when `read` does.
   * Throws UserError SQL_REFUSED, SQL_FAILED or SQL_TIME_LIMIT, also while the rows are read.
   */
  queryLocal<T>(query: LocalQuery, read: (rows: QueriedRows) => Promise<T>): Promise<T>;
  /** Creates the table or adds the columns it lacks. Throws UserError TYPE_MISMATCH if a column has another type. */
  ensureLocalTable(name: string, columns: Column[], key: string[]): Promise<void>;
  /** Does a write to local data exactly once per task and step, whatever is retried: the mark and the effect are one transaction. A step done before gives its first result. */
  once(step: string, write: LocalWrite): Promise<LocalWriteResult>;
}

/** An export of which it is not known of all records whether they were written. */
export interface OlderDoubt {
  export: string;
  run: string;
  records: number;
}

/** What keeps an export from being sent: an earlier one of the node with records in doubt; one that another run that is not over is sending. */
export interface SendGuard {
  olderDoubt: boolean;
  beside: boolean;
}

export type SendHindrance = { kind: 'doubt'; older: OlderDoubt } | { kind: 'beside' };

/** Only records that were written, and of these only the chosen ones. */
export interface UndoneExport {
  export: string;
  object: string;
  /** With the `exportRecordColumns`. */
  records: TableRef;
  /** What the records are in sent states, beside them. */
  sent: readonly SentRows[];
}

export interface RecordBatch {
  /** `_id` of each row of the input. */
  ids: number[];
  /** Values of the expressions or of the output columns, or why there are none. `dropped`: the script returned null. */
  results: (
    | { ok: true; values: Cell[] }
    | { ok: true; dropped: true }
    | { ok: false; message: string; where: string }
  )[];
}

export interface TableBatch {
  ids: number[];
  rids: string[];
  columns: string[];
  rows: Cell[][];
}

/** What an earlier attempt wrote is gone on with; one with other columns is begun anew, or refused with `must`. */
export type Resume = boolean | 'must';

export interface TableWriter {
  /** Where an earlier attempt stopped; null at the beginning. */
  readonly position: Json;
  readonly count: number;
  /**
   * Appends rows (canonical cells, in the order of the columns) and moves the position, in one transaction.
   * `rids` gives each row the identity of the record it came from; left out, each row is a new record.
   */
  append(rows: Cell[][], options?: { rids?: string[]; position?: Json }): Promise<void>;
  /** Ends it; the table can be returned. */
  finish(): Promise<TableRef>;
}
