/** What an engine does before it begins to work, and what it waits for between two rounds. */
import { inTransaction, isSqlite } from '../db/transaction.ts';
import { findNextDue, voidLeases } from './claim.ts';
import { findNextInstant } from './fire.ts';
import { registerEngine, removeEngines, removeSilentEngines } from './health.ts';
import type { Host } from './host.ts';
import { listScheduled, syncSchedules } from './schedules.ts';

/**
 * Makes the engine known. One engine owns an SQLite store, so every other one is gone there, whatever its leases say. On
 * PostgreSQL there may be others: leases end by themselves.
 */
export async function beginService(host: Host): Promise<void> {
  await registerEngine(host);
  if (!isSqlite(host.db)) return removeSilentEngines(host);
  await removeEngines(host, { others: true });
  const tasks = await voidLeases(host);
  if (tasks > 0) host.log.info({ tasks }, 'tasks of an earlier engine are taken over');
}

/** What was published while no engine ran, or under another time zone of the instance. One that is wrong keeps its rows. */
export async function syncAllSchedules({ db, catalog, clock, timeZone, log }: Host): Promise<void> {
  for (const id of await listScheduled(db)) {
    try {
      await inTransaction(db, (tx) => syncSchedules(tx, catalog.definitions, id, clock.now(), timeZone));
    } catch (error) {
      log.error({ err: error, workflow: id }, 'the schedules of a workflow cannot be read');
    }
  }
}

/** When something is due that was not when the round began: milliseconds of the epoch. */
export async function findDue(host: Host, began: string): Promise<number> {
  const instants = [await findNextDue(host, began), await findNextInstant(host, began)];
  return Math.min(...instants.filter((instant) => instant !== null).map(Date.parse));
}
