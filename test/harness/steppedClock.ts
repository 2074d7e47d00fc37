import type { Clock } from '../../server/db/clock.ts';

/** A clock that moves only when it is told to. Timers fire on the way, in the order in which they are due. */
export interface SteppedClock extends Clock {
  step(milliseconds: number): Promise<void>;
  /** How many timers are set. */
  timers(): number;
}

export function createSteppedClock(start = '2026-03-02T08:00:00.000Z'): SteppedClock {
  let now = Date.parse(start);
  const timers = new Set<{ due: number; callback: () => void }>();
  const next = (until: number) => [...timers].filter((timer) => timer.due <= until).sort((a, b) => a.due - b.due)[0];
  return {
    now: () => new Date(now),
    after(delay, callback) {
      if (delay <= 0) {
        const immediate = setImmediate(callback);
        return () => clearImmediate(immediate);
      }
      const timer = { due: now + delay, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async step(milliseconds) {
      const until = now + milliseconds;
      for (let timer = next(until); timer; timer = next(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.due);
        timer.callback();
        // Lets what the timer woke set the next one.
        await new Promise((resolve) => setImmediate(resolve));
      }
      now = until;
      await new Promise((resolve) => setImmediate(resolve));
    },
    timers: () => timers.size,
  };
}
