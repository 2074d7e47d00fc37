import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Keep } from '../../contract/keeping.ts';
import type { TableRef } from '../../contract/relation.ts';
import { scan } from '../../contract/relation.ts';
import { never } from '../../contract/run.ts';
import type { Column } from '../../contract/types.ts';
import type { WorkflowSettings } from '../../contract/workflow.ts';
import type { NodeContext, NodeResult } from '../../nodes/kit/run.ts';
import { inRun, inTransaction } from '../../server/db/transaction.ts';
import { findNeeded } from '../../server/keeping/candidates.ts';
import { markPurged, purgeRuns } from '../../server/keeping/purge.ts';
import { readSizes } from '../../server/keeping/sizes.ts';
import { findStoredInputs } from '../../server/runs/storedInputs.ts';
import { onPostgres } from '../harness/database.ts';
import { storeWorkflow as storePublished } from '../harness/flow.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

const acts: Acts = {};
let test: UnderTest;
beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  acts.a = async (context) => ({ ports: { success: await rows(context) } });
  test = await engineUnderTest(acts);
});
afterEach(() => test.close());

const columns: Column[] = [{ name: 'Text', label: 'Text', type: 'text' }];
const withRows = { config: { rows: true } };

/** About one megabyte. */
async function rows(context: NodeContext, name = 'rows'): Promise<TableRef> {
  const writer = await context.writer({ columns, name });
  await writer.append(Array.from({ length: 1_000 }, (_, index) => [String(index).padEnd(1_000, '.')]));
  return writer.finish();
}

/** Round the loop again until the sixth pass. */
const onwards = ({ task }: NodeContext, table: TableRef): NodeResult => ({
  ports: task.pass < 6 ? { again: table } : { success: table },
});

/** Of the folder with the files of runs; on PostgreSQL what the database says of their schemas. */
async function diskBytes(): Promise<number> {
  if (onPostgres) {
    const runs: { id: string }[] = await test.db('runs').select('id');
    const sizes = await Promise.all(runs.map(({ id }) => test.stores.run(id).bytes()));
    return sizes.reduce((sum, size) => sum + size, 0);
  }
  const folder = join(test.folder, 'runs');
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Runs of workflows in this order, an hour apart. */
async function makeRuns(...names: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    ids.push((await test.finish(draw('a', { a: withRows }, {}, name))).id);
    await test.clock.step(3_600_000);
  }
  return ids;
}

async function storeWorkflow(name: string, settings: WorkflowSettings): Promise<void> {
  const by = { created_at: '', created_by: 'ann', updated_at: '', updated_by: 'ann' };
  const draft = JSON.stringify(draw('a', {}, settings, name));
  await test.db('workflows').insert({ id: name, internal_name: name, label: name, draft, revision: 1, ...by });
}

const keptRuns = async (): Promise<string[]> =>
  (await test.db('runs').where({ purged: false }).orderBy('id')).map((run) => run.id);
const purge = (keep: Keep) => purgeRuns(test, keep);

