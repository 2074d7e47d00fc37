import type { RetryPolicy } from '../../contract/workflow.ts';

/**
 * Milliseconds until the next attempt, or null when the policy allows none. `failures` counts those before this one;
 * `after` is what the outside asked for, which is never shortened.
 */
export function retryDelay(policy: RetryPolicy, failures: number, after = 0): number | null {
  if (failures + 1 >= policy.attempts) return null;
  const backoff = Math.min(policy.delay * 2 ** failures, policy.maxDelay);
  return Math.max(backoff, after);
}
