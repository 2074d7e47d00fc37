/** What the settings of a workflow decide over its runs: who comes first, how many errors in a row, what is carried on. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { RunOrigin } from '../../contract/run.ts';
import type { Workflow } from '../../contract/workflow.ts';
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

const scheduled: RunOrigin = { kind: 'schedule', by: 'timer', instant: '2026-03-02T08:00:00.000Z' };
const fail = () => {
  throw new UserError('CONNECTION_REFUSED', { reason: 'the test' });
};

/** A stored workflow, because only such a one carries anything from run to run. */
async function store(workflow: Workflow): Promise<string> {
  const row = { id: 'w1', internal_name: workflow.internalName, label: 'x', draft: '{}', revision: 1 };
  const made = { created_at: 'x', created_by: 'x', updated_at: 'x', updated_by: 'x' };
  await test.db('workflows').insert({ ...row, ...made });
  return row.id;
}

describe('priority', () => {
  it('orders what is claimed: high before normal before low, whenever it became due', async () => {
    await test.engine.stop();
    const order: string[] = [];
    const names = ['low', 'normal', 'unsaid', 'high'] as const;
    for (const name of names) {
      acts[name] = () => {
        order.push(name);
        return { ports: {} };
      };
      await test.begin(draw(name, {}, name === 'unsaid' ? {} : { priority: name }, name));
      await test.clock.step(1_000);
    }
    const narrow = test.another({ concurrency: 1 });
    await narrow.start();
    await test.eventually(() => expect(order).toHaveLength(4));
    await narrow.stop();
    expect(order).toEqual(['high', 'normal', 'unsaid', 'low']);
  });
});

describe('errors in a row of a node that ignores its errors', () => {
  const limited = draw('t -> a, a -> b', { a: { onError: 'ignore' } }, { consecutiveErrors: 2 });

  it('fail the run when there are more than the workflow allows, counted across scheduled runs', async () => {
    const workflowId = await store(limited);
    acts.a = fail;
    const states: string[] = [];
    for (let run = 0; run < 3; run += 1)
      states.push((await test.finish(limited, { workflowId, origin: scheduled })).state);
    expect(states).toEqual(['succeeded', 'succeeded', 'failed']);
    delete acts.a;
    expect((await test.finish(limited, { workflowId, origin: scheduled })).state).toBe('succeeded');
    acts.a = fail;
    const last = await test.finish(limited, { workflowId, origin: scheduled });
    expect(story(last)).toBe('t succeeded, a ignored');
  });

  it('are counted anew when a person starts the workflow, and within one run too', async () => {
    const workflowId = await store(limited);
    acts.a = fail;
    for (let run = 0; run < 4; run += 1) expect((await test.finish(limited, { workflowId })).state).toBe('succeeded');
    const many = draw('t -> a, u -> a, v -> a', { a: { onError: 'ignore' } }, { consecutiveErrors: 2 });
    const run = await test.finish(many);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'CONNECTION_REFUSED' } });
    expect(
      run.tasks
        .filter((task) => task.nodeId === 'a')
        .map((task) => task.state)
        .sort(),
    ).toEqual(['failed', 'ignored', 'ignored']);
  });

  it('may be any number where the workflow says nothing', async () => {
    acts.a = fail;
    const many = draw('t -> a, u -> a, v -> a', { a: { onError: 'ignore' } });
    expect((await test.finish(many)).state).toBe('succeeded');
  });
});

describe('instance.vars', () => {
  const counting = draw('a');
  const count = async (more: { workflowId?: string; origin?: RunOrigin } = {}) =>
    (await test.finish(counting, more)).instanceVars;
  beforeEach(() => {
    acts.a = async (context) => {
      const { instanceVars } = await context.script({ source: 'instance.vars.n = (instance.vars.n ?? 0) + 1' });
      if (instanceVars.n === 3) fail();
      return { ports: {}, effects: [{ type: 'setInstanceVar', name: 'n', value: instanceVars.n ?? null }] };
    };
  });

  it('go on from one scheduled run to the next, and begin anew when a person starts the workflow', async () => {
    const workflowId = await store(counting);
    expect(await count({ workflowId, origin: scheduled })).toEqual({ n: 1 });
    expect(await count({ workflowId, origin: scheduled })).toEqual({ n: 2 });
    expect(await count({ workflowId })).toEqual({ n: 1 });
    expect(await count({ workflowId, origin: scheduled })).toEqual({ n: 2 });
    expect(await count()).toEqual({ n: 1 });
  });

  it('of a run that failed are not carried on: a lock that it left behind stops nobody', async () => {
    const workflowId = await store(counting);
    await count({ workflowId, origin: scheduled });
    await count({ workflowId, origin: scheduled });
    expect((await test.finish(counting, { workflowId, origin: scheduled })).state).toBe('failed');
    expect(await test.db('workflows').first('instance_vars')).toEqual({ instance_vars: '{"n":2}' });
  });
});

describe('the pause before a retry', () => {
  it('is longer at random, as the policy says', async () => {
    const spread = await engineUnderTest(acts, { random: () => 0.5 });
    acts.a = () => {
      throw new RetryLater('REMOTE_BUSY', { status: 503, reason: 'the test' });
    };
    const retry = { attempts: 2, delay: 10_000, maxDelay: 10_000, jitter: 0.4 };
    const id = await spread.begin(draw('a', { a: { retry } }));
    await spread.eventually(async () =>
      expect((await spread.read(id)).tasks[0]).toMatchObject({ state: 'pending', attempt: 1 }),
    );
    expect((await spread.read(id)).tasks[0]?.due).toBe('2026-03-02T08:00:12.000Z');
    await spread.clock.step(12_000);
    await spread.until(id, 'failed');
    await spread.close();
  });
});
