import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TableRef } from '../../contract/relation.ts';
import { column, scan } from '../../contract/relation.ts';
import { never } from '../../contract/run.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { NodeContext } from '../../nodes/kit/run.ts';
import { nowText } from '../../server/db/clock.ts';
import { openControl } from '../../server/db/control.ts';
import { lockFolder } from '../../server/db/folderLock.ts';
import { createIds } from '../../server/db/ids.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import type { ExportRow } from '../../server/exports/rows.ts';
import { startUndo } from '../../server/exports/undo.ts';
import { purgeRuns } from '../../server/keeping/purge.ts';
import { moveInstance } from '../../server/move/move.ts';
import { changeOption, listOptionChanges, listOptions } from '../../server/options/options.ts';
import { listRuns } from '../../server/runs/readRuns.ts';
import type { TestDatabase } from '../harness/database.ts';
import { makeDatabase } from '../harness/database.ts';
import type { Fate } from '../harness/exportAct.ts';
import { keepFates } from '../harness/exportAct.ts';
import { storeWorkflow } from '../harness/flow.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

let files: TestDatabase;
let database: TestDatabase;
beforeEach(async () => {
  files = await makeDatabase({ postgres: false });
  database = await makeDatabase({ postgres: true });
});
afterEach(async () => {
  await files.drop();
  await database.drop();
});

const columns: Column[] = [
  { name: 'Id', label: 'Number', type: 'text', identifying: true },
  { name: 'Score', label: 'Score', type: 'decimal' },
  { name: 'Born', label: 'Born', type: 'date', personal: true },
];
const rows: Cell[][] = Array.from({ length: 2_500 }, (_, index) => [
  `p${index}`,
  `${index}.50`,
  index % 2 === 0 ? '2001-02-03' : null,
]);
const withRows = { config: { rows: true } };

const acts: Acts = {
  async a(context) {
    const writer = await context.writer({ columns, name: 'people' });
    for (let from = 0; from < rows.length; from += 1_000) await writer.append(rows.slice(from, from + 1_000));
    return { ports: { success: await writer.finish() } };
  },
  async b(context) {
    const input = context.inputs[0]?.table as TableRef;
    const where = { op: 'isNull', value: column('Born') } as const;
    const values = [{ name: 'Score' }, { name: 'Born' }];
    await context.ensureLocalTable('people', columns, ['Id']);
    await context.once('keep', { table: 'people', operation: 'insert', source: scan(input), key: ['Id'], values });
    return { ports: { success: await context.table({ op: 'filter', input: scan(input), where }) } };
  },
  later: (context) => {
    if (context.wake) return { ports: { success: context.inputs[0]?.table ?? null } };
    return { waitUntil: '2026-03-02T09:00:00.000Z', reason: 'the test' };
  },
};

