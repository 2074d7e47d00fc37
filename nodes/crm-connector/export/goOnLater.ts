/** An export that fails half-way. Its Error output would hand on all rows that came, those that are written among them. */
import { isConfiguration, RetryLater, UserError } from '../../../contract/errors.ts';
import type { NodeWait } from '../../kit/run.ts';
import type { Context } from '../readRecords.ts';
import { waitMemory } from './approval.ts';
import { Ledger } from './ledger.ts';

/** Milliseconds before the export is tried again. */
const pause = 30_000;

/** Whether a node that throws it may leave by its Error output. */
export function mayTakeError({ signal }: Pick<Context, 'signal'>, error: unknown): error is UserError | RetryLater {
  if (signal.aborted) return false;
  return error instanceof RetryLater ? error.counts : error instanceof UserError && !isConfiguration(error.code);
}

/**
 * Whether the rows that were not sent leave, and the export is over: by Error where that was asked for, else rejected, where the
 * run would go on without them and nobody would come back to them.
 */
export function mayLeaveRest(
  { config, node }: Pick<Context, 'config' | 'node'>,
  ledger: Ledger,
  error: UserError | RetryLater,
): boolean {
  const isRetried = error instanceof RetryLater;
  if (config.export.processErrors) return isRetried || mayHaveWritten(ledger);
  return node.onError !== 'fail' && !isRetried && mayHaveWritten(ledger);
}

export const mayHaveWritten = ({ place, unsettled }: Ledger): boolean => place.settled > 0 || unsettled !== null;

/**
 * A wait in place of the error, once anything may have been written. Throws the error before that, and where the run fails by
 * it: the ledger is there when the run is retried.
 */
export async function goOnLater(context: Context, error: unknown): Promise<NodeWait> {
  if (!mayTakeError(context, error)) throw error;
  const ledger = await openLedger(context);
  const mustWait = ledger.unsettled !== null || goesOn(context);
  if (!mayHaveWritten(ledger) || !mustWait) throw error;
  const after = Math.max(pause, (error instanceof RetryLater && error.after) || 0);
  const waitUntil = new Date(context.clock.now().getTime() + after).toISOString();
  return {
    waitUntil,
    reason: `A part was sent; the export goes on later: ${error.message}`,
    memory: waitMemory(context),
  };
}

/** The run goes on when the node fails: nobody would retry it for what is left. */
const goesOn = ({ config, node }: Pick<Context, 'config' | 'node'>): boolean =>
  config.export.processErrors || node.onError !== 'fail';

/** As it is on disk. While nobody can look into it, nobody can say that nothing was sent: no rows may leave by Error then. */
async function openLedger(context: Context): Promise<Ledger> {
  try {
    return await Ledger.open(context);
  } catch (error) {
    if (!goesOn(context) || !mayTakeError(context, error)) throw error;
    throw new Error(`What was sent cannot be looked up: ${error.message}`, { cause: error });
  }
}
