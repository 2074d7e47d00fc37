import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { RunEvent } from '../../contract/run.ts';
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
const types = (events: RunEvent[]): string[] => events.map((event) => event.type);

describe('a run', () => {
  it('goes from node to node and succeeds when none is left', async () => {
    const run = await test.finish(draw('a -> b, b -> c'));
    expect(run.state).toBe('succeeded');
    expect(story(run)).toBe('a succeeded, b succeeded, c succeeded');
  });

  it('takes only the ports that its nodes return', async () => {
    acts.a = () => take('yes');
    const run = await test.finish(draw('a.yes -> b, a.no -> c'));
    expect(story(run)).toBe('a succeeded, b succeeded');
  });

  it('starts at every node without inbound transition', async () => {
    const run = await test.finish(draw('a -> c, b -> d'));
    expect(story(run).split(', ').sort()).toEqual(['a succeeded', 'b succeeded', 'c succeeded', 'd succeeded']);
  });

  it('tells what happened in order, numbered without a gap', async () => {
    const run = await test.finish(draw('a -> b'));
    const events = await test.events(run.id);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(run.lastSeq).toBe(events.length);
    expect(types(events)).toEqual([
      'run.created',
      'task.created',
      'run.state',
      'task.started',
      'task.succeeded',
      'transition.activated',
      'task.created',
      'task.started',
      'task.succeeded',
      'port.activated',
      'run.state',
    ]);
  });

  it('hands variables along the transitions, each with those of its own way', async () => {
    const seen: unknown[] = [];
    acts.a = (context) => {
      context.vars.way = 'a';
      return take('left', 'right');
    };
    acts.b = (context) => {
      context.vars.way = `${context.vars.way}b`;
      return take('success');
    };
    acts.d = (context) => {
      seen.push(context.vars);
      return take('success');
    };
    await test.finish(draw('a.left -> b, b -> d, a.right -> d'));
    expect(seen).toHaveLength(2);
    expect(seen).toEqual(expect.arrayContaining([{ way: 'ab' }, { way: 'a' }]));
  });

  it('does not go past a disabled node', async () => {
    const run = await test.finish(draw('a -> b, b -> c, a -> d', { b: { execution: 'disabled' } }));
    expect(story(run)).toBe('a succeeded, d succeeded');
  });

  it('pauses before a node that says stop, and can be stopped there', async () => {
    const id = await test.begin(draw('a -> b, b -> c', { b: { execution: 'stop' } }));
    const paused = await test.until(id, 'paused');
    expect(story(paused)).toBe('a succeeded, b pending');
    await test.command(id, 'stop');
    expect(story(await test.until(id, 'stopped'))).toBe('a succeeded, b stopped');
  });

  it('refuses to start a drawing with errors, and says which', async () => {
    const broken = draw('a -> b', { b: { type: 'gone' } });
    await expect(test.begin(broken)).rejects.toMatchObject({ code: 'WORKFLOW_INVALID' });
    await expect(test.begin(draw('a', { a: { execution: 'disabled' } }))).rejects.toMatchObject({
      code: 'NOTHING_STARTS',
    });
  });

  it('fails a node that returns a port it does not have, because the node is wrong', async () => {
    acts.a = () => take('nowhere');
    const run = await test.finish(draw('a', { a: { retry: { attempts: 1, delay: 0, maxDelay: 0 } } }));
    expect(run.state).toBe('failed');
    expect(run.error?.code).toBe('BUG');
    expect(run.error?.message).toContain('"nowhere"');
  });
});