/** What an instance says of itself, however it is stored. */
async function answers({ db, stores, read, events }: UnderTest) {
  const runs = await listRuns(db, {});
  const details = await Promise.all(runs.map((run) => read(run.id)));
  const tables = details.flatMap((run) =>
    run.tasks.flatMap((task) => Object.values(task.outputs).flatMap(({ table }) => (table ? [table] : []))),
  );
  const query = { limit: 1_000, cursor: null, sort: null, search: '', filter: [] };
  const pages = await Promise.all(tables.map((table) => stores.run(table.store).page(table, query)));
  return {
    runs,
    events: await Promise.all(runs.map((run) => events(run.id))),
    // Ids of tables are those of a store.
    details: JSON.parse(JSON.stringify(details).replaceAll(/"id":"\d+[^"]*"/g, '"id":"-"')) as unknown,
    pages: pages.map(({ columns: names, rows: cells, matching, total }) => ({ names, cells, matching, total })),
    options: await listOptions(db),
    changes: await listOptionChanges(db, 'limit'),
    local: await stores.local.tables(),
    people: (await stores.local.page('people', { ...query, sort: { column: 'Id', direction: 'asc' } })).rows,
  };
}

async function fill(test: UnderTest): Promise<string> {
  const done = await test.finish(draw('a -> b', { a: withRows, b: withRows }, {}, 'done'));
  expect(done.state, JSON.stringify(done.error)).toBe('succeeded');
  const write = { name: 'limit', by: 'ann', runId: null, at: '2026-03-02T08:00:00.000Z' };
  for (const value of ['1', '2']) await inTransaction(test.db, (tx) => changeOption(tx, { ...write, value }));
  const waiting = await test.begin(
    draw('a -> later, later -> c', { a: withRows, later: withRows, c: withRows }, {}, 'later'),
  );
  await test.until(waiting, 'waiting');
  return waiting;
}

it('a moved instance answers the same, and goes on where it stood', async () => {
  const test = await engineUnderTest(acts, { database: files });
  const waiting = await fill(test);
  await test.engine.stop();
  const before = await answers(test);
  await test.close();
  const moved = await moveInstance(test.clock, files.folder, database.place);
  expect(moved).toMatchObject({ workTables: 3, workRows: 2_500 + 1_250 + 2_500, local: { people: 2_500 } });
  expect(moved.control).toMatchObject({ runs: 2, options: 1, option_changes: 2 });
  const twin = await engineUnderTest(acts, { database, started: false });
  expect(await answers(twin)).toEqual(before);
  await twin.engine.start();
  await twin.command(waiting, 'wake');
  const { tasks } = await twin.until(waiting, 'succeeded');
  expect(tasks.find((task) => task.nodeId === 'c')).toMatchObject({ state: 'succeeded', rowsIn: 2_500 });
  expect((await twin.finish(draw('a', { a: withRows }, {}, 'next'))).state).toBe('succeeded');
  await twin.close();
});

it('a called run takes the rows it was given, wherever they were moved', async () => {
  const test = await engineUnderTest(acts, { database: files });
  const child = draw('taker', { taker: { ...withRows, execution: 'stop' } }, {}, 'child');
  await inTransaction(test.db, (tx) => storeWorkflow(tx, child));
  const text: Column[] = [{ name: 'Text', label: 'Text', type: 'text' }];
  const make = async (context: NodeContext, cell: string) => {
    const writer = await context.writer({ columns: text, name: cell });
    await writer.append([[cell]]);
    return writer.finish();
  };
  // Tables that are not moved: the others are the first ones of the store then.
  acts.first = async (context) => {
    await make(context, 'left behind');
    return { ports: { success: await make(context, 'right') } };
  };
  acts.second = async (context) => ({ ports: { success: await make(context, 'wrong') } });
  acts.caller = ({ called, inputs }) => {
    if (called?.over) return { ports: { success: null } };
    const wait = { waitUntil: never, reason: 'the test', memory: true };
    return called ? wait : { ...wait, call: { workflow: 'child', vars: {}, table: inputs[0]?.table ?? null } };
  };
  const parts = { first: withRows, second: withRows, same: withRows, caller: withRows };
  const parent = await test.begin(draw('first -> second, first -> same, same -> caller', parts, {}, 'parent'));
  await test.until(parent, 'waiting');
  await test.close();
  await moveInstance(test.clock, files.folder, database.place);
  const taken: Cell[][] = [];
  acts.taker = async (context) => {
    const table = await context.given();
    if (table) for await (const batch of context.read(table)) taken.push(...batch.rows);
    return { ports: { success: table } };
  };
  const twin = await engineUnderTest(acts, { database });
  const { id } = await twin.db('runs').where({ workflow_name: 'child' }).first();
  await twin.command(id, 'resume');
  await twin.until(id, 'succeeded');
  expect(taken).toEqual([['right']]);
  await twin.until(parent, 'succeeded');
  await twin.close();
});

it('a run that is retried where it was moved to does not write again what it wrote before', async () => {
  const test = await engineUnderTest(acts, { database: files });
  const text: Column[] = [{ name: 'Text', label: 'Text', type: 'text' }];
  const results: unknown[] = [];
  acts.writes = async (context) => {
    const writer = await context.writer({ columns: text, name: `rows ${context.task.attempt}` });
    await writer.append([['one']]);
    const table = await writer.finish();
    await context.ensureLocalTable('kept', text, ['Text']);
    results.push(
      await context.once('keep', {
        table: 'kept',
        operation: 'insert',
        source: scan(table),
        key: ['Text'],
        values: [],
      }),
    );
    if (results.length === 1) throw new Error('the test');
    return { ports: { success: table } };
  };
  const once = { ...withRows, retry: { attempts: 1, delay: 0, maxDelay: 0 } };
  const failed = await test.finish(draw('writes', { writes: once }, {}, 'writes'));
  expect(failed.state).toBe('failed');
  await test.close();
  await moveInstance(test.clock, files.folder, database.place);
  const twin = await engineUnderTest(acts, { database });
  await twin.command(failed.id, 'retry');
  await twin.until(failed.id, 'succeeded');
  expect(results).toEqual([1, 2].map(() => ({ inserted: 1, updated: 0, deleted: 0, unchanged: 0 })));
  await twin.close();
});

it('an export is moved with its tables, also when its run is gone, and is undone where it is now', async () => {
  const fates = rows.map((_, index): Fate => ({ action: 'update', outcome: index < 3 ? 'updated' : 'rejected' }));
  const state = '["exports","a","people"]';
  let taken: Cell[][] = [];
  const own: Acts = {
    ...acts,
    async send(context) {
      if (!context.undoes) {
        const sent = await context.table(scan(context.inputs[0]?.table as TableRef));
        await keepFates(context, 'settled', fates, { sent: [{ state, rows: sent }] });
        return { ports: { success: null } };
      }
      const [sent] = context.undoes.sent;
      for await (const batch of context.read(sent?.rows as TableRef, { columns: ['Id'] })) taken.push(...batch.rows);
      return context.wake
        ? { ports: { success: null } }
        : { waitUntil: '2026-03-02T09:00:00.000Z', reason: 'the test', memory: 1 };
    },
  };
  const test = await engineUnderTest(own, { database: files });
  const undo = async ({ db, catalog, clock }: UnderTest) => {
    const host = { catalog: catalog.definitions, newId: createIds(clock), at: nowText(clock) };
    const row: ExportRow = await db('exports').first();
    const how = { rows: null, origin: { kind: 'manual', by: 'ann' }, connections: null } as const;
    return (await inTransaction(db, (tx) => startUndo(tx, host, row, how))).id;
  };
  await test.finish(draw('a -> send', { a: withRows, send: withRows }, {}, 'exports'));
  const begun = await undo(test);
  test.engine.nudge();
  await test.until(begun, 'waiting');
  await test.engine.stop();
  await test.db('runs').whereNot({ id: begun }).update({ ended_at: '2026-01-01T00:00:00.000Z' });
  expect(await purgeRuns(test, { days: 1 })).toBe(1);
  await test.close();
  const moved = await moveInstance(test.clock, files.folder, database.place);
  expect(moved).toMatchObject({ workTables: 5, control: { runs: 1, exports: 1, export_runs: 1 } });
  const twin = await engineUnderTest(own, { database });
  taken = [];
  await twin.command(begun, 'wake');
  await twin.until(begun, 'succeeded');
  const again = await undo(twin);
  twin.engine.nudge();
  await twin.until(again, 'waiting');
  expect(taken).toEqual(['p0', 'p1', 'p2', 'p0', 'p1', 'p2'].map((id) => [id]));
  await twin.close();
});

it('an instance is moved only into an empty place, when nobody works on it and nothing is half done', async () => {
  const test = await engineUnderTest(acts, { database: files });
  const { clock } = test;
  await test.finish(draw('c', {}, {}, 'small'));
  await test.engine.stop();
  const lock = await lockFolder(files.folder);
  await expect(moveInstance(clock, files.folder, database.place)).rejects.toMatchObject({ code: 'DATA_FOLDER_BUSY' });
  await lock.release();
  await test.db('tasks').update({ state: 'pending', attempt: 1 });
  await expect(moveInstance(clock, files.folder, database.place)).rejects.toMatchObject({
    code: 'RUNS_UNDER_WAY',
    message: '1 runs have begun and are not over.',
  });
  await test.db('tasks').update({ state: 'succeeded' });
  await test.close();
  const target = await openControl(database.place, { clock });
  await target('settings').insert({ name: 'a', value: '1' });
  await expect(moveInstance(clock, files.folder, database.place)).rejects.toMatchObject({
    code: 'DATABASE_NOT_EMPTY',
    details: { tables: 'settings' },
  });
  await target.destroy();
  await expect(moveInstance(clock, `${files.folder}/none`, database.place)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await moveInstance(clock, files.folder, `${database.place}?search_path=second`);
});
