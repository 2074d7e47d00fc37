import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeContext } from '../../nodes/kit/run.ts';
import type { Clock } from '../../server/db/clock.ts';
import type { TaskRow } from '../../server/db/rows.ts';
import type { Db } from '../../server/db/transaction.ts';
import { holdsAttempt } from '../../server/engine/close.ts';
import { commitChange } from '../../server/engine/host.ts';
import { createLog } from '../../server/log.ts';
import { onPostgres } from '../harness/database.ts';
import { createSteppedClock } from '../harness/steppedClock.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest, story } from './engineUnderTest.ts';

const acts: Acts = {};
let test: UnderTest;
beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  test = await engineUnderTest(acts);
});
afterEach(() => test.close());

const take = (...ports: string[]) => ({ ports: Object.fromEntries(ports.map((port) => [port, null])) });

/** A node that stops at a gate in each attempt; the test opens them one by one. */
function gates() {
  const open: (() => void)[] = [];
  const contexts: NodeContext[] = [];
  acts.b = async (context) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    contexts.push(context);
    open.push(resolve);
    await promise;
    context.vars.attempt = context.task.attempt;
    return {
      ...take('success'),
      effects: [{ type: 'setInstanceVar', name: `by${context.task.attempt}`, value: true }],
    };
  };
  return { open, contexts, arrived: (count: number) => test.eventually(() => expect(open).toHaveLength(count)) };
}

/** An engine that stands still: its clock does not move, so it neither beats nor sees its lease end. */
async function sleepingEngine() {
  await test.engine.stop();
  const sleeper = test.another({ clock: createSteppedClock(test.clock.now().toISOString()) });
  await sleeper.start();
  return sleeper;
}

describe('a lease', () => {
  it('is kept by heartbeats, however long a node takes', async () => {
    const gate = gates();
    const id = await test.begin(draw('a -> b'));
    await gate.arrived(1);
    const leaseLeft = async () => {
      const { lease_until } = await test.db('tasks').where({ run_id: id, node_id: 'b' }).first();
      return Date.parse(lease_until) - test.clock.now().getTime();
    };
    for (let seconds = 0; seconds < 120; seconds += 5) {
      await test.clock.step(5_000);
      await test.eventually(async () => {
        // The next heartbeat is set when the one before has ended: on a clock that stood still here it might never be due.
        if ((await leaseLeft()) < 12_000) await test.clock.step(25);
        expect(await leaseLeft()).toBeGreaterThanOrEqual(12_000);
      });
    }
    gate.open[0]?.();
    expect((await test.until(id, 'succeeded')).tasks[1]?.attempt).toBe(1);
  });

  it('that ends lets another engine take over; the attempt that wakes changes nothing', async () => {
    const gate = gates();
    const sleeper = await sleepingEngine();
    const id = await test.begin(draw('a -> b, b -> c'));
    sleeper.nudge();
    await gate.arrived(1);
    await test.clock.step(25_000);
    const second = test.another();
    // Both live on one store here; on SQLite a start would void the sleeper's lease at once.
    await second.start();
    await gate.arrived(2);
    gate.open[0]?.();
    await sleeper.stop();
    expect(story(await test.read(id))).toBe('a succeeded, b running');
    gate.open[1]?.();
    const run = await test.until(id, 'succeeded');
    await second.stop();
    expect(story(run)).toBe('a succeeded, b succeeded, c succeeded');
    expect(run.tasks[1]).toMatchObject({ attempt: 2, vars: { attempt: 2 } });
    const started = (await test.events(id)).filter((event) => event.type === 'task.started');
    expect(started.map((event) => [event.nodeId, event.attempt, event.tookOver === true])).toEqual([
      ['a', 1, false],
      ['b', 1, false],
      ['b', 2, true],
      ['c', 1, false],
    ]);
    expect(run.instanceVars).toEqual({ by2: true });
    expect((await test.events(id)).filter((event) => event.type === 'task.succeeded')).toHaveLength(3);
  });

  it('refuses everything to an attempt that was given up', async () => {
    const gate = gates();
    const id = await test.begin(draw('a -> b'));
    await gate.arrived(1);
    await test.command(id, 'kill');
    await test.until(id, 'stopped');
    await test.eventually(() => expect(gate.contexts[0]?.signal.aborted).toBe(true));
    await expect(gate.contexts[0]?.option('x')).rejects.toThrow();
    gate.open[0]?.();
  });

  it.skipIf(onPostgres)('of an earlier engine is void when an engine starts that owns the store alone', async () => {
    const gate = gates();
    const sleeper = await sleepingEngine();
    const id = await test.begin(draw('a -> b'));
    sleeper.nudge();
    await gate.arrived(1);
    const second = test.another();
    await second.start();
    await gate.arrived(2);
    gate.open[1]?.();
    await test.until(id, 'succeeded');
    gate.open[0]?.();
    await Promise.all([second.stop(), sleeper.stop()]);
  });

  it('is given back by an engine that is stopped, and costs the node none of its retries', async () => {
    const gate = gates();
    const id = await test.begin(draw('a -> b', { b: { retry: { attempts: 1, delay: 0, maxDelay: 0 } } }));
    await gate.arrived(1);
    const stopping = test.engine.stop();
    await test.eventually(() => expect(gate.contexts[0]?.signal.aborted).toBe(true));
    await test.clock.step(2_000);
    await stopping;
    expect((await test.read(id)).tasks[1]).toMatchObject({ state: 'pending', attempt: 1 });
    const second = test.another();
    await second.start();
    await gate.arrived(2);
    gate.open[1]?.();
    expect((await test.until(id, 'succeeded')).tasks[1]?.attempt).toBe(2);
    await second.stop();
  });

  it('that ends again and again with its process is not taken over for ever', async () => {
    await test.engine.stop();
    const id = await test.begin(draw('a'));
    const lost = { state: 'running', attempt: 21, takeovers: 20, lease_owner: 'gone', lease_until: '2026-01-01' };
    await test.db('tasks').where({ run_id: id }).update(lost);
    const second = test.another();
    await second.start();
    const run = await test.until(id, 'failed');
    await second.stop();
    expect(run.error?.message).toContain('the process ended 21 times while this node ran');
  });
});

