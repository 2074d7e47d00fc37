/** Runs that go on after their end, and runs that take the place of another. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { NodeContext } from '../../nodes/kit/run.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { storeWorkflow } from '../harness/flow.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest, story } from './engineUnderTest.ts';

const acts: Acts = {};
const ran: string[] = [];
let test: UnderTest;
beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  ran.length = 0;
  test = await engineUnderTest(acts);
});
afterEach(() => test.close());

const take = (...ports: string[]) => ({ ports: Object.fromEntries(ports.map((port) => [port, null])) });
const obedient = (context: NodeContext) =>
  new Promise<never>((_, reject) => {
    context.signal.addEventListener('abort', () => reject(context.signal.reason));
  });
const noted = (context: NodeContext) => {
  ran.push(context.node.name);
  return take('success');
};
/** Fails until `mended` is set. */
const world = { mended: false };
const fragile = (context: NodeContext) => {
  ran.push(context.node.name);
  if (!world.mended) throw new UserError('CONNECTION_REFUSED', { reason: 'the test' });
  return take('success');
};
beforeEach(() => {
  world.mended = false;
});

describe('retrying a run that was stopped while a node came to its end', () => {
  /** Does what it does within the time it has after its signal. */
  const dutiful = async (context: NodeContext) => {
    ran.push(context.node.name);
    if (!context.signal.aborted)
      await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
    return take('success');
  };
  async function stopAtWork(drawing: string, more: Parameters<typeof draw>[1] = {}): Promise<string> {
    const id = await test.begin(draw(drawing, more));
    await test.eventually(() => expect(ran).toContain('a'));
    await test.command(id, 'stop');
    await test.until(id, 'stopped');
    return id;
  }

  it('does not repeat the node, but goes on behind it', async () => {
    Object.assign(acts, { a: dutiful, b: noted });
    const id = await stopAtWork('a -> b');
    expect(story(await test.read(id))).toBe('a succeeded, b stopped');
    await test.command(id, 'retry');
    expect(story(await test.until(id, 'succeeded'))).toBe('a succeeded, b succeeded');
    expect(ran).toEqual(['a', 'b']);
  });

  it('succeeds at once when nothing was left to do', async () => {
    Object.assign(acts, { a: dutiful });
    const id = await stopAtWork('a');
    await test.command(id, 'retry');
    await test.until(id, 'succeeded');
    expect(ran).toEqual(['a']);
  });

  it('fires the join whose last token came meanwhile', async () => {
    Object.assign(acts, { a: dutiful, b: noted, j: noted });
    const id = await stopAtWork('a -> j, b -> j', { j: { type: 'all' } });
    await test.command(id, 'retry');
    expect(story(await test.until(id, 'succeeded'))).toBe('a succeeded, b succeeded, j succeeded');
    expect(ran.filter((name) => name === 'a')).toHaveLength(1);
  });
});

