/** Looks of an engine: what it has not done after a whole one, it does not do. */
import { expect } from 'vitest';
import type { Db } from '../../server/db/transaction.ts';
import type { Engine } from '../../server/engine/engine.ts';
import { eventually } from './eventually.ts';

interface Query {
  sql: string;
  bindings?: readonly unknown[];
  /** Set within a transaction. */
  __knexTxId?: string;
}

/** How often engines on this store have begun to look around: each time by asking whether the instance is held. */
export function countLooks(db: Db): () => number {
  let looks = 0;
  db.on('query', ({ sql, bindings = [], __knexTxId: transaction }: Query) => {
    if (transaction === undefined && sql.includes('settings') && bindings.includes('restored')) looks += 1;
  });
  return () => looks;
}

/** Until one of them has begun and ended a look: one that is under way may have passed what was just done. */
export async function waitForLook(looks: () => number, engines: readonly Pick<Engine, 'nudge'>[]): Promise<void> {
  // With one more than there are engines, one of them has begun to look twice.
  const enough = looks() + engines.length + 1;
  await eventually(() => {
    if (looks() < enough) for (const engine of engines) engine.nudge();
    expect(looks()).toBeGreaterThanOrEqual(enough);
  });
}
