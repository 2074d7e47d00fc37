/** Runs that call other runs, and what happens to one while the other ends, is stopped or goes on. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UserError } from '../../contract/errors.ts';
import { never } from '../../contract/run.ts';
import type { NodeContext, NodeResult } from '../../nodes/kit/run.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { storeWorkflow } from '../harness/flow.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

const acts: Acts = {};
let test: UnderTest;
beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  test = await engineUnderTest(acts);
  await inTransaction(test.db, (tx) => storeWorkflow(tx, draw('c', {}, {}, 'child')));
});
afterEach(() => test.close());

const over = { ports: { success: null } };
const waits = { waitUntil: never, reason: 'waits', memory: true };
const parent = draw('p', { p: { retry: { attempts: 1, delay: 0, maxDelay: 0 } } }, {}, 'parent');

/** Calls the workflow `child`, waits for its end, and fails if it did not succeed. `look`: while it sees an active child. */
const caller =
  (look: () => Promise<void> = async () => undefined) =>
  async ({ called }: NodeContext): Promise<NodeResult> => {
    if (!called) return { ...waits, call: { workflow: 'child', vars: {}, table: null } };
    if (called.over && called.state !== 'succeeded') throw new Error(`The child is ${called.state}.`);
    if (called.over) return over;
    await look();
    return waits;
  };

const children = () => test.db('runs').where({ workflow_name: 'child' }).orderBy('id');
const childIs = (state: string) =>
  test.eventually(async () => expect((await children()).map((run) => run.state)).toContain(state));

it('wakes a caller that was just looking when the run it has called ended', async () => {
  const childMayEnd = Promise.withResolvers<void>();
  const looked = Promise.withResolvers<void>();
  const goesOn = Promise.withResolvers<void>();
  acts.c = () => childMayEnd.promise.then(() => over);
  acts.p = caller(() => {
    looked.resolve();
    return goesOn.promise;
  });
  const id = await test.begin(parent);
  await test.until(id, 'waiting');
  await test.command(id, 'wake');
  await looked.promise;
  childMayEnd.resolve();
  await childIs('succeeded');
  goesOn.resolve();
  await test.passUntil(async () => expect((await test.read(id)).state).toBe('succeeded'));
});

it('keeps no other run of the called workflow from starting', async () => {
  const childMayEnd = Promise.withResolvers<void>();
  acts.c = () => childMayEnd.promise.then(() => over);
  acts.p = caller();
  const id = await test.begin(parent);
  await test.until(id, 'waiting');
  const beside = await test.begin(draw('c', {}, {}, 'child'), { workflowId: 'child', version: 1 });
  await test.until(beside, 'running');
  childMayEnd.resolve();
  await test.until(beside, 'succeeded');
  await test.until(id, 'succeeded');
});

it('does not let a caller go on while the run it has called is still being stopped', async () => {
  const stopped = Promise.withResolvers<void>();
  const childMayEnd = Promise.withResolvers<void>();
  acts.c = async ({ signal }) => {
    signal.addEventListener('abort', () => stopped.resolve());
    await childMayEnd.promise;
    return over;
  };
  acts.p = caller();
  const id = await test.begin(parent);
  await test.until(id, 'waiting');
  await childIs('running');
  await test.command(id, 'stop');
  await test.passUntil(async () => expect((await children())[0]).toMatchObject({ ending: 'stop' }));
  await expect(test.command(id, 'retry')).rejects.toMatchObject({ code: 'RUN_ENDING' });
  test.engine.nudge();
  await stopped.promise;
  childMayEnd.resolve();
  await childIs('stopped');
  await test.command(id, 'retry');
  await test.until(id, 'succeeded');
});

it('lets a called run that is retried alone come to its end, and gives its caller the result later', async () => {
  const mayEnd = Promise.withResolvers<void>();
  acts.c = async ({ task, signal }) => {
    if (task.attempt === 1) throw new UserError('INVALID_INPUT', { reason: 'the test' });
    await mayEnd.promise;
    signal.throwIfAborted();
    return over;
  };
  acts.p = caller();
  const { id, state } = await test.finish(parent);
  expect(state).toBe('failed');
  const [child] = await children();
  await test.command(child.id, 'retry');
  await test.until(child.id, 'running');
  await test.clock.step(2_000);
  await test.lookAround();
  await test.command(id, 'retry');
  await test.until(id, 'waiting');
  mayEnd.resolve();
  await test.until(child.id, 'succeeded');
  await test.passUntil(async () => expect((await test.read(id)).state).toBe('succeeded'));
});

it('gives a restart of a called run the rows that its caller gave', async () => {
  const rows: unknown[] = [];
  const columns = [{ name: 'Text', label: 'Text', type: 'text' as const }];
  acts.a = async (context) => {
    const writer = await context.writer({ columns, name: 'rows' });
    await writer.append([['x']]);
    return { ports: { success: await writer.finish() } };
  };
  acts.p = async (context) =>
    context.called
      ? caller()(context)
      : { ...waits, call: { workflow: 'child', vars: {}, table: context.inputs[0]?.table ?? null } };
  acts.c = async (context) => {
    rows.push((await context.given())?.count);
    return over;
  };
  await test.finish(draw('a -> p', { a: { config: { rows: true } } }, {}, 'parent'));
  const [child] = await children();
  await test.until(await test.restart(child.id), 'succeeded');
  expect(rows).toEqual([1, 1]);
});

it('does not begin the restart of a caller before the run it has called is over', async () => {
  const mayEnd = Promise.withResolvers<void>();
  let atWork = 0;
  let most = 0;
  acts.c = async () => {
    atWork += 1;
    most = Math.max(most, atWork);
    await mayEnd.promise;
    atWork -= 1;
    return over;
  };
  acts.p = caller();
  const id = await test.begin(parent);
  await test.until(id, 'waiting');
  await test.eventually(() => expect(atWork).toBe(1));
  const again = await test.restart(id);
  expect(await test.read(id)).toMatchObject({ state: 'stopped' });
  await test.passUntil(async () => expect((await children())[0]).toMatchObject({ ending: 'stop' }));
  mayEnd.resolve();
  test.engine.nudge();
  await childIs('stopped');
  await test.passUntil(async () => expect((await test.read(again)).state).toBe('succeeded'));
  expect(most).toBe(1);
});