describe('retrying a run that failed', () => {
  it('goes on from the node that failed, in the same run; what succeeded is not done again', async () => {
    Object.assign(acts, { a: noted, b: fragile, c: noted });
    const failed = await test.finish(draw('a -> b, b -> c'));
    expect(failed.state).toBe('failed');
    world.mended = true;
    await test.command(failed.id, 'retry');
    const run = await test.until(failed.id, 'succeeded');
    expect(ran).toEqual(['a', 'b', 'b', 'c']);
    expect(story(run)).toBe('a succeeded, b succeeded, c succeeded');
    expect(run).toMatchObject({ error: null, startedAt: failed.startedAt });
    expect(run.tasks[1]).toMatchObject({ id: failed.tasks[1]?.id, attempt: 2, error: null });
    const told = (await test.events(run.id)).map((event) => event.type);
    expect(told.slice(told.indexOf('task.failed'))).toEqual([
      'task.failed',
      'run.state',
      'task.retry',
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

  it('also takes up what was stopped by the failure, tokens of joins, and effects for the end of the run', async () => {
    acts.a = () => ({ ...take('success'), effects: [{ type: 'setOption', name: 'moved', value: '1', atEnd: true }] });
    acts.b = async (context) => {
      await test.eventually(async () => expect(story(await test.read(context.run.id))).toContain('w waiting'));
      return fragile(context);
    };
    acts.w = (context) =>
      context.wake ? take('success') : { waitUntil: '2026-03-02T09:00:00.000Z', reason: 'the test', memory: 7 };
    const joined = { j: { type: 'all' } };
    const failed = await test.finish(draw('a -> j, x -> b, b -> j, y -> w, w -> j', joined));
    expect(story(failed)).toContain('w stopped');
    expect(await test.db('options')).toEqual([]);
    world.mended = true;
    await test.command(failed.id, 'retry');
    await test.until(failed.id, 'waiting');
    await test.clock.step(3_600_000);
    const run = await test.until(failed.id, 'succeeded');
    expect(run.tasks.filter((task) => task.nodeId === 'j')).toHaveLength(1);
    expect(await test.db('options')).toMatchObject([{ name: 'moved', value: '1' }]);
  });

  it('gives the node all its tries again', async () => {
    let tries = 0;
    acts.a = () => {
      tries += 1;
      throw new RetryLater('REMOTE_BUSY', { status: 503, reason: 'the test' });
    };
    const workflow = draw('a', { a: { retry: { attempts: 2, delay: 0, maxDelay: 0 } } });
    const { id } = await test.finish(workflow);
    expect(tries).toBe(2);
    await test.command(id, 'retry');
    await test.until(id, 'failed');
    expect(tries).toBe(4);
  });

  it('leaves a node alone that has taken its Error transition', async () => {
    acts.a = fragile;
    acts.z = fragile;
    const failed = await test.finish(draw('a, a.error -> z', { a: { onError: 'transition' } }));
    expect(story(failed)).toBe('a failed, z failed');
    world.mended = true;
    await test.command(failed.id, 'retry');
    const run = await test.until(failed.id, 'succeeded');
    expect(story(run)).toBe('a failed, z succeeded');
    expect(ran).toEqual(['a', 'z', 'z']);
  });

  it('does a write to local data once, though its node is tried again', async () => {
    const columns = [{ name: 'n', label: 'n', type: 'integer' } as const];
    acts.a = async (context) => {
      const writer = await context.writer({ columns, name: 'one' });
      await writer.append([[1]]);
      const table = await writer.finish();
      await context.ensureLocalTable('marks', columns, ['n']);
      const source = { op: 'scan', table } as const;
      await context.once('mark', { table: 'marks', operation: 'insert', source, key: ['n'], values: [] });
      return fragile(context);
    };
    const { id } = await test.finish(draw('a'));
    world.mended = true;
    await test.command(id, 'retry');
    await test.until(id, 'succeeded');
    expect(await test.stores.local.tables()).toMatchObject([{ name: 'marks', rows: 1 }]);
  });

  it('is refused for a run that succeeded, is active, or whose workflow is running', async () => {
    const good = await test.finish(draw('c'));
    await expect(test.command(good.id, 'retry')).rejects.toMatchObject({
      code: 'RUN_NOT_RETRIABLE',
      details: { state: 'succeeded' },
    });
    acts.a = fragile;
    const failed = await test.finish(draw('a'));
    acts.a = obedient;
    const active = await test.begin(draw('a'));
    await expect(test.command(active, 'retry')).rejects.toMatchObject({ code: 'RUN_NOT_RETRIABLE' });
    await expect(test.command(failed.id, 'retry')).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  });

  it('waits its turn where one run may wait, and is refused when the rows are gone', async () => {
    const settings = { concurrency: 'queue' } as const;
    acts.a = fragile;
    const failed = await test.finish(draw('a', {}, settings));
    acts.a = obedient;
    const active = await test.begin(draw('a', {}, settings));
    await test.until(active, 'running');
    await test.command(failed.id, 'retry');
    await test.clock.step(5_000);
    await test.lookAround();
    expect((await test.read(failed.id)).tasks[0]?.state).toBe('pending');
    acts.a = noted;
    await test.command(active, 'stop');
    await test.until(failed.id, 'succeeded');
    await test.db('runs').where({ id: active }).update({ purged: true });
    await expect(test.command(active, 'retry')).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' });
  });
});

describe('retrying a run that was stopped', () => {
  it('goes on with what was interrupted', async () => {
    acts.a = noted;
    acts.b = obedient;
    const id = await test.begin(draw('a -> b, b -> c'));
    await test.eventually(async () => expect(story(await test.read(id))).toContain('b running'));
    await test.command(id, 'stop');
    await test.until(id, 'stopped');
    acts.b = noted;
    await test.command(id, 'retry');
    expect(story(await test.until(id, 'succeeded'))).toBe('a succeeded, b succeeded, c succeeded');
    expect(ran).toEqual(['a', 'b']);
  });

  it('lets nothing in of an attempt that the stop had left behind', async () => {
    const gates: (() => void)[] = [];
    acts.b = async (context) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gates.push(resolve);
      await promise;
      return { ...take('success'), vars: { attempt: context.task.attempt } };
    };
    const id = await test.begin(draw('a -> b'));
    await test.eventually(() => expect(gates).toHaveLength(1));
    await test.command(id, 'kill');
    await test.command(id, 'retry');
    await test.passUntil(async () => expect(gates).toHaveLength(2));
    gates[0]?.();
    await test.clock.step(1_000);
    await test.lookAround();
    expect((await test.read(id)).tasks[1]?.state).toBe('running');
    gates[1]?.();
    expect((await test.until(id, 'succeeded')).tasks[1]?.vars).toEqual({ attempt: 2 });
  });
});

describe('retrying a run that called another', () => {
  const child = draw('x -> y', {}, {}, 'child');
  const caller = draw('a -> b');
  beforeEach(async () => {
    await inTransaction(test.db, (tx) => storeWorkflow(tx, child, 'w'));
    acts.x = noted;
    acts.a = ({ called }) => {
      if (called?.state === 'succeeded') return take('success');
      if (called?.over) throw new UserError('SUBWORKFLOW_FAILED', { workflow: 'child', run: called.run, reason: 'x' });
      const wait = { waitUntil: '9999-01-01T00:00:00.000Z', reason: 'the test', memory: true };
      return called ? wait : { ...wait, call: { workflow: 'child', vars: {}, table: null } };
    };
  });

  it('goes on in the called run, from the node that failed there', async () => {
    acts.y = fragile;
    const failed = await test.finish(caller);
    expect(failed.error?.code).toBe('SUBWORKFLOW_FAILED');
    world.mended = true;
    await test.command(failed.id, 'retry');
    const run = await test.until(failed.id, 'succeeded');
    expect(ran).toEqual(['x', 'y', 'y']);
    expect(run.tasks[0]?.calledRun).toBe(failed.tasks[0]?.calledRun);
  });

  it('that was stopped lets the called run go on too; one whose run is gone calls anew', async () => {
    acts.y = obedient;
    const id = await test.begin(caller);
    await test.eventually(async () =>
      expect(await test.db('tasks').where({ node_id: 'y', state: 'running' })).toHaveLength(1),
    );
    await test.command(id, 'stop');
    const first = (await test.until(id, 'stopped')).tasks[0]?.calledRun ?? '';
    await test.passUntil(async () => expect((await test.read(first)).state).toBe('stopped'));
    await test.command(id, 'retry');
    await test.eventually(async () => expect((await test.read(first)).state).toBe('running'));
    await test.command(id, 'stop');
    await test.passUntil(async () => expect((await test.read(first)).state).toBe('stopped'));
    await test.db('runs').where({ id: first }).delete();
    acts.y = noted;
    await test.command(id, 'retry');
    const run = await test.until(id, 'succeeded');
    expect(run.tasks[0]?.calledRun).not.toBe(first);
    expect(ran).toEqual(['x', 'x', 'y']);
  });
});

describe('restarting', () => {
  const workflow = draw('a -> b');

  it('stops the run and starts the same again when it has ended, with its origin and instance variables', async () => {
    const gate = Promise.withResolvers<void>();
    acts.a = () => ({ ...take('success'), effects: [{ type: 'setInstanceVar', name: 'kept', value: 5 }] });
    acts.b = () => gate.promise.then(() => take('success'));
    const origin = { kind: 'api', by: 'token:x' } as const;
    const first = await test.begin(workflow, { origin, version: 3, vars: { given: 7 } });
    await test.eventually(async () => expect(story(await test.read(first))).toContain('b running'));
    const second = await test.restart(first);
    expect(second).not.toBe(first);
    expect((await test.read(second)).state).toBe('queued');
    expect(story(await test.read(first))).toContain('b running');
    // Asked for again while it is stopping: the same.
    expect(await test.restart(first)).toBe(second);
    gate.resolve();
    await test.until(first, 'stopped');
    const run = await test.until(second, 'succeeded');
    expect(run).toMatchObject({ origin, version: 3, instanceVars: { kept: 5 } });
    expect(story(run)).toBe('a succeeded, b succeeded');
    expect(run.tasks[1]?.vars).toEqual({ given: 7 });
  });

  it('of a run that has ended starts at once; a new start has no instance variables', async () => {
    acts.a = (context) => {
      ran.push(context.node.name);
      return { ...take('success'), effects: [{ type: 'setInstanceVar', name: `v${ran.length}`, value: true }] };
    };
    const first = await test.finish(workflow);
    const second = await test.until(await test.restart(first.id), 'succeeded');
    expect(second.instanceVars).toEqual({ v1: true, v2: true });
    expect((await test.finish(workflow)).instanceVars).toEqual({ v3: true });
  });

  it('waits for its own run only, and comes before one that waits for the workflow', async () => {
    const settings = { concurrency: 'queue' } as const;
    acts.a = obedient;
    const first = await test.begin(draw('a', {}, settings));
    await test.until(first, 'running');
    const queued = await test.begin(draw('a', {}, settings));
    const restarted = await test.restart(first);
    await test.until(first, 'stopped');
    await test.until(restarted, 'running');
    expect((await test.read(queued)).state).toBe('queued');
    await test.command(restarted, 'stop');
    await test.until(queued, 'running');
  });

  it('goes beside parallel runs of the workflow', async () => {
    const settings = { concurrency: 'parallel' } as const;
    acts.a = obedient;
    const [first, other] = [await test.begin(draw('a', {}, settings)), await test.begin(draw('a', {}, settings))];
    await test.until(first, 'running');
    const restarted = await test.restart(first);
    await test.until(restarted, 'running');
    expect((await test.read(other)).state).toBe('running');
  });
});