describe('retention', () => {
  it('by bytes gives up the rows of the runs that ended first, and the disk has them back at once', async () => {
    const [first, second, third] = await makeRuns('one', 'two', 'one');
    const before = await diskBytes();
    expect(before).toBeGreaterThan(3_000_000);
    expect(await purge({ megabytes: 3 })).toBe(1);
    expect(await keptRuns()).toEqual([second, third]);
    expect(await diskBytes()).toBeLessThan(before - 1_000_000);
    const run = await test.read(first ?? '');
    expect(run.state).toBe('succeeded');
    expect(run.tasks[0]?.outputs.success).toMatchObject({ count: 1_000, kept: false });
    expect(await purge({ megabytes: 3 })).toBe(0);
  });

  it('by number of tables does the same', async () => {
    const [, second, third] = await makeRuns('one', 'two', 'three');
    expect(await purge({ tables: 2 })).toBe(1);
    expect(await keptRuns()).toEqual([second, third]);
  });

  it('of a workflow counts its own runs only, and its days come before those of the instance', async () => {
    await storeWorkflow('one', { keep: { tables: 1, days: 400 } });
    await storeWorkflow('two', { keep: { days: 1 } });
    const [, two, one] = await makeRuns('one', 'two', 'one');
    expect(await purge({})).toBe(1);
    expect(await keptRuns()).toEqual([two, one]);
    await test.clock.step(30 * 86_400_000);
    expect(await purge({ days: 7 })).toBe(1);
    expect((await test.db('runs').where({ workflow_name: 'two' })).length).toBe(0);
    expect((await test.db('runs').where({ workflow_name: 'one' })).length).toBe(2);
  });

  it('forgets old starts of schedules and old messages of alarms, but not too soon', async () => {
    const fire = (instant: string) => ({ workflow_id: 'w', node_id: 't', instant, outcome: 'started', at: instant });
    await test.db('schedule_fires').insert([fire('2026-01-01T00:00:00.000Z'), fire('2026-02-01T00:00:00.000Z')]);
    await purge({ days: 1 });
    expect((await test.db('schedule_fires')).map((row) => row.instant)).toEqual(['2026-02-01T00:00:00.000Z']);
  });

  it('leaves runs that are not over alone', async () => {
    acts.b = () => ({ waitUntil: '2030-01-01T00:00:00.000Z', reason: 'the test' });
    const id = await test.begin(draw('a -> b', { a: withRows, b: withRows }));
    await test.until(id, 'waiting');
    expect(await purge({ megabytes: 1, tables: 1, days: 1 })).toBe(0);
    expect(await keptRuns()).toEqual([id]);
  });

  it('leaves rows alone that a run which is not over begins with', async () => {
    const workflow = draw('a -> b', { a: withRows, b: withRows });
    const old = await test.finish(workflow);
    await test.engine.stop();
    const from = await findStoredInputs(test.db, 'flow', old.id, 'b');
    const id = await test.begin(workflow, { from, startNode: 'b' });
    await test.clock.step(30 * 86_400_000);
    expect(await purge({ megabytes: 1, tables: 1, days: 1 })).toBe(0);
    const next = test.another();
    await next.start();
    await test.until(id, 'succeeded');
    await next.stop();
    await test.clock.step(2 * 86_400_000);
    expect(await purge({ days: 1 })).toBe(2);
  });

  it('leaves a run alone that was retried since the runs were listed', async () => {
    const failing = { ...withRows, retry: { attempts: 1, delay: 0, maxDelay: 0 } };
    acts.b = () => {
      throw new Error('the test');
    };
    const [one, two] = [
      await test.finish(draw('a -> b', { a: withRows, b: failing }, {}, 'one')),
      await test.finish(draw('a -> b', { a: withRows, b: failing }, {}, 'two')),
    ];
    await test.clock.step(10 * 86_400_000);
    const gate = Promise.withResolvers<void>();
    acts.b = async () => {
      await gate.promise;
      return { ports: { success: null } };
    };
    const stores = {
      run: (id: string) => test.stores.run(id),
      async deleteRun(id: string) {
        if (id === one.id) {
          await test.command(two.id, 'retry');
          await test.until(two.id, 'running');
        }
        await test.stores.deleteRun(id);
      },
    };
    expect(await purgeRuns({ db: test.db, clock: test.clock, stores }, { days: 1 })).toBe(1);
    gate.resolve();
    await test.until(two.id, 'succeeded');
    expect(await keptRuns()).toEqual([two.id]);
  });

  it('leaves a called run alone until its caller has taken what it gives back', async () => {
    await inTransaction(test.db, (tx) => storePublished(tx, draw('c', {}, {}, 'child')));
    const gate = Promise.withResolvers<void>();
    acts.c = async () => {
      await gate.promise;
      return { ports: { success: null } };
    };
    acts.p = ({ called }) => {
      if (called?.over) return { ports: { success: null } };
      const wait = { waitUntil: never, reason: 'the test', memory: true };
      return called ? wait : { ...wait, call: { workflow: 'child', vars: {}, table: null } };
    };
    const id = await test.begin(draw('p', {}, {}, 'parent'));
    await test.until(id, 'waiting');
    await test.command(id, 'pause');
    const child = await test.db('runs').where({ workflow_name: 'child' }).first();
    expect([...(await findNeeded(test.db))]).toEqual([child.id]);
    gate.resolve();
    await test.until(child.id, 'succeeded');
    await test.clock.step(10 * 86_400_000);
    expect(await purge({ days: 7, tables: 0 })).toBe(0);
    await test.command(id, 'resume');
    await test.until(id, 'succeeded');
    await test.clock.step(10 * 86_400_000);
    expect(await purge({ days: 7 })).toBe(2);
  });

  it('leaves a caller alone while the run that was given its rows is not over', async () => {
    await inTransaction(test.db, (tx) =>
      storePublished(tx, draw('c', { c: { ...withRows, execution: 'stop' } }, {}, 'child')),
    );
    acts.p = ({ inputs }) => {
      const call = { workflow: 'child', vars: {}, table: inputs[0]?.table ?? null };
      return { waitUntil: never, reason: 'the test', memory: true, call };
    };
    const id = await test.begin(draw('a -> p', { a: withRows, p: withRows }, {}, 'parent'));
    await test.until(id, 'waiting');
    await test.engine.stop();
    await test.db('runs').where({ id }).update({ state: 'stopped', ended_at: test.clock.now().toISOString() });
    await test.clock.step(10 * 86_400_000);
    expect(await purge({ days: 7 })).toBe(0);
    expect(await keptRuns()).toContain(id);
  });

  it('is taken up again after a kill between the mark and the deletion, and when a person asked for it', async () => {
    const [id = ''] = await makeRuns('one');
    await inRun(test.db, id, (tx) => markPurged(tx, id));
    test.engine.nudge();
    await test.passUntil(async () => expect((await test.db('runs').first()).store_gone).toBeTruthy());
    expect(await diskBytes()).toBe(0);
  });
});

