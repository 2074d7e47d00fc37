/** Asking again: what may be repeated without harm, and what must not be done twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectorHost } from '../../contract/connector.ts';
import type { SendLimit } from '../../contract/write.ts';
import { AnswerLost } from '../../contract/write.ts';
import { givenUp, Transient } from './faults.ts';

/** Milliseconds before the second, third and fourth try. */
export const pauses: readonly number[] = [200, 800, 2_000];
/** Longest time that a client waits because it was told to; a longer one is the engine's to wait. */
const mostPatience = 10_000;

/** Waits; a stop ends it at once, with its reason. */
export async function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal: stop }).catch((error: unknown) => {
    throw stop.aborted ? stop.reason : error;
  });
}

/** Calls a few times while it rejects with Transient; behind the last time, with the RetryLater of that. */
export async function repeat<T>(
  { log, signal }: Pick<ConnectorHost, 'log' | 'signal'>,
  call: () => Promise<T>,
): Promise<T> {
  for (const least of pauses) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Transient)) throw error;
      const wait = Math.max(least, error.after ?? 0);
      if (wait > mostPatience) throw error.giveUp;
      log('warning', `${error.message} Asking again in ${wait / 1_000} s.`);
      await pause(wait, signal);
    }
  }
  return await call().catch((error: unknown) => {
    throw givenUp(error);
  });
}

/**
 * Sends what must not be done twice. `check` is called at the last moment before the request leaves. Rejects with AnswerLost
 * when it may have been done, also where a stop came in between; with UserError or RetryLater when it was not.
 */
export async function once<T>(
  stop: AbortSignal,
  limit: SendLimit | undefined,
  send: (check: () => void) => Promise<T>,
): Promise<T> {
  let isSent = false;
  try {
    return await send(() => {
      limit?.check();
      isSent = true;
    });
  } catch (error) {
    if (error instanceof Transient)
      throw error.undone ? error.giveUp : new AnswerLost(error.giveUp.message, { cause: error.giveUp });
    if (isSent && stop.aborted) throw new AnswerLost('It was stopped.', { cause: error });
    throw error;
  }
}
