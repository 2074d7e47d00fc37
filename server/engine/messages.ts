/** What the web process and the engine process say to each other. No data travels: both read it in the database. */
import type { ErrorReply } from '../../contract/errors.ts';

export type ToEngine =
  /** There is something to do. */
  | { type: 'nudge' }
  /** Give running tasks back and exit. */
  | { type: 'shutdown' };

export type FromEngine =
  | { type: 'ready' }
  /** Events were added to a run. */
  | { type: 'events'; runId: string }
  /** The event loop of the engine turns. */
  | { type: 'beat' }
  /** It cannot start; it exits by itself. */
  | { type: 'failed'; error: ErrorReply };

/** Milliseconds between two beats. */
export const beatLength = 5_000;
/** The process has to be started anew: a node holds it. */
export const stuckExit = 75;
