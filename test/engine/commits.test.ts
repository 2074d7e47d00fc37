/** Commits whose answer is lost, that cannot be made, or that come too late. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { NodeContext, NodeResult } from '../../nodes/kit/run.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { createLog } from '../../server/log.ts';
import { onPostgres } from '../harness/database.ts';
import { storeWorkflow } from '../harness/flow.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest, story } from './engineUnderTest.ts';

let test: UnderTest;
afterEach(() => test.close());

const take = (...ports: string[]) => ({ ports: Object.fromEntries(ports.map((port) => [port, null])) });

/** What the engine said of commits that it repeats, each just before it paused. */
let repeated: string[];
const log = createLog('warn', {
  write: (line) => void (line.includes('a commit is repeated') && repeated.push(line)),
});
beforeEach(() => {
  repeated = [];
});

/** Steps over the pauses between the tries of a commit, and over nothing else: all of them are far shorter than a lease. */
async function finishSoon(id: string, end: string): Promise<void> {
  let pauses = 0;
  await test.eventually(async () => {
    for (; pauses < repeated.length; pauses += 1) await test.clock.step(200 * 2 ** pauses);
    expect(story(await test.read(id))).toBe(end);
  });
  expect(pauses).toBeGreaterThan(0);
}

it('a task that was begun by a commit whose answer was lost is worked on at once', async () => {
  let loses = false;
  const onEvents = (): void => {
    if (!loses) return;
    loses = false;
    throw new Error('The connection was lost.');
  };
  const acts: Acts = {
    a: () => {
      loses = true;
      return take('success');
    },
  };
  test = await engineUnderTest(acts, { onEvents, log });
  const id = await test.begin(draw('a -> b, b -> c'));
  await finishSoon(id, 'a succeeded, b succeeded, c succeeded');
  expect((await test.read(id)).tasks.map((task) => task.attempt)).toEqual([1, 1, 1]);
});

it.skipIf(onPostgres)('what follows from an outcome that cannot be written is worked on at once', async () => {
  test = await engineUnderTest({}, { log });
  await test.db.raw(
    "create trigger refuse before update on tasks when new.state = 'succeeded' and new.node_id = 'a' begin select raise(abort, 'refused'); end",
  );
  const id = await test.begin(draw('a.error -> e', { a: { onError: 'transition' } }));
  await finishSoon(id, 'a failed, e succeeded');
  expect((await test.read(id)).tasks.map((task) => task.attempt)).toEqual([1, 1]);
});

it('an attempt that is over calls no workflow when it wakes', async () => {
  const open: (() => void)[] = [];
  const calls = async ({ called }: NodeContext): Promise<NodeResult> => {
    if (called) return take('success');
    await new Promise<void>((resolve) => open.push(resolve));
    const waitUntil = '9999-12-31T00:00:00.000Z';
    return { waitUntil, reason: 'waits', memory: true, call: { workflow: 'child', vars: {}, table: null } };
  };
  test = await engineUnderTest({ a: calls });
  await inTransaction(test.db, (tx) => storeWorkflow(tx, draw('c', {}, {}, 'child')));
  const id = await test.begin(draw('a'));
  await test.eventually(() => expect(open).toHaveLength(1));
  // As if another engine had taken over.
  const other = {
    attempt: 2,
    lease_owner: 'another',
    lease_until: new Date(test.clock.now().getTime() + 20_000).toISOString(),
  };
  await test.db('tasks').where({ run_id: id }).update(other);
  open[0]?.();
  await test.engine.stop();
  expect(await test.db('runs').where({ parent_run: id })).toEqual([]);
  expect((await test.db('tasks').where({ run_id: id }).first()).call_run).toBeNull();
});
