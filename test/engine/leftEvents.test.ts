/** Events of webhooks whose run did not succeed: in the hands of one run at a time, and there until a person has said what becomes of them. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HookDeclaration } from '../../contract/hook.ts';
import type { NewId } from '../../server/db/ids.ts';
import { createIds } from '../../server/db/ids.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { purgeRuns } from '../../server/keeping/purge.ts';
import type { KeptCall } from '../../server/signals/hooks.ts';
import { findHook, keepCall } from '../../server/signals/hooks.ts';
import { dismissStuck, requeueStuck } from '../../server/signals/stuck.ts';
import { listWaiting } from '../../server/signals/waiting.ts';
import { storeWorkflow } from '../harness/flow.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

const minute = 60_000;
const day = 1_440 * minute;
const of = { workflow_id: 'w', hook: 'w' };
let test: UnderTest;
let newId: NewId;
let calls = 0;
/** Whether the node behind the webhook fails, and how often it did not. */
let failing: boolean;
let delivered: number;

beforeEach(async () => {
  [failing, delivered] = [true, 0];
  const z = () => {
    if (failing) throw new Error('not yet');
    delivered += 1;
    return { ports: { success: null } };
  };
  test = await engineUnderTest({ z }, { started: false });
  newId = createIds(test.clock);
  const declaration: HookDeclaration = {
    ...{ path: 'w', connection: 'c', parameters: [], eventId: 'id' },
    batch: { events: 1, wait: minute },
  };
  await inTransaction(test.db, async (tx) => {
    await storeWorkflow(tx, draw('h -> z', {}, {}, 'w'));
    const hook = { path: 'w', workflow_id: 'w', node_id: 'h' };
    await tx('hooks').insert({ ...hook, declaration: JSON.stringify(declaration) });
  });
});
afterEach(() => test.close());

function send(ids: number[], eventId: string | null = null): Promise<KeptCall> {
  calls += 1;
  const body = JSON.stringify(ids.map((id) => ({ id })));
  const sent = { body, signature: String(calls), eventId, at: test.clock.now() };
  return inTransaction(test.db, async (tx) => keepCall(tx, newId, await findHook(tx, 'w'), sent));
}

const runs = (): Promise<{ id: string; state: string }[]> => test.db('runs').orderBy('id').select('id', 'state');
const untilStates = (...states: string[]) =>
  test.passUntil(async () => expect((await runs()).map(({ state }) => state)).toEqual(states));

async function failOne(): Promise<string> {
  await send([1]);
  await test.engine.start();
  await untilStates('failed');
  return (await runs())[0]?.id ?? '';
}

it('are not sent by their run as well when they were delivered again, or are in the hands of one that began in its place', async () => {
  const first = await failOne();
  const second = await test.restart(first);
  await untilStates('failed', 'failed');
  const refused = { code: 'EVENTS_HANDED_ON' };
  await expect(test.command(first, 'retry')).rejects.toMatchObject(refused);
  await expect(test.restart(first)).rejects.toMatchObject(refused);
  expect(await inTransaction(test.db, (tx) => requeueStuck(tx, of))).toBe(1);
  expect(await inTransaction(test.db, (tx) => requeueStuck(tx, of))).toBe(0);
  await expect(test.command(second, 'retry')).rejects.toMatchObject(refused);
  failing = false;
  await untilStates('failed', 'failed', 'succeeded');
  await expect(test.command(second, 'retry')).rejects.toMatchObject(refused);
  await expect(test.restart(second)).rejects.toMatchObject(refused);
  expect(delivered).toBe(1);
});

it('go on with their run also where they were dismissed, and are its own again', async () => {
  const first = await failOne();
  expect(await inTransaction(test.db, (tx) => dismissStuck(tx, of))).toBe(1);
  failing = false;
  await test.command(first, 'retry');
  await untilStates('succeeded');
  expect(await test.db('signals').select('state', 'run_id')).toEqual([{ state: 'taken', run_id: first }]);
  // A run that has succeeded may be made anew, and what that was given be tried again.
  failing = true;
  const second = await test.restart(first);
  await untilStates('succeeded', 'failed');
  failing = false;
  await test.command(second, 'retry');
  await untilStates('succeeded', 'succeeded');
});

it('outlive the rows of their run, whatever its age, until they are delivered or dismissed', async () => {
  await failOne();
  await test.clock.step(40 * day);
  for (let pass = 0; pass < 2; pass += 1) await purgeRuns(test, { days: 30 });
  expect(await listWaiting(test.db)).toMatchObject([{ path: 'w', events: 1, left: 1 }]);
  await inTransaction(test.db, (tx) => dismissStuck(tx, of));
  await purgeRuns(test, { days: 30 });
  expect(await runs()).toEqual([]);
  expect(await listWaiting(test.db)).toMatchObject([{ path: 'w', events: 0 }]);
});

it('wait however long where no run could be started for them', async () => {
  await send([1]);
  await test.db('signals').update({ state: 'failed' });
  await test.clock.step(40 * day);
  await purgeRuns(test, { days: 30 });
  expect(await listWaiting(test.db)).toMatchObject([{ path: 'w', events: 1, failed: 1 }]);
});

it('are looked through when another message comes under the id of one whose content is gone', async () => {
  await send([1], 'message');
  await test.db('signals').update({ state: 'taken', payload: null });
  expect(await send([1], 'message')).toMatchObject({ state: 'known', taken: 0, known: 1 });
  expect(await send([1, 2, 3], 'message')).toMatchObject({ state: 'queued', taken: 2, known: 1 });
});
