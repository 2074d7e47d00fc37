import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EndpointName, Reply } from '../../contract/api.ts';
import type { ErrorReply } from '../../contract/errors.ts';
import type { ExportReport } from '../../contract/exports.ts';
import type { TableRef } from '../../contract/relation.ts';
import { column, scan } from '../../contract/relation.ts';
import { never } from '../../contract/run.ts';
import { sentRowColumns } from '../../contract/sent.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { NodeContext } from '../../nodes/kit/run.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { purgeRuns } from '../../server/keeping/purge.ts';
import type { RunDetail } from '../../server/runs/readRuns.ts';
import { FencedError } from '../../server/tables/types.ts';
import type { TestDatabase } from '../harness/database.ts';
import { makeDatabase } from '../harness/database.ts';
import type { Fate } from '../harness/exportAct.ts';
import { keepFates, writeCalls } from '../harness/exportAct.ts';
import { storeWorkflow } from '../harness/flow.ts';
import type { Web, WebCall } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

const columns: Column[] = [{ name: 'Email', label: 'Email', type: 'text', personal: true }];
const withRows = { config: { rows: true } };
const day = 86_400_000;
const names = ['ann', 'bob', 'cleo', 'dan', 'eve', 'finn', 'gus'];

/** One of each kind, for the seven rows. */
const settled: Fate[] = [
  {
    ...{ action: 'create', outcome: 'created', recordId: '003A', name: 'Ann Ash', call: 1 },
    ...{ values: { Email: 'ann' }, changed: ',Email,' },
  },
  {
    ...{ action: 'update', outcome: 'updated', recordId: '003B', call: 1, changed: ',Email,LastName,' },
    ...{ values: { LastName: 'B', Email: 'bob' }, before: { Email: 'old', LastName: null } },
  },
  { action: 'unchanged', outcome: 'unchanged', recordId: '003C' },
  {
    ...{ action: 'update', outcome: 'rejected', recordId: '003D', key: 'dan', call: 1, changed: ',Email,' },
    ...{ values: { Email: '=dan' }, before: { Email: 'x' }, errorCode: 'RULE_REFUSED', errorSymbol: 'FIELD_CUSTOM' },
    ...{ errorMessage: 'No.', errorFields: 'Email' },
  },
  { outcome: 'rejected', errorCode: 'KEY_EMPTY', errorSymbol: 'KEY_EMPTY', errorMessage: 'The key is empty.' },
  { action: 'create', outcome: 'unsent', values: { Email: 'finn' }, changed: ',Email,' },
  { action: 'create', outcome: 'doubt', values: { Email: 'gus' }, changed: ',Email,', call: 2 },
];

const acts: Acts = {};
let database: TestDatabase;
let test: UnderTest;
let web: Web;
/** What `send` keeps, in the order in which it does; the last one is settled unless a test says something else. */
let kept: ExportReport[];
let sends: (context: NodeContext) => Promise<void>;
/** What came to `send`, and to the node behind it. */
let arrived: string[][];
let behind: number;

beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  [kept, arrived, behind] = [[], [], 0];
  sends = async (context) => void kept.push(await keepFates(context, 'settled', settled));
  acts.a = async (context) => {
    const writer = await context.writer({ columns, name: 'rows' });
    await writer.append(names.map((name) => [name]));
    return { ports: { success: await writer.finish() } };
  };
  acts.send = async (context) => {
    if (context.inputs[0]?.table) arrived.push(await texts(context, context.inputs[0].table, 'Email'));
    await sends(context);
    return { ports: { success: null } };
  };
  acts.b = () => {
    behind += 1;
    return { ports: { success: null } };
  };
  database = await makeDatabase();
  test = await engineUnderTest(acts, { database });
  const { catalog, clock } = test;
  web = await startWeb({ retentionExportDays: 90 }, 'none', { database, catalog, clock, engine: test.engine });
});
afterEach(async () => {
  await web.close();
  await test.close();
  await database.drop();
});

