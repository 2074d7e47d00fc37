/** Calls of a webhook that one run takes together, and how long their events wait. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HookDeclaration } from '../../contract/hook.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { watchEvents } from '../../server/alarms/lateEvents.ts';
import type { NewId } from '../../server/db/ids.ts';
import { createIds } from '../../server/db/ids.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { purgeRuns } from '../../server/keeping/purge.ts';
import type { KeptCall } from '../../server/signals/hooks.ts';
import { findHook, keepCall } from '../../server/signals/hooks.ts';
import { dismissStuck, requeueStuck } from '../../server/signals/stuck.ts';
import { listWaiting } from '../../server/signals/waiting.ts';
import { storeWorkflow } from '../harness/flow.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

const minute = 60_000;
const acts: Acts = {};
let test: UnderTest;
let newId: NewId;
let calls = 0;
/** What each run of the node h was given: the events of each call. */
let taken: number[][][];

beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  taken = [];
  acts.h = async (context) => {
    const got: number[][] = [];
    for await (const { payload, known } of context.received?.calls() ?? [])
      got.push((payload as { n: number }[]).filter((_, place) => !known.includes(place)).map(({ n }) => n));
    taken.push(got);
    return { ports: { success: null } };
  };
  test = await engineUnderTest(acts, { started: false });
  newId = createIds(test.clock);
});
afterEach(() => test.close());

async function store(
  declared: Partial<HookDeclaration>,
  line = 'h',
  workflow = 'w',
  settings: Workflow['settings'] = {},
): Promise<void> {
  const declaration: HookDeclaration = { path: workflow, connection: 'c', parameters: [], ...declared };
  await inTransaction(test.db, async (tx) => {
    await storeWorkflow(tx, { ...draw(line, {}, {}, workflow), settings });
    const row = { path: workflow, workflow_id: workflow, node_id: 'h', declaration: JSON.stringify(declaration) };
    await tx('hooks').insert(row).onConflict('path').merge();
  });
}

const call = (numbers: number[], path = 'w'): Promise<KeptCall> =>
  send(JSON.stringify(numbers.map((n) => ({ n, id: n }))), path);

function send(body: string, path = 'w'): Promise<KeptCall> {
  calls += 1;
  const sent = { body, signature: String(calls), eventId: null, at: test.clock.now() };
  return inTransaction(test.db, async (tx) => keepCall(tx, newId, await findHook(tx, path), sent));
}

/** Lets the engine look until it holds. */
const eventually = (check: () => Promise<void> | void) => test.passUntil(check);
const runsOf = (workflow_name = 'w') => test.db('runs').where({ workflow_name }).orderBy('id');

/** Runs stand at the node z until the gate is opened. */
function gateAtZ(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  acts.z = async () => {
    await promise;
    return { ports: { success: null } };
  };
  return resolve;
}

