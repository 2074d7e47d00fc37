/**
 * Delivery between the workers of one PostgreSQL store, by pg-boss: each task goes to one of them, whoever has room first. A task is
 * sent by a trigger at the end of the transaction that makes it, so the web process, the command line and the engines need not
 * know about the queue, a transaction that is undone sends nothing, and neither does one that has begun the task itself.
 */
import { PgBoss } from 'pg-boss';
import { readPostgresAddress } from '../db/postgres.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Log } from '../log.ts';
import type { Candidate } from './claim.ts';
import type { Delivery } from './delivery.ts';

const queue = 'tasks';
/** Seconds. What nobody fetched for an hour was found by looking long ago. */
const life = { retentionSeconds: 3_600, expireInSeconds: 60, deleteAfterSeconds: 60, retryLimit: 0 };
/** Of pg-boss's own pool: one fetches, one looks after the queue. */
const connections = 2;

/** `db` is the control store at the same address. Close it before the store. */
export async function openQueue(place: string, db: Db, log: Log): Promise<Delivery> {
  const { url, schema: control } = readPostgresAddress(place);
  const schema = `${control}_delivery`;
  const boss = new PgBoss({
    connectionString: url,
    schema,
    max: connections,
    schedule: false,
    application_name: 'syncline delivery',
  });
  boss.on('error', (error) => log.warn({ err: error }, 'the queue of tasks failed'));
  await boss.start();
  await boss.createQueue(queue, life);
  await sendOnInsert(db, schema);
  return {
    delivers: true,
    async take(limit) {
      const jobs = await boss.fetch<Candidate>(queue, { batchSize: limit });
      // Taken is done: from here on the tasks table says whether it is worked on.
      if (jobs.length > 0)
        await boss.deleteJob(
          queue,
          jobs.map((job) => job.id),
        );
      return jobs.map((job) => job.data);
    },
    close: () => boss.stop({ graceful: false }),
  };
}

/** Every engine does it when it starts, so that a queue that was made anew is fed. */
async function sendOnInsert(db: Db, schema: string): Promise<void> {
  const { retentionSeconds, expireInSeconds, deleteAfterSeconds, retryLimit } = life;
  await inTransaction(db, async (tx) => {
    await tx.raw(`
      create or replace function send_task() returns trigger language plpgsql as $$
      begin
        insert into ${schema}.job (name, data, priority, retry_limit, expire_seconds, deletion_seconds, keep_until)
        select '${queue}', json_build_object('id', new.id, 'run_id', new.run_id), runs.priority,
          ${retryLimit}, ${expireInSeconds}, ${deleteAfterSeconds}, now() + interval '${retentionSeconds} seconds'
        from tasks join runs on runs.id = tasks.run_id
        where tasks.id = new.id and tasks.state = 'pending' and not runs.held;
        return null;
      end $$`);
    const trigger = await tx('pg_trigger')
      .whereRaw("tgrelid = 'tasks'::regclass")
      .andWhere({ tgname: 'send_new' })
      .first('oid');
    // Making it waits for everybody who writes tasks: only once.
    if (trigger) return;
    await tx.raw('drop trigger if exists send_insert on tasks');
    await tx.raw(`
      create constraint trigger send_new after insert on tasks deferrable initially deferred
      for each row when (new.state = 'pending') execute function send_task()`);
  });
}
