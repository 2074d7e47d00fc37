/** Calls of a connection in the last 24 hours, in slots of ten minutes: one budget for all runs and processes. */
import type { CallUsage } from '../../contract/callBudget.ts';
import type { Db, Tx } from '../db/transaction.ts';

export interface Budget {
  /** Calls in any 24 hours; 0: no limit. */
  limit: number;
  whenSpent: 'wait' | 'stop';
}

export interface CallCount {
  /** Made, or reserved, in the last 24 hours. */
  made: number;
  /** When a part of them worth waking up for will be older than that; null where there are none. */
  roomAt: Date | null;
}

/** Calls taken out of the budget, in the slot where they are counted. */
export interface Reservation {
  slot: string;
  calls: number;
}

const slotMs = 10 * 60_000;
const dayMs = 24 * 3_600_000;
/** The most that one process takes at once. */
const largestBlock = 100;
/** What is left is taken by parts, so that the last calls do not lie in one process while another waits. */
const partOfRest = 10;

/** Counted until the whole of its slot is older than a day. */
const leaves = (slot: string): Date => new Date(Date.parse(slot) + slotMs + dayMs);

export async function countCalls(db: Db, connection: string, now: Date): Promise<CallCount> {
  const since = new Date(now.getTime() - dayMs - slotMs).toISOString();
  const rows: { slot: string; calls: number }[] = await db('connection_calls')
    .where({ connection })
    .where('slot', '>', since)
    .where('calls', '>', 0)
    .orderBy('slot');
  const made = rows.reduce((sum, row) => sum + Number(row.calls), 0);
  return { made, roomAt: roomAt(rows, made / partOfRest) };
}

/** A run that woke up for each single call that becomes free would be refused again and again. */
function roomAt(rows: readonly { slot: string; calls: number }[], wanted: number): Date | null {
  let free = 0;
  for (const { slot, calls } of rows) {
    free += Number(calls);
    if (free >= wanted) return leaves(slot);
  }
  return null;
}

/** Takes a block of calls; a count in place of it when the budget has none left. */
export async function reserveCalls(
  tx: Tx,
  connection: string,
  budget: Budget,
  now: Date,
): Promise<Reservation | CallCount> {
  const count = await countCalls(tx, connection, now);
  const left = budget.limit === 0 ? Number.POSITIVE_INFINITY : budget.limit - count.made;
  if (left <= 0) return count;
  const calls = Math.min(largestBlock, Math.max(1, Math.floor(left / partOfRest)));
  const slot = new Date(Math.floor(now.getTime() / slotMs) * slotMs).toISOString();
  await tx('connection_calls')
    .insert({ connection, slot, calls })
    .onConflict(['connection', 'slot'])
    .merge({ calls: tx.raw('?? + ?', ['connection_calls.calls', calls]) });
  const old = new Date(now.getTime() - dayMs - 2 * slotMs).toISOString();
  await tx('connection_calls').where({ connection }).where('slot', '<', old).delete();
  return { slot, calls };
}

export async function giveBackCalls(tx: Tx, connection: string, { slot, calls }: Reservation): Promise<void> {
  await tx('connection_calls').where({ connection, slot }).decrement('calls', calls);
}

export async function noteUsage(tx: Tx, connection: string, usage: CallUsage, at: Date): Promise<void> {
  const row = { connection, used: usage.used, allowed: usage.allowed, told_at: at.toISOString() };
  await tx('connection_usage').insert(row).onConflict('connection').merge();
}

export async function readUsage(db: Db, connection: string): Promise<(CallUsage & { toldAt: string }) | null> {
  const row = await db('connection_usage').where({ connection }).first();
  return row ? { used: Number(row.used), allowed: Number(row.allowed), toldAt: row.told_at } : null;
}
