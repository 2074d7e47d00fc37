import type { Actor } from '../access/actor.ts';
import type { Change } from '../access/audit.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Instance } from '../instance.ts';

/** Does one change by someone: a transaction that holds the change and its audit row. */
export function changeBy<T>(instance: Instance, actor: Actor, work: (change: Change) => Promise<T>): Promise<T> {
  return inTransaction(instance.db, (tx) => work({ tx, actor, now: instance.clock.now() }));
}
