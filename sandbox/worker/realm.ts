/*
 * QuickJS reads the clock and the local zone through this thread's Date. The thread runs nothing else, so its Date is
 * made to say what code inside should see: UTC, and the instant of the task.
 */

const realNow = Date.now;

function speakUtc(): void {
  for (const name of Object.getOwnPropertyNames(Date.prototype)) {
    const utcName = name.replace(/^(get|set)(?!UTC)/, '$1UTC');
    const method = Object.getOwnPropertyDescriptor(Date.prototype, utcName);
    if (utcName !== name && method) Object.defineProperty(Date.prototype, name, method);
  }
  Object.defineProperty(Date.prototype, 'getTimezoneOffset', { value: () => 0, configurable: true, writable: true });
}

speakUtc();

/** The clock stands at `iso` from now on. */
export function standStillAt(iso: string): void {
  const instant = Date.parse(iso);
  if (Number.isNaN(instant)) throw new RangeError(`now is not an ISO instant: ${iso}`);
  Date.now = () => instant;
}

/** The clock goes again: new modules take the seed of Math.random from it. */
export function runOn(): void {
  Date.now = realNow;
}
