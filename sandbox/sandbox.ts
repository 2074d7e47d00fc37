import { Lane } from './lane.ts';
import type { Limits, Task } from './protocol.ts';
import { openRecords } from './recordSession.ts';
import { runScript } from './scriptRun.ts';
import { fillLimits, readOutcome, shortMs, startOf } from './start.ts';
import { compileTemplate, hasTags } from './template.ts';
import type {
  EvaluateRequest,
  RecordSession,
  RecordsRequest,
  RenderRequest,
  SandboxEffects,
  SandboxLimits,
  SandboxResult,
  SandboxValue,
  ScriptRequest,
} from './types.ts';

/** Threads for records and scripts end when they had nothing to do for so long. */
const restMs = 30_000;

/**
 * Runs untrusted JavaScript. What the user wrote never makes a call throw: results are values.
 *
 * Expressions, records and scripts have threads of their own (`workers` of each), because the latter two wait for their
 * caller, who may need an expression to go on. Threads never keep the process alive while nothing runs.
 */
export class Sandbox {
  readonly #limits: SandboxLimits | undefined;
  readonly #expressions: Lane;
  readonly #records: Lane;
  readonly #scripts: Lane;

  constructor(options: { workers?: number; limits?: SandboxLimits } = {}) {
    const workers = options.workers ?? 2;
    this.#limits = options.limits;
    this.#expressions = new Lane(workers);
    this.#records = new Lane(workers, restMs);
    this.#scripts = new Lane(workers, restMs);
    this.#expressions.keepWarm();
  }

  /** The value of one JavaScript expression. */
  async evaluate(request: EvaluateRequest): Promise<SandboxValue> {
    const { expression } = request;
    if (expression.trim() === '') return { ok: false, reason: 'syntax', message: 'The expression is empty.', line: 1 };
    const start = this.#start(request);
    const result = await this.#run(request, { kind: 'evaluate', source: `(() => (${expression}\n))`, ...start });
    return result as SandboxValue;
  }

  /** Text with `<%= expression %>` and `<% code %>` replaced. Text without them comes back at once. */
  async render(request: RenderRequest): Promise<SandboxResult<string>> {
    if (!hasTags(request.template)) return { ok: true, value: request.template };
    const compiled = compileTemplate(request.template);
    if (!compiled.ok) return compiled;
    const { source, lines } = compiled;
    const result = await this.#run(request, { kind: 'render', source, lines, ...this.#start(request) });
    return result as SandboxResult<string>;
  }

  /** Runs a script once. Rejects only with what the request's `next` or `write` rejected with. */
  runScript(request: ScriptRequest): Promise<SandboxResult<SandboxEffects>> {
    return runScript(this.#scripts, request, this.#limits);
  }

  /** Opens a program that is run for each record of many batches. Close the session afterwards. */
  openRecords(request: RecordsRequest): Promise<SandboxResult<RecordSession>> {
    return openRecords(this.#records, request, this.#limits);
  }

  /** Stops whatever runs and ends all threads. */
  async close(): Promise<void> {
    await Promise.all([this.#expressions.close(), this.#records.close(), this.#scripts.close()]);
  }

  #start({ context, limits }: Pick<EvaluateRequest, 'context' | 'limits'>) {
    return startOf(context, fillLimits(shortMs, limits, this.#limits), { set: {}, maySetOptions: false });
  }

  async #run(
    { signal }: Pick<EvaluateRequest, 'signal'>,
    task: Task & { limits: Limits },
  ): Promise<SandboxResult<unknown>> {
    return readOutcome(await this.#expressions.run({ task: () => task, signal }), task.limits);
  }
}
