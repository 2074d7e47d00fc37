/** How long exports are kept, and what ends with them. */
import { describe, expect, it } from 'vitest';
import type { TableRef } from '../../contract/relation.ts';
import { scan } from '../../contract/relation.ts';
import { never } from '../../contract/run.ts';
import { keepFates } from '../harness/exportAct.ts';
import { draw } from './draw.ts';
import { columns, day, exportsUnderTest, flow, settled, taskOf, texts, withRows } from './exportsUnderTest.ts';

const scene = exportsUnderTest();
const { acts, ask, detail, exists, of, purge, records, refused, run, start } = scene;

describe('the retention of exports', () => {
  it('keeps their tables when the rows of the run go, and what is needed of the run when that goes', async () => {
    acts.b = async (context) => {
      const writer = await context.writer({ columns, name: 'large' });
      await writer.append(Array.from({ length: 1_000 }, () => ['x'.repeat(1_000)]));
      return { ports: { success: await writer.finish() } };
    };
    const done = await run(draw('a -> send, send -> b', { a: withRows, send: withRows, b: withRows }));
    const before = await scene.test.stores.run(done.id).bytes();
    expect((await detail(done.export)).bytes).toBeNull();
    expect(await purge({ tables: 0 })).toBe(1);
    expect(await scene.test.stores.run(done.id).bytes()).toBeLessThan(before - 900_000);
    const left = await scene.test.stores.run(done.id).bytes();
    expect(await detail(done.export)).toMatchObject({ run: done.id, bytes: left });
    expect(await ask('getStorage', {})).toMatchObject({ runBytes: 0, exportBytes: left });
    expect(await records(done.export)).toHaveLength(7);
    expect(await purge({ tables: 0 })).toBe(0);
    await scene.test.clock.step(31 * day);
    expect(await purge({ days: 30 })).toBe(1);
    expect(await scene.test.db('runs')).toEqual([]);
    const found = await detail(done.export);
    expect(found).toMatchObject({ stage: 'settled', workflow: 'flow', nodeLabel: 'send', notUndoable: null });
    expect(Date.parse(found.expiresAt ?? '') - Date.parse(done.endedAt ?? '')).toBe(90 * day);
    let undone: string[] = [];
    scene.sends = async (context) => {
      const taken = context.undoes?.records as TableRef;
      undone = await texts(context, taken, 'recordId');
      await keepFates(
        context,
        'settled',
        [
          { action: 'delete', outcome: 'deleted' },
          { action: 'update', outcome: 'updated' },
        ],
        {
          input: taken,
          operation: 'undo',
        },
      );
    };
    const undo = await start('undoExport', done.export, null);
    expect(undone).toEqual(['003A', '003B']);
    expect(await detail(done.export)).toMatchObject({ undoneBy: taskOf(undo, 'send') });
    await scene.test.clock.step(60 * day);
    expect(await purge()).toBe(0);
    expect(await refused('getExport', of(done.export))).toMatchObject({ code: 'NOT_FOUND' });
    await expect(
      scene.test.stores
        .run(done.id)
        .count(scan(scene.kept[0]?.tables.records as TableRef), new AbortController().signal),
    ).rejects.toMatchObject({
      code: 'WORK_TABLE_LOST',
    });
    expect(await detail(taskOf(undo, 'send'))).toMatchObject({ undoes: done.export });
    expect(await scene.test.db('export_marks')).toEqual([]);
  });

  it('is what the workflow says, and ends while the run is still kept', async () => {
    const workflow = { ...flow(), settings: { keep: { exportDays: 2 } } };
    const done = await run(workflow);
    await ask('dismissRejects', of(done.export, { rows: [4] }));
    await scene.test.clock.step(day);
    await purge();
    expect((await detail(done.export)).expiresAt).toBe(
      new Date(Date.parse(done.endedAt ?? '') + 2 * day).toISOString(),
    );
    await scene.test.clock.step(1.5 * day);
    await purge();
    expect(await ask('listExports', {})).toEqual([]);
    expect(await scene.test.db('export_marks')).toEqual([]);
    await expect(exists(scene.kept[0]?.tables.records as TableRef)).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' });
    // What the run shows stays with the run.
    await exists(scene.kept[0]?.tables.input as TableRef);
  });

  it('never ends while the run is not over, or while another run takes from the export', async () => {
    const done = await run();
    scene.sends = (context) => keepFates(context, 'sending', settled).then(() => undefined);
    acts.b = () => ({ waitUntil: never, reason: 'the test' });
    const open = await scene.test.begin(flow('other'));
    const waiting = taskOf(await scene.test.until(open, 'waiting'), 'send');
    acts.send = () => ({ ports: { success: null } });
    await scene.test.engine.stop();
    const undo = await ask('undoExport', of(done.export, { rows: null }));
    await scene.test.clock.step(400 * day);
    await purge();
    expect((await ask('listExports', {})).map(({ id }) => id)).toEqual([waiting, done.export]);
    expect(await detail(waiting)).toMatchObject({ expiresAt: null, stage: 'sending', openDoubt: 0 });
    const next = scene.test.another();
    await next.start();
    await scene.test.until(undo.id, 'succeeded');
    await purge();
    expect((await ask('listExports', {})).map(({ id }) => id)).toEqual([waiting]);
    await scene.test.command(open, 'stop');
    await next.stop();
  });

  it('leaves a task its tables that goes on with them when its run is retried', async () => {
    let fails = true;
    scene.sends = async (context) => {
      scene.kept.push(await keepFates(context, 'sending', settled));
      if (fails) throw new Error('the test');
    };
    const workflow = draw('a -> send', {
      a: withRows,
      send: { ...withRows, retry: { attempts: 1, delay: 0, maxDelay: 0 } },
    });
    const done = await scene.test.finish(workflow);
    expect(done.state).toBe('failed');
    await scene.test.clock.step(100 * day);
    await purge();
    expect(await ask('listExports', {})).toEqual([]);
    await exists(scene.kept[0]?.tables.records as TableRef);
    fails = false;
    await scene.test.command(done.id, 'retry');
    await scene.test.until(done.id, 'succeeded');
    expect(await ask('listExports', {})).toMatchObject([{ id: taskOf(done, 'send'), stage: 'sending' }]);
  });

  it('is gone on with after a kill between the mark and the deletion', async () => {
    const done = await run();
    await scene.test.db('exports').update({ gone: true });
    expect(await refused('getExport', of(done.export))).toMatchObject({ code: 'NOT_FOUND' });
    await purge();
    expect(await scene.test.db('exports')).toEqual([]);
    await expect(exists(scene.kept[0]?.tables.records as TableRef)).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' });
  });
});