describe('a commit', () => {
  it('that the database refused is repeated, and then made once', async () => {
    const lines: string[] = [];
    const repeating = await engineUnderTest(acts, { log: createLog('warn', { write: (line) => lines.push(line) }) });
    await repeating.db.schema.renameTable('outputs', 'away');
    const id = await repeating.begin(draw('a -> b'));
    await repeating.eventually(() => expect(lines.join()).toContain('a commit is repeated'));
    await repeating.db.schema.renameTable('away', 'outputs');
    await repeating.clock.step(500);
    const run = await repeating.until(id, 'succeeded');
    const events = await repeating.events(id);
    await repeating.close();
    expect(run.tasks.map((task) => task.attempt)).toEqual([1, 1]);
    expect(events.filter((event) => event.type === 'task.succeeded')).toHaveLength(2);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  });

  it('whose answer was lost is read back: repeating it changes nothing', async () => {
    const id = await test.begin(draw('a -> b'));
    const before = await test.until(id, 'succeeded');
    const host = { db: test.db, clock: test.clock, announce: () => undefined };
    const again = await repeatCommit(host, before.tasks[0]?.id ?? '');
    expect(again).toBe(false);
    expect(await test.read(id)).toEqual(before);
  });
});

/** What an attempt does that does not know whether its commit was made. */
async function repeatCommit(host: { db: Db; clock: Clock; announce(runId: string): void }, taskId: string) {
  const task: TaskRow = await host.db('tasks').where({ id: taskId }).first();
  return commitChange(host, task.run_id, async (change) => {
    if (!(await holdsAttempt(change.tx, task))) return false;
    throw new Error('The task is over, and yet its attempt is said to hold it.');
  });
}
