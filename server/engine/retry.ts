import type { RetryPolicy } from '../../contract/workflow.ts';

const defaultJitter = 0.2;
/** Milliseconds. */
const shortestWait = 1_000;
const widestSpread = 60_000;

/**
 * Milliseconds until the next attempt, or null when the policy allows none. `failures` counts those before this one;
 * `after` is what the outside asked for, which is never shortened; `random` (0 to 1) spreads what was refused together.
 */
export function retryDelay(
  policy: RetryPolicy,
  failures: number,
  { after = 0, random }: { after: number | undefined; random: number },
): number | null {
  if (failures + 1 >= policy.attempts) return null;
  const backoff = Math.min(policy.delay * 2 ** failures, policy.maxDelay);
  return Math.round(Math.max(backoff, after) * (1 + (policy.jitter ?? defaultJitter) * random));
}

/** Milliseconds to wait where nothing has failed: as long as was asked, and a little more, so that not all go on at once. */
export function waitDelay({ after = 0, random }: { after: number | undefined; random: number }): number {
  const wait = Math.max(after, shortestWait);
  return Math.round(wait + Math.min(wait * defaultJitter, widestSpread) * random);
}
