import type { Clock } from '../../server/db/clock.ts';

interface Timer {
  due: number;
  handle: NodeJS.Timeout;
  callback(): void;
}

/** Runs like the system's, and can be shifted forward: what falls due by a step happens at once. */
export class ShiftedClock implements Clock {
  #offset = 0;
  readonly #timers = new Set<Timer>();

  now(): Date {
    return new Date(Date.now() + this.#offset);
  }

  after(delay: number, callback: () => void): () => void {
    const timer: Timer = { due: this.now().getTime() + delay, handle: setTimeout(() => undefined, 0), callback };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => this.#drop(timer);
  }

  step(milliseconds: number): void {
    this.#offset += milliseconds;
    for (const timer of this.#timers) this.#arm(timer);
  }

  #arm(timer: Timer): void {
    clearTimeout(timer.handle);
    const rest = Math.max(0, timer.due - this.now().getTime());
    timer.handle = setTimeout(
      () => {
        this.#drop(timer);
        timer.callback();
      },
      Math.min(rest, 2_147_483_647),
    );
  }

  #drop(timer: Timer): void {
    clearTimeout(timer.handle);
    this.#timers.delete(timer);
  }
}
