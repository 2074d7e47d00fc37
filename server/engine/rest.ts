import type { Clock } from '../db/clock.ts';

/** The pause between two rounds. A nudge that came since the round began ends it at once: it may have come too late for the round. */
export interface Rest {
  begin(): void;
  /** Until that millisecond of the epoch, or until a nudge. */
  wait(until: number): Promise<void>;
  end(): void;
}

export function createRest(clock: Clock): Rest {
  let nudged = false;
  let wake = (): void => undefined;
  return {
    begin() {
      nudged = false;
    },
    async wait(until) {
      if (nudged) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const cancel = clock.after(until - clock.now().getTime(), resolve);
      await promise;
      cancel();
    },
    end() {
      nudged = true;
      wake();
    },
  };
}