describe('a fork and a join', () => {
  const diamond = 'a.x -> b, a.y -> c, b -> j, c -> j, j -> z';

  it('waits for both branches and runs once', async () => {
    const inputs: string[][] = [];
    acts.a = () => take('x', 'y');
    acts.j = (context) => {
      inputs.push(context.inputs.map((input) => input.fromName));
      return take('success');
    };
    const run = await test.finish(draw(diamond, { j: { type: 'all' } }));
    expect(inputs).toEqual([['b', 'c']]);
    expect(story(run)).toBe('a succeeded, b succeeded, c succeeded, j succeeded, z succeeded');
  });

  it('does not wait for a branch that was not taken', async () => {
    acts.a = () => take('y');
    const run = await test.finish(draw(diamond, { j: { type: 'all' } }));
    expect(story(run)).toBe('a succeeded, c succeeded, j succeeded, z succeeded');
  });

  it('does not wait for a branch that ended in between', async () => {
    acts.a = () => take('x', 'y');
    acts.b = () => take();
    const run = await test.finish(draw(diamond, { j: { type: 'all' } }));
    expect(story(run)).toBe('a succeeded, b succeeded, c succeeded, j succeeded, z succeeded');
  });

  it('does not wait for a branch whose error was ignored', async () => {
    acts.a = () => take('x', 'y');
    acts.b = () => {
      throw new UserError('INVALID_INPUT', { reason: 'the test' });
    };
    const run = await test.finish(draw(diamond, { j: { type: 'all' }, b: { onError: 'ignore' } }));
    expect(run.state).toBe('succeeded');
    expect(story(run)).toBe('a succeeded, b ignored, c succeeded, j succeeded, z succeeded');
  });

  it('does not run at all when nothing arrives', async () => {
    acts.a = () => take();
    const run = await test.finish(draw(diamond, { j: { type: 'all' } }));
    expect(story(run)).toBe('a succeeded');
  });

  it('does not wait behind a disabled node', async () => {
    acts.a = () => take('x', 'y');
    const run = await test.finish(draw(diamond, { j: { type: 'all' }, b: { execution: 'disabled' } }));
    expect(story(run)).toBe('a succeeded, c succeeded, j succeeded, z succeeded');
  });

  it('waits while a node far above can still reach the missing transition', async () => {
    const gate = Promise.withResolvers<void>();
    acts.slow = async () => {
      await gate.promise;
      return take('success');
    };
    const id = await test.begin(draw('a -> j, slow -> m, m -> n, n -> j, j -> z', { j: { type: 'all' } }));
    await test.eventually(async () => {
      expect(story(await test.read(id))).toBe('a succeeded, slow running');
    });
    gate.resolve();
    const run = await test.until(id, 'succeeded');
    expect(story(run)).toBe('a succeeded, slow succeeded, m succeeded, n succeeded, j succeeded, z succeeded');
  });

  it('keeps further tokens of a transition for its next firing', async () => {
    const seen: unknown[] = [];
    acts.j = (context) => {
      seen.push(context.inputs.map((input) => [input.fromName, input.vars.n]));
      return take('success');
    };
    for (const [name, n] of [
      ['b', 1],
      ['c', 2],
    ] as const)
      acts[name] = (context) => {
        context.vars.n = n;
        return take('success');
      };
    // Both b and c reach m, so m → j is activated twice.
    const run = await test.finish(draw('a -> b, a -> c, b -> m, c -> m, m -> j, a -> j', { j: { type: 'all' } }));
    expect(seen).toHaveLength(2);
    expect(seen.map((inputs) => (inputs as unknown[]).length).sort()).toEqual([1, 2]);
    expect(run.state).toBe('succeeded');
  });

  it('lets joins that wait for each other go with what they have, instead of hanging', async () => {
    acts.j = (context) => take(...(context.task.pass === 1 ? ['success'] : []));
    const run = await test.finish(draw('a -> j, a -> k, j -> k, k -> j', { j: { type: 'all' }, k: { type: 'all' } }));
    expect(run.state).toBe('succeeded');
    expect(story(run)).toBe('a succeeded, j succeeded, k succeeded, j succeeded');
  });

  it('starts its child exactly once when two parents end together', async () => {
    const both = Promise.withResolvers<void>();
    let arrived = 0;
    acts.b = acts.c = async () => {
      arrived += 1;
      if (arrived % 2 === 0) both.resolve();
      await both.promise;
      return take('success');
    };
    for (let round = 0; round < 20; round += 1) {
      const run = await test.finish(draw('a -> b, a -> c, b -> j, c -> j', { j: { type: 'all' } }));
      expect(run.tasks.filter((task) => task.nodeId === 'j')).toHaveLength(1);
    }
  });

  it('lets nodes of one run work at the same time', async () => {
    const both = Promise.withResolvers<void>();
    let arrived = 0;
    acts.b = acts.c = async () => {
      arrived += 1;
      if (arrived === 2) both.resolve();
      await both.promise;
      return take('success');
    };
    expect((await test.finish(draw('a -> b, a -> c'))).state).toBe('succeeded');
  });
});

