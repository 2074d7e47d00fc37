/**
 * Time as the server sees it. Nothing else asks what time it is or sets a timer, and SQL gets instants as parameters:
 * so a test can step one clock through days, in one process or in several.
 */
export interface Clock {
  now(): Date;
  /** Calls back once, `delay` milliseconds from now. Gives a function that calls it off. */
  after(delay: number, callback: () => void): () => void;
}

/** setTimeout's own limit; a longer delay would fire at once. */
const longestTimer = 2_147_483_647;

export const systemClock: Clock = {
  now: () => new Date(),
  after(delay, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delay, 0), longestTimer));
    return () => clearTimeout(timer);
  },
};

/** The instant as it stands in the control store: ISO text in UTC, which sorts as text. */
export function nowText(clock: Clock, plus = 0): string {
  return new Date(clock.now().getTime() + plus).toISOString();
}

/** Resolves after `delay` milliseconds, or at once when the signal is aborted. */
export function waitFor(clock: Clock, delay: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(delay, end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