const flow = (name = 'flow'): Workflow => draw('a -> send, send -> b', { a: withRows, send: withRows }, {}, name);

async function texts(context: Pick<NodeContext, 'read'>, table: TableRef, name: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { rows } of context.read(table, { columns: [name] }))
    found.push(...rows.map(([cell]) => String(cell)));
  return found;
}

/** A run of the published version. */
async function run(workflow = flow()): Promise<RunDetail & { export: string }> {
  await inTransaction(test.db, (tx) => storeWorkflow(tx, workflow));
  const done = await test.finish(workflow, { workflowId: workflow.internalName, version: 1 });
  return { ...done, export: taskOf(done, 'send') };
}

const taskOf = ({ tasks }: RunDetail, node: string): string =>
  tasks.findLast(({ nodeId }) => nodeId === node)?.id ?? '';

async function ask<N extends EndpointName>(name: N, call: WebCall): Promise<Reply<N>> {
  const { status, json, text } = await web.call(name, call);
  expect(status, text).toBe(200);
  return json;
}

async function refused(name: EndpointName, call: WebCall): Promise<ErrorReply> {
  const { status, json } = await web.call(name, call);
  expect(status).toBeGreaterThanOrEqual(400);
  const reply = json as ErrorReply;
  // A person reads it: nothing is left of a template.
  expect(`${reply.message} ${reply.action}`).toMatch(/^[A-Z].*\. [A-Z].*\.$/);
  expect(`${reply.message} ${reply.action}`).not.toMatch(/[{}]|undefined|\s\s/);
  return reply;
}

const of = (id: string, body?: unknown): WebCall => ({
  params: { export: id },
  ...(body === undefined ? {} : { body }),
});
const detail = (id: string) => ask('getExport', of(id));
const records = async (id: string, query: Record<string, string> = {}) =>
  (await ask('listExportRecords', { ...of(id), query })).records;
const rowsOf = async (id: string, query: Record<string, string>) => (await records(id, query)).map(({ row }) => row);
const start = async (name: 'undoExport' | 'requeueRejects', id: string, rows: number[] | null) => {
  const { id: started } = await ask(name, of(id, { rows }));
  let ended = await test.read(started);
  await test.eventually(async () => {
    ended = await test.read(started);
    expect(['succeeded', 'failed']).toContain(ended.state);
  });
  expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
  return ended;
};
/** The newest first. */
const trail = async (id: string): Promise<[string, unknown][]> =>
  (await ask('listAudit', { query: { subject: `export:${id}` } })).map(({ action, new: what }) => [action, what]);
const said = async (id: string) => (await trail(id)).filter(([action]) => action !== 'export.open');
const purge = (keep = {}) => purgeRuns(test, { exportDays: 90, ...keep });
const exists = (table: TableRef): Promise<void> => test.stores.run(table.store).verify(table);

