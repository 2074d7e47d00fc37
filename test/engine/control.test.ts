import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeContext } from '../../nodes/kit/run.ts';
import { createLog } from '../../server/log.ts';
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
/** Ends when its signal says so, as a node should. */
const obedient = (context: NodeContext) =>
  new Promise<never>((_, reject) => {
    context.signal.addEventListener('abort', () => reject(context.signal.reason));
  });
const deaf = (): Promise<never> => new Promise(() => undefined);

describe('stopping a run', () => {
  it('interrupts what runs, stops what waits, and starts nothing more', async () => {
    acts.b = obedient;
    acts.c = () => ({ waitUntil: '2030-01-01T00:00:00.000Z', reason: 'the test' });
    const id = await test.begin(draw('a -> b, b -> d, a -> c'));
    await test.eventually(async () => expect(story(await test.read(id))).toContain('b running, c waiting'));
    await test.command(id, 'stop');
    const run = await test.until(id, 'stopped');
    expect(story(run)).toBe('a succeeded, b stopped, c stopped');
    expect(run.error).toBeNull();
  });

  it('gives a node that does not listen two seconds', async () => {
    acts.b = deaf;
    const id = await test.begin(draw('a -> b'));
    await test.eventually(async () => expect(story(await test.read(id))).toContain('b running'));
    await test.command(id, 'stop');
    await test.passUntil(async () => expect((await test.read(id)).state).toBe('stopped'));
    const { endedAt } = await test.read(id);
    expect(Date.parse(endedAt ?? '') - Date.parse('2026-03-02T08:00:00.000Z')).toBeGreaterThanOrEqual(2_000);
    expect((await test.finish(draw('x -> y', {}, {}, 'other'))).state).toBe('succeeded');
  });

  it('takes what a node brings after the stop, and does nothing that follows from it', async () => {
    const gate = Promise.withResolvers<void>();
    acts.b = async () => {
      await gate.promise;
      return { ...take('success'), effects: [{ type: 'setOption', name: 'late', value: '1' }] };
    };
    const id = await test.begin(draw('a -> b, b -> c'));
    await test.eventually(async () => expect(story(await test.read(id))).toContain('b running'));
    await test.command(id, 'stop');
    gate.resolve();
    expect(story(await test.until(id, 'stopped'))).toBe('a succeeded, b succeeded, c stopped');
    expect(await test.db('options')).toMatchObject([{ name: 'late', value: '1' }]);
  });

  it('needs no engine when nothing runs', async () => {
    acts.a = () => ({ waitUntil: '2030-01-01T00:00:00.000Z', reason: 'the test' });
    const id = await test.begin(draw('a'));
    await test.until(id, 'waiting');
    await test.engine.stop();
    await test.command(id, 'stop');
    expect((await test.read(id)).state).toBe('stopped');
  });

  it('also ends a run whose engine is gone for good', async () => {
    acts.b = deaf;
    const id = await test.begin(draw('a -> b'));
    await test.eventually(async () => expect(story(await test.read(id))).toContain('b running'));
    // The engine dies: nobody gives the task back.
    await test.db('tasks').where({ run_id: id, node_id: 'b' }).update({ lease_owner: 'gone', attempt: 7 });
    await test.command(id, 'stop');
    await test.passUntil(async () => expect((await test.read(id)).state).toBe('stopped'));
  });

  it('that has ended is refused', async () => {
    const run = await test.finish(draw('a'));
    for (const command of ['stop', 'kill', 'wake'] as const)
      await expect(test.command(run.id, command)).rejects.toMatchObject({ code: 'RUN_NOT_ACTIVE' });
  });
});

describe('killing a run', () => {
  it('ends it at once, whatever its nodes do', async () => {
    acts.b = deaf;
    const id = await test.begin(draw('a -> b'));
    await test.eventually(async () => expect(story(await test.read(id))).toContain('b running'));
    await test.command(id, 'kill');
    const run = await test.read(id);
    expect(run.state).toBe('stopped');
    expect(story(run)).toBe('a succeeded, b stopped');
  });
});

