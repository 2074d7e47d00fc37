/** What was said of an export, and what becomes of it when its run, or another one, goes on. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EndpointName, Reply } from '../../contract/api.ts';
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import { never } from '../../contract/run.ts';
import { sentRowColumns } from '../../contract/sent.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { NodeContext, SendHindrance } from '../../nodes/kit/run.ts';
import { nowText } from '../../server/db/clock.ts';
import { createIds } from '../../server/db/ids.ts';
import { inRun, inTransaction } from '../../server/db/transaction.ts';
import type { RunDetail } from '../../server/runs/readRuns.ts';
import { restartRun } from '../../server/runs/restartRun.ts';
import type { TestDatabase } from '../harness/database.ts';
import { makeDatabase } from '../harness/database.ts';
import type { Fate } from '../harness/exportAct.ts';
import { keepFates } from '../harness/exportAct.ts';
import { storeWorkflow } from '../harness/flow.ts';
import type { Web } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

const columns: Column[] = [{ name: 'Email', label: 'Email', type: 'text' }];
const names = ['ann', 'bob', 'cleo'];
const send = { config: { rows: true }, retry: { attempts: 1, delay: 0, maxDelay: 0 } };
const workflow = draw('a -> send', { a: { config: { rows: true } }, send }, { concurrency: 'parallel' });
const created: Fate = { action: 'create', outcome: 'created' };
const rejected: Fate = { action: 'create', outcome: 'rejected', errorCode: 'RULE_REFUSED', errorSymbol: 'X' };

const acts: Acts = {};
let database: TestDatabase;
let test: UnderTest;
let web: Web;
/** What becomes of the rows that come to `send`. */
let sends: (context: NodeContext) => Promise<void>;
/** What came to `send`, each time. */
let came: Cell[][];

beforeEach(async () => {
  came = [];
  acts.a = async (context) => ({
    ports: {
      success: await table(
        context,
        'rows',
        columns,
        names.map((name) => [name]),
      ),
    },
  });
  acts.send = async (context) => {
    const input = context.inputs[0]?.table;
    if (input) came.push(await emails(context, input));
    await sends(context);
    return { ports: { success: null } };
  };
  database = await makeDatabase();
  test = await engineUnderTest(acts, { database });
  const { catalog, clock } = test;
  web = await startWeb({}, 'none', { database, catalog, clock, engine: test.engine });
});
afterEach(async () => {
  await web.close();
  await test.close();
  await database.drop();
});

async function table(context: NodeContext, name: string, own: Column[], rows: Cell[][]): Promise<TableRef> {
  const writer = await context.writer({ columns: own, name });
  await writer.append(rows);
  return writer.finish();
}

async function emails(context: NodeContext, input: TableRef): Promise<Cell[]> {
  const found: Cell[] = [];
  for await (const { rows } of context.read(input, { columns: ['Email'] }))
    found.push(...rows.map(([one = null]) => one));
  return found;
}

async function run(): Promise<{ id: string; export: string; detail: RunDetail }> {
  await inTransaction(test.db, (tx) => storeWorkflow(tx, workflow));
  const detail = await test.finish(workflow, { workflowId: workflow.internalName, version: 1 });
  return { id: detail.id, export: taskOf(detail), detail };
}

const taskOf = ({ tasks }: RunDetail): string => tasks.findLast(({ nodeId }) => nodeId === 'send')?.id ?? '';

async function ask<N extends EndpointName>(name: N, id: string, body?: unknown): Promise<Reply<N>> {
  const { status, json, text } = await web.call(name, { params: { export: id }, ...(body ? { body } : {}) });
  expect(status, text).toBe(200);
  return json;
}

const detail = (id: string) => ask('getExport', id);
const marksOf = async (id: string) => (await ask('listExportRecords', id)).records.map(({ mark }) => mark);
const requeue = async (id: string) => (await ask('requeueRejects', id, { rows: null })).id;
const keeps = (fates: Fate[]) => (context: NodeContext) => keepFates(context, 'settled', fates).then(() => undefined);

/** Its plan is refused, as a node does it. */
async function refuses(context: NodeContext): Promise<never> {
  await keepFates(context, 'refused', [{ action: 'create' }, { action: 'create' }]);
  throw new UserError('PLAN_REFUSED', { by: 'test', note: 'no' });
}

