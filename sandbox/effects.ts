import type { SandboxEffects, SandboxLog } from './types.ts';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What came out is checked: code inside can make JSON.stringify write anything for an object. */
export function readEffects(value: unknown): Omit<SandboxEffects, 'logs'> | undefined {
  if (!isObject(value)) return undefined;
  const { vars, instanceVars, options, taskVars } = value;
  if (!isObject(vars) || !isObject(instanceVars) || !isObject(options)) return undefined;
  return { vars, instanceVars, options, ...(isObject(taskVars) ? { taskVars } : {}) };
}

export const areRows = (value: unknown, width: number): value is unknown[][] =>
  Array.isArray(value) && value.every((row) => Array.isArray(row) && row.length === width);

/** Collects log lines and passes them on once per turn of the event loop. */
export class Logs {
  readonly all: SandboxLog[] = [];
  #fresh: SandboxLog[] = [];
  readonly #onLog: ((logs: SandboxLog[]) => void) | undefined;

  constructor(onLog: ((logs: SandboxLog[]) => void) | undefined) {
    this.#onLog = onLog;
  }

  readonly add = (log: SandboxLog): void => {
    this.all.push(log);
    if (this.#fresh.push(log) === 1) setImmediate(() => this.flush());
  };

  flush(): void {
    const logs = this.#fresh;
    this.#fresh = [];
    if (logs.length > 0) this.#onLog?.(logs);
  }
}
