import { parseResult } from './columns.ts';
import { areRows, Logs, readEffects } from './effects.ts';
import type { Job, Lane } from './lane.ts';
import type { Limits } from './protocol.ts';
import { ScriptInput } from './scriptInput.ts';
import { fillLimits, longMs, readOutcome, startOf } from './start.ts';
import type { SandboxEffects, SandboxFailure, SandboxLimits, SandboxResult, ScriptRequest } from './types.ts';

const tampered: SandboxFailure = { ok: false, reason: 'result', message: 'The script changed how JSON is written.' };

/** What the running script asks for. The first failure is kept: the thread is ended then and cannot tell it. */
class Calls {
  broken: { error: unknown } | undefined;
  refused = false;
  readonly #request: ScriptRequest;
  readonly #input: ScriptInput;

  constructor(request: ScriptRequest, input: ScriptInput) {
    this.#request = request;
    this.#input = input;
  }

  readonly answer = async (name: string, text: string): Promise<string> => {
    try {
      if (name === 'nextBatch') return await this.#input.nextBatch();
      if (name === 'column') return await this.#input.column(text);
      return await this.#write(parseResult(text));
    } catch (error) {
      this.broken = { error };
      throw error;
    }
  };

  async #write(rows: unknown): Promise<string> {
    const { emit } = this.#request;
    if (!emit || !areRows(rows, emit.columns.length)) {
      this.refused = true;
      throw new TypeError(tampered.message);
    }
    await emit.write(rows);
    return '';
  }
}

function jobOf(request: ScriptRequest, limits: Limits, input: ScriptInput): Job {
  const start = startOf(request.context, limits, { set: {}, maySetOptions: true });
  return {
    task: () => ({
      kind: 'script',
      source: `(async () => {${request.source}\n})`,
      columns: input.columns,
      output: request.emit?.columns ?? null,
      ...start,
    }),
    signal: request.signal,
  };
}

/** Runs a once-per-run script. Rejects only with what `next` or `write` rejected with. */
export async function runScript(
  lane: Lane,
  request: ScriptRequest,
  defaults: SandboxLimits | undefined,
): Promise<SandboxResult<SandboxEffects>> {
  const input = new ScriptInput(request);
  const calls = new Calls(request, input);
  const logs = new Logs(request.onLog);
  const limits = fillLimits(longMs, request.limits, defaults);
  const outcome = await lane.run({ ...jobOf(request, limits, input), onLog: logs.add, onCall: calls.answer });
  logs.flush();
  if (calls.broken && !calls.refused) throw calls.broken.error;
  const result = calls.refused ? tampered : readOutcome(outcome, limits);
  if (!result.ok) return { ...result, logs: logs.all };
  const effects = readEffects(result.value);
  return effects ? { ok: true, value: { ...effects, logs: logs.all } } : { ...tampered, logs: logs.all };
}
