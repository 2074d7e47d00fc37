/** Everything a script can see, as plain JSON values. Nothing else of the outside reaches it. */
export interface SandboxContext {
  vars: Record<string, unknown>;
  instance: { vars: Record<string, unknown>; internalName: string; label: string };
  activityName: string;
  activity: { name: string; label: string };
  task: { vars?: Record<string, unknown>; id: string; attempt: number };
  /** Variables of the inbound transition. */
  event: Record<string, unknown>;
  /** What getOption reads; a script's own setOption is seen by its later reads. */
  options: Record<string, unknown>;
  /** ISO instant. Inside, the clock stands at it: `new Date()` gives the same instant from first to last line. */
  now: string;
  /** IANA zone, the default of formatDate. Everything else inside is UTC. */
  timeZone: string;
}

export interface SandboxLimits {
  /**
   * Milliseconds of running: of an expression or template (default 1,000), of a script (60,000; waiting for input and
   * output is not counted), of one record (1,000).
   */
  timeoutMs?: number;
  /** Milliseconds of running for one batch of records, whatever its records take (default 60,000). */
  batchTimeoutMs?: number;
  /** Memory of the module, 16 to 1,024 (default 64). */
  memoryMb?: number;
  /** Characters of JSON text (or of a rendered template) that may come out at once (default 4 MB). */
  resultBytes?: number;
  /** Log lines kept; the rest is counted (default 10,000). */
  logLines?: number;
}

/**
 * Why it failed: `syntax` does not compile; `error` threw; `timeout`, `memory`, `stack` exceeded that limit; `result`
 * is no JSON value or too large; `stopped` by the signal; `lost` the thread ended for a reason of its own.
 */
export type SandboxReason = 'syntax' | 'error' | 'timeout' | 'memory' | 'stack' | 'result' | 'stopped' | 'lost';

export interface SandboxFailure {
  ok: false;
  reason: SandboxReason;
  message: string;
  /** Line of the source, counted from 1, where it is known. */
  line?: number;
  /** What was logged before it failed. */
  logs?: SandboxLog[];
}

export type SandboxResult<T> = { ok: true; value: T; logs?: SandboxLog[] } | SandboxFailure;

/** `isDate`: the value is a date, given as its ISO string. `isUndefined`: the value is undefined, given as null. */
export type SandboxValue =
  | { ok: true; value: unknown; isDate?: true; isUndefined?: true; logs?: SandboxLog[] }
  | SandboxFailure;

export interface SandboxLog {
  level: 'info' | 'warning' | 'error';
  message: string;
}

export interface SandboxEffects {
  /** The whole of vars afterwards. */
  vars: Record<string, unknown>;
  /** Changed keys of instance.vars only; a deleted one is null. */
  instanceVars: Record<string, unknown>;
  /** The whole of task.vars afterwards; left out when they were not changed. */
  taskVars?: Record<string, unknown>;
  /** Only the options that were set. */
  options: Record<string, unknown>;
  logs: SandboxLog[];
}

/** Records as rows: at most 1,000 records and 4 MB is what the engine hands over; more is cut into such pieces. */
export interface Batch {
  columns: string[];
  rows: unknown[][];
}

/**
 * What is done to each record. `expressions`: the result row has one value per expression. `script`: the body of a
 * function of `record`, which may set its properties, `return` null or false (dropped) or another object (replaces it);
 * the result row has the values of the `output` columns.
 */
export type RecordProgram =
  | { kind: 'expressions'; expressions: string[] }
  | { kind: 'script'; source: string; output: string[] };

export type RecordResult =
  | { ok: true; values: unknown[]; dropped?: undefined }
  | { ok: true; dropped: true; values?: undefined }
  | { ok: false; reason: SandboxReason; message: string; line?: number; values?: undefined };

export interface RecordSession {
  /** Columns the program seems to read; it grows when a record asks for another. Batches need hold only these. */
  readonly guessedColumns: string[];
  /**
   * One result per record, in order: a failing record never fails the batch. Fails as a whole when stopped or when the
   * batch exceeds its time. Calls run one after another. Rejects only with what fetchColumn rejected with.
   */
  run(batch: Batch & { id: number }, signal?: AbortSignal): Promise<SandboxResult<RecordResult[]>>;
  /** Waits for the batches given so far; later ones fail. */
  close(): Promise<void>;
  /** Variables, options and logs so far. */
  effects(): SandboxEffects;
}

export interface EvaluateRequest {
  expression: string;
  context: SandboxContext;
  limits?: SandboxLimits;
  signal?: AbortSignal;
}

export interface RenderRequest {
  template: string;
  context: SandboxContext;
  limits?: SandboxLimits;
  signal?: AbortSignal;
}

export interface ScriptRequest {
  source: string;
  context: SandboxContext;
  limits?: SandboxLimits;
  signal?: AbortSignal;
  /** `records`: next() gives row arrays in the order of columns, null at the end. It is asked one batch ahead. */
  input?: { columns: string[]; next(): Promise<unknown[][] | null> };
  /** Where emitted records go, as rows in the order of columns; the script waits while a write is under way. */
  emit?: { columns: string[]; write(rows: unknown[][]): Promise<void> };
  onLog?(logs: SandboxLog[]): void;
}

export interface RecordsRequest {
  program: RecordProgram;
  /** Names of all columns of the records, sent or not. */
  columns: string[];
  context: SandboxContext;
  limits?: SandboxLimits;
  signal?: AbortSignal;
  /** Values of a column that a batch did not hold, one per record of it, in order. */
  fetchColumn(batchId: number, column: string): Promise<unknown[]>;
}
