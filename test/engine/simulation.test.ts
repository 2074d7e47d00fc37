import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Column } from '../../contract/types.ts';
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

const columns: Column[] = [{ name: 'n', label: 'n', type: 'integer' }];
const withRows = { config: { rows: true } };
const writing = { type: 'write', config: { rows: true } };

it('a simulation leaves out the nodes that write and what is behind them, and says what they would do', async () => {
  acts.a = async (context) => {
    const writer = await context.writer({ columns, name: 'numbers' });
    await writer.append([[1], [2]]);
    return { ports: { success: await writer.finish() } };
  };
  acts.w = () => {
    ran.push('w');
    return { ports: { success: null } };
  };
  const workflow = draw('a -> w, w -> x, a -> b', { a: withRows, w: writing, b: withRows });
  const run = await test.finish(workflow, { simulated: true });
  expect(run).toMatchObject({ state: 'succeeded', simulated: true });
  expect(story(run)).toBe('a succeeded, b succeeded, w succeeded');
  expect(ran).toEqual([]);
  const events = await test.events(run.id);
  expect(events.find((event) => event.type === 'task.simulated')).toMatchObject({
    nodeId: 'w',
    would: 'write to the test',
    rowsIn: 2,
  });
  const lines = events.flatMap((event) => (event.type === 'task.log' ? event.lines : []));
  expect(lines.map((line) => line.message)).toEqual([
    'Simulation: this node did not run. With 2 rows it would write to the test.',
  ]);
  expect((await test.finish(workflow)).simulated).toBe(false);
  expect(ran).toEqual(['w']);
  // Its settings write nothing: it runs.
  const dry = draw('a -> w', { a: withRows, w: { type: 'write', config: { rows: true, dry: true } } });
  await test.finish(dry, { simulated: true });
  expect(ran).toEqual(['w', 'w']);
});

it('a simulation moves no option, writes no file and no local data, and carries no variables on', async () => {
  const once = {
    table: 't',
    operation: 'insert',
    source: { op: 'local', table: 't', columns },
    key: [],
    values: [],
  } as const;
  let seen: string | null = null;
  let path = '';
  acts.a = async (context) => {
    const writer = await context.writer({ columns, name: 'numbers' });
    await writer.append([[1]]);
    path = await context.saveFile('rejects.csv', await writer.finish());
    await context.ensureLocalTable('t', columns, ['n']);
    expect(await context.once('step', { ...once, key: [], values: [] })).toEqual({
      inserted: 0,
      updated: 0,
      deleted: 0,
      unchanged: 0,
    });
    return {
      ports: { success: null },
      effects: [
        { type: 'setOption', name: 'now', value: 'new' },
        { type: 'setOption', name: 'later', value: 'new', atEnd: true },
        { type: 'setInstanceVar', name: 'x', value: 1 },
      ],
    };
  };
  acts.b = async (context) => {
    seen = await context.option('now');
    return { ports: { success: null } };
  };
  const run = await test.finish(draw('a -> b'), { simulated: true });
  expect(run.state, JSON.stringify(run.error)).toBe('succeeded');
  expect(seen).toBe('new');
  expect(await test.db('options')).toEqual([]);
  expect(await test.db('pending_effects')).toEqual([]);
  expect(await test.stores.local.tables()).toEqual([]);
  expect(existsSync(join(test.folder, 'files', path))).toBe(false);
  const lines = (await test.events(run.id)).flatMap((event) => (event.type === 'task.log' ? event.lines : []));
  expect(lines.map((line) => line.message).sort()).toEqual([
    'Simulation: the file rejects.csv would be written with 1 rows.',
    'Simulation: the option later would be set to "new".',
    'Simulation: the option now would be set to "new".',
  ]);
});
