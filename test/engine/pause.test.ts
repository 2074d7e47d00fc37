import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeContext } from '../../nodes/kit/run.ts';
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
const obedient = (context: NodeContext) =>
  new Promise<never>((_, reject) => {
    context.signal.addEventListener('abort', () => reject(context.signal.reason));
  });
const seen = (id: string, part: string) =>
  test.eventually(async () => expect(story(await test.read(id))).toContain(part));

describe('pausing a run', () => {
  it('lets what runs go on to its end and starts nothing more, until it is resumed', async () => {
    const gate = Promise.withResolvers<void>();
    acts.b = async (context) => {
      await gate.promise;
      expect(context.signal.aborted).toBe(false);
      return take('success');
    };
    const id = await test.begin(draw('a -> b, b -> c'));
    await seen(id, 'b running');
    await test.command(id, 'pause');
    gate.resolve();
    await seen(id, 'b succeeded, c pending');
    await test.lookAround();
    expect(story(await test.read(id))).toBe('a succeeded, b succeeded, c pending');
    expect((await test.read(id)).state).toBe('paused');
    await test.command(id, 'resume');
    expect(story(await test.until(id, 'succeeded'))).toBe('a succeeded, b succeeded, c succeeded');
    const states = (await test.events(id)).flatMap((event) => (event.type === 'run.state' ? [event.state] : []));
    expect(states).toEqual(['running', 'paused', 'running', 'succeeded']);
  });

  it('holds back what is due meanwhile: a wait that has ended goes on when the run does', async () => {
    acts.a = (context) =>
      context.wake ? take('success') : { waitUntil: '2026-03-02T08:01:00.000Z', reason: 'the test' };
    const id = await test.begin(draw('a -> b'));
    await test.until(id, 'waiting');
    await test.command(id, 'pause');
    await test.clock.step(120_000);
    await test.lookAround();
    expect(story(await test.read(id))).toBe('a waiting');
    await test.command(id, 'resume');
    await test.until(id, 'succeeded');
  });

  it('ends a run whose last task was running', async () => {
    const gate = Promise.withResolvers<void>();
    acts.a = async () => {
      await gate.promise;
      return take('success');
    };
    const id = await test.begin(draw('a'));
    await seen(id, 'a running');
    await test.command(id, 'pause');
    gate.resolve();
    await test.until(id, 'succeeded');
  });

  it('holds before the run has begun, and survives a new engine', async () => {
    await test.engine.stop();
    const id = await test.begin(draw('a -> b'));
    await test.command(id, 'pause');
    const second = test.another();
    await second.start();
    await test.lookAround();
    expect(await test.read(id)).toMatchObject({ state: 'paused', startedAt: null });
    await test.command(id, 'resume');
    expect((await test.read(id)).state).toBe('queued');
    second.nudge();
    await test.until(id, 'succeeded');
    await second.stop();
  });

  it('can be ended by a stop, and asked twice', async () => {
    acts.a = obedient;
    const id = await test.begin(draw('a -> b'));
    await seen(id, 'a running');
    await test.command(id, 'pause');
    await test.command(id, 'pause');
    await test.command(id, 'stop');
    await test.until(id, 'stopped');
  });

  it('is refused while the run is being ended, and so is resuming what is not paused', async () => {
    acts.a = obedient;
    const id = await test.begin(draw('a'));
    await seen(id, 'a running');
    await expect(test.command(id, 'resume')).rejects.toMatchObject({ code: 'RUN_NOT_PAUSED' });
    await test.engine.stop();
    await test.db('tasks').where({ run_id: id }).update({ state: 'running', lease_until: '2030-01-01' });
    await test.command(id, 'stop');
    await expect(test.command(id, 'pause')).rejects.toMatchObject({ code: 'RUN_ENDING' });
    await expect(test.command(id, 'resume')).rejects.toMatchObject({ code: 'RUN_ENDING' });
    await test.command(id, 'kill');
    await expect(test.command(id, 'pause')).rejects.toMatchObject({ code: 'RUN_NOT_ACTIVE' });
  });
});

describe('a node that says stop here', () => {
  const stopping = { b: { execution: 'stop' } } as const;

  it('pauses the run before it, and runs when the run is resumed', async () => {
    const id = await test.begin(draw('a -> b, b -> c', stopping));
    await test.until(id, 'paused');
    expect(story(await test.read(id))).toBe('a succeeded, b pending');
    await test.command(id, 'resume');
    expect(story(await test.until(id, 'succeeded'))).toBe('a succeeded, b succeeded, c succeeded');
  });

  it('pauses again each time it is reached', async () => {
    acts.c = (context) => take(context.task.pass < 2 ? 'again' : 'success');
    const id = await test.begin(draw('a -> b, b -> c, c.again -> b', stopping));
    await test.until(id, 'paused');
    await test.command(id, 'resume');
    await seen(id, 'c succeeded, b pending');
    await test.until(id, 'paused');
    await test.command(id, 'resume');
    await test.until(id, 'succeeded');
  });

  it('holds the run that begins at it', async () => {
    const id = await test.begin(draw('b -> c', stopping));
    expect((await test.read(id)).state).toBe('paused');
    await test.command(id, 'resume');
    await test.until(id, 'succeeded');
  });
});

describe('waking', () => {
  const waiting = (context: NodeContext) =>
    context.wake ? take('success') : { waitUntil: '2030-01-01T00:00:00.000Z', reason: 'the test' };

  it('one node leaves the others waiting', async () => {
    acts.b = waiting;
    acts.c = waiting;
    const id = await test.begin(draw('a -> b, a -> c'));
    await test.until(id, 'waiting');
    await test.wakeNode(id, 'b');
    await seen(id, 'b succeeded, c waiting');
    await test.until(id, 'waiting');
    await expect(test.wakeNode(id, 'b')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await test.command(id, 'wake');
    await test.until(id, 'succeeded');
  });
});
