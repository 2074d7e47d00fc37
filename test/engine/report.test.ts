import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeContext } from '../../nodes/kit/run.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

const acts: Acts = {};
let test: UnderTest;
beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  test = await engineUnderTest(acts);
});
afterEach(() => test.close());

const success = { ports: { success: null } };

/** A node that works when the test says so. */
async function working() {
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<NodeContext>();
  acts.a = async (context) => {
    started.resolve(context);
    await gate.promise;
    return success;
  };
  const id = await test.begin(draw('a'));
  return { id, context: await started.promise, end: gate.resolve };
}

const ofType = async (id: string, type: string) => (await test.events(id)).filter((event) => event.type === type);

describe('progress', () => {
  it('is one event that moves to the end, at most four times a second', async () => {
    const { id, context, end } = await working();
    for (let done = 1; done <= 100; done += 1) context.progress(done, 100, 'records', { success: done });
    expect(await ofType(id, 'task.progress')).toEqual([]);
    await test.clock.step(250);
    await test.eventually(async () =>
      expect(await ofType(id, 'task.progress')).toMatchObject([
        { progress: { done: 100, total: 100, unit: 'records' }, ports: { success: 100 } },
      ]),
    );
    const [first] = await ofType(id, 'task.progress');
    context.progress(101, null);
    await test.clock.step(250);
    await test.eventually(async () => {
      const events = await ofType(id, 'task.progress');
      expect(events).toMatchObject([{ progress: { done: 101, total: null, unit: 'rows' } }]);
      expect(events[0]?.seq).toBe((first?.seq ?? 0) + 1);
    });
    expect((await test.read(id)).tasks[0]?.progress).toMatchObject({ done: 101 });
    end();
    await test.until(id, 'succeeded');
  });
});

describe('the log of a task', () => {
  it('comes in pieces while it runs, and the rest before its end', async () => {
    const { id, context, end } = await working();
    context.log('info', 'one');
    context.log('warning', 'two');
    await test.clock.step(250);
    await test.eventually(async () => expect(await ofType(id, 'task.log')).toHaveLength(1));
    context.log('error', 'three');
    end();
    await test.until(id, 'succeeded');
    const events = await test.events(id);
    const lines = events.flatMap((event) => (event.type === 'task.log' ? event.lines.map((line) => line.message) : []));
    expect(lines).toEqual(['one', 'two', 'three']);
    const types = events.map((event) => event.type);
    expect(types.lastIndexOf('task.log')).toBeLessThan(types.indexOf('task.succeeded'));
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  });

  it('keeps ten thousand lines and counts the rest', async () => {
    acts.a = (context) => {
      for (let line = 0; line < 10_050; line += 1) context.log('info', `line ${line}`);
      return success;
    };
    const run = await test.finish(draw('a'));
    const lines = (await ofType(run.id, 'task.log')).flatMap((event) => (event.type === 'task.log' ? event.lines : []));
    expect(lines).toHaveLength(10_001);
    expect(lines.at(-1)).toMatchObject({ level: 'warning', message: expect.stringContaining('50 more lines') });
  });

  it('cuts what is too long and what no database holds', async () => {
    acts.a = (context) => {
      context.log('info', `a\u0000b${'x'.repeat(20_000)}`);
      return success;
    };
    const run = await test.finish(draw('a'));
    const [event] = await ofType(run.id, 'task.log');
    const message = event?.type === 'task.log' ? event.lines[0]?.message : '';
    expect(message).toHaveLength(10_000);
    expect(message?.startsWith('abx')).toBe(true);
  });
});