it('what a person said was written is due again when the run goes on and it was not', async () => {
  const state = '["flow","a","send"]';
  let isOver = false;
  sends = async (context) => {
    const rows = names.map((name, index) => [name, `hash of ${name}`, index === 2 ? 'before' : null]);
    const sent = [{ state, rows: await table(context, `sent ${context.task.attempt}`, sentRowColumns, rows) }];
    if (isOver) return void (await keepFates(context, 'settled', [created, rejected, rejected], { sent }));
    await keepFates(
      context,
      'sending',
      names.map((): Fate => ({ action: 'create' })),
      { sent },
    );
    throw new Error('the test');
  };
  const done = await run();
  expect(await ask('resolveDoubt', done.export, { rows: null, written: true })).toMatchObject({ openDoubt: 0 });
  const hashes = async (): Promise<unknown> => {
    const query = {
      limit: 9,
      cursor: null,
      sort: { column: 'key', direction: 'asc' as const },
      search: '',
      filter: [],
    };
    const page = await test.stores.local.page(`_sent ${state}`, query);
    return page.rows.map((cells) => cells.slice(0, 2));
  };
  expect(await hashes()).toEqual(names.map((name) => [name, `hash of ${name}`]));
  isOver = true;
  await test.command(done.id, 'retry');
  await test.until(done.id, 'succeeded');
  expect(await detail(done.export)).toMatchObject({ stage: 'settled', openRejects: 2 });
  // Of bob nothing was ever sent; what cleo holds by now nobody knows.
  expect(await hashes()).toEqual([
    ['ann', 'hash of ann'],
    ['cleo', ''],
  ]);
});

it('what was requeued into a run whose plan was refused is open again, and can be requeued once more', async () => {
  sends = keeps([created, rejected, rejected]);
  const done = await run();
  sends = refuses;
  const first = await requeue(done.export);
  await test.until(first, 'failed');
  expect(await detail(done.export)).toMatchObject({ openRejects: 2 });
  expect(await marksOf(done.export)).toEqual([null, null, null]);
  sends = keeps([created, created]);
  const second = await requeue(done.export);
  await test.until(second, 'succeeded');
  expect(came).toEqual([names, ['bob', 'cleo'], ['bob', 'cleo']]);
  expect(await marksOf(done.export)).toEqual([null, 'requeued', 'requeued']);
  expect(await detail(done.export)).toMatchObject({ openRejects: 0 });
  for (const name of ['retryRun', 'restartRun'] as const)
    expect(await web.call(name, { params: { run: first } })).toMatchObject({
      status: 409,
      json: { code: 'REQUEUE_OUTDATED', action: expect.stringMatching(/requeue what is still left/) },
    });
});

it('a run that goes on after its plan was refused, or the one in its place, takes what was requeued again', async () => {
  sends = keeps([created, rejected, rejected]);
  const done = await run();
  sends = refuses;
  const first = await requeue(done.export);
  await test.until(first, 'failed');
  const again = await test.restart(first);
  await test.until(again, 'failed');
  expect(await marksOf(done.export)).toEqual([null, null, null]);
  sends = async (context) => {
    await keepFates(context, 'asking', [{ action: 'create' }, { action: 'create' }]);
    expect(await marksOf(done.export)).toEqual([null, 'requeued', 'requeued']);
    await keeps([created, created])(context);
  };
  await test.command(again, 'retry');
  await test.until(again, 'succeeded');
  expect(came).toEqual([names, ['bob', 'cleo'], ['bob', 'cleo'], ['bob', 'cleo']]);
  expect(await marksOf(done.export)).toEqual([null, 'requeued', 'requeued']);
});

it('what was requeued into a run that is stopped before it sends is open again, and only what it has not sent', async () => {
  sends = keeps([created, rejected, rejected]);
  const done = await run();
  acts.send = async (context) => {
    await keepFates(context, 'asking', [{ action: 'create' }, { action: 'create' }]);
    return { waitUntil: never, reason: 'the test', asks: 'Send them?' };
  };
  const stopped = await requeue(done.export);
  await test.until(stopped, 'waiting for approval');
  expect(await marksOf(done.export)).toEqual([null, 'requeued', 'requeued']);
  await test.command(stopped, 'stop');
  await test.until(stopped, 'stopped');
  expect(await marksOf(done.export)).toEqual([null, null, null]);
  acts.send = async (context) => {
    await keepFates(context, 'sending', [{ action: 'create' }, { action: 'create' }]);
    throw new Error('the test');
  };
  await test.until(await requeue(done.export), 'failed');
  expect(await marksOf(done.export)).toEqual([null, 'requeued', 'requeued']);
});