describe('a batch of calls', () => {
  it('starts when so many events wait, in one run, in the order in which they came', async () => {
    await store({ batch: { events: 4, wait: 60 * minute } });
    await test.engine.start();
    await call([1, 2]);
    await call([3]);
    await test.lookAround();
    expect(await runsOf()).toEqual([]);
    await call([4]);
    await eventually(() => expect(taken.at(-1)).toEqual([[1, 2], [3], [4]]));
    expect(await runsOf()).toMatchObject([{ origin: '{"kind":"webhook","by":"w"}' }]);
  });

  it('starts when the oldest has waited so long, whatever engine is there by then', async () => {
    await store({ batch: { events: 100, wait: 10 * minute } });
    await call([1]);
    await test.clock.step(9 * minute);
    await call([2]);
    await test.engine.start();
    await test.lookAround();
    expect(await runsOf()).toEqual([]);
    await test.engine.stop();
    await test.clock.step(minute);
    const next = test.another();
    await next.start();
    await eventually(() => expect(taken.at(-1)).toEqual([[1], [2]]));
    expect(await runsOf()).toHaveLength(1);
    await next.stop();
  });

  it('is taken once by engines that look at the same time', async () => {
    await store({ batch: { events: 3, wait: minute } });
    for (const n of [1, 2, 3, 4, 5, 6]) await call([n]);
    const others = [test.another(), test.another()];
    await Promise.all([test.engine, ...others].map((engine) => engine.start()));
    await eventually(async () => expect((await runsOf()).map(({ state }) => state)).toEqual(['succeeded']));
    expect(taken).toEqual([[[1], [2], [3], [4], [5], [6]]]);
    await Promise.all(others.map((engine) => engine.stop()));
  });

  it('waits while a run goes on, however many come, and follows when that has ended', async () => {
    const open = gateAtZ();
    await store({ batch: { events: 1, wait: minute } }, 'h -> z');
    await test.engine.start();
    await call([1]);
    await eventually(() => expect(taken).toEqual([[[1]]]));
    for (const n of [2, 3, 4]) await call([n]);
    await test.lookAround();
    expect(await runsOf()).toHaveLength(1);
    open();
    await eventually(() => expect(taken.at(-1)).toEqual([[2], [3], [4]]));
  });

  it('follows the one before also where the workflow lets its runs go side by side', async () => {
    const open = gateAtZ();
    await store({ batch: { events: 1, wait: minute } }, 'h -> z', 'w', { concurrency: 'parallel' });
    for (const n of [1, 2]) await call([n]);
    const others = [test.another(), test.another()];
    await Promise.all([test.engine, ...others].map((engine) => engine.start()));
    await eventually(() => expect(taken).toEqual([[[1], [2]]]));
    for (const n of [3, 4]) await call([n]);
    await test.lookAround();
    expect(await runsOf()).toHaveLength(1);
    open();
    await eventually(() => expect(taken.at(-1)).toEqual([[3], [4]]));
    await Promise.all(others.map((engine) => engine.stop()));
  });

  it('is bounded; what is beyond the bound follows in a run of its own', async () => {
    await store({ batch: { events: 1, wait: minute } });
    const many = Array.from({ length: 6_000 }, (_, n) => n);
    await call(many);
    await call(many);
    await call([1]);
    await test.engine.start();
    await eventually(async () =>
      expect((await runsOf()).map(({ state }) => state)).toEqual(['succeeded', 'succeeded']),
    );
    expect(taken.map((run) => run.map((events) => events.length))).toEqual([[6_000], [6_000, 1]]);
  });

  it('is the same for a retry and for a restart, and is kept as long as a run needs it', async () => {
    acts.z = () => {
      throw new Error('not yet');
    };
    await store({ batch: { events: 2, wait: minute } }, 'h -> z');
    await call([1]);
    await call([2]);
    await test.engine.start();
    await eventually(async () => expect((await runsOf())[0]?.state).toBe('failed'));
    delete acts.z;
    const first: string = (await runsOf())[0].id;
    const again = await test.restart(first);
    await eventually(() =>
      expect(taken).toEqual([
        [[1], [2]],
        [[1], [2]],
      ]),
    );
    await eventually(async () => expect((await runsOf())[1]?.state).toBe('succeeded'));
    const payloads = async () => (await test.db('signals').whereNotNull('payload')).length;
    await test.db('runs').where({ id: first }).delete();
    await purgeRuns(test, {});
    expect(await payloads()).toBe(2);
    await test.db('runs').where({ id: again }).delete();
    await purgeRuns(test, {});
    expect(await payloads()).toBe(0);
  });

  it('that cannot start is told once, is not lost, and starts by itself when that is mended', async () => {
    await store({ batch: { events: 1, wait: minute } }, 'other');
    await call([1]);
    await test.engine.start();
    const alarms = () => test.db('alarms').where({ kind: 'signal' }).select('state', 'times');
    await eventually(async () => expect(await alarms()).toEqual([{ state: 'raised', times: 1 }]));
    await test.lookAround();
    expect(await alarms()).toEqual([{ state: 'raised', times: 1 }]);
    await store({ batch: { events: 1, wait: minute } }, 'h');
    await eventually(() => expect(taken.at(-1)).toEqual([[1]]));
    expect(await alarms()).toMatchObject([{ state: 'cleared' }]);
  });
});

