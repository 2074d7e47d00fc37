/** What is kept of an export, and its records as they are asked for. */
import { describe, expect, it } from 'vitest';
import type { TableRef } from '../../contract/relation.ts';
import { column, scan } from '../../contract/relation.ts';
import { never } from '../../contract/run.ts';
import { FencedError } from '../../server/tables/types.ts';
import { keepFates, writeCalls } from '../harness/exportAct.ts';
import { draw } from './draw.ts';
import { exportsUnderTest, flow, settled, taskOf, withRows } from './exportsUnderTest.ts';

const scene = exportsUnderTest();
const { acts, ask, detail, exists, of, records, refused, rowsOf, run, trail } = scene;

describe('what is kept of an export', () => {
  it('is what the node said last, with its tables; others of the task go', async () => {
    let other: TableRef | undefined;
    scene.sends = async (context) => {
      scene.kept.push(await keepFates(context, 'asking', settled));
      other = await context.table(scan(context.inputs[0]?.table as TableRef), { name: 'other' });
      scene.kept.push(await keepFates(context, 'settled', settled));
    };
    const { id, export: exported } = await run();
    await scene.test.eventually(() =>
      expect(exists(other as TableRef)).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' }),
    );
    const [first, last] = scene.kept;
    await expect(exists(first?.tables.records as TableRef)).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' });
    await exists(last?.tables.records as TableRef);
    const found = await detail(exported);
    expect(found).toMatchObject({
      ...{ id: exported, run: id, workflow: 'flow', nodeId: 'send', nodeLabel: 'send', stage: 'settled' },
      ...{ object: 'Contact', operation: 'upsert', remarks: ['A remark.'], forecast: { needed: 3, made: 4 } },
      ...{ openDoubt: 1, openRejects: 2, undoes: null, undoneBy: null, notUndoable: null, asks: null },
      counts: { input: 7, refused: 1, actions: { create: 3 }, outcomes: { created: 1, rejected: 2, doubt: 1 } },
      changedFields: [
        { name: 'Email', records: 5 },
        { name: 'LastName', records: 1 },
      ],
      rejectCodes: [
        { code: 'KEY_EMPTY', records: 1 },
        { code: 'RULE_REFUSED', records: 1 },
      ],
    });
    expect(await ask('listExports', { query: { run: id } })).toMatchObject([{ id: exported }]);
    expect(await ask('listExports', { query: { node: 'other' } })).toEqual([]);
    expect(await ask('listExports', { query: { stage: 'settled', open: 'true', workflow: 'flow' } })).toHaveLength(1);
    expect(await ask('listExports', { query: { before: exported } })).toEqual([]);
  });

  it('is refused of an attempt that is over', async () => {
    let refusal: unknown;
    scene.sends = async (context) => {
      await scene.test.db('tasks').where({ id: context.task.id }).update({ attempt: 7 });
      refusal = await keepFates(context, 'settled', settled).catch((error: unknown) => error);
    };
    const id = await scene.test.begin(flow());
    await scene.test.eventually(() => expect(refusal).toBeInstanceOf(FencedError));
    expect(await scene.test.db('exports')).toEqual([]);
    await scene.test.command(id, 'kill');
  });

  it('stays when a loop gives up the rows that were exported', async () => {
    acts.again = async (context) => {
      const table = await context.table(scan(context.inputs[0]?.table as TableRef));
      const { pass } = context.task;
      if (pass === 1) await keepFates(context, 'settled', settled, { input: table });
      const ports: Record<string, TableRef> = pass < 6 ? { again: table } : { success: table };
      return { ports };
    };
    const done = await scene.test.finish(draw('a -> again, again.again -> again', { a: withRows, again: withRows }));
    expect(done.state, JSON.stringify(done.error)).toBe('succeeded');
    const first = done.tasks.find(({ nodeId }) => nodeId === 'again');
    await scene.test.eventually(async () =>
      expect((await scene.test.read(done.id)).tasks.find(({ id }) => id === first?.id)?.outputs.again?.kept).toBe(
        false,
      ),
    );
    await exists(first?.outputs.again?.table as TableRef);
    expect(await records(first?.id ?? '')).toHaveLength(7);
  });

  it('says what it asks while it waits, and that nothing will be sent when its run was stopped', async () => {
    scene.sends = (context) => keepFates(context, 'asking', settled).then(() => undefined);
    acts.send = async (context) => {
      await scene.sends(context);
      return { waitUntil: never, reason: 'the test', asks: 'May 7 records be sent?' };
    };
    const id = await scene.test.begin(flow());
    const exported = taskOf(await scene.test.until(id, 'waiting for approval'), 'send');
    expect(await detail(exported)).toMatchObject({ stage: 'asking', asks: 'May 7 records be sent?', expiresAt: null });
    expect(await ask('listExports', { query: { stage: 'asking' } })).toHaveLength(1);
    expect(await ask('listExports', { query: { stage: 'planned' } })).toEqual([]);
    expect(await refused('undoExport', of(exported, { rows: null }))).toMatchObject({ code: 'EXPORT_NOT_SETTLED' });
    for (const name of ['requeueRejects', 'dismissRejects'] as const)
      expect(await refused(name, of(exported, { rows: null }))).toMatchObject({ code: 'EXPORT_NOT_SETTLED' });
    const doubt = of(exported, { rows: null, written: true });
    expect(await refused('resolveDoubt', doubt)).toMatchObject({ code: 'EXPORT_NOT_SETTLED' });
    await scene.test.command(id, 'stop');
    expect(await detail(exported)).toMatchObject({ stage: 'planned', asks: null, openDoubt: 0 });
    expect(await ask('listExports', { query: { stage: 'planned' } })).toHaveLength(1);
    expect(await ask('listExports', { query: { stage: 'asking' } })).toEqual([]);
    expect(await ask('listExports', { query: { open: 'true' } })).toEqual([]);
  });

  it('does not exist under an unknown id', async () => {
    for (const name of ['getExport', 'listExportRecords', 'downloadExportRecords'] as const)
      expect(await refused(name, of('none'))).toMatchObject({ code: 'NOT_FOUND' });
    for (const name of ['undoExport', 'requeueRejects', 'dismissRejects'] as const)
      expect(await refused(name, of('none', { rows: null }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refused('resolveDoubt', of('none', { rows: null, written: true }))).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await refused('dismissRejects', of('none', { rows: [] }))).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await refused('dismissRejects', of('none', { rows: [0] }))).toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('records of an export', () => {
  it('are told with what changes, what became of them and what that means', async () => {
    const { export: id } = await run();
    const [first, second, third, fourth, fifth] = await records(id);
    expect(first).toEqual({
      ...{
        row: 1,
        action: 'create',
        outcome: 'created',
        mark: null,
        recordId: '003A',
        name: 'Ann Ash',
        key: null,
        reject: null,
        call: 1,
      },
      fields: [{ name: 'Email', before: null, after: 'ann' }],
    });
    expect(second?.fields).toEqual([
      { name: 'Email', before: 'old', after: 'bob' },
      { name: 'LastName', before: null, after: 'B' },
    ]);
    expect(third?.fields).toEqual([]);
    expect(fourth?.reject).toEqual({
      ...{ code: 'RULE_REFUSED', symbol: 'FIELD_CUSTOM', message: 'No.', fields: 'Email' },
      meaning: 'A rule of the outside system refused the record.',
      action: 'Correct what the rule asks for, or ask those who keep the rules of the outside system.',
    });
    expect(fifth).toMatchObject({ action: null, reject: { meaning: expect.stringMatching(/\.$/), fields: '' } });
  });

  it('are found by what is planned, what became of them, what changes, why they were rejected, and by words', async () => {
    const { export: id } = await run();
    const asked: [Record<string, string>, number[]][] = [
      [{ action: 'create' }, [1, 6, 7]],
      [{ action: 'refused' }, [5]],
      [{ outcome: 'rejected' }, [4, 5]],
      [{ field: 'LastName' }, [2]],
      [{ field: 'Name' }, []],
      [{ code: 'KEY_EMPTY' }, [5]],
      [{ mark: 'none' }, [4, 5, 6, 7]],
      [{ mark: 'dismissed' }, []],
      [{ search: 'BOB' }, [2]],
      [{ search: 'ann ash' }, [1]],
      [{ search: '003d', outcome: 'rejected' }, [4]],
      [{ search: 'nobody' }, []],
    ];
    for (const [query, rows] of asked) expect(await rowsOf(id, query), JSON.stringify(query)).toEqual(rows);
  });

  it('come page by page', async () => {
    const { export: id } = await run();
    const first = await ask('listExportRecords', { ...of(id), query: { limit: '4' } });
    expect([first.records.length, first.matching]).toEqual([4, 7]);
    const second = await ask('listExportRecords', { ...of(id), query: { limit: '4', cursor: first.cursor ?? '' } });
    expect(second.records.map(({ row }) => row)).toEqual([5, 6, 7]);
    expect(second.cursor).toBeNull();
    expect(await refused('listExportRecords', { ...of(id), query: { cursor: 'x' } })).toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(await refused('listExportRecords', { ...of(id), query: { outcome: 'x' } })).toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('are without values for a viewer, who cannot search for them either; who opens them is noted once', async () => {
    const { export: id } = await run();
    const viewer = { by: 'token', role: 'viewer' } as const;
    const masked = await ask('listExportRecords', { ...of(id), as: viewer });
    expect(masked.records[1]?.fields).toEqual([
      { name: 'Email', before: '•••', after: '•••' },
      { name: 'LastName', before: null, after: '•••' },
    ]);
    expect(masked.records[0]).toMatchObject({ name: '•••', key: null });
    expect(masked.records[3]).toMatchObject({
      ...{ name: null, key: '•••' },
      reject: { code: 'RULE_REFUSED', message: '•••', fields: 'Email', action: expect.stringMatching(/\w/) },
    });
    expect(JSON.stringify(masked)).not.toMatch(/"(dan|No\.|Ann Ash)"/);
    expect(await refused('listExportRecords', { ...of(id), as: viewer, query: { search: 'bob' } })).toMatchObject({
      code: 'ROLE_MISSING',
    });
    expect(await trail(id)).toEqual([]);
    await records(id);
    await records(id);
    expect((await trail(id)).map(([action]) => action)).toEqual(['export.open']);
  });

  it('are a file in which no value is a formula', async () => {
    const { export: id } = await run();
    const file = await scene.web.call('downloadExportRecords', { ...of(id), query: { outcome: 'rejected' } });
    expect(file.headers.get('content-disposition')).toContain('flow-send-export.csv');
    const [head, ...lines] = file.text.trimEnd().split('\r\n');
    expect(head).toBe(
      'row,action,outcome,mark,recordId,name,key,Email (before),Email (after),LastName (before),LastName (after),errorCode,errorSymbol,errorMessage,errorFields,meaning,whatToDo,call',
    );
    expect(lines[0]).toContain("4,update,rejected,,003D,,dan,x,'=dan,,,RULE_REFUSED,FIELD_CUSTOM,No.,Email,");
    expect(lines[1]).toContain('5,refused,rejected,');
    expect(lines).toHaveLength(2);
    const packed = await fetch(`${scene.web.url}/api/exports/${id}/records.csv`, {
      headers: { authorization: `Bearer ${scene.web.tokenOf('operator')}`, 'accept-encoding': 'gzip' },
    });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect((await packed.text()).trimEnd().split('\r\n')).toHaveLength(8);
    expect((await trail(id))[0]?.[0]).toBe('export.download');
  });

  it('lead to their call, and what happened to it', async () => {
    const at = (second: number): string => `2026-03-02T08:00:0${second}.000Z`;
    scene.sends = async (context) => {
      const calls = await writeCalls(context, [
        [1, 'sending', at(1), 'request', 'update', null],
        [2, 'opened', at(2), 'job', 'insert', null],
        [1, 'answered', at(3), 'request', 'update', null],
        [2, 'closed', at(4), 'job', 'insert', '750X'],
      ]);
      await keepFates(context, 'settled', settled, { calls });
    };
    const { export: id } = await run();
    expect(await ask('getExportCall', { params: { export: id, call: '2' } })).toEqual({
      ...{ call: 2, kind: 'job', operation: 'insert', job: '750X' },
      events: [
        { event: 'opened', at: at(2) },
        { event: 'closed', at: at(4) },
      ],
    });
    for (const call of ['3', 'x', '1.5'])
      expect(await refused('getExportCall', { params: { export: id, call } })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('have no calls when nothing was sent', async () => {
    const { export: id } = await run();
    expect(await refused('getExportCall', { params: { export: id, call: '1' } })).toMatchObject({ code: 'NOT_FOUND' });
  });
});

it('where rows are asked of a table by its columns, the sum of all is told', async () => {
  const done = await run();
  const table = scene.kept[0]?.tables.records as TableRef;
  const tally = await scene.test.stores
    .run(done.id)
    .tally(table, 'outcome', { op: 'isNotNull', value: column('call') });
  expect(tally.sort((a, b) => String(a.value).localeCompare(String(b.value)))).toEqual([
    { value: 'created', rows: 1 },
    { value: 'doubt', rows: 1 },
    { value: 'rejected', rows: 1 },
    { value: 'updated', rows: 1 },
  ]);
});
