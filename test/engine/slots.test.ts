/** How many tasks run at once, and who is next. */
import { afterEach, expect, it } from 'vitest';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

let test: UnderTest | undefined;
afterEach(async () => test?.close());

const success = { ports: { success: null } };

/** Two slots, and tasks whose clean-up takes until the test lets it end. */
async function withSlowCleaning(acts: Acts) {
  const cleaning = Promise.withResolvers<void>();
  test = await engineUnderTest(acts, { concurrency: 2 });
  const { stores } = test;
  const open = stores.run.bind(stores);
  stores.run = (runId) => {
    const store = open(runId);
    const sweep: typeof store.sweep = async (...given) => {
      await cleaning.promise;
      return store.sweep(...given);
    };
    return Object.assign(Object.create(store), { sweep });
  };
  return { test, letClean: cleaning.resolve };
}

/** Resolves when the engine looked for tasks once more, from beginning to end: its next round has begun. */
async function aWholeRound({ db, engine, eventually }: UnderTest): Promise<void> {
  let rounds = 0;
  const count = ({ sql }: { sql: string }) => {
    if (/^select .tasks.\..id., .tasks.\..attempt./.test(sql)) rounds += 1;
  };
  db.on('query', count);
  for (const wanted of [1, 2]) {
    engine.nudge();
    await eventually(() => expect(rounds).toBeGreaterThanOrEqual(wanted));
  }
  db.off('query', count);
}

it('a task that found no slot gets the next one, also when the task that leaves it has gone on already', async () => {
  const ran: string[] = [];
  const held = Promise.withResolvers<void>();
  const { test, letClean } = await withSlowCleaning({
    a: () => success,
    b: async () => {
      ran.push('b');
      await held.promise;
      return success;
    },
    other: () => {
      ran.push('other');
      return success;
    },
  });
  await test.begin(draw('a -> b'));
  await test.eventually(() => expect(ran).toEqual(['b']));
  await test.begin(draw('other', {}, {}, 'other'));
  await aWholeRound(test);
  expect(ran).toEqual(['b']);
  letClean();
  await test.eventually(() => expect(ran).toEqual(['b', 'other']));
  held.resolve();
});
