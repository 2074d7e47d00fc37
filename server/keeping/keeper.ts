import type { Clock } from '../db/clock.ts';
import type { Db } from '../db/transaction.ts';
import type { Stores } from '../tables/types.ts';

/** What keeping works with. */
export interface Keeper {
  db: Db;
  clock: Clock;
  stores: Pick<Stores, 'run' | 'deleteRun'>;
}
