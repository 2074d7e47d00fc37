/** Runs that call other runs, and what happens to one while the other ends, is stopped or goes on. */
import { afterEach, beforeEach, expect, it } from 'vitest';
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
  await test.eventually(async () => {
    await test.clock.step(500);
    expect((await test.read(id)).state).toBe('succeeded');
  });
});