describe('a loop', () => {
  it('goes round until its node leaves it, and counts the passes', async () => {
    acts.b = (context) => take(context.task.pass < 4 ? 'again' : 'success');
    const run = await test.finish(draw('a -> b, b.again -> c, c -> b, b -> d'));
    expect(run.state).toBe('succeeded');
    expect(run.tasks.filter((task) => task.nodeId === 'b').map((task) => task.pass)).toEqual([1, 2, 3, 4]);
  });

  it('ends with LOOP_BOUND after ten passes, whatever its node does about errors', async () => {
    acts.b = () => take('again');
    const workflow = draw('a -> b, b.again -> b, b.error -> b', { b: { onError: 'transition' } });
    const run = await test.finish(workflow);
    expect(run.state).toBe('failed');
    expect(run.error).toMatchObject({ code: 'LOOP_BOUND', details: { node: 'b', count: 11, bound: 10 } });
    expect(run.tasks.filter((task) => task.nodeId === 'b' && task.state === 'succeeded')).toHaveLength(10);
  });

  it('has the bound that its workflow says', async () => {
    acts.b = () => take('again');
    const run = await test.finish(draw('a -> b, b.again -> b', {}, { loopBound: 3 }));
    expect(run.error?.details).toMatchObject({ count: 4, bound: 3 });
  });

  it('is not what a node is in that many parents reach', async () => {
    const parents = Array.from({ length: 12 }, (_, index) => `p${index}`);
    const run = await test.finish(draw([...parents.map((parent) => `a -> ${parent}, ${parent} -> b`)].join(', ')));
    expect(run.state).toBe('succeeded');
    expect(run.tasks.filter((task) => task.nodeId === 'b')).toHaveLength(12);
  });

  it('goes through a join once per pass', async () => {
    acts.j = (context) => take(context.task.pass < 3 ? 'again' : 'success');
    const run = await test.finish(draw('a -> j, j.again -> c, c -> j, j -> z', { j: { type: 'all' } }));
    expect(story(run)).toBe(
      'a succeeded, j succeeded, c succeeded, j succeeded, c succeeded, j succeeded, z succeeded',
    );
  });
});

