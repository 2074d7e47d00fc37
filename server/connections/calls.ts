import type { Reply } from '../../contract/api.ts';
import type { Db } from '../db/transaction.ts';
import { countCalls, readUsage } from './callCounts.ts';
import { budgetOf } from './loader.ts';
import type { ConnectionRow } from './rows.ts';

/** What a connection has used of its calls. */
export async function readCalls(db: Db, row: ConnectionRow, now: Date): Promise<Reply<'getCalls'>> {
  const { limit, whenSpent } = budgetOf(JSON.parse(row.settings) as Record<string, unknown>);
  const { made, roomAt } = await countCalls(db, row.name, now);
  const usage = await readUsage(db, row.name);
  return {
    told: usage && { used: usage.used, allowed: usage.allowed, at: usage.toldAt },
    ours: made,
    budget: limit === 0 ? null : limit,
    whenSpent,
    roomAt: limit > 0 && made >= limit ? (roomAt?.toISOString() ?? null) : null,
  };
}
