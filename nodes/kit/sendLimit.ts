/** How long a request that writes may be on its way. */
import { RetryLater } from '../../contract/errors.ts';
import type { SendLimit } from '../../contract/write.ts';
import type { NodeContext, NodeWait } from './run.ts';

/** Milliseconds from when it is opened: to the last instant at which a request leaves, and from then to the end of the wait for its answer. */
const leaveTime = 30_000;
const answerTime = 90_000;

interface OpenLimit {
  limit: SendLimit;
  /** Milliseconds since 1970, by the context's clock. */
  noted: number;
  /** The instant (ISO) from which nothing leaves any more. */
  leaves: string;
  /** To be called when the answer is there. */
  over(): void;
}

/**
 * A process that slept sends nothing any more: by the clock that nobody sets, and by the one that goes on while a machine sleeps.
 * What it would send is old by then: others have taken its task over, and later rows may have arrived. `check` throws RetryLater
 * SENT_TOO_LATE. `time`: milliseconds in which it has to leave; more where others go before it.
 */
export function openLimit({ clock, signal }: Pick<NodeContext, 'clock' | 'signal'>, time = leaveTime): OpenLimit {
  const began = performance.now();
  const noted = clock.now().getTime();
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), time + answerTime);
  const check = (): void => {
    if (performance.now() - began < time && clock.now().getTime() < noted + time) return;
    throw new RetryLater('SENT_TOO_LATE', {}, { after: 0 });
  };
  const limit = { check, signal: AbortSignal.any([signal, controller.signal]) };
  const leaves = new Date(noted + time).toISOString();
  return { limit, noted, leaves, over: () => clearTimeout(timer) };
}

/** Gives a wait while an earlier attempt, which has written down until when it may send, may still do so. */
export function waitForOther(
  { clock }: Pick<NodeContext, 'clock'>,
  leaves: string | null | undefined,
): NodeWait | null {
  if (!leaves || clock.now().toISOString() >= leaves) return null;
  return { waitUntil: leaves, reason: 'What an earlier attempt was about to send may still leave.' };
}
