import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { NodeContext } from '../../nodes/kit/run.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest, story } from './engineUnderTest.ts';

const acts: Acts = {};
const hour = 3_600_000;
let test: UnderTest;
beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  test = await engineUnderTest(acts);
});
afterEach(() => test.close());

const take = (...ports: string[]) => ({ ports: Object.fromEntries(ports.map((port) => [port, null])) });
const waitHours = (hours: number) => (context: NodeContext) =>
  context.wake
    ? take('success')
    : { waitUntil: new Date(context.clock.now().getTime() + hours * hour).toISOString(), reason: 'the test' };

describe('a node that waits', () => {
  it('is a row, not a process: the run is waiting until its instant', async () => {
    acts.b = waitHours(2);
    const id = await test.begin(draw('a -> b, b -> c'));
    const waiting = await test.until(id, 'waiting');
    expect(waiting.tasks[1]).toMatchObject({ state: 'waiting', due: '2026-03-02T10:00:00.000Z' });
    await test.clock.step(2 * hour - 1);
    await test.lookAround();
    expect((await test.read(id)).state).toBe('waiting');
    await test.clock.step(1);
    expect(story(await test.until(id, 'succeeded'))).toBe('a succeeded, b succeeded, c succeeded');
  });

  it('gets back what it gave, and the variables it had', async () => {
    let seen: unknown;
    acts.a = (context) => {
      if (context.wake) {
        seen = { memory: context.wake.memory, vars: context.vars };
        return take('success');
      }
      context.vars.before = 'kept';
      return { waitUntil: '2026-03-02T09:00:00.000Z', reason: 'the test', memory: { page: 7 } };
    };
    const id = await test.begin(draw('a'));
    await test.until(id, 'waiting');
    await test.clock.step(hour);
    await test.until(id, 'succeeded');
    expect(seen).toEqual({ memory: { page: 7 }, vars: { before: 'kept' } });
  });

  it('goes on at once when it is woken', async () => {
    acts.a = waitHours(1_000);
    const id = await test.begin(draw('a -> b'));
    await test.until(id, 'waiting');
    await test.command(id, 'wake');
    expect(story(await test.until(id, 'succeeded'))).toBe('a succeeded, b succeeded');
  });

  it('does not make a run wait that still has something to do', async () => {
    const gate = Promise.withResolvers<void>();
    acts.b = waitHours(1);
    acts.c = async () => {
      await gate.promise;
      return take('success');
    };
    const id = await test.begin(draw('a -> b, a -> c'));
    await test.eventually(async () => expect(story(await test.read(id))).toContain('b waiting, c running'));
    expect((await test.read(id)).state).toBe('running');
    gate.resolve();
    await test.until(id, 'waiting');
  });

  it('survives a restart of the engine', async () => {
    acts.b = waitHours(5);
    const id = await test.begin(draw('a -> b, b -> c'));
    await test.until(id, 'waiting');
    await test.engine.stop();
    await test.clock.step(3 * hour);
    const next = test.another();
    await next.start();
    await test.clock.step(2 * hour);
    expect(story(await test.until(id, 'succeeded'))).toBe('a succeeded, b succeeded, c succeeded');
    await next.stop();
  });

  it('whose instant has passed while no engine ran goes on when one starts', async () => {
    acts.b = waitHours(5);
    const id = await test.begin(draw('a -> b, b -> c'));
    await test.until(id, 'waiting');
    await test.engine.stop();
    await test.clock.step(50 * hour);
    const next = test.another();
    await next.start();
    await test.until(id, 'succeeded');
    await next.stop();
  });
});

describe('Error → Wait → back', () => {
  const workflow = draw('a -> b, b.error -> wait, wait -> b, b -> c', { b: { onError: 'transition' } });

  it('tries again until it succeeds, also over a restart, and the run succeeded', async () => {
    acts.wait = waitHours(1);
    acts.b = (context) => {
      if (context.task.pass < 3) throw new UserError('REMOTE_UNREACHABLE', { host: 'crm', reason: 'the test' });
      return take('success');
    };
    const id = await test.begin(workflow);
    await test.until(id, 'waiting');
    await test.clock.step(hour);
    await test.eventually(async () => expect((await test.read(id)).tasks).toHaveLength(5));
    await test.until(id, 'waiting');
    await test.engine.stop();
    const next = test.another();
    await next.start();
    await test.clock.step(hour);
    const run = await test.until(id, 'succeeded');
    await next.stop();
    expect(story(run)).toBe(
      'a succeeded, b failed, wait succeeded, b failed, wait succeeded, b succeeded, c succeeded',
    );
    expect(run.error).toBeNull();
  });

  it('has a bound', async () => {
    acts.wait = waitHours(1);
    acts.b = () => {
      throw new UserError('REMOTE_UNREACHABLE', { host: 'crm', reason: 'the test' });
    };
    const id = await test.begin(workflow);
    for (let pass = 1; pass <= 10; pass += 1) {
      await test.eventually(async () => {
        const run = await test.read(id);
        expect(run.tasks.filter((task) => task.nodeId === 'wait')).toHaveLength(pass);
        expect(run.state).toBe('waiting');
      });
      await test.clock.step(hour);
    }
    expect((await test.until(id, 'failed')).error?.code).toBe('LOOP_BOUND');
  });

  it('comes after the retries of the node', async () => {
    const attempts: number[] = [];
    acts.wait = waitHours(1);
    acts.b = (context) => {
      attempts.push(context.task.attempt);
      throw new RetryLater('REMOTE_BUSY', { status: 503, reason: 'the test' });
    };
    const retried = structuredClone(workflow);
    const b = retried.nodes.find((node) => node.id === 'b');
    if (b) b.retry = { attempts: 2, delay: 1_000, maxDelay: 1_000 };
    const id = await test.begin(retried);
    await test.eventually(() => expect(attempts).toEqual([1]));
    await test.eventually(async () => expect((await test.read(id)).tasks[1]?.state).toBe('pending'));
    await test.clock.step(1_000);
    await test.until(id, 'waiting');
    expect(attempts).toEqual([1, 2]);
  });
});
