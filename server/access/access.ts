import type { Clock } from '../db/clock.ts';
import type { Db } from '../db/transaction.ts';

/** What access control needs of the instance. */
export interface Access {
  db: Db;
  clock: Clock;
  /** Hours after its last use at which a session ends. */
  sessionHours: number;
}