describe('a loop', () => {
  it('keeps the tables of the last three passes of each node', async () => {
    const made: TableRef[] = [];
    acts.b = async (context) => {
      const table = await rows(context, `pass ${context.task.pass}`);
      made.push(table);
      return onwards(context, table);
    };
    const run = await test.finish(draw('a -> b, b.again -> b', { a: withRows, b: withRows }));
    expect(run.state, JSON.stringify(run.error)).toBe('succeeded');
    await test.eventually(async () => {
      const tasks = (await test.read(run.id)).tasks.filter((task) => task.nodeId === 'b');
      const kept = tasks.map((task) => Object.values(task.outputs)[0]?.kept);
      expect(kept).toEqual([false, false, false, true, true, true]);
    });
    const store = test.stores.run(run.id);
    await test.eventually(() =>
      expect(store.verify(made[2] as TableRef)).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' }),
    );
    for (const table of made.slice(3)) await store.verify(table);
    expect(await store.bytes()).toBeLessThan(6_500_000);
  });

  it('keeps a table of an earlier pass that a later one passes on', async () => {
    let first: TableRef | null = null;
    acts.b = async (context) => {
      first ??= await rows(context);
      return onwards(context, first);
    };
    const run = await test.finish(draw('a -> b, b.again -> b', { a: withRows, b: withRows }));
    expect(run.state, JSON.stringify(run.error)).toBe('succeeded');
    await test.stores.run(run.id).verify(first as unknown as TableRef);
  });

  it('keeps the rows behind a selection that is still shown', async () => {
    let base: TableRef | null = null;
    acts.b = async (context) => {
      const input = context.inputs[0]?.table as TableRef;
      if (context.task.pass === 1) base = input;
      const table = await context.table({ op: 'limit', input: scan(input), count: 900 });
      return onwards(context, table);
    };
    const run = await test.finish(draw('a -> b, b.again -> b', { a: withRows, b: withRows }));
    expect(run.state, JSON.stringify(run.error)).toBe('succeeded');
    await test.stores.run(run.id).verify(base as unknown as TableRef);
    const last = run.tasks.at(-1)?.outputs.success?.table;
    await test.stores.run(run.id).verify(last as TableRef);
  });
});

describe('sizes', () => {
  it('are told per run and workflow, with free disk and its floor', async () => {
    await makeRuns('one', 'two', 'one');
    const sizes = await readSizes({ ...test, folder: test.folder, floorBytes: 7 });
    expect(sizes.floorBytes).toBe(7);
    if (onPostgres) expect(sizes).toMatchObject({ freeBytes: null, controlBytes: null, localBytes: null });
    else
      expect(sizes).toMatchObject({ freeBytes: expect.any(Number), controlBytes: expect.any(Number), localBytes: 0 });
    expect(sizes.runBytes).toBe(await diskBytes());
    expect(sizes.workflows.map(({ workflow, runs, tables }) => [workflow, runs, tables])).toEqual([
      ['one', 2, 2],
      ['two', 1, 1],
    ]);
    expect(sizes.runs).toHaveLength(3);
  });
});
