import type { Clock } from '../db/clock.ts';
import { nowText, waitFor } from '../db/clock.ts';
import type { NewId } from '../db/ids.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';

/** Longer than the work may take; a process that dies with a lease holds the others up for that long. */
const leaseMs = 40_000;
const lookAgainMs = 100;

/**
 * Does `work` while no other process does anything so for the connection. No transaction is held: the work may call the
 * outside system. A process that sleeps longer than its lease may wake beside another one; what it then stores is compared.
 */
export async function aloneFor<T>(
  host: { db: Db; clock: Clock; newId: NewId },
  connection: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { db, clock } = host;
  const holder = host.newId();
  while (!(await takeLease(host, connection, holder))) {
    await waitFor(clock, lookAgainMs, signal);
    signal?.throwIfAborted();
  }
  try {
    return await work();
  } finally {
    await inTransaction(db, (tx) => tx('connection_leases').where({ connection, holder }).delete());
  }
}

function takeLease({ db, clock }: { db: Db; clock: Clock }, connection: string, holder: string): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const now = nowText(clock);
    const other = await tx('connection_leases').where({ connection }).where('until', '>', now).first('holder');
    if (other) return false;
    const lease = { connection, holder, until: nowText(clock, leaseMs) };
    await tx('connection_leases').insert(lease).onConflict('connection').merge();
    return true;
  });
}
