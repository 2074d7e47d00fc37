/** Runs of a part of a workflow: up to a node, and from a node with what came to it in another run. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import { scan } from '../../contract/relation.ts';
import type { Column } from '../../contract/types.ts';
import type { NodeContext } from '../../nodes/kit/run.ts';
import type { RunDetail } from '../../server/runs/readRuns.ts';
import { findTable } from '../../server/runs/readRuns.ts';
import { findStoredInputs } from '../../server/runs/storedInputs.ts';
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

const take = (...ports: string[]) => ({ ports: Object.fromEntries(ports.map((port) => [port, null])) });
const columns: Column[] = [{ name: 'n', label: 'n', type: 'integer', identifying: true }];
const withRows = { config: { rows: true } };

async function numbers(context: NodeContext, count: number): Promise<TableRef> {
  const writer = await context.writer({ columns, name: 'numbers' });
  for (let from = 0; from < count; from += 1_000)
    await writer.append(Array.from({ length: Math.min(1_000, count - from) }, (_, index) => [from + index]));
  return writer.finish();
}
const sum = async (context: NodeContext): Promise<number> => {
  let total = 0;
  for (const { table } of context.inputs)
    if (table) for await (const batch of context.read(table)) for (const [n] of batch.rows) total += Number(n);
  return total;
};
const from = async (run: Pick<RunDetail, 'id'>, node: string) => ({
  from: await findStoredInputs(test.db, 'flow', run.id, node),
});

describe('a run to a node', () => {
  it('does nothing behind it, and nothing on ways that do not lead to it', async () => {
    const run = await test.finish(draw('a -> b, b -> c, a -> x, x -> y, z'), { toNode: 'b' });
    expect(story(run)).toBe('a succeeded, b succeeded');
    expect(run.state).toBe('succeeded');
    const activated = (await test.events(run.id)).filter((event) => event.type === 'transition.activated');
    expect(activated.map((event) => event.transitionId)).toEqual(['a-success-b', 'a-success-x', 'b-success-c']);
  });

  it('waits at its joins for what can still come, and leaves its loops', async () => {
    acts.b = (context) => take(context.task.pass < 3 ? 'again' : 'success');
    const joined = { j: { type: 'all' } };
    const looped = draw('s -> a, t -> b, a -> j, b -> j, b.again -> b, j -> d, d -> a', joined);
    const run = await test.finish(looped, { toNode: 'j' });
    expect(run.tasks.map((task) => `${task.nodeId} ${task.state}`).sort()).toEqual(
      ['a', 'b', 'b', 'b', 'j', 's', 't'].map((node) => `${node} succeeded`),
    );
  });

  it('moves nothing that is to be moved when the run has succeeded, and says so', async () => {
    acts.a = () => ({ ...take('success'), effects: [{ type: 'setOption', name: 'moved', value: '1', atEnd: true }] });
    const run = await test.finish(draw('a -> b, b -> c'), { toNode: 'b' });
    expect(run.state).toBe('succeeded');
    expect(await test.db('options')).toEqual([]);
    expect(await test.db('pending_effects')).toEqual([]);
    const lines = (await test.events(run.id)).flatMap((event) => (event.type === 'task.log' ? event.lines : []));
    expect(lines.map((line) => line.message)).toEqual(['moved was not moved: the run went to a node only.']);
    await test.finish(draw('a -> b, b -> c'));
    expect(await test.db('options')).toMatchObject([{ name: 'moved' }]);
  });

  it('that no start leads to is refused, and so is one that does not exist', async () => {
    const island = draw('a, s -> t, t -> s');
    await expect(test.begin(island, { toNode: 't' })).rejects.toMatchObject({ code: 'NOTHING_STARTS' });
    await expect(test.begin(island, { toNode: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a run from a node', () => {
  const workflow = draw('a -> b, b -> c', { a: withRows, b: withRows, c: withRows });

  it('begins with the stored rows and variables of another run, without doing again what made them', async () => {
    acts.a = async (context) => {
      ran.push('a');
      const effects = [{ type: 'setInstanceVar', name: 'shared', value: 'kept' }] as const;
      return { ports: { success: await numbers(context, 2_500) }, vars: { x: 1 }, effects: [...effects] };
    };
    acts.b = () => {
      throw new UserError('CONNECTION_REFUSED', { reason: 'the test' });
    };
    const failed = await test.finish(workflow);
    let total = 0;
    acts.b = async (context) => {
      total = await sum(context);
      expect(context.vars).toEqual({ x: 1 });
      const table = await context.table(scan(context.inputs[0]?.table as TableRef));
      return { ports: { success: table } };
    };
    const run = await test.finish(workflow, await from(failed, 'b'));
    expect(total).toBe((2_499 * 2_500) / 2);
    expect(ran).toEqual(['a']);
    expect(story(run)).toBe('a succeeded, b succeeded, c succeeded');
    expect(run.instanceVars).toEqual({ shared: 'kept' });
    expect(run.tasks.map((task) => [task.attempt, task.rowsIn])).toEqual([
      [0, 0],
      [1, 2_500],
      [1, 2_500],
    ]);
    const [first] = await test
      .events(run.id)
      .then((events) => events.filter((event) => event.type === 'transition.activated'));
    expect(first).toMatchObject({ transitionId: 'a-success-b', count: 2_500, total: 2_500, taskId: run.tasks[0]?.id });
  });

  it('owns its rows: they stay when the other run is purged, and can be looked at and followed', async () => {
    acts.a = async (context) => ({ ports: { success: await numbers(context, 5) } });
    const old = await test.finish(workflow);
    const run = await test.finish(workflow, await from(old, 'b'));
    await test.stores.deleteRun(old.id);
    await test.db('runs').where({ id: old.id }).delete();
    const table = await findTable(test.db, run.id, run.tasks[0]?.id ?? '', 'success');
    const page = await test.stores
      .run(run.id)
      .page(table, { limit: 10, cursor: null, sort: null, search: '', filter: [] });
    expect(page.rows).toEqual([[0], [1], [2], [3], [4]]);
    expect(await test.stores.run(run.id).follow([table], '3')).toMatchObject([{ id: 4, row: [3] }]);
    const again = await test.finish(workflow, await from(run, 'c'));
    expect(again.tasks[1]?.rowsIn).toBe(5);
  });

  it('takes the newest output of each inbound transition: one task each, or one for all at a join', async () => {
    acts.a = async (context) => ({ ports: { success: await numbers(context, 3) } });
    acts.b = async (context) =>
      context.task.pass === 1 ? take('again') : { ports: { success: await numbers(context, 4) } };
    const nodes = {
      a: withRows,
      b: { config: { rows: true } },
      j: { type: 'all', config: { rows: true } },
      e: withRows,
    };
    const joining = draw('a -> j, s -> b, b -> j, b.again -> b, a -> e, b -> e', nodes);
    const old = await test.finish(joining);
    const sums: number[] = [];
    Object.assign(acts, {
      j: async (context: NodeContext) => {
        sums.push(await sum(context));
        return take('success');
      },
    });
    const run = await test.finish(joining, await from(old, 'j'));
    expect(sums).toEqual([3 + 6]);
    expect(story(run)).toBe('a succeeded, b succeeded, j succeeded');
    const each = await test.finish(joining, await from(old, 'e'));
    expect(each.tasks.filter((task) => task.nodeId === 'e').map((task) => task.rowsIn)).toEqual([3, 4]);
  });

  it('may begin at a node that was drawn after the other run', async () => {
    acts.a = async (context) => ({ ports: { success: await numbers(context, 3) } });
    const old = await test.finish(draw('a', { a: withRows }));
    const run = await test.finish(draw('a -> n', { a: withRows, n: withRows }), await from(old, 'n'));
    expect(story(run)).toBe('a succeeded, n succeeded');
    expect(run.tasks[1]?.rowsIn).toBe(3);
  });

  it('may also end at a node', async () => {
    acts.a = async (context) => ({ ports: { success: await numbers(context, 3) } });
    const old = await test.finish(workflow);
    const run = await test.finish(workflow, { ...(await from(old, 'b')), toNode: 'b' });
    expect(story(run)).toBe('a succeeded, b succeeded');
  });

  it('without stored inputs is refused with what is missing', async () => {
    acts.a = async (context) => ({ ports: { success: await numbers(context, 3) } });
    const old = await test.finish(draw('a', { a: withRows }));
    await expect(test.begin(workflow, await from(old, 'c'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      details: { what: `What came to the node "c" in the run ${old.id}` },
    });
    await expect(findStoredInputs(test.db, 'other', old.id, 'b')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await test.db('outputs').where({ run_id: old.id }).update({ kept: false });
    await expect(test.begin(workflow, await from(old, 'b'))).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' });
  });

  it('whose rows are purged before they are copied fails with WORK_TABLE_LOST, never with no rows', async () => {
    acts.a = async (context) => ({ ports: { success: await numbers(context, 3) } });
    const old = await test.finish(workflow);
    await test.engine.stop();
    const id = await test.begin(workflow, await from(old, 'b'));
    await test.stores.deleteRun(old.id);
    const second = test.another();
    await second.start();
    expect((await test.until(id, 'failed')).error?.code).toBe('WORK_TABLE_LOST');
    await second.stop();
  });
});
