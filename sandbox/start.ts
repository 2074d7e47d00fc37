import { parseResult } from './columns.ts';
import type { Entrance } from './guest/names.ts';
import type { Limits } from './protocol.ts';
import { overdueText } from './protocol.ts';
import type { Outcome } from './thread.ts';
import type { SandboxContext, SandboxLimits, SandboxResult } from './types.ts';

/** Milliseconds for an expression, a template, or one record. */
export const shortMs = 1000;
/** Milliseconds for a once-per-run script. */
export const longMs = 60_000;

const defaults = { batchTimeoutMs: 60_000, memoryMb: 64, resultBytes: 4 * 1024 * 1024, logLines: 10_000 };

/** The first of these that says something counts. */
export function fillLimits(timeoutMs: number, ...given: (SandboxLimits | undefined)[]): Limits {
  const limits: Limits = { timeoutMs, ...defaults };
  for (const layer of given.toReversed()) {
    for (const [name, value] of Object.entries(layer ?? {})) {
      if (value !== undefined) limits[name as keyof Limits] = value;
    }
  }
  return limits;
}

/** Throws RangeError when `now` or `timeZone` are not what they should be: that is the caller's fault, not the user's. */
export function startOf(context: SandboxContext, limits: Limits, rest: Pick<Entrance, 'set' | 'maySetOptions'>) {
  if (Number.isNaN(Date.parse(context.now))) throw new RangeError(`now is not an ISO instant: ${context.now}`);
  const entrance: Entrance = { context, resultSize: limits.resultBytes, ...rest };
  return { entrance: JSON.stringify(entrance), now: context.now, timeZone: context.timeZone, limits };
}

/** What a task came to, as a result. */
export function readOutcome(outcome: Outcome, { timeoutMs }: Pick<Limits, 'timeoutMs'>): SandboxResult<unknown> {
  if (outcome.kind === 'killed') {
    const message = outcome.reason === 'stopped' ? 'Stopped.' : `${overdueText(timeoutMs)}.`;
    return { ok: false, reason: outcome.reason, message };
  }
  if (outcome.kind === 'lost')
    return { ok: false, reason: 'lost', message: `The sandbox was lost: ${outcome.message}` };
  const result = parseResult(outcome.text) as SandboxResult<unknown>;
  return outcome.logs.length > 0 ? { ...result, logs: outcome.logs } : result;
}
