/** Sending again what an export has rejected or left. */
import { describe, expect, it } from 'vitest';
import type { Workflow } from '../../contract/workflow.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { keepFates } from '../harness/exportAct.ts';
import { storeWorkflow } from '../harness/flow.ts';
import { draw } from './draw.ts';
import { exportsUnderTest, flow, names, settled, taskOf, withRows } from './exportsUnderTest.ts';

const scene = exportsUnderTest();
const { ask, detail, of, refused, rowsOf, run, said, start } = scene;

describe('requeueing', () => {
  it('starts the published version at the node with the rows that are left, and goes on behind it', async () => {
    const done = await run();
    const published = draw('a -> send, send -> b, b -> c', { a: withRows, send: withRows });
    await inTransaction(scene.test.db, async (tx) => storeWorkflow(tx, published));
    await ask('resolveDoubt', of(done.export, { rows: null, written: false }));
    const again = await start('requeueRejects', done.export, null);
    expect(scene.arrived).toEqual([names, ['dan', 'eve', 'finn', 'gus']]);
    expect(again.origin).toMatchObject({ export: { id: done.export, purpose: 'requeue' } });
    const tasks = again.tasks.map(({ nodeId, state, rowsIn }) => `${nodeId} ${state} ${rowsIn}`);
    expect(tasks.sort()).toEqual(['a succeeded 0', 'b succeeded 0', 'c succeeded 0', 'send succeeded 4']);
    const given = again.tasks.find(({ nodeId }) => nodeId === 'a');
    expect(given?.outputs.success).toMatchObject({ count: 4, kept: true });
    expect(await detail(done.export)).toMatchObject({ openRejects: 0, openDoubt: 0, requeues: null });
    expect(await detail(taskOf(again, 'send'))).toMatchObject({ requeues: done.export });
    expect(await rowsOf(done.export, { mark: 'requeued' })).toEqual([4, 5, 6, 7]);
    expect(await rowsOf(done.export, { mark: 'none' })).toEqual([]);
    expect(await refused('requeueRejects', of(done.export, { rows: null }))).toMatchObject({ code: 'NOTHING_OPEN' });
    expect((await said(done.export))[0]).toEqual(['export.requeue', { run: again.id, records: 'all' }]);
  });

  it('of chosen records takes these only, once, also dismissed ones', async () => {
    const done = await run();
    await ask('dismissRejects', of(done.export, { rows: [5] }));
    await start('requeueRejects', done.export, [4, 5, 4]);
    expect(scene.arrived.at(-1)).toEqual(['dan', 'eve']);
    expect(await rowsOf(done.export, { mark: 'none' })).toEqual([6, 7]);
    const again = await refused('requeueRejects', of(done.export, { rows: [6, 4] }));
    expect(again).toMatchObject({
      code: 'RECORD_NOT_OPEN',
      message: expect.stringMatching(/^Row 4 .*requeued by token:admin/),
    });
    for (const [row, reason] of [
      [1, /neither rejected nor left in doubt/],
      [7, /nobody has said yet whether it was written/],
      [99, /there is no such row/],
    ] as const)
      expect(await refused('requeueRejects', of(done.export, { rows: [row] }))).toMatchObject({
        code: 'RECORD_NOT_OPEN',
        message: expect.stringMatching(reason),
      });
    expect(await rowsOf(done.export, { mark: 'none' })).toEqual([6, 7]);
  });

  it('after all are requeued leaves those alone that were requeued before', async () => {
    const done = await run();
    await start('requeueRejects', done.export, [4]);
    await start('requeueRejects', done.export, null);
    expect(scene.arrived.slice(1)).toEqual([['dan'], ['eve', 'finn']]);
  });

  it('can be restarted with the same rows', async () => {
    const done = await run();
    const again = await start('requeueRejects', done.export, [4]);
    await scene.test.until(await scene.test.restart(again.id), 'succeeded');
    expect(scene.arrived.slice(1)).toEqual([['dan'], ['dan']]);
  });

  it('is refused when nothing is published, when the node is gone, or when no rows reach it', async () => {
    const done = await run();
    const body = { rows: [4] };
    const publish = (workflow: Workflow) => inTransaction(scene.test.db, (tx) => storeWorkflow(tx, workflow));
    await publish(draw('a -> b'));
    expect(await refused('requeueRejects', of(done.export, body))).toMatchObject({ code: 'EXPORT_NODE_GONE' });
    await publish(draw('a -> b, send -> b'));
    expect(await refused('requeueRejects', of(done.export, body))).toMatchObject({ code: 'EXPORT_NODE_GONE' });
    await scene.test.db('workflows').update({ published_version: null });
    expect(await refused('requeueRejects', of(done.export, body))).toMatchObject({ code: 'NOT_PUBLISHED' });
    await scene.test.db('workflows').delete();
    expect(await refused('requeueRejects', of(done.export, body))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await rowsOf(done.export, { mark: 'none' })).toEqual([4, 5, 6, 7]);
    expect(await scene.test.db('runs')).toHaveLength(1);
  });

  it('of a draft runs it as it was then, and takes an editor', async () => {
    const done = await scene.test.finish(flow());
    const id = taskOf(done, 'send');
    const operator = { by: 'token', role: 'operator' } as const;
    expect(await refused('requeueRejects', { ...of(id, { rows: null }), as: operator })).toMatchObject({
      code: 'ROLE_MISSING',
      details: { role: 'editor' },
    });
    const again = await start('requeueRejects', id, null);
    expect(again.version).toBeNull();
    expect(scene.arrived.at(-1)).toEqual(['dan', 'eve', 'finn']);
  });

  it('is refused when nothing is left to send', async () => {
    scene.sends = (context) => keepFates(context, 'settled', settled.slice(0, 3)).then(() => undefined);
    const done = await run();
    expect(await refused('requeueRejects', of(done.export, { rows: null }))).toMatchObject({ code: 'NOTHING_OPEN' });
    expect(await refused('dismissRejects', of(done.export, { rows: null }))).toMatchObject({ code: 'NOTHING_OPEN' });
    expect(await refused('resolveDoubt', of(done.export, { rows: null, written: true }))).toMatchObject({
      code: 'NOTHING_OPEN',
    });
  });
});
