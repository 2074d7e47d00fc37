/**
 * How due tasks reach engines. The tasks table is the only truth: what is not delivered, or was delivered to an engine that is
 * gone, is found by looking.
 */
import type { Candidate } from './claim.ts';

export interface Delivery {
  /** At most `limit` tasks that no other engine is given. They may not be claimable any more. */
  take(limit: number): Promise<Candidate[]>;
  /** Whether all that can be claimed at once is delivered, so that looking for it now and then is enough. */
  readonly delivers: boolean;
  close(): Promise<void>;
}

/** One engine alone: it finds everything by looking, and its parent nudges it. */
export const noDelivery: Delivery = {
  take: async () => [],
  delivers: false,
  close: async () => undefined,
};
