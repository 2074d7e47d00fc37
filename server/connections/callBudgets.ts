import type { CallBudget, CallUsage } from '../../contract/callBudget.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { Clock } from '../db/clock.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Budget, CallCount, Reservation } from './callCounts.ts';
import { giveBackCalls, noteUsage, reserveCalls } from './callCounts.ts';

/** The budget as one client sees it. */
export interface OpenBudget extends CallBudget {
  /** Gives back what this process holds and no other client of it needs. */
  close(): Promise<void>;
}

export interface CallBudgets {
  open(connection: string, budget: Budget): OpenBudget;
}

/** What this process holds of one connection's budget. */
interface Held {
  clients: number;
  reservation: Reservation | null;
  reserving: Promise<void> | null;
  /** Said by the outside system since it was last written. */
  usage: { usage: CallUsage; at: Date } | null;
}

/**
 * Counts calls in blocks: one transaction for up to a hundred of them. A process that is killed has used up what it held,
 * so that the budget is never passed.
 */
export function createCallBudgets(host: { db: Db; clock: Clock }): CallBudgets {
  const held = new Map<string, Held>();
  return {
    open(connection, budget) {
      const mine = held.get(connection) ?? { clients: 0, reservation: null, reserving: null, usage: null };
      held.set(connection, mine);
      mine.clients += 1;
      return {
        before: () => take(host, connection, budget, mine),
        after(usage) {
          if (usage) mine.usage = { usage, at: host.clock.now() };
        },
        async close() {
          mine.clients -= 1;
          if (mine.clients > 0) return;
          held.delete(connection);
          await giveBack(host, connection, mine);
        },
      };
    },
  };
}

type Host = Parameters<typeof createCallBudgets>[0];

async function take(host: Host, connection: string, budget: Budget, mine: Held): Promise<void> {
  for (;;) {
    if (mine.reservation && mine.reservation.calls > 0) {
      mine.reservation.calls -= 1;
      return;
    }
    mine.reserving ??= reserve(host, connection, budget, mine).finally(() => {
      mine.reserving = null;
    });
    await mine.reserving;
  }
}

async function reserve({ db, clock }: Host, connection: string, budget: Budget, mine: Held): Promise<void> {
  const now = clock.now();
  const got = await inTransaction(db, async (tx) => {
    await writeUsage(tx, connection, mine);
    return reserveCalls(tx, connection, budget, now);
  });
  if (!('slot' in got)) throw spent(connection, budget, got, now);
  mine.reservation = got;
}

async function giveBack({ db }: Host, connection: string, mine: Held): Promise<void> {
  const { reservation } = mine;
  if (!mine.usage && !reservation?.calls) return;
  await inTransaction(db, async (tx) => {
    await writeUsage(tx, connection, mine);
    if (reservation && reservation.calls > 0) await giveBackCalls(tx, connection, reservation);
  });
}

async function writeUsage(tx: Parameters<typeof noteUsage>[0], connection: string, mine: Held): Promise<void> {
  const { usage } = mine;
  mine.usage = null;
  if (usage) await noteUsage(tx, connection, usage.usage, usage.at);
}

function spent(name: string, { limit, whenSpent }: Budget, { made, roomAt }: CallCount, now: Date): Error {
  const until = roomAt ?? now;
  const details = { name, used: made, budget: limit, until: until.toISOString() };
  if (whenSpent === 'stop') return new UserError('API_BUDGET_SPENT', details);
  return new RetryLater('API_BUDGET_SPENT', details, {
    after: Math.max(1_000, until.getTime() - now.getTime()),
    counts: false,
  });
}
