import type { MessagePort } from 'node:worker_threads';
import type { SandboxLog } from './types.ts';

/** What a thread is born with. */
export interface ThreadData {
  wasm: WebAssembly.Module;
  control: SharedArrayBuffer;
  /** Replies to blocking calls arrive here. */
  replies: MessagePort;
}

/**
 * Memory shared by a thread and its owner: `slots` are 32-bit numbers that are waited for and set, `deadline` is the
 * instant (nanoseconds of the monotonic clock, which all threads share) at which running code is overdue, 0 while no
 * code of a user runs.
 */
export interface Control {
  slots: Int32Array<SharedArrayBuffer>;
  deadline: BigInt64Array<SharedArrayBuffer>;
}

export const slot = { reply: 0, stop: 1, record: 2 } as const;

export const controlBytes = 24;

export function openControl(shared: SharedArrayBuffer): Control {
  return { slots: new Int32Array(shared, 0, 4), deadline: new BigInt64Array(shared, 16, 1) };
}

export const monotonicNow = (): bigint => process.hrtime.bigint();

/** Limits with every default filled in. */
export interface Limits {
  timeoutMs: number;
  batchTimeoutMs: number;
  memoryMb: number;
  resultBytes: number;
  logLines: number;
}

/** Where the limit is said, so that a person knows what to raise or to stay below. */
export const overdueText = (limitMs: number): string => `It ran longer than ${limitMs / 1000} s, which is its limit`;

/** What every task needs before user code runs; `entrance` is the JSON text that guest/names.ts enters. */
interface Start {
  entrance: string;
  now: string;
  timeZone: string;
  limits: Limits;
}

export interface OpenSession extends Start {
  columns: string[];
  /** One function body or expression each; see Task 'batch'. */
  sources: string[];
  /** Output columns of a script; null for expressions. */
  output: string[] | null;
}

export type Task =
  | (Start & { kind: 'evaluate'; source: string })
  | (Start & { kind: 'render'; source: string; lines: number[] })
  | (Start & { kind: 'script'; source: string; columns: string[]; output: string[] | null })
  | { kind: 'open'; session: number; open: OpenSession }
  | {
      kind: 'batch';
      session: number;
      /** Present when this thread does not hold the session (any more). */
      open?: OpenSession;
      batch: string;
      count: number;
      /** Tell which record is under way before each one. */
      careful: boolean;
      batchTimeoutMs: number;
    }
  | { kind: 'close'; session: number };

/**
 * `text` is the JSON text of a result; `open` says whether the thread still holds the session of the task; `record` is
 * the record of a batch at which it ended.
 */
export type Report =
  | { kind: 'done'; text: string; logs: SandboxLog[]; open: boolean; record: number }
  | { kind: 'log'; log: SandboxLog }
  | { kind: 'call'; id: number; name: string; text: string };

export interface Reply {
  id: number;
  text: string;
}
