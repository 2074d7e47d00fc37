/**
 * The only way to a transaction.
 *
 * Its first statement is a write, on every database: on a run it takes the run's row, so that two parents ending together
 * come one after the other and event numbers have no gaps. A transaction that began by reading would fail on SQLite as soon
 * as another process had written meanwhile, whatever the timeout is. What is not about one run comes one after the other on
 * PostgreSQL as it does on SQLite, so that "look, then write" is safe on both.
 */
import type { Knex } from 'knex';
import { UserError } from '../../contract/errors.ts';
import type { RunRow } from './rows.ts';

/** The control store. Functions that only read also accept a transaction. */
export type Db = Knex;
/** An open transaction. */
export type Tx = Knex.Transaction;

/**
 * Does `work` in one transaction. It must be short and must wait for nothing but the database: no remote call, no file.
 * Throws what `work` throws, after rolling back.
 */
export function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return begin(db, async (tx) => {
    if (isSqlite(db)) await tx.raw('update settings set value = value where 0');
    else await lockInstance(tx);
    return work(tx);
  });
}

/** Like `inTransaction`, holding the run's row, which `work` is given. Throws UserError NOT_FOUND if there is no such run. */
export function inRun<T>(db: Db, runId: string, work: (tx: Tx, run: RunRow) => Promise<T>): Promise<T> {
  return begin(db, async (tx) => {
    const run = await holdRun(tx, runId);
    if (!run) throw new UserError('NOT_FOUND', { what: `The run ${runId}` });
    return work(tx, run);
  });
}

/** Takes the row of a further run, one that was called by the run that is held already. Undefined if there is no such run. */
export async function holdRun(tx: Tx, runId: string): Promise<RunRow | undefined> {
  const [taken]: RunRow[] = await tx('runs')
    .where({ id: runId })
    .update({ lock: tx.raw('?? + 1', ['lock']) })
    .returning('*');
  return taken;
}

/**
 * Holds all that is not about one run until the transaction ends. The number is that of the schema's name: two instances in
 * one database do not wait for each other.
 */
export async function lockInstance(tx: Tx): Promise<void> {
  await tx.raw("select pg_advisory_xact_lock(hashtext('syncline'), hashtext(current_setting('search_path')))");
}

export function isSqlite(db: Db): boolean {
  return db.client.config.client === 'sqlite3';
}

const last = new WeakMap<Db, Promise<unknown>>();

/**
 * SQLite has one writer. Waiting for it here costs nothing; waiting in SQLite would hold a thread of the pool each and
 * would not be first come, first served.
 */
function begin<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (db.isTransaction) throw new Error('A transaction cannot be opened within a transaction.');
  const run = (): Promise<T> => db.transaction(work);
  if (!isSqlite(db)) return repeated(run);
  const mine = (last.get(db) ?? Promise.resolve()).then(run, run);
  last.set(db, mine);
  return mine;
}

/** Deadlock, serialization failure: PostgreSQL undid everything, and asks to be asked again. */
const passing = new Set(['40P01', '40001']);
const mostRepeats = 5;

async function repeated<T>(run: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await run();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!passing.has(code) || round > mostRepeats) throw error;
    }
  }
}