describe('what is kept of an export', () => {
  it('is what the node said last, with its tables; others of the task go', async () => {
    let other: TableRef | undefined;
    sends = async (context) => {
      kept.push(await keepFates(context, 'asking', settled));
      other = await context.table(scan(context.inputs[0]?.table as TableRef), { name: 'other' });
      kept.push(await keepFates(context, 'settled', settled));
    };
    const { id, export: exported } = await run();
    await test.eventually(() => expect(exists(other as TableRef)).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' }));
    const [first, last] = kept;
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
    sends = async (context) => {
      await test.db('tasks').where({ id: context.task.id }).update({ attempt: 7 });
      refusal = await keepFates(context, 'settled', settled).catch((error: unknown) => error);
    };
    const id = await test.begin(flow());
    await test.eventually(() => expect(refusal).toBeInstanceOf(FencedError));
    expect(await test.db('exports')).toEqual([]);
    await test.command(id, 'kill');
  });

  it('stays when a loop gives up the rows that were exported', async () => {
    acts.again = async (context) => {
      const table = await context.table(scan(context.inputs[0]?.table as TableRef));
      const { pass } = context.task;
      if (pass === 1) await keepFates(context, 'settled', settled, { input: table });
      const ports: Record<string, TableRef> = pass < 6 ? { again: table } : { success: table };
      return { ports };
    };
    const done = await test.finish(draw('a -> again, again.again -> again', { a: withRows, again: withRows }));
    expect(done.state, JSON.stringify(done.error)).toBe('succeeded');
    const first = done.tasks.find(({ nodeId }) => nodeId === 'again');
    await test.eventually(async () =>
      expect((await test.read(done.id)).tasks.find(({ id }) => id === first?.id)?.outputs.again?.kept).toBe(false),
    );
    await exists(first?.outputs.again?.table as TableRef);
    expect(await records(first?.id ?? '')).toHaveLength(7);
  });

  it('says what it asks while it waits, and that nothing will be sent when its run was stopped', async () => {
    sends = (context) => keepFates(context, 'asking', settled).then(() => undefined);
    acts.send = async (context) => {
      await sends(context);
      return { waitUntil: never, reason: 'the test', asks: 'May 7 records be sent?' };
    };
    const id = await test.begin(flow());
    const exported = taskOf(await test.until(id, 'waiting for approval'), 'send');
    expect(await detail(exported)).toMatchObject({ stage: 'asking', asks: 'May 7 records be sent?', expiresAt: null });
    expect(await ask('listExports', { query: { stage: 'asking' } })).toHaveLength(1);
    expect(await ask('listExports', { query: { stage: 'planned' } })).toEqual([]);
    expect(await refused('undoExport', of(exported, { rows: null }))).toMatchObject({ code: 'EXPORT_NOT_SETTLED' });
    for (const name of ['requeueRejects', 'dismissRejects'] as const)
      expect(await refused(name, of(exported, { rows: null }))).toMatchObject({ code: 'EXPORT_NOT_SETTLED' });
    const doubt = of(exported, { rows: null, written: true });
    expect(await refused('resolveDoubt', doubt)).toMatchObject({ code: 'EXPORT_NOT_SETTLED' });
    await test.command(id, 'stop');
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
    const file = await web.call('downloadExportRecords', { ...of(id), query: { outcome: 'rejected' } });
    expect(file.headers.get('content-disposition')).toContain('flow-send-export.csv');
    const [head, ...lines] = file.text.trimEnd().split('\r\n');
    expect(head).toBe(
      'row,action,outcome,mark,recordId,name,key,Email (before),Email (after),LastName (before),LastName (after),errorCode,errorSymbol,errorMessage,errorFields,meaning,whatToDo,call',
    );
    expect(lines[0]).toContain("4,update,rejected,,003D,,dan,x,'=dan,,,RULE_REFUSED,FIELD_CUSTOM,No.,Email,");
    expect(lines[1]).toContain('5,refused,rejected,');
    expect(lines).toHaveLength(2);
    const packed = await fetch(`${web.url}/api/exports/${id}/records.csv`, {
      headers: { authorization: `Bearer ${web.tokenOf('operator')}`, 'accept-encoding': 'gzip' },
    });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect((await packed.text()).trimEnd().split('\r\n')).toHaveLength(8);
    expect((await trail(id))[0]?.[0]).toBe('export.download');
  });

  it('lead to their call, and what happened to it', async () => {
    const at = (second: number): string => `2026-03-02T08:00:0${second}.000Z`;
    sends = async (context) => {
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

describe('the retention of exports', () => {
  it('keeps their tables when the rows of the run go, and what is needed of the run when that goes', async () => {
    acts.b = async (context) => {
      const writer = await context.writer({ columns, name: 'large' });
      await writer.append(Array.from({ length: 1_000 }, () => ['x'.repeat(1_000)]));
      return { ports: { success: await writer.finish() } };
    };
    const done = await run(draw('a -> send, send -> b', { a: withRows, send: withRows, b: withRows }));
    const before = await test.stores.run(done.id).bytes();
    expect((await detail(done.export)).bytes).toBeNull();
    expect(await purge({ tables: 0 })).toBe(1);
    expect(await test.stores.run(done.id).bytes()).toBeLessThan(before - 900_000);
    const left = await test.stores.run(done.id).bytes();
    expect(await detail(done.export)).toMatchObject({ run: done.id, bytes: left });
    expect(await ask('getStorage', {})).toMatchObject({ runBytes: 0, exportBytes: left });
    expect(await records(done.export)).toHaveLength(7);
    expect(await purge({ tables: 0 })).toBe(0);
    await test.clock.step(31 * day);
    expect(await purge({ days: 30 })).toBe(1);
    expect(await test.db('runs')).toEqual([]);
    const found = await detail(done.export);
    expect(found).toMatchObject({ stage: 'settled', workflow: 'flow', nodeLabel: 'send', notUndoable: null });
    expect(Date.parse(found.expiresAt ?? '') - Date.parse(done.endedAt ?? '')).toBe(90 * day);
    let undone: string[] = [];
    sends = async (context) => {
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
    await test.clock.step(60 * day);
    expect(await purge()).toBe(0);
    expect(await refused('getExport', of(done.export))).toMatchObject({ code: 'NOT_FOUND' });
    await expect(
      test.stores.run(done.id).count(scan(kept[0]?.tables.records as TableRef), new AbortController().signal),
    ).rejects.toMatchObject({
      code: 'WORK_TABLE_LOST',
    });
    expect(await detail(taskOf(undo, 'send'))).toMatchObject({ undoes: done.export });
    expect(await test.db('export_marks')).toEqual([]);
  });

  it('is what the workflow says, and ends while the run is still kept', async () => {
    const workflow = { ...flow(), settings: { keep: { exportDays: 2 } } };
    const done = await run(workflow);
    await ask('dismissRejects', of(done.export, { rows: [4] }));
    await test.clock.step(day);
    await purge();
    expect((await detail(done.export)).expiresAt).toBe(
      new Date(Date.parse(done.endedAt ?? '') + 2 * day).toISOString(),
    );
    await test.clock.step(1.5 * day);
    await purge();
    expect(await ask('listExports', {})).toEqual([]);
    expect(await test.db('export_marks')).toEqual([]);
    await expect(exists(kept[0]?.tables.records as TableRef)).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' });
    // What the run shows stays with the run.
    await exists(kept[0]?.tables.input as TableRef);
  });

  it('never ends while the run is not over, or while another run takes from the export', async () => {
    const done = await run();
    sends = (context) => keepFates(context, 'sending', settled).then(() => undefined);
    acts.b = () => ({ waitUntil: never, reason: 'the test' });
    const open = await test.begin(flow('other'));
    const waiting = taskOf(await test.until(open, 'waiting'), 'send');
    acts.send = () => ({ ports: { success: null } });
    await test.engine.stop();
    const undo = await ask('undoExport', of(done.export, { rows: null }));
    await test.clock.step(400 * day);
    await purge();
    expect((await ask('listExports', {})).map(({ id }) => id)).toEqual([waiting, done.export]);
    expect(await detail(waiting)).toMatchObject({ expiresAt: null, stage: 'sending', openDoubt: 0 });
    const next = test.another();
    await next.start();
    await test.until(undo.id, 'succeeded');
    await purge();
    expect((await ask('listExports', {})).map(({ id }) => id)).toEqual([waiting]);
    await test.command(open, 'stop');
    await next.stop();
  });

  it('leaves a task its tables that goes on with them when its run is retried', async () => {
    let fails = true;
    sends = async (context) => {
      kept.push(await keepFates(context, 'sending', settled));
      if (fails) throw new Error('the test');
    };
    const workflow = draw('a -> send', {
      a: withRows,
      send: { ...withRows, retry: { attempts: 1, delay: 0, maxDelay: 0 } },
    });
    const done = await test.finish(workflow);
    expect(done.state).toBe('failed');
    await test.clock.step(100 * day);
    await purge();
    expect(await ask('listExports', {})).toEqual([]);
    await exists(kept[0]?.tables.records as TableRef);
    fails = false;
    await test.command(done.id, 'retry');
    await test.until(done.id, 'succeeded');
    expect(await ask('listExports', {})).toMatchObject([{ id: taskOf(done, 'send'), stage: 'sending' }]);
  });

  it('is gone on with after a kill between the mark and the deletion', async () => {
    const done = await run();
    await test.db('exports').update({ gone: true });
    expect(await refused('getExport', of(done.export))).toMatchObject({ code: 'NOT_FOUND' });
    await purge();
    expect(await test.db('exports')).toEqual([]);
    await expect(exists(kept[0]?.tables.records as TableRef)).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' });
  });
});

describe('an undo', () => {
  let taken: { records: Cell[][]; export: string; input: number }[];
  beforeEach(() => {
    taken = [];
    const keepSettled = sends;
    sends = async (context) => {
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
    expect(behind).toBe(1);
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
    expect(behind).toBe(1);
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
    await inTransaction(test.db, (tx) => storeWorkflow(tx, draw('a')));
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
    sends = (context) =>
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
    const [store, table] = [test.stores.run(done.id), kept[0]?.tables.input as TableRef];
    await store.drop([table]);
    for (const name of ['undoExport', 'requeueRejects'] as const)
      expect(await refused(name, of(done.export, { rows: null }))).toMatchObject({ code: 'WORK_TABLE_LOST' });
    expect(await test.db('export_marks')).toEqual([]);
    expect(await test.db('runs')).toHaveLength(1);
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
    await test.until(first.id, 'succeeded');
    expect((await detail(done.export)).notUndoable).toBeNull();
  });

  it('is an undo again when its run is restarted, and finds its rows again when it is retried', async () => {
    const done = await run();
    let fails = true;
    const undoIt = sends;
    sends = async (context) => {
      await undoIt(context);
      if (fails) throw new Error('the test');
    };
    const { id } = await ask('undoExport', of(done.export, { rows: [1] }));
    await test.eventually(() => expect(taken).toHaveLength(1));
    await test.command(id, 'stop');
    await test.until(id, 'stopped');
    // Whatever becomes of the store it was copied from.
    await test.stores.run(done.id).drop([kept[0]?.tables.records as TableRef]);
    fails = false;
    await test.command(id, 'retry');
    await test.until(id, 'succeeded');
    expect(taken.at(-1)?.records.map(([row]) => row)).toEqual([1]);
  });

  it('that is restarted takes the same records', async () => {
    const done = await run();
    const first = await start('undoExport', done.export, [2]);
    const again = await test.restart(first.id);
    await test.until(again, 'succeeded');
    expect(taken.map((one) => one.records.map(([row]) => row))).toEqual([[2], [2]]);
    expect((await test.read(again)).tasks.map(({ nodeId }) => nodeId)).toEqual(['send']);
  });

  it('gets what the records are in sent states', async () => {
    const state = '["flow","a","send"]';
    const keepRows = sends;
    let besides: string[] = [];
    sends = async (context) => {
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

async function sentRows(context: NodeContext): Promise<TableRef> {
  const writer = await context.writer({ columns: sentRowColumns, name: 'sent' });
  await writer.append(names.map((name) => [name, `hash of ${name}`, null]));
  return writer.finish();
}

describe('requeueing', () => {
  it('starts the published version at the node with the rows that are left, and goes on behind it', async () => {
    const done = await run();
    const published = draw('a -> send, send -> b, b -> c', { a: withRows, send: withRows });
    await inTransaction(test.db, async (tx) => storeWorkflow(tx, published));
    await ask('resolveDoubt', of(done.export, { rows: null, written: false }));
    const again = await start('requeueRejects', done.export, null);
    expect(arrived).toEqual([names, ['dan', 'eve', 'finn', 'gus']]);
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
    expect(arrived.at(-1)).toEqual(['dan', 'eve']);
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
    expect(arrived.slice(1)).toEqual([['dan'], ['eve', 'finn']]);
  });

  it('can be restarted with the same rows', async () => {
    const done = await run();
    const again = await start('requeueRejects', done.export, [4]);
    await test.until(await test.restart(again.id), 'succeeded');
    expect(arrived.slice(1)).toEqual([['dan'], ['dan']]);
  });

  it('is refused when nothing is published, when the node is gone, or when no rows reach it', async () => {
    const done = await run();
    const body = { rows: [4] };
    const publish = (workflow: Workflow) => inTransaction(test.db, (tx) => storeWorkflow(tx, workflow));
    await publish(draw('a -> b'));
    expect(await refused('requeueRejects', of(done.export, body))).toMatchObject({ code: 'EXPORT_NODE_GONE' });
    await publish(draw('a -> b, send -> b'));
    expect(await refused('requeueRejects', of(done.export, body))).toMatchObject({ code: 'EXPORT_NODE_GONE' });
    await test.db('workflows').update({ published_version: null });
    expect(await refused('requeueRejects', of(done.export, body))).toMatchObject({ code: 'NOT_PUBLISHED' });
    await test.db('workflows').delete();
    expect(await refused('requeueRejects', of(done.export, body))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await rowsOf(done.export, { mark: 'none' })).toEqual([4, 5, 6, 7]);
    expect(await test.db('runs')).toHaveLength(1);
  });

  it('of a draft runs it as it was then, and takes an editor', async () => {
    const done = await test.finish(flow());
    const id = taskOf(done, 'send');
    const operator = { by: 'token', role: 'operator' } as const;
    expect(await refused('requeueRejects', { ...of(id, { rows: null }), as: operator })).toMatchObject({
      code: 'ROLE_MISSING',
      details: { role: 'editor' },
    });
    const again = await start('requeueRejects', id, null);
    expect(again.version).toBeNull();
    expect(arrived.at(-1)).toEqual(['dan', 'eve', 'finn']);
  });

  it('is refused when nothing is left to send', async () => {
    sends = (context) => keepFates(context, 'settled', settled.slice(0, 3)).then(() => undefined);
    const done = await run();
    expect(await refused('requeueRejects', of(done.export, { rows: null }))).toMatchObject({ code: 'NOTHING_OPEN' });
    expect(await refused('dismissRejects', of(done.export, { rows: null }))).toMatchObject({ code: 'NOTHING_OPEN' });
    expect(await refused('resolveDoubt', of(done.export, { rows: null, written: true }))).toMatchObject({
      code: 'NOTHING_OPEN',
    });
  });
});

describe('what people say of records', () => {
  it('dismisses rejects, once, and their rows are not due until they change', async () => {
    const state = '["flow","a","send"]';
    sends = async (context) => {
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
    sends = async (context) => {
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
    expect(arrived.at(-1)).toEqual(['bob']);
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
    const done = await test.finish(draw(arrows, { a: withRows, send: withRows, w: withRows, c: withRows }));
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
    sends = async (context) => {
      if (!fails) return void (await keepFates(context, 'settled', settled));
      await keepFates(context, 'sending', fates);
      throw new Error('the test');
    };
    const send = { ...withRows, retry: { attempts: 1, delay: 0, maxDelay: 0 } };
    const done = await test.finish(draw('a -> send', { a: withRows, send }));
    const id = taskOf(done, 'send');
    expect(await detail(id)).toMatchObject({ stage: 'sending', openDoubt: 7 });
    expect(await ask('resolveDoubt', of(id, { rows: [1, 7], written: false }))).toMatchObject({ openDoubt: 5 });
    expect(await rowsOf(id, { mark: 'none' })).toEqual([2, 3, 4, 5, 6]);
    expect(await refused('requeueRejects', of(id, { rows: [1] }))).toMatchObject({ code: 'EXPORT_NOT_SETTLED' });
    fails = false;
    await test.command(done.id, 'retry');
    await test.until(done.id, 'succeeded');
    expect(await detail(id)).toMatchObject({ stage: 'settled', openDoubt: 1, openRejects: 2 });
    expect(await rowsOf(id, { mark: 'none' })).toEqual([4, 5, 6, 7]);
  });
});

async function localRows(state: string, where: string): Promise<string[]> {
  const query = { limit: 100, cursor: null, sort: { column: 'key', direction: 'asc' as const }, search: '' };
  const filter = [{ column: where, operator: 'isNotEmpty', value: null }];
  const page = await test.stores.local.page(`_sent ${state}`, { ...query, filter });
  return page.rows.map((row) => String(row[page.columns.findIndex(({ name }) => name === 'key')]));
}
const dismissedKeys = (state: string): Promise<string[]> => localRows(state, 'dismissed');
const sentKeys = (state: string): Promise<string[]> => localRows(state, 'hash');

describe('older doubt', () => {
  let older: Awaited<ReturnType<NodeContext['olderDoubt']>>[];
  const look = async (name = 'flow', node = 'send') => {
    acts[node] = async (context) => {
      older.push(await context.olderDoubt());
      return { ports: { success: null } };
    };
    await test.finish(draw(`a -> ${node}`, { a: withRows, [node]: withRows }, { concurrency: 'parallel' }, name));
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
    sends = async (context) => {
      await keepFates(context, 'sending', [
        { action: 'create' },
        { action: 'unchanged', outcome: 'unchanged' },
        { outcome: 'rejected' },
      ]);
      throw new Error('the test');
    };
    const send = { ...withRows, retry: { attempts: 2, delay: 3_600, maxDelay: 3_600 } };
    const open = await test.begin(draw('a -> send', { a: withRows, send }));
    await test.eventually(async () => expect(await test.db('tasks').where({ retries: 1 })).toHaveLength(1));
    expect(await look()).toBeNull();
    await test.command(open, 'stop');
    await test.until(open, 'stopped');
    const id = taskOf(await test.read(open), 'send');
    expect(await look()).toEqual({ export: id, run: open, records: 1 });
    expect(await rowsOf(id, { mark: 'none' })).toEqual([1]);
    await purge({ tables: 0 });
    await ask('resolveDoubt', of(id, { rows: null, written: false }));
    expect(await look()).toBeNull();
  });

  it('is not that of an export that runs later', async () => {
    const gate = Promise.withResolvers<void>();
    const first = await test.begin(draw('a -> send', { a: withRows, send: { ...withRows, execution: 'stop' } }));
    await test.until(first, 'paused');
    const done = await run({ ...flow(), settings: { concurrency: 'parallel' } });
    expect(await detail(done.export)).toMatchObject({ openDoubt: 1 });
    acts.send = async (context) => {
      older.push(await context.olderDoubt());
      gate.resolve();
      return { ports: { success: null } };
    };
    await test.command(first, 'resume');
    await gate.promise;
    expect(older).toEqual([null]);
    await test.until(first, 'succeeded');
  });
});

it('where rows are asked of a table by its columns, the sum of all is told', async () => {
  const done = await run();
  const table = kept[0]?.tables.records as TableRef;
  const tally = await test.stores.run(done.id).tally(table, 'outcome', { op: 'isNotNull', value: column('call') });
  expect(tally.sort((a, b) => String(a.value).localeCompare(String(b.value)))).toEqual([
    { value: 'created', rows: 1 },
    { value: 'doubt', rows: 1 },
    { value: 'rejected', rows: 1 },
    { value: 'updated', rows: 1 },
  ]);
});