describe('a failing node', () => {
  const fail = () => {
    throw new UserError('INVALID_INPUT', { reason: 'the test' });
  };

  it('fails the run with its error, and what was pending is stopped', async () => {
    acts.b = fail;
    acts.c = () => ({ waitUntil: '2030-01-01T00:00:00.000Z', reason: 'the test' });
    const run = await test.finish(draw('a -> c, c -> d, a -> b'));
    expect(run.state).toBe('failed');
    expect(run.error).toMatchObject({ code: 'INVALID_INPUT' });
    expect(story(run)).toContain('b failed');
    expect(story(run)).toMatch(/c (stopped|pending)/);
    expect(run.tasks.every((task) => ['succeeded', 'failed', 'stopped'].includes(task.state))).toBe(true);
  });

  it('ends its branch only, if its errors are ignored', async () => {
    acts.b = fail;
    const run = await test.finish(draw('a -> b, b -> c, a -> d', { b: { onError: 'ignore' } }));
    expect(run.state).toBe('succeeded');
    expect(story(run)).toContain('b ignored');
    expect(run.tasks.map((task) => task.nodeId)).not.toContain('c');
  });

  it('takes its Error transition with code and message as variables', async () => {
    let vars: unknown;
    acts.b = fail;
    acts.c = (context) => {
      vars = context.vars;
      return take('success');
    };
    const run = await test.finish(draw('a -> b, b.error -> c', { b: { onError: 'transition' } }));
    expect(run.state).toBe('succeeded');
    expect(vars).toMatchObject({ errorCode: 'INVALID_INPUT', errorMessage: 'The request is not valid: the test.' });
    expect((await test.events(run.id)).find((event) => event.type === 'task.failed')).toMatchObject({
      outcome: 'transition',
    });
  });

  it('of configuration never takes its Error transition: it ends the run and says what to do', async () => {
    acts.b = () => {
      throw new UserError('OPTION_IN_FUTURE', { option: 'LASTIMPORT_x', value: '2030/01/01 00:00:00' });
    };
    const run = await test.finish(draw('a -> b, b.error -> c', { b: { onError: 'transition' } }));
    expect(story(run)).toBe('a succeeded, b failed');
    expect(run).toMatchObject({ state: 'failed', error: { code: 'OPTION_IN_FUTURE' } });
    expect(run.error?.action).toContain('Move it back to a date that has passed');
    expect((await test.events(run.id)).find((event) => event.type === 'task.failed')).toMatchObject({
      outcome: 'failed',
    });
  });

  it('in the syntax of a script is one of configuration, other than one that happens when the script runs', async () => {
    const scripted = async (source: string) => {
      acts.b = async (context) => {
        await context.script({ source });
        return take('success');
      };
      return test.finish(draw('a -> b, b.error -> c', { b: { onError: 'transition' } }));
    };
    const unreadable = await scripted('vars.a = 1;\nvars.b = ;');
    expect(unreadable).toMatchObject({ state: 'failed', error: { code: 'CODE_SYNTAX' } });
    expect(unreadable.error?.message).toContain('Syntax error in line 2 of the script');
    expect((await scripted('nothing.at.all')).state).toBe('succeeded');
  });

  it('of configuration is ignored where its node says that errors are', async () => {
    acts.b = () => {
      throw new UserError('CONFIG_INVALID', { field: 'Key', reason: 'the test' });
    };
    const run = await test.finish(draw('a -> b, b -> c', { b: { onError: 'ignore' } }));
    expect(run.state).toBe('succeeded');
    expect(story(run)).toBe('a succeeded, b ignored');
  });

  it('is tried once, if its owner has to mend it', async () => {
    acts.a = fail;
    const run = await test.finish(draw('a'));
    expect(run.tasks[0]?.attempt).toBe(1);
  });

  it('is tried again after a growing pause, if time may mend it', async () => {
    const at: string[] = [];
    acts.a = (context) => {
      at.push(context.clock.now().toISOString().slice(14, 19));
      if (at.length < 4) throw new RetryLater('REMOTE_BUSY', { status: 503, reason: 'the test' });
      return take('success');
    };
    const id = await test.begin(draw('a', { a: { retry: { attempts: 4, delay: 10_000, maxDelay: 30_000 } } }));
    for (const [tries, pause] of [10_000, 20_000, 30_000].entries()) {
      const failed = { state: 'pending', attempt: tries + 1 };
      await test.eventually(async () => expect((await test.read(id)).tasks[0]).toMatchObject(failed));
      await test.clock.step(pause - 1);
      await test.lookAround();
      expect((await test.read(id)).tasks[0]).toMatchObject(failed);
      await test.clock.step(1);
    }
    const run = await test.until(id, 'succeeded');
    expect(at).toEqual(['00:00', '00:10', '00:30', '01:00']);
    expect(run.tasks[0]?.error).toBeNull();
  });

  it('waits at least as long as the outside asked for', async () => {
    acts.a = (context) => {
      if (context.task.attempt === 1) throw new RetryLater('REMOTE_LIMIT', { reason: 'x' }, { after: 90_000 });
      return take('success');
    };
    const id = await test.begin(draw('a'));
    await test.eventually(async () => expect((await test.read(id)).tasks[0]?.due).toBe('2026-03-02T08:01:30.000Z'));
    await test.command(id, 'wake');
    expect((await test.until(id, 'succeeded')).tasks[0]?.attempt).toBe(2);
  });

  it('uses up no try where it only has to wait', async () => {
    const options = { after: 1_000, counts: false };
    acts.a = ({ task }) => {
      if (task.attempt <= 5) throw new RetryLater('API_BUDGET_SPENT', { name: 'crm' }, options);
      return take('success');
    };
    const id = await test.begin(draw('a', { a: { retry: { attempts: 2, delay: 1, maxDelay: 1 } } }));
    await test.eventually(async () => {
      await test.command(id, 'wake').catch(() => undefined);
      expect((await test.read(id)).state).toBe('succeeded');
    });
    expect((await test.read(id)).tasks[0]?.attempt).toBe(6);
  });

  it('fails when its policy is used up, a bug like any other error', async () => {
    acts.a = () => {
      throw new TypeError('nothing there');
    };
    const id = await test.begin(draw('a', { a: { retry: { attempts: 2, delay: 1_000, maxDelay: 1_000 } } }));
    const failed = { state: 'pending', attempt: 1, error: { code: 'BUG' } };
    await test.eventually(async () => expect((await test.read(id)).tasks[0]).toMatchObject(failed));
    await test.clock.step(1_000);
    const run = await test.until(id, 'failed');
    expect(run.tasks[0]?.attempt).toBe(2);
    expect(run.error?.message).toContain('nothing there');
  });
});
