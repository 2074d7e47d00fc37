import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../contract/errors.ts';
import type { Effect } from '../../contract/run.ts';
import { nowText } from '../../server/db/clock.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { changeOption, listOptionChanges, readOption } from '../../server/options/options.ts';
import { storeWorkflow } from '../harness/flow.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest, story } from './engineUnderTest.ts';

const acts: Acts = {};
const cursor = 'LASTIMPORT_flow_a';
const [january, february, march] = ['2026/01/01 00:00:00', '2026/02/01 00:00:00', '2026/03/01 00:00:00'];
let test: UnderTest;
beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  test = await engineUnderTest(acts);
});
afterEach(() => test.close());

const take = (...ports: string[]) => ({ ports: Object.fromEntries(ports.map((port) => [port, null])) });
const taking = (...effects: Effect[]) => ({ ...take('success'), effects });
const set = (value: string, rest: Partial<Extract<Effect, { type: 'setOption' }>> = {}): Effect => ({
  type: 'setOption',
  name: cursor,
  value,
  ...rest,
});
const byHand = (value: string) =>
  inTransaction(test.db, (tx) =>
    changeOption(tx, { name: cursor, value, by: 'ann', runId: null, at: nowText(test.clock) }),
  );
const valueNow = async () => (await readOption(test.db, cursor))?.value ?? null;
const alarmsOf = async (runId: string) =>
  (await test.events(runId)).flatMap((event) => (event.type === 'alarm' ? [event.message] : []));

it('U+0000 in a value or a message is left out: not every database holds it', async () => {
  acts.a = () =>
    taking(
      { type: 'setOption', name: 'greeting', value: 'good\0 day' },
      { type: 'alarm', severity: 'warning', message: 'look\0 here' },
    );
  await inTransaction(test.db, (tx) => storeWorkflow(tx, draw('a')));
  await test.until(await test.begin(draw('a'), { workflowId: draw('a').internalName }), 'succeeded');
  expect((await readOption(test.db, 'greeting'))?.value).toBe('good day');
  expect(await test.db('alarms').select('message')).toEqual([{ message: 'look here' }]);
});

describe('setOption', () => {
  it('is made with the commit of its task, and seen by the next', async () => {
    let seen: unknown;
    acts.a = () => taking(set(january));
    acts.b = async (context) => {
      seen = await context.option(cursor);
      return take('success');
    };
    const run = await test.finish(draw('a -> b'));
    expect(seen).toBe(january);
    expect(await listOptionChanges(test.db, cursor)).toMatchObject([
      { by: 'flow', runId: run.id, old: null, new: january },
    ]);
    expect((await test.events(run.id)).find((event) => event.type === 'option.set')).toMatchObject({
      name: cursor,
      old: null,
      new: january,
    });
  });

  it('is an alarm and changes nothing when somebody moved the option meanwhile', async () => {
    await byHand(january);
    acts.a = async (context) => {
      const read = await context.option(cursor);
      await byHand(march);
      return taking(set(february, { expected: read }));
    };
    const run = await test.finish(draw('a'));
    expect(run.state).toBe('succeeded');
    expect(await valueNow()).toBe(march);
    expect(await alarmsOf(run.id)).toEqual([
      expect.stringContaining(`The option ${cursor} was changed during the run from ${january} to ${march}.`),
    ]);
  });

  it('never moves a cursor back', async () => {
    await byHand(march);
    acts.a = () => taking(set(january, { forwardOnly: true }));
    const run = await test.finish(draw('a'));
    expect(await valueNow()).toBe(march);
    expect(await alarmsOf(run.id)).toEqual([expect.stringContaining('move it by hand on the Options page')]);
  });

  it('never writes a date in another form', async () => {
    acts.a = () => taking(set('2026-01-01T00:00:00Z'));
    const run = await test.finish(draw('a'));
    expect(await valueNow()).toBeNull();
    expect(await alarmsOf(run.id)).toEqual([expect.stringContaining('yyyy/MM/dd HH:mm:ss')]);
  });
});

