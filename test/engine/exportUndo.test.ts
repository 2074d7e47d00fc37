/** Undoing what an export has written, in a run of its own. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { TableRef } from '../../contract/relation.ts';
import type { Cell } from '../../contract/types.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import type { Fate } from '../harness/exportAct.ts';
import { keepFates } from '../harness/exportAct.ts';
import { storeWorkflow } from '../harness/flow.ts';
import { draw } from './draw.ts';
import { columns, exportsUnderTest, flow, names, sentRows, settled, taskOf, texts } from './exportsUnderTest.ts';

const scene = exportsUnderTest();
const { acts, ask, detail, of, refused, run, said, start } = scene;

describe('an undo', () => {
  let taken: { records: Cell[][]; export: string; input: number }[];
  beforeEach(() => {
    taken = [];
    const keepSettled = scene.sends;
    scene.sends = async (context) => {
      const { undoes } = context;
      if (!undoes) return keepSettled(context);
      const rows: Cell[][] = [];
      for await (const batch of context.read(undoes.records, { columns: ['_row', 'recordId', 'before'] }))
        rows.push(...batch.rows);
      taken.push({ records: rows, export: undoes.export, input: context.inputs.length });
      const fates = rows.map((): Fate => ({ action: 'update', outcome: 'updated' }));
      await keepFates(context, 'settled', fates, { input: undoes.records, operation: 'undo' });
    };
  });

  it('gives the node the records that were written, in a run of its own in which nothing follows', async () => {
    const done = await run();
    expect(scene.behind).toBe(1);
    const undo = await start('undoExport', done.export, null);
    expect(taken).toEqual([
      {
        records: [
          [1, '003A', null],
          [2, '003B', { Email: 'old', LastName: null }],
        ],
        export: done.export,
        input: 0,
      },
    ]);
    expect(undo).toMatchObject({
      ...{ workflow: 'flow', version: 1 },
      origin: { kind: 'api', by: 'token:admin (system:test)', export: { id: done.export, purpose: 'undo' } },
    });
    expect(undo.tasks.map(({ nodeId }) => nodeId)).toEqual(['send']);
    expect(scene.behind).toBe(1);
    const undoing = taskOf(undo, 'send');
    expect(await detail(undoing)).toMatchObject({ operation: 'undo', undoes: done.export, run: undo.id });
    expect(await detail(done.export)).toMatchObject({ undoneBy: undoing, notUndoable: null });
    expect(await said(done.export)).toEqual([['export.undo', { run: undo.id, records: 'all' }]]);
  });

  it('is of the version that ran, with its variables, whatever is published now', async () => {
    acts.a = async (context) => {
      context.vars.day = 'monday';
      const writer = await context.writer({ columns, name: 'rows' });
      await writer.append(names.map((name) => [name]));
      return { ports: { success: await writer.finish() } };
    };
    const done = await run();
    await inTransaction(scene.test.db, (tx) => storeWorkflow(tx, draw('a')));
    const undo = await start('undoExport', done.export, [2]);
    expect(taken.map((one) => one.records.map(([row]) => row))).toEqual([[2]]);
    expect(undo.tasks[0]?.vars).toEqual({ day: 'monday' });
  });

  it('is refused of records that were not written, and of an export that wrote nothing', async () => {
    const done = await run();
    for (const rows of [[1, 4], [7], [8], [10_000]])
      expect(await refused('undoExport', of(done.export, { rows }))).toMatchObject({
        code: 'RECORD_NOT_OPEN',
        message: expect.stringMatching(/^Row \d+ cannot be undone: this export has not written it\.$/),
      });
    scene.sends = (context) =>
      keepFates(
        context,
        'settled',
        settled.map((fate) => ({ ...fate, outcome: 'unsent' })),
      ).then(() => undefined);
    const nothing = await run(flow('nothing'));
    expect(await refused('undoExport', of(nothing.export, { rows: null }))).toMatchObject({ code: 'NOTHING_TO_UNDO' });
    expect((await detail(nothing.export)).notUndoable).toBe('This export has written nothing that could be undone.');
  });

  it('and what is requeued are refused when the rows are lost', async () => {
    const done = await run();
    const [store, table] = [scene.test.stores.run(done.id), scene.kept[0]?.tables.input as TableRef];
    await store.drop([table]);
    for (const name of ['undoExport', 'requeueRejects'] as const)
      expect(await refused(name, of(done.export, { rows: null }))).toMatchObject({ code: 'WORK_TABLE_LOST' });
    expect(await scene.test.db('export_marks')).toEqual([]);
    expect(await scene.test.db('runs')).toHaveLength(1);
  });

  it('is refused while another one runs', async () => {
    const done = await run();
    const gate = Promise.withResolvers<void>();
    acts.send = async () => {
      await gate.promise;
      return { ports: { success: null } };
    };
    const first = await ask('undoExport', of(done.export, { rows: null }));
    const second = await refused('undoExport', of(done.export, { rows: null }));
    expect(second).toMatchObject({ code: 'UNDO_UNDER_WAY', details: { run: first.id } });
    expect((await detail(done.export)).notUndoable).toBe(second.message);
    gate.resolve();
    await scene.test.until(first.id, 'succeeded');
    expect((await detail(done.export)).notUndoable).toBeNull();
  });

  it('is an undo again when its run is restarted, and finds its rows again when it is retried', async () => {
    const done = await run();
    let fails = true;
    const undoIt = scene.sends;
    scene.sends = async (context) => {
      await undoIt(context);
      if (fails) throw new Error('the test');
    };
    const { id } = await ask('undoExport', of(done.export, { rows: [1] }));
    await scene.test.eventually(() => expect(taken).toHaveLength(1));
    await scene.test.command(id, 'stop');
    await scene.test.until(id, 'stopped');
    // Whatever becomes of the store it was copied from.
    await scene.test.stores.run(done.id).drop([scene.kept[0]?.tables.records as TableRef]);
    fails = false;
    await scene.test.command(id, 'retry');
    await scene.test.until(id, 'succeeded');
    expect(taken.at(-1)?.records.map(([row]) => row)).toEqual([1]);
  });

  it('that is restarted takes the same records', async () => {
    const done = await run();
    const first = await start('undoExport', done.export, [2]);
    const again = await scene.test.restart(first.id);
    await scene.test.until(again, 'succeeded');
    expect(taken.map((one) => one.records.map(([row]) => row))).toEqual([[2], [2]]);
    expect((await scene.test.read(again)).tasks.map(({ nodeId }) => nodeId)).toEqual(['send']);
  });

  it('gets what the records are in sent states', async () => {
    const state = '["flow","a","send"]';
    const keepRows = scene.sends;
    let besides: string[] = [];
    scene.sends = async (context) => {
      if (context.undoes) {
        const [sent] = context.undoes.sent;
        expect(sent?.state).toBe(state);
        besides = await texts(context, sent?.rows as TableRef, 'key');
        return keepRows(context);
      }
      await keepFates(context, 'settled', settled, { sent: [{ state, rows: await sentRows(context) }] });
    };
    const done = await run();
    await start('undoExport', done.export, null);
    expect(besides).toEqual(['ann', 'bob']);
  });
});