it('rows of a run that is started anew are not sent by the old one, though it has not heard of its stop yet', async () => {
  sends = keeps([created, rejected, rejected]);
  const done = await run();
  const sending: string[] = [];
  const { catalog, clock } = test;
  const newId = createIds(clock);
  let heir: string | null = null;
  acts.send = async (context) => {
    const { id } = context.run;
    const host = { catalog: catalog.definitions, newId, at: nowText(clock) };
    if (id === first) heir ??= (await inRun(test.db, id, (tx) => restartRun(tx, host, id))).id;
    const keepExport: NodeContext['keepExport'] = (report) =>
      context.keepExport(report, { olderDoubt: true, beside: true });
    await keepFates({ ...context, keepExport }, 'sending', [{ action: 'create' }, { action: 'create' }]);
    sending.push(id);
    await keepFates(context, 'settled', [created, created]);
    return { ports: { success: null } };
  };
  const first = await requeue(done.export);
  await test.until(first, 'stopped');
  await test.until(heir ?? '', 'succeeded');
  expect(sending).toEqual([heir]);
});

it('an undo that was refused has undone nothing; one that waits for an answer, or has it, is named', async () => {
  sends = keeps([created, created, created]);
  const done = await run();
  acts.send = async (context) => {
    const input = context.undoes?.records as TableRef;
    const fates = names.map((): Fate => ({ action: 'delete' }));
    if (!context.decision) {
      await keepFates(context, 'asking', fates, { input });
      return { waitUntil: never, reason: 'the test', asks: 'Undo?' };
    }
    const stage = context.decision.approved ? 'settled' : 'refused';
    await keepFates(
      context,
      stage,
      stage === 'settled' ? fates.map((fate) => ({ ...fate, outcome: 'deleted' })) : fates,
      { input },
    );
    if (stage === 'refused') throw new UserError('PLAN_REFUSED', { by: 'test', note: 'no' });
    return { ports: { success: null } };
  };
  const undo = async (approved: boolean): Promise<string> => {
    const { id } = await ask('undoExport', done.export, { rows: null });
    const task = taskOf(await test.until(id, 'waiting for approval'));
    expect((await detail(done.export)).undoneBy).toBe(task);
    await web.call('decideTask', { params: { run: id, task }, body: { approved } });
    await test.until(id, approved ? 'succeeded' : 'failed');
    return task;
  };
  await undo(false);
  expect((await detail(done.export)).undoneBy).toBeNull();
  const undone = await undo(true);
  expect((await detail(done.export)).undoneBy).toBe(undone);
  await undo(false);
  expect((await detail(done.export)).undoneBy).toBe(undone);
});

it('of two runs that begin to send at once one finds the other', async () => {
  const both = Promise.withResolvers<void>();
  const found: (SendHindrance | null)[] = [];
  let [arrived, looked] = [0, 0];
  const bothLooked = Promise.withResolvers<void>();
  acts.send = async (context) => {
    arrived += 1;
    if (arrived === 2) both.resolve();
    await both.promise;
    const keepExport: NodeContext['keepExport'] = async (report) => {
      found.push(await context.keepExport(report, { olderDoubt: true, beside: true }));
      return null;
    };
    await keepFates({ ...context, keepExport }, 'sending', [created, created, created]);
    looked += 1;
    if (looked === 2) bothLooked.resolve();
    await bothLooked.promise;
    return { ports: { success: null } };
  };
  const runs = await Promise.all([test.begin(workflow), test.begin(workflow)]);
  for (const id of runs) await test.until(id, 'succeeded');
  expect(found.filter((one) => one === null)).toHaveLength(1);
  expect(found).toContainEqual({ kind: 'beside' });
  expect(await test.db('exports')).toHaveLength(1);
});