describe('setOption at the end of the run', () => {
  const atEnd = { atEnd: true, forwardOnly: true };

  it('waits for the end, and counts within the run before', async () => {
    const seen: unknown[] = [];
    acts.a = () => taking(set(january, { ...atEnd, expected: null }));
    acts.b = async (context) => {
      seen.push(await context.option(cursor), await valueNow(), await context.optionSetBy(cursor));
      return take('success');
    };
    const run = await test.finish(draw('a -> b'));
    expect(seen).toEqual([january, null, run.id]);
    expect(await valueNow()).toBe(january);
    expect(await test.db('pending_effects')).toEqual([]);
  });

  it('is not made when the run fails or is stopped', async () => {
    acts.a = () => taking(set(january, atEnd));
    acts.b = () => {
      throw new UserError('INVALID_INPUT', { reason: 'the test' });
    };
    expect((await test.finish(draw('a -> b'))).state).toBe('failed');
    acts.b = () => ({ waitUntil: '2030-01-01T00:00:00.000Z', reason: 'the test' });
    const id = await test.begin(draw('a -> b'));
    await test.until(id, 'waiting');
    await test.command(id, 'stop');
    expect(await valueNow()).toBeNull();
  });

  it('is made when a later node failed but the run was told to go on', async () => {
    acts.a = () => taking(set(january, atEnd));
    acts.b = () => {
      throw new UserError('INVALID_INPUT', { reason: 'the test' });
    };
    await test.finish(draw('a -> b', { b: { onError: 'ignore' } }));
    expect(await valueNow()).toBe(january);
  });

  it('is not made when the last task of its own node went by its Error transition', async () => {
    acts.a = (context) => {
      if (context.task.pass === 1) return { ...take('again'), effects: [set(january, atEnd)] };
      throw new UserError('INVALID_INPUT', { reason: 'the test' });
    };
    const run = await test.finish(draw('s -> a, a.again -> a, a.error -> z', { a: { onError: 'transition' } }));
    expect(run.state).toBe('succeeded');
    expect(await valueNow()).toBeNull();
    expect(await alarmsOf(run.id)).toEqual([expect.stringContaining(`${cursor} was not moved`)]);
  });

  it('is made when a failed pass was settled by a later one', async () => {
    acts.a = (context) => {
      if (context.task.pass === 1) throw new UserError('INVALID_INPUT', { reason: 'the test' });
      return taking(set(january, atEnd));
    };
    await test.finish(draw('s -> a, a.error -> w, w -> a', { a: { onError: 'transition' } }));
    expect(await valueNow()).toBe(january);
  });

  it('follows the order of the passes, each from what the one before left', async () => {
    acts.a = async (context) => {
      const read = await context.option(cursor);
      const next = read === null ? january : february;
      const ports = context.task.pass === 1 ? take('again') : take('success');
      return { ...ports, effects: [set(next, { ...atEnd, expected: read })] };
    };
    const run = await test.finish(draw('s -> a, a.again -> a'));
    expect(await alarmsOf(run.id)).toEqual([]);
    expect((await listOptionChanges(test.db, cursor)).map((change) => change.new)).toEqual([february, january]);
  });

  it('is an alarm when the option was moved by hand before the end', async () => {
    acts.a = () => taking(set(january, { ...atEnd, expected: null }));
    acts.b = async () => {
      await byHand(march);
      return take('success');
    };
    const run = await test.finish(draw('a -> b'));
    expect(await valueNow()).toBe(march);
    expect(await alarmsOf(run.id)).toHaveLength(1);
  });
});

describe('other effects', () => {
  it('set variables of the instance for all later nodes', async () => {
    acts.a = () => taking({ type: 'setInstanceVar', name: 'count', value: 3 });
    acts.b = async (context) => {
      context.vars.seen = (await context.evaluate('instance.vars.count + 1')).value;
      return take('success');
    };
    const run = await test.finish(draw('a -> b'));
    expect(run.instanceVars).toEqual({ count: 3 });
    expect(run.tasks[1]?.vars).toEqual({ seen: 4 });
  });

  it('raise alarms with their task', async () => {
    acts.a = () => taking({ type: 'alarm', severity: 'warning', message: 'look here' });
    const run = await test.finish(draw('a'));
    expect((await test.events(run.id)).find((event) => event.type === 'alarm')).toMatchObject({
      severity: 'warning',
      message: 'look here',
      nodeId: 'a',
    });
  });

  it('end the run: what runs is interrupted, and it succeeded', async () => {
    acts.a = () => take('x', 'y');
    acts.b = (context) =>
      new Promise((_, reject) => {
        context.signal.addEventListener('abort', () => reject(context.signal.reason));
      });
    acts.c = async () => {
      await test.eventually(async () => expect(story(await test.read(id))).toContain('b running'));
      return taking({ type: 'endRun' });
    };
    const id = await test.begin(draw('a.x -> b, b -> d, a.y -> c, c -> e'));
    const run = await test.until(id, 'succeeded');
    expect(story(run)).toBe('a succeeded, b stopped, c succeeded, e stopped');
  });
});

describe('code in a node', () => {
  it('runs the initialization script before the node, which sees its variables; its options come with the commit', async () => {
    let seen: unknown;
    acts.a = async (context) => {
      seen = [context.vars.greeting, await context.option('lang'), await readOption(test.db, 'lang')];
      return take('success');
    };
    const initScript = "vars.greeting = 'hello ' + activityName; setOption('lang', 'en'); instance.vars.ready = true;";
    const run = await test.finish(draw('a', { a: { initScript } }));
    expect(seen).toEqual(['hello a', 'en', null]);
    expect(await readOption(test.db, 'lang')).toMatchObject({ value: 'en' });
    expect(run.instanceVars).toEqual({ ready: true });
  });

  it('renders templates with everything they may name', async () => {
    acts.a = async (context) => {
      context.vars.who = 'world';
      context.vars.text = await context.render(
        'LASTIMPORT_<%= instance.internalName %>_<%= activityName %> <%= vars.who %> <%= activity.label %>',
      );
      return take('success');
    };
    const run = await test.finish(draw('a', { a: { label: 'Import' } }));
    expect(run.tasks[0]?.vars.text).toBe('LASTIMPORT_flow_a world Import');
  });

  it('that is wrong is an error with code, place and reason', async () => {
    const failing: [string, (context: Parameters<NonNullable<Acts[string]>>[0]) => Promise<unknown>][] = [
      ['EXPRESSION_FAILED', (context) => context.evaluate('nothing.at.all')],
      ['TEMPLATE_FAILED', (context) => context.render('<%= nothing.at.all %>')],
      ['SCRIPT_FAILED', (context) => context.script({ source: '\nnothing.at.all;' })],
    ];
    for (const [code, work] of failing) {
      acts.a = async (context) => {
        await work(context);
        return take('success');
      };
      const run = await test.finish(draw('a'));
      expect(run.error).toMatchObject({ code });
      expect(run.error?.message).toContain('nothing');
    }
  });

  it('fails the node when the initialization script does', async () => {
    const run = await test.finish(draw('a', { a: { initScript: "logInfo('before'); throw new Error('wrong');" } }));
    expect(run.error?.code).toBe('SCRIPT_FAILED');
    expect((await test.events(run.id)).filter((event) => event.type === 'task.log')).toMatchObject([
      { lines: [{ level: 'info', message: 'before' }] },
    ]);
  });
});
