import type { Clock } from '../db/clock.ts';

/** The pause between two rounds. What ended it while the round was under way counts: it may have come too late for the round. */
export interface Rest {
  begin(): void;
  isOver(): boolean;
  /** Until that millisecond of the epoch (true), or until it is ended (false). */
  wait(until: number): Promise<boolean>;
  end(): void;
}

export function createRest(clock: Clock): Rest {
  let over = false;
  let wake = (): void => undefined;
  return {
    begin() {
      over = false;
    },
    isOver: () => over,
    async wait(until) {
      if (over) return false;
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const cancel = clock.after(until - clock.now().getTime(), resolve);
      await promise;
      cancel();
      return !over;
    },
    end() {
      over = true;
      wake();
    },
  };
}