describe('the id of an event', () => {
  it('is known again in any later call for 30 days, and then is forgotten', async () => {
    await store({ eventId: 'id', batch: { events: 100, wait: minute } });
    await store({ eventId: 'id', batch: { events: 100, wait: minute } }, 'h', 'other');
    expect(await call([1, 2, 1])).toMatchObject({ state: 'queued', taken: 2, known: 1 });
    expect(await call([2, 3])).toMatchObject({ state: 'queued', taken: 1, known: 1 });
    expect(await call([3, 1])).toEqual({ id: null, state: 'known', taken: 0, known: 2 });
    expect(await call([1], 'other')).toMatchObject({ taken: 1, known: 0 });
    await test.clock.step(minute);
    await test.engine.start();
    await eventually(() => expect(taken).toContainEqual([[1, 2], [3]]));
    await test.clock.step(30 * 86_400_000);
    expect(await call([1])).toMatchObject({ taken: 1, known: 0 });
    await purgeRuns(test, {});
    expect(await test.db('hook_events').select('path')).toEqual([{ path: 'w' }]);
  });

  it('is free again for an event that was rejected, however often its run is made anew, until another is taken under it', async () => {
    await store({ eventId: 'id' });
    acts.h = async ({ received }) => {
      for await (const { at, payload } of received?.calls() ?? [])
        if ((payload as unknown[]).length === 2)
          await received?.freeEvents(at, [{ id: '1', event: (payload as unknown[])[0] }]);
      return { ports: { success: null } };
    };
    await test.engine.start();
    await call([1, 2]);
    const succeeded = (runs: number) =>
      eventually(async () => {
        expect((await runsOf()).map(({ state }) => state)).toEqual(Array(runs).fill('succeeded'));
      });
    await succeeded(1);
    await test.clock.step(minute);
    expect(await call([1, 2, 3])).toMatchObject({ taken: 2, known: 1 });
    await succeeded(2);
    await test.restart((await runsOf())[0].id);
    await succeeded(3);
    expect(await call([1, 2, 3])).toMatchObject({ id: null, taken: 0, known: 3 });
  });

  it('is that of another version of the event where it comes with something else, however its fields are ordered', async () => {
    await store({ eventId: 'id', batch: { events: 5, wait: 60 * minute } });
    expect(await send('[{"id":1,"n":1,"a":[{"b":1,"c":2}]},{"id":1,"n":2}]')).toMatchObject({ taken: 2, known: 0 });
    expect(await send('[{"n":1,"a":[{"c":2,"b":1}],"id":1}]')).toMatchObject({ id: null, taken: 0, known: 1 });
    expect(await send('[{"id":1,"n":3},{"id":1,"n":2}]')).toMatchObject({ taken: 1, known: 1 });
    const nested = (levels: number, n: number) =>
      send(`[{"id":1,"n":4,"deep":${'['.repeat(levels)}${n}${']'.repeat(levels)}}]`);
    expect([await nested(97, 1), await nested(97, 2)]).toMatchObject([{ taken: 1 }, { taken: 1 }]);
    for (const levels of [99, 20_000]) await expect(nested(levels, 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await call([5]);
    await test.engine.start();
    await eventually(() => expect(taken.at(-1)).toEqual([[1, 2], [3], [4], [4], [5]]));
  });

  it('does not keep out what failed or was stopped with its run, nor what a person has dismissed', async () => {
    await store({ eventId: 'id' });
    acts.h = () => {
      throw new Error('not yet');
    };
    await test.engine.start();
    expect(await call([1, 2])).toMatchObject({ taken: 2 });
    expect(await call([1, 2])).toMatchObject({ id: null, taken: 0, known: 2 });
    await eventually(async () => expect((await runsOf()).map(({ state }) => state)).toEqual(['failed']));
    await test.clock.step(minute);
    expect(await call([1, 3])).toMatchObject({ taken: 2, known: 0 });
    await eventually(async () => expect((await runsOf()).map(({ state }) => state)).toEqual(['failed', 'failed']));
    await test.db('runs').update({ state: 'succeeded' });
    expect(await call([1, 2, 3])).toMatchObject({ id: null, known: 3 });
    await test.db('signals').where({ events: 2 }).update({ state: 'dismissed' });
    expect(await call([1, 3])).toMatchObject({ taken: 2, known: 0 });
  });

  it('is remembered only if its call is', async () => {
    await store({ eventId: 'id', batch: { events: 100, wait: minute } });
    const lost = inTransaction(test.db, async (tx) => {
      const sent = { body: '[{"id":1}]', signature: 'lost', eventId: null, at: test.clock.now() };
      await keepCall(tx, newId, await findHook(tx, 'w'), sent);
      throw new Error('killed');
    });
    await expect(lost).rejects.toThrow('killed');
    expect(await call([1])).toMatchObject({ taken: 1, known: 0 });
  });

  it('is looked for among thousands', async () => {
    await store({ eventId: 'id', batch: { events: 100_000, wait: 60 * minute } });
    const many = (from: number) => Array.from({ length: 10_000 }, (_, n) => from + n);
    expect(await call(many(0))).toMatchObject({ taken: 10_000, known: 0 });
    expect(await call(many(9_000))).toMatchObject({ taken: 9_000, known: 1_000 });
    await expect(call([...many(0), -1])).rejects.toMatchObject({ code: 'HOOK_TOO_MANY' });
  });
});

describe('an event that waits', () => {
  it('raises an alarm once after so many minutes, until none waits so long', async () => {
    await store({ batch: { events: 100, wait: 600 * minute }, lateAfter: 30 });
    await call([1, 2]);
    await test.clock.step(30 * minute);
    const alarms = () => test.db('alarms').where({ kind: 'events' });
    await watchEvents(test);
    expect(await alarms()).toEqual([]);
    await test.clock.step(minute);
    await watchEvents(test);
    await test.clock.step(minute);
    await watchEvents(test);
    expect(await alarms()).toMatchObject([
      {
        ...{ workflow: 'w', node: 'h', state: 'raised', severity: 'warning', times: 1 },
        message:
          'An event that came by the webhook "w" has waited for 31 minutes, since 2026-03-02 08:00 UTC, longer than 30. ' +
          '2 events wait; none is lost. No run has taken it: look in the workflow at the tab Signals and at what runs.',
      },
    ]);
    // They still wait when nobody takes them any more.
    await test.db('hooks').delete();
    await watchEvents(test);
    expect(await alarms()).toMatchObject([{ state: 'raised' }]);
    await test.db('signals').delete();
    await watchEvents(test);
    expect(await alarms()).toMatchObject([{ state: 'cleared' }]);
  });

  it('waits until the run that has taken it has ended', async () => {
    acts.z = (context) =>
      context.wake
        ? { ports: { success: null } }
        : { waitUntil: new Date(context.clock.now().getTime() + 60 * minute).toISOString(), reason: 'the test' };
    await store({ lateAfter: 30 }, 'h -> z');
    const came = test.clock.now().toISOString();
    await call([1, 2, 3]);
    await test.engine.start();
    await eventually(async () => expect((await runsOf())[0]?.state).toBe('waiting'));
    const [{ id }] = await runsOf();
    await test.clock.step(31 * minute);
    expect(await listWaiting(test.db)).toMatchObject([{ path: 'w', calls: 1, events: 3, oldest: came, run: id }]);
    await watchEvents(test);
    const alarms = await test.db('alarms').where({ kind: 'events' });
    expect(alarms).toMatchObject([{ state: 'raised', run_id: id, message: expect.stringContaining(`Its run ${id}`) }]);
    await test.clock.step(30 * minute);
    await eventually(async () => expect((await runsOf())[0]?.state).toBe('succeeded'));
    expect(await listWaiting(test.db)).toMatchObject([{ path: 'w', calls: 0, events: 0, oldest: null, run: null }]);
    await watchEvents(test);
    expect(await test.db('alarms').where({ kind: 'events' })).toMatchObject([{ state: 'cleared' }]);
  });

  it('waits on with a run that failed or was stopped, until that is retried or made anew, or a person has it delivered again or dismisses it', async () => {
    acts.z = () => {
      throw new Error('not yet');
    };
    await store({ batch: { events: 2, wait: minute }, lateAfter: 30 }, 'h -> z');
    const came = test.clock.now().toISOString();
    await call([1]);
    await call([2]);
    await test.engine.start();
    const states = async () => (await runsOf()).map(({ state }) => state);
    await eventually(async () => expect(await states()).toEqual(['failed']));
    const first: string = (await runsOf())[0].id;
    const waiting = async () => (await listWaiting(test.db)).find(({ path }) => path === 'w');
    expect(await waiting()).toMatchObject({ calls: 2, events: 2, oldest: came, run: first, left: 2, leftRun: first });
    await test.clock.step(31 * minute);
    await watchEvents(test);
    const alarms = () => test.db('alarms').where({ kind: 'events' }).select('state', 'message');
    const told = `The run ${first} has taken some and did not succeed: retry it, or let them be delivered again`;
    expect(await alarms()).toEqual([{ state: 'raised', message: expect.stringContaining(told) }]);

    const again = await test.restart(first);
    await eventually(async () => expect(await states()).toEqual(['failed', 'failed']));
    expect(await waiting()).toMatchObject({ events: 2, left: 2, leftRun: again });
    delete acts.z;
    const of = { workflow_id: 'w', hook: 'w' };
    expect(await inTransaction(test.db, (tx) => requeueStuck(tx, of))).toBe(2);
    expect(await waiting()).toMatchObject({ events: 2, left: 0, queued: 2, run: null });
    await eventually(async () => expect((await states()).at(-1)).toBe('succeeded'));
    expect(taken).toEqual(Array(3).fill([[1], [2]]));
    expect(await waiting()).toMatchObject({ calls: 0, events: 0, oldest: null });
    await watchEvents(test);
    expect(await alarms()).toMatchObject([{ state: 'cleared' }]);

    await test.db('runs').where({ id: again }).update({ state: 'stopped' });
    await test
      .db('signals')
      .where({ run_id: (await runsOf()).at(-1)?.id })
      .update({ run_id: again });
    expect(await waiting()).toMatchObject({ events: 2, left: 2 });
    expect(await inTransaction(test.db, (tx) => dismissStuck(tx, of))).toBe(2);
    expect(await waiting()).toMatchObject({ calls: 0, events: 0, left: 0 });
  });

  it('raises an alarm also where its path is not published any more, until it is dismissed', async () => {
    await store({ batch: { events: 100, wait: 600 * minute }, lateAfter: 600 });
    await call([1]);
    await test.db('hooks').delete();
    await test.clock.step(30 * minute);
    const alarms = () => test.db('alarms').where({ kind: 'events' });
    await watchEvents(test);
    expect(await alarms()).toEqual([]);
    await test.clock.step(minute);
    await watchEvents(test);
    const message = expect.stringContaining('The path "w" is not published any more: publish the workflow with it');
    expect(await alarms()).toMatchObject([{ workflow: 'w', node: 'h', state: 'raised', message }]);
    expect(await listWaiting(test.db)).toMatchObject([{ path: 'w', node: 'h', declared: null, events: 1, queued: 1 }]);
    expect(await inTransaction(test.db, (tx) => dismissStuck(tx, { workflow_id: 'w', hook: 'w' }))).toBe(1);
    await watchEvents(test);
    expect(await alarms()).toMatchObject([{ state: 'cleared' }]);
  });
});
