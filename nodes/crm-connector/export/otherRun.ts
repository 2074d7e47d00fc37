/** Two runs at once, of rows of which only the sent state tells whether they were made already. */
import type { NodeWait } from '../../kit/run.ts';
import type { Context } from '../readRecords.ts';
import { waitMemory } from './approval.ts';

/** Milliseconds between two looks at what another run sends. */
const pause = 15_000;

/** What another run sends counts as sent only when its answers are here: until then both would make the same records. */
export function waitForOtherRun(context: Context): NodeWait {
  const waitUntil = new Date(context.clock.now().getTime() + pause).toISOString();
  const reason = 'Waits until another run has sent its rows: without a key they could be created twice.';
  return { waitUntil, reason, memory: waitMemory(context) };
}
