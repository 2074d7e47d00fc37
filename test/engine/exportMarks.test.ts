/** What people say of the records of an export, and what they have not said of older ones. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { TableRef } from '../../contract/relation.ts';
import { scan } from '../../contract/relation.ts';
import type { NodeContext } from '../../nodes/kit/run.ts';
import type { Fate } from '../harness/exportAct.ts';
import { keepFates } from '../harness/exportAct.ts';
import { draw } from './draw.ts';
import { exportsUnderTest, flow, names, sentRows, settled, taskOf, withRows } from './exportsUnderTest.ts';

const scene = exportsUnderTest();
const { acts, ask, detail, of, purge, refused, rowsOf, run, said, start, sentKeys, dismissedKeys } = scene;

describe('what people say of records', () => {
  it('dismisses rejects, once, and their rows are not due until they change', async () => {
    const state = '["flow","a","send"]';
    scene.sends = async (context) => {
      await keepFates(context, 'settled', settled, { sent: [{ state, rows: await sentRows(context) }] });
    };
    const done = await run();
    const one = await ask('dismissRejects', of(done.export, { rows: [5] }));
    expect(one).toMatchObject({ openRejects: 1, openDoubt: 1 });
    expect(await rowsOf(done.export, { mark: 'dismissed' })).toEqual([5]);
    expect(await dismissedKeys(state)).toEqual(['eve']);
    expect(await refused('dismissRejects', of(done.export, { rows: [5] }))).toMatchObject({ code: 'RECORD_NOT_OPEN' });
    expect(await ask('dismissRejects', of(done.export, { rows: null }))).toMatchObject({ openRejects: 0 });
    expect(await rowsOf(done.export, { mark: 'dismissed' })).toEqual([4, 5, 6]);
    expect(await dismissedKeys(state)).toEqual(['dan', 'eve', 'finn']);
    expect(await ask('listExports', { query: { open: 'true' } })).toHaveLength(1);
    expect(await said(done.export)).toEqual([
      ['export.dismiss', { mark: 'dismissed', records: 2 }],
      ['export.dismiss', { mark: 'dismissed', records: 1 }],
    ]);
  });

  it('closes doubt: what was written counts as sent, what was not may be requeued or dismissed', async () => {
    const state = '["flow","a","send"]';
    const fates = names.map((): Fate => ({ action: 'create', outcome: 'doubt', recordId: null }));
    scene.sends = async (context) => {
      await keepFates(context, 'settled', fates, { sent: [{ state, rows: await sentRows(context) }] });
    };
    const done = await run();
    expect(await ask('resolveDoubt', of(done.export, { rows: [1, 2], written: true }))).toMatchObject({ openDoubt: 5 });
    expect(await sentKeys(state)).toEqual(['ann', 'bob']);
    expect(await ask('resolveDoubt', of(done.export, { rows: [3], written: false }))).toMatchObject({ openDoubt: 4 });
    // A person may be wrong.
    await ask('resolveDoubt', of(done.export, { rows: [2], written: false }));
    expect(await sentKeys(state)).toEqual(['ann']);
    await ask('resolveDoubt', of(done.export, { rows: null, written: true }));
    expect(await detail(done.export)).toMatchObject({ openDoubt: 0 });
    expect(await rowsOf(done.export, { mark: 'written' })).toEqual([1, 4, 5, 6, 7]);
    expect(await rowsOf(done.export, { mark: 'not written' })).toEqual([2, 3]);
    await ask('dismissRejects', of(done.export, { rows: [3] }));
    await start('requeueRejects', done.export, null);
    expect(scene.arrived.at(-1)).toEqual(['bob']);
    expect(await refused('resolveDoubt', of(done.export, { rows: [2], written: true }))).toMatchObject({
      code: 'RECORD_NOT_OPEN',
    });
    expect(await refused('resolveDoubt', of(done.export, { rows: null, written: true }))).toMatchObject({
      code: 'NOTHING_OPEN',
    });
  });

  it('need not be said of records that the run itself has sent once more', async () => {
    acts.send = async (context) => {
      const first = context.task.pass === 1;
      await keepFates(context, 'settled', first ? settled : [{ action: 'create', outcome: 'created' }]);
      const table = await context.table({ op: 'limit', input: scan(context.inputs[0]?.table as TableRef), count: 1 });
      const ports: Record<string, TableRef> = first ? { doubt: table, reject: table } : { success: table };
      return { ports };
    };
    const arrows = 'a -> send, send.doubt -> w, w -> send, send.reject -> c';
    const done = await scene.test.finish(draw(arrows, { a: withRows, send: withRows, w: withRows, c: withRows }));
    expect(done.state).toBe('succeeded');
    const first = done.tasks.find(({ nodeId, pass }) => nodeId === 'send' && pass === 1)?.id ?? '';
    expect(await detail(first)).toMatchObject({ openDoubt: 0, openRejects: 2 });
    expect(await rowsOf(first, { mark: 'requeued' })).toEqual([7]);
    expect(await rowsOf(first, { mark: 'none' })).toEqual([4, 5, 6]);
    expect(await refused('resolveDoubt', of(first, { rows: [7], written: true }))).toMatchObject({
      message: expect.stringMatching(/requeued by flow/),
    });
  });

  it('is forgotten when a node that had not settled says more', async () => {
    let fails = true;
    const fates = names.map((): Fate => ({ action: 'create' }));
    scene.sends = async (context) => {
      if (!fails) return void (await keepFates(context, 'settled', settled));
      await keepFates(context, 'sending', fates);
      throw new Error('the test');
    };
    const send = { ...withRows, retry: { attempts: 1, delay: 0, maxDelay: 0 } };
    const done = await scene.test.finish(draw('a -> send', { a: withRows, send }));
    const id = taskOf(done, 'send');
    expect(await detail(id)).toMatchObject({ stage: 'sending', openDoubt: 7 });
    expect(await ask('resolveDoubt', of(id, { rows: [1, 7], written: false }))).toMatchObject({ openDoubt: 5 });
    expect(await rowsOf(id, { mark: 'none' })).toEqual([2, 3, 4, 5, 6]);
    expect(await refused('requeueRejects', of(id, { rows: [1] }))).toMatchObject({ code: 'EXPORT_NOT_SETTLED' });
    fails = false;
    await scene.test.command(done.id, 'retry');
    await scene.test.until(done.id, 'succeeded');
    expect(await detail(id)).toMatchObject({ stage: 'settled', openDoubt: 1, openRejects: 2 });
    expect(await rowsOf(id, { mark: 'none' })).toEqual([4, 5, 6, 7]);
  });
});

describe('older doubt', () => {
  let older: Awaited<ReturnType<NodeContext['olderDoubt']>>[];
  const look = async (name = 'flow', node = 'send') => {
    acts[node] = async (context) => {
      older.push(await context.olderDoubt());
      return { ports: { success: null } };
    };
    await scene.test.finish(draw(`a -> ${node}`, { a: withRows, [node]: withRows }, { concurrency: 'parallel' }, name));
    return older.at(-1);
  };
  beforeEach(() => {
    older = [];
  });

  it('is that of the same node of the same workflow, until somebody has said what became of all its records', async () => {
    const done = await run();
    expect(await look()).toEqual({ export: done.export, run: done.id, records: 1 });
    expect(await look('flow', 'other')).toBeNull();
    expect(await look('another')).toBeNull();
    await ask('resolveDoubt', of(done.export, { rows: null, written: true }));
    expect(await look()).toBeNull();
  });

  it('is also an export that was never settled, as soon as its run is over', async () => {
    scene.sends = async (context) => {
      await keepFates(context, 'sending', [
        { action: 'create' },
        { action: 'unchanged', outcome: 'unchanged' },
        { outcome: 'rejected' },
      ]);
      throw new Error('the test');
    };
    const send = { ...withRows, retry: { attempts: 2, delay: 3_600, maxDelay: 3_600 } };
    const open = await scene.test.begin(draw('a -> send', { a: withRows, send }));
    await scene.test.eventually(async () => expect(await scene.test.db('tasks').where({ retries: 1 })).toHaveLength(1));
    expect(await look()).toBeNull();
    await scene.test.command(open, 'stop');
    await scene.test.until(open, 'stopped');
    const id = taskOf(await scene.test.read(open), 'send');
    expect(await look()).toEqual({ export: id, run: open, records: 1 });
    expect(await rowsOf(id, { mark: 'none' })).toEqual([1]);
    await purge({ tables: 0 });
    await ask('resolveDoubt', of(id, { rows: null, written: false }));
    expect(await look()).toBeNull();
  });

  it('is not that of an export that runs later', async () => {
    const gate = Promise.withResolvers<void>();
    const first = await scene.test.begin(draw('a -> send', { a: withRows, send: { ...withRows, execution: 'stop' } }));
    await scene.test.until(first, 'paused');
    const done = await run({ ...flow(), settings: { concurrency: 'parallel' } });
    expect(await detail(done.export)).toMatchObject({ openDoubt: 1 });
    acts.send = async (context) => {
      older.push(await context.olderDoubt());
      gate.resolve();
      return { ports: { success: null } };
    };
    await scene.test.command(first, 'resume');
    await gate.promise;
    expect(older).toEqual([null]);
    await scene.test.until(first, 'succeeded');
  });
});