describe('a time limit', () => {
  it('really ends the node, whether it listens or not', async () => {
    for (const act of [obedient, deaf]) {
      acts.b = act;
      const id = await test.begin(draw('a -> b', { b: { timeLimit: 30 } }));
      await test.eventually(async () => expect(story(await test.read(id))).toContain('b running'));
      await test.clock.step(29_000);
      await test.lookAround();
      expect((await test.read(id)).state).toBe('running');
      await test.passUntil(async () => expect((await test.read(id)).state).toBe('failed'));
      expect((await test.read(id)).error).toMatchObject({ code: 'TIME_LIMIT', details: { seconds: 30 } });
    }
  });

  it('is an error like others: it may take the Error transition', async () => {
    const entered = Promise.withResolvers<void>();
    acts.b = (context) => {
      entered.resolve();
      return obedient(context);
    };
    const workflow = draw('a -> b, b.error -> c', { b: { timeLimit: 1, onError: 'transition' } });
    const id = await test.begin(workflow);
    await entered.promise;
    await test.clock.step(1_000);
    expect(story(await test.until(id, 'succeeded'))).toBe('a succeeded, b failed, c succeeded');
  });
});

describe('a node that was given up and goes on all the same', () => {
  it('holds nobody up: its run ends, others are worked on, and the engine can be stopped', async () => {
    const narrow = await engineUnderTest(acts, { concurrency: 1 });
    acts.b = deaf;
    const workflow = draw('a -> b, b.error -> c', { b: { timeLimit: 5, onError: 'transition' } });
    const id = await narrow.begin(workflow);
    await narrow.eventually(async () => expect(story(await narrow.read(id))).toContain('b running'));
    await narrow.passUntil(async () => expect((await narrow.read(id)).state).toBe('succeeded'));
    expect(story(await narrow.read(id))).toBe('a succeeded, b failed, c succeeded');
    expect((await narrow.finish(draw('x -> y', {}, {}, 'other'))).state).toBe('succeeded');
    await narrow.close();
  });

  it('asks for a new process after half a minute', async () => {
    let asked = 0;
    const stuck = await engineUnderTest(acts, { onStuck: () => (asked += 1), log: createLog('silent') });
    acts.b = deaf;
    const id = await stuck.begin(draw('a -> b'));
    await stuck.eventually(async () => expect(story(await stuck.read(id))).toContain('b running'));
    await stuck.command(id, 'kill');
    await stuck.passUntil(async () => expect(asked).toBe(1));
    await stuck.close();
  });
});

describe('a second start while a run is active', () => {
  const slow = draw('a');
  const active = async (concurrency: 'skip' | 'queue' | 'parallel') => {
    acts.a = (context) => (context.vars.quick ? take('success') : obedient(context));
    const workflow = { ...slow, settings: { concurrency } };
    return { workflow, first: await test.begin(workflow) };
  };

  it('is refused with skip, which is the default', async () => {
    const { workflow } = await active('skip');
    await expect(test.begin(workflow)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    await expect(test.begin(slow)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  });

  it('waits with queue, and a third one is refused', async () => {
    const { workflow, first } = await active('queue');
    await test.until(first, 'running');
    const second = await test.begin(workflow, { vars: { quick: true } });
    await expect(test.begin(workflow)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    await test.clock.step(60_000);
    await test.lookAround();
    expect((await test.read(second)).state).toBe('queued');
    await test.command(first, 'stop');
    await test.until(second, 'succeeded');
  });

  it('that waits can be stopped without ever having run', async () => {
    const { workflow, first } = await active('queue');
    const second = await test.begin(workflow);
    await test.command(second, 'stop');
    expect(await test.read(second)).toMatchObject({ state: 'stopped', startedAt: null });
    await test.until(first, 'running');
  });

  it('runs beside it with parallel', async () => {
    const { workflow, first } = await active('parallel');
    const second = await test.begin(workflow, { vars: { quick: true } });
    await test.until(second, 'succeeded');
    await test.until(first, 'running');
  });
});
