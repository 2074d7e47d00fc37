/** Several engines on one PostgreSQL store, each with connections of its own, as processes have them. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openControl } from '../../server/db/control.ts';
import { listenForNotices } from '../../server/db/notices.ts';
import type { Db } from '../../server/db/transaction.ts';
import type { Engine, EngineOptions } from '../../server/engine/engine.ts';
import { openQueue } from '../../server/engine/queue.ts';
import { createLog } from '../../server/log.ts';
import type { TestDatabase } from '../harness/database.ts';
import { makeDatabase } from '../harness/database.ts';
import { countLooks } from '../harness/looks.ts';
import type { SteppedClock } from '../harness/steppedClock.ts';
import { createSteppedClock } from '../harness/steppedClock.ts';
import type { Acts } from './draw.ts';
import { actCatalog, draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

const acts: Acts = {};
let database: TestDatabase;
let clock: SteppedClock;
let test: UnderTest;
let closing: (() => Promise<unknown>)[];
beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  closing = [];
  clock = createSteppedClock();
  database = await makeDatabase({ postgres: true });
  test = await engineUnderTest(acts, { database, clock, started: false });
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  await test.close();
  await database.drop();
});

interface Worker {
  engine: Engine;
  db: Db;
  /** Lets half a second pass, and the engine look around then. */
  pass(): Promise<void>;
  /** Ends it as a process that is asked to. */
  stop(): Promise<void>;
}

/** What a process of `syncline worker` has: its own connections, queue and ears. */
async function startWorker(own: Partial<EngineOptions> = {}): Promise<Worker> {
  const db = await openControl(database.place, { clock });
  const log = createLog('silent');
  const delivery = await openQueue(database.place, db, log);
  const looks = countLooks(db);
  const engine = test.another({ db, delivery, log, ...own });
  await engine.start();
  const onNotice = ({ type }: { type: string }) => (type === 'task' ? engine.wake() : engine.nudge());
  const listening = listenForNotices(database.place, { clock, onNotice, onError: () => undefined });
  let ended: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await listening.close();
    await engine.stop();
    await delivery.close();
    await db.destroy();
  };
  const stop = () => {
    ended ??= end();
    return ended;
  };
  closing.push(stop);
  const pass = async () => {
    const before = looks();
    await clock.step(500);
    await test.eventually(() => expect(looks()).toBeGreaterThan(before));
  };
  return { engine, db, pass, stop };
}

const take = (...ports: string[]) => ({ ports: Object.fromEntries(ports.map((port) => [port, null])) });

it('the tasks of many runs are executed once each, by both of two workers', async () => {
  const done: string[][] = [[], []];
  const actsOf = (worker: number): Acts =>
    Object.fromEntries(
      ['a', 'b', 'c'].map((name) => [
        name,
        (context) => {
          done[worker]?.push(context.task.id);
          return take('success');
        },
      ]),
    );
  await startWorker({ catalog: actCatalog(actsOf(0)) });
  await startWorker({ catalog: actCatalog(actsOf(1)) });
  const begun = Array.from({ length: 12 }, (_, index) => test.begin(draw('a -> b, a -> c', {}, {}, `many${index}`)));
  const runs = await Promise.all(begun);
  for (const run of runs) await test.until(run, 'succeeded');
  const all = done.flat();
  expect(all).toHaveLength(12 * 3);
  expect(new Set(all).size).toBe(all.length);
  expect(done.map((tasks) => tasks.length > 0)).toEqual([true, true]);
});

it('what was not delivered is found by looking', async () => {
  const { db, pass } = await startWorker();
  await db.raw('drop trigger send_new on tasks');
  await db.raw('drop trigger tell_insert on tasks');
  const run = await test.begin(draw('a -> b'));
  await test.eventually(async () => {
    await pass();
    expect((await test.read(run)).state).toBe('succeeded');
  });
});

it('a lost worker’s task is taken over within 30 s; the attempt that wakes changes nothing', async () => {
  const asleep = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const sleeping: Acts = {
    async b(context) {
      entered.resolve();
      await asleep.promise;
      return {
        ...take('success'),
        effects: [{ type: 'setInstanceVar', name: `by${context.task.attempt}`, value: true }],
      };
    },
  };
  // Its clock stands still: it neither beats nor notices that time has passed, as a machine that was suspended.
  const sleeper = await startWorker({
    catalog: actCatalog(sleeping),
    clock: createSteppedClock(clock.now().toISOString()),
  });
  const run = await test.begin(draw('a -> b, b -> c'));
  await entered.promise;
  const lostAt = clock.now().getTime();
  let tookOverAt = 0;
  acts.b = () => {
    tookOverAt ||= clock.now().getTime();
    return take('success');
  };
  const { pass } = await startWorker();
  await test.eventually(async () => {
    await pass();
    expect((await test.read(run)).state).toBe('succeeded');
  });
  expect(tookOverAt - lostAt).toBeGreaterThanOrEqual(20_000);
  expect(tookOverAt - lostAt).toBeLessThanOrEqual(30_000);
  const before = [await test.read(run), await test.events(run)];
  asleep.resolve();
  await sleeper.engine.stop();
  expect([await test.read(run), await test.events(run)]).toEqual(before);
  expect((await test.read(run)).instanceVars).toEqual({});
  expect((await test.read(run)).tasks.map((task) => [task.nodeId, task.attempt])).toEqual([
    ['a', 1],
    ['b', 2],
    ['c', 1],
  ]);
});
