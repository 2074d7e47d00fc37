import { BatchRun, type Owner, type RangeTask } from './batchRun.ts';
import { Logs, readEffects } from './effects.ts';
import { guessColumns } from './guess.ts';
import type { Lane } from './lane.ts';
import type { Limits, OpenSession } from './protocol.ts';
import { fillLimits, readOutcome, shortMs, startOf } from './start.ts';
import type { Outcome, Thread } from './thread.ts';
import type {
  Batch,
  RecordProgram,
  RecordResult,
  RecordSession,
  RecordsRequest,
  SandboxEffects,
  SandboxFailure,
  SandboxLimits,
  SandboxResult,
} from './types.ts';

const sourcesOf = (program: RecordProgram): string[] =>
  program.kind === 'script' ? [program.source] : program.expressions;

const functionOf = (program: RecordProgram, source: string): string =>
  program.kind === 'script' ? `(function (record) {${source}\n})` : `((record) => (${source}\n))`;

const closed: SandboxFailure = { ok: false, reason: 'stopped', message: 'The session is closed.' };

let lastId = 0;

/** A program over batches: its module lies in one thread, and is made anew in another when that thread is lost. */
class Session implements RecordSession, Owner {
  readonly columns: string[];
  readonly output: string[] | undefined;
  readonly width: number;
  guessedColumns: string[];
  left = 0;
  isFresh = false;
  readonly fetchColumn: RecordsRequest['fetchColumn'];
  readonly #id = ++lastId;
  readonly #lane: Lane;
  readonly #request: RecordsRequest;
  readonly limits: Limits;
  readonly #logs: Logs;
  #thread: Thread | undefined;
  #effects: Omit<SandboxEffects, 'logs'>;
  #turn: Promise<unknown> = Promise.resolve();
  #signal: AbortSignal | undefined;
  #closed = false;

  constructor(lane: Lane, request: RecordsRequest, limits: Limits) {
    const { program, columns, context } = request;
    this.#lane = lane;
    this.#request = request;
    this.limits = limits;
    this.#logs = new Logs(undefined);
    this.columns = columns;
    this.output = program.kind === 'script' ? program.output : undefined;
    this.width = program.kind === 'script' ? program.output.length : program.expressions.length;
    this.guessedColumns = guessColumns(sourcesOf(program).join('\n'), columns);
    this.fetchColumn = request.fetchColumn;
    this.#effects = { vars: context.vars, instanceVars: {}, options: {} };
  }

  async start(): Promise<SandboxFailure | undefined> {
    const outcome = await this.#lane.run({
      task: (thread) => ({ kind: 'open', session: this.#id, open: this.#enter(thread) }),
      signal: this.#request.signal,
    });
    this.#settle(outcome);
    const result = readOutcome(outcome, this.limits);
    return result.ok ? undefined : result;
  }

  run(batch: Batch & { id: number }, signal?: AbortSignal): Promise<SandboxResult<RecordResult[]>> {
    if (this.#closed) return Promise.resolve(closed);
    const turn = this.#turn.then(() => this.#runNow(batch, signal));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn;
    if (this.#thread) this.#lane.release(this.#thread, this.#id);
  }

  effects(): SandboxEffects {
    return { ...this.#effects, logs: [...this.#logs.all] };
  }

  learn(column: string): void {
    if (!this.guessedColumns.includes(column)) this.guessedColumns = [...this.guessedColumns, column];
  }

  keep(effects: unknown): boolean {
    if (effects === null) return true;
    const read = readEffects(effects);
    if (!read) return false;
    const instanceVars = { ...this.#effects.instanceVars, ...read.instanceVars };
    const { taskVars = this.#effects.taskVars } = read;
    this.#effects = { vars: read.vars, instanceVars, options: read.options, ...(taskVars ? { taskVars } : {}) };
    return true;
  }

  async send({ text, count, careful, onCall }: RangeTask): Promise<Outcome> {
    let began = 0;
    const outcome = await this.#lane.run({
      task: (thread) => {
        began = performance.now();
        this.isFresh = !thread.sessions.has(this.#id);
        const open = this.isFresh ? this.#enter(thread) : undefined;
        return { kind: 'batch', session: this.#id, open, batch: text, count, careful, batchTimeoutMs: this.left };
      },
      pin: this.#thread,
      signal: this.#signal,
      onCall,
    });
    this.left = Math.max(0, this.left - (performance.now() - began));
    this.#settle(outcome);
    return outcome;
  }

  async #runNow(
    batch: Batch & { id: number },
    signal: AbortSignal | undefined,
  ): Promise<SandboxResult<RecordResult[]>> {
    const signals = [this.#request.signal, signal].filter((one) => one !== undefined);
    this.#signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    this.left = this.limits.batchTimeoutMs;
    return new BatchRun(this, batch).run();
  }

  /** What the thread needs to make the module, with everything changed so far. */
  #enter(thread: Thread): OpenSession {
    this.#thread = thread;
    thread.sessions.add(this.#id);
    const { program, context, columns } = this.#request;
    const { vars, instanceVars, options: set, taskVars } = this.#effects;
    const task = taskVars ? { ...context.task, vars: taskVars } : context.task;
    const instance = { ...context.instance, vars: { ...context.instance.vars, ...instanceVars } };
    const logLines = Math.max(0, this.limits.logLines - this.#logs.all.length);
    return {
      ...startOf({ ...context, vars, instance, task }, { ...this.limits, logLines }, { set, maySetOptions: true }),
      columns,
      sources: sourcesOf(program).map((source) => functionOf(program, source)),
      output: this.output ?? null,
    };
  }

  #settle(outcome: Outcome): void {
    if (outcome.kind !== 'done') return;
    for (const log of outcome.logs) this.#logs.all.push(log);
    if (!outcome.open) this.#thread?.sessions.delete(this.#id);
  }
}

/** Compiles the program in a thread; a program that does not compile is a failure of reason `syntax`. */
export async function openRecords(
  lane: Lane,
  request: RecordsRequest,
  defaults: SandboxLimits | undefined,
): Promise<SandboxResult<RecordSession>> {
  const session = new Session(lane, request, fillLimits(shortMs, request.limits, defaults));
  const failure = await session.start();
  return failure ?? { ok: true, value: session };
}
