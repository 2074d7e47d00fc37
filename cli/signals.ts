const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type StopSignal = (typeof signals)[number];
const numbers: Record<StopSignal, number> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** Resolves with the first signal that asks this process to stop. A second one ends it at once, as a person who presses Ctrl-C twice means it. */
export function stopSignal(): Promise<StopSignal> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of signals) {
      process.on(signal, () => {
        if (asked) process.exit(128 + numbers[signal]);
        asked = true;
        resolve(signal);
      });
    }
  });
}
