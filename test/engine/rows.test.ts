import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, scan } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { NodeContext, NodeOutcome } from '../../nodes/kit/run.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest, story } from './engineUnderTest.ts';

const acts: Acts = {};
let test: UnderTest;
beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  test = await engineUnderTest(acts);
});
afterEach(() => test.close());

const columns: Column[] = [
  { name: 'Id', label: 'Id', type: 'text', identifying: true },
  { name: 'Score', label: 'Score', type: 'integer' },
];
const withRows = { config: { rows: true } };

const sameScore = { left: column('Score', 'left'), right: column('Score', 'right') };
const counted = { name: 'n', label: 'n', type: 'integer', fn: 'count' } as const;

async function people(context: NodeContext, count: number, name = 'people'): Promise<TableRef> {
  const writer = await context.writer({ columns, name });
  for (let from = 0; from < count; from += 1_000) {
    const size = Math.min(1_000, count - from);
    await writer.append(Array.from({ length: size }, (_, index): Cell[] => [`p${from + index}`, (from + index) % 10]));
  }
  return writer.finish();
}

async function readAll(table: TableRef, runId: string): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  for await (const batch of test.stores.run(runId).read(table, {})) rows.push(...batch.rows);
  return rows;
}

const outputOf = (run: Awaited<ReturnType<UnderTest['read']>>, node: string, port = 'success'): TableRef => {
  const table = run.tasks.findLast((task) => task.nodeId === node)?.outputs[port]?.table;
  if (!table) throw new Error(`${node}.${port} has no table`);
  return table;
};

describe('rows', () => {
  it('travel by reference, with their count on the transition', async () => {
    acts.a = async (context) => ({ ports: { success: await people(context, 2_500) } });
    acts.b = async (context) => {
      const input = context.inputs[0]?.table as TableRef;
      const where = { op: 'ge', left: column('Score'), right: literal(5, 'integer') } as const;
      return { ports: { success: await context.table({ op: 'filter', input: scan(input), where }) } };
    };
    const run = await test.finish(draw('a -> b, b -> c', { a: withRows, b: withRows, c: withRows }));
    expect(run.state, JSON.stringify(run.error)).toBe('succeeded');
    expect(run.tasks.map((task) => task.rowsIn)).toEqual([0, 2_500, 1_250]);
    const activated = (await test.events(run.id)).filter((event) => event.type === 'transition.activated');
    expect(activated).toMatchObject([
      { transitionId: 'a-success-b', count: 2_500, total: 2_500 },
      { transitionId: 'b-success-c', count: 1_250, total: 1_250 },
    ]);
    expect(await readAll(outputOf(run, 'b'), run.id)).toHaveLength(1_250);
  });

  it('that are lost end the task with WORK_TABLE_LOST, never with none', async () => {
    acts.a = async (context) => ({ ports: { success: await people(context, 10) } });
    acts.wait = async (context) => {
      if (context.wake) return { ports: { success: context.inputs[0]?.table ?? null } };
      return { waitUntil: '2026-03-02T09:00:00.000Z', reason: 'the test' };
    };
    const id = await test.begin(draw('a -> wait, wait -> b', { a: withRows, wait: withRows }));
    const run = await test.until(id, 'waiting');
    await test.stores.run(id).drop([outputOf(run, 'a')]);
    await test.command(id, 'wake');
    expect((await test.until(id, 'failed')).error?.code).toBe('WORK_TABLE_LOST');
  });

  it('that a failed attempt left behind are swept when the task is over, those it returned stay', async () => {
    let unfinished: TableRef | undefined;
    acts.a = async (context) => {
      const table = await people(context, 10, 'mine');
      if (context.task.attempt === 1) {
        unfinished = table;
        throw new RetryLater('REMOTE_BUSY', { status: 503, reason: 'the test' });
      }
      await people(context, 5, 'draft');
      return { ports: { success: table } };
    };
    const id = await test.begin(draw('a', { a: { ...withRows, retry: { attempts: 2, delay: 0, maxDelay: 0 } } }));
    const run = await test.until(id, 'succeeded');
    expect(await readAll(outputOf(run, 'a'), id)).toHaveLength(10);
    await test.eventually(() =>
      expect(test.stores.run(id).verify(unfinished as TableRef)).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' }),
    );
  });

  it('of a resumable table go on in the next attempt behind the last position', async () => {
    const positions: unknown[] = [];
    acts.a = async (context) => {
      const writer = await context.writer({ columns, name: 'read', resume: true });
      positions.push(writer.position);
      for (let page = Number(writer.position ?? 0); page < 3; page += 1) {
        await writer.append([[`page${page}`, page]], { position: page + 1 });
        if (context.task.attempt === page + 1)
          throw new RetryLater('REMOTE_UNREACHABLE', { host: 'crm', reason: 'the test' });
      }
      return { ports: { success: await writer.finish() } };
    };
    const retry = { attempts: 5, delay: 0, maxDelay: 0 };
    const run = await test.finish(draw('a', { a: { ...withRows, retry } }));
    expect(positions).toEqual([null, 1, 2, 3]);
    expect(await readAll(outputOf(run, 'a'), run.id)).toEqual([
      ['page0', 0],
      ['page1', 1],
      ['page2', 2],
    ]);
  });

  it.each(['failed', 'stopped'] as const)(
    'of a resumable table are there when a run that %s is retried',
    async (state) => {
      const positions: unknown[] = [];
      acts.a = async (context) => {
        const writer = await context.writer({ columns, name: 'ledger', resume: true });
        positions.push(writer.position);
        if (context.task.attempt > 1) return { ports: { success: await writer.finish() } };
        await writer.append([['sent', 1]], { position: 1 });
        if (state === 'failed') throw new UserError('CONNECTION_REFUSED', { reason: 'the test' });
        const aborted = once(context.signal, 'abort');
        await test.command(context.run.id, 'stop');
        await aborted;
        throw context.signal.reason;
      };
      const id = await test.begin(draw('a', { a: withRows }));
      await test.until(id, state);
      // When it has ended it has swept what it wanted to.
      await test.engine.stop();
      const next = test.another();
      await next.start();
      await test.command(id, 'retry');
      next.nudge();
      const run = await test.until(id, 'succeeded');
      await next.stop();
      expect(positions).toEqual([null, 1]);
      expect(await readAll(outputOf(run, 'a'), id)).toEqual([['sent', 1]]);
    },
  );

  it('go into local data once, whatever is retried', async () => {
    const key = { columns, key: ['Id'] };
    const results: unknown[] = [];
    acts.a = async (context) => ({ ports: { success: await people(context, 20) } });
    acts.b = async (context) => {
      await context.ensureLocalTable('people', key.columns, key.key);
      const source = scan(context.inputs[0]?.table as TableRef);
      const write = { table: 'people', operation: 'insert', source, key: ['Id'], values: [{ name: 'Score' }] } as const;
      results.push(await context.once('insert', { ...write, values: [...write.values], key: [...write.key] }));
      if (context.task.attempt === 1) throw new RetryLater('REMOTE_BUSY', { status: 503, reason: 'the test' });
      return { ports: { success: null } };
    };
    const retry = { attempts: 2, delay: 0, maxDelay: 0 };
    const run = await test.finish(draw('a -> b', { a: withRows, b: { retry } }));
    expect(run.state, JSON.stringify(run.error)).toBe('succeeded');
    expect(results).toEqual([expect.objectContaining({ inserted: 20 }), expect.objectContaining({ inserted: 20 })]);
    expect(await test.stores.local.tables()).toMatchObject([{ name: 'people', rows: 20 }]);
  });

  it('go neither into local data nor into a file from an attempt that slept while another took over', async () => {
    const awake = Promise.withResolvers<void>();
    const said: unknown[] = [];
    acts.a = async (context) => {
      const table = await people(context, 1);
      await context.ensureLocalTable('people', columns, ['Id']);
      const write = { table: 'people', operation: 'insert', source: scan(table), key: ['Id'], values: [] } as const;
      const writes = [
        () => context.once('insert', { ...write, values: [], key: ['Id'] }),
        () => context.saveFile('people.csv', table),
      ];
      await test.db('tasks').where({ id: context.task.id }).increment('attempt');
      for (const one of writes) said.push(await one().catch((error: Error) => error.name));
      awake.resolve();
      return { ports: { success: null } };
    };
    await test.begin(draw('a', { a: withRows }));
    await awake.promise;
    expect(said).toEqual(['FencedError', 'FencedError']);
    expect(await test.stores.local.tables()).toMatchObject([{ rows: 0 }]);
    await expect(readFile(join(test.folder, 'files', 'people.csv'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('are saved as a file, as a whole', async () => {
    acts.a = async (context) => {
      context.vars.path = await context.saveFile('people.csv', await people(context, 2));
      return { ports: { success: null } };
    };
    const run = await test.finish(draw('a'));
    expect(run.tasks[0]?.vars.path).toBe(join(test.folder, 'files', 'people.csv'));
    expect(await readFile(join(test.folder, 'files', 'people.csv'), 'utf8')).toBe('Id,Score\r\np0,0\r\np1,1\r\n');
  });

  it('are not saved outside the folder of files', async () => {
    for (const name of ['../people.csv', '/tmp/people.csv', '', '.hidden', 'a\u0000b', 'con/aux', '..']) {
      acts.a = async (context) => {
        await context.saveFile(name, await people(context, 1));
        return { ports: { success: null } };
      };
      expect((await test.finish(draw('a'))).error?.code, name).toBe('CONFIG_INVALID');
    }
  });
});

describe('code over rows', () => {
  it('reads records and emits others, in a script that runs once', async () => {
    acts.a = async (context) => ({ ports: { success: await people(context, 2_500) } });
    acts.b = async (context) => {
      const output = await context.writer({ columns, name: 'out' });
      await context.script({
        source: `let sum = 0;
          for await (const record of records) { sum += record.Score; if (record.Score === 9) emit({ Id: record.Id, Score: sum }); }
          vars.sum = sum;`,
        input: context.inputs[0]?.table ?? null,
        output,
      });
      return { ports: { success: await output.finish() } };
    };
    const run = await test.finish(draw('a -> b', { a: withRows, b: withRows }));
    expect(run.state, JSON.stringify(run.error)).toBe('succeeded');
    expect(run.tasks[1]?.vars).toEqual({ sum: 11_250 });
    expect(outputOf(run, 'b').count).toBe(250);
    expect((await readAll(outputOf(run, 'b'), run.id)).at(-1)).toEqual(['p2499', 11_250]);
  });

  it('refuses emitted values that do not fit their column, naming it', async () => {
    acts.a = async (context) => {
      const output = await context.writer({ columns, name: 'out' });
      await context.script({ source: "emit({ Id: 'x', Score: 'many' });", output });
      return { ports: { success: await output.finish() } };
    };
    const run = await test.finish(draw('a', { a: withRows }));
    expect(run.error).toMatchObject({ code: 'TYPE_MISMATCH', details: { column: 'Score' } });
  });

  it('runs per record over all batches, and asks for a column when a record needs it', async () => {
    const outcomes: unknown[] = [];
    acts.a = async (context) => ({ ports: { success: await people(context, 2_500) } });
    acts.b = async (context) => {
      const effects = await context.eachRecord({
        program: {
          kind: 'script',
          source: `const name = 'Sc' + 'ore';
            vars.seen = (vars.seen ?? 0) + 1;
            if (record.Id === 'p7') throw new Error('seven');
            if (record[name] === 3) return null;
            record.Score = record[name] * 2;`,
          output: ['Score'],
        },
        input: context.inputs[0]?.table as TableRef,
        handle: async ({ ids, results }) => void outcomes.push(...ids.map((id, index) => [id, results[index]])),
      });
      context.vars.effects = effects;
      return { ports: { success: null } };
    };
    const run = await test.finish(draw('a -> b', { a: withRows }));
    expect(run.state, JSON.stringify(run.error)).toBe('succeeded');
    expect(outcomes).toHaveLength(2_500);
    expect(outcomes[0]).toEqual([1, { ok: true, values: [0] }]);
    expect(outcomes[3]).toEqual([4, { ok: true, dropped: true }]);
    expect(outcomes[7]).toEqual([8, { ok: false, message: expect.stringContaining('seven'), where: ' in line 3' }]);
    expect(outcomes[2_499]).toEqual([2_500, { ok: true, values: [18] }]);
    expect(run.tasks[1]?.vars.seen).toBe(2_500);
  });

  it('gives values of expressions per record', async () => {
    const values: unknown[] = [];
    acts.a = async (context) => {
      await context.eachRecord({
        program: { kind: 'expressions', expressions: ['record.Score + 1', 'record.Id.toUpperCase()'] },
        input: await people(context, 2),
        handle: async ({ results }) => void values.push(...results),
      });
      return { ports: { success: null } };
    };
    await test.finish(draw('a'));
    expect(values).toEqual([
      { ok: true, values: [1, 'P0'] },
      { ok: true, values: [2, 'P1'] },
    ]);
  });

  it('that does not compile fails the node before a row is read', async () => {
    acts.a = async (context) => {
      await context.eachRecord({
        program: { kind: 'script', source: 'return (', output: [] },
        input: await people(context, 1),
        handle: () => Promise.reject(new Error('never')),
      });
      return { ports: { success: null } };
    };
    expect((await test.finish(draw('a'))).error?.code).toBe('CODE_SYNTAX');
  });
});

describe('rejects', () => {
  const rejecting = (success: number, reject: number) => async (context: NodeContext) => ({
    ports: { success: await people(context, success, 'good'), reject: await people(context, reject, 'bad') },
  });

  it('make the run succeed with rejects, and are counted', async () => {
    acts.a = rejecting(5, 3);
    const run = await test.finish(draw('a -> b, a.reject -> c', { a: withRows }));
    expect(run).toMatchObject({ state: 'succeeded with rejects', rejects: 3 });
    expect(run.tasks[0]?.outputs).toMatchObject({ success: { count: 5 }, reject: { count: 3 } });
  });

  it('that are none do not', async () => {
    acts.a = rejecting(5, 0);
    expect(await test.finish(draw('a -> b, a.reject -> c', { a: withRows }))).toMatchObject({
      state: 'succeeded',
      rejects: 0,
    });
  });

  it('count for each way by which a node is reached', async () => {
    acts.u = rejecting(1, 2);
    const run = await test.finish(draw('a -> u, b -> u, u.reject -> c', { u: withRows }));
    expect(run).toMatchObject({ state: 'succeeded with rejects', rejects: 4 });
  });

  it('count for each pass of a loop that does not come from them', async () => {
    acts.u = async (context): Promise<NodeOutcome> => {
      const { success, reject } = (await rejecting(1, context.task.pass === 1 ? 2 : 0)(context)).ports;
      return { ports: { [context.task.pass < 3 ? 'again' : 'success']: success, reject } };
    };
    const run = await test.finish(draw('s -> u, u.again -> u, u.reject -> c', { u: withRows }));
    expect(run).toMatchObject({ state: 'succeeded with rejects', rejects: 2 });
  });

  it('that a later pass of the same node settled do not spoil the end', async () => {
    acts.u = async (context): Promise<NodeOutcome> => {
      if (context.task.pass === 3) return { ports: { success: await people(context, 5) } };
      const left = await people(context, 4, 'left');
      return {
        ports: { success: await people(context, 1, 'sent'), reject: await people(context, 2, 'bad'), error: left },
      };
    };
    acts.wait = async (context) =>
      context.wake
        ? { ports: { success: context.inputs[0]?.table ?? null } }
        : { waitUntil: new Date(context.clock.now().getTime() + 60_000).toISOString(), reason: 'the test' };
    const workflow = draw('s -> u, u.error -> wait, wait -> u, u.reject -> c', {
      u: { config: { rows: true, ownError: true, ports: ['success', 'reject', 'error'] } },
      wait: withRows,
    });
    const id = await test.begin(workflow);
    for (let pass = 1; pass < 3; pass += 1) {
      await test.until(id, 'waiting');
      expect((await test.read(id)).rejects).toBe(6);
      await test.command(id, 'wake');
      await test.eventually(async () =>
        expect((await test.read(id)).tasks.filter((task) => task.nodeId === 'u')).toHaveLength(pass + 1),
      );
    }
    expect(await test.until(id, 'succeeded')).toMatchObject({ rejects: 0 });
  });

  it('in the last pass do: what no later pass took up counts', async () => {
    acts.u = async (context): Promise<NodeOutcome> => {
      if (context.task.pass === 2)
        return { ports: { success: await people(context, 3), reject: await people(context, 1, 'bad') } };
      return { ports: { error: await people(context, 4, 'left') } };
    };
    const workflow = draw('s -> u, u.error -> w, w -> u, u.reject -> c', {
      u: { config: { rows: true, ownError: true, ports: ['success', 'reject', 'error'] } },
      w: withRows,
    });
    expect(await test.finish(workflow)).toMatchObject({ state: 'succeeded with rejects', rejects: 1 });
  });

  it('of which nobody knows what became leave the run in doubt, until a later pass of the node finds out', async () => {
    acts.u = async (context): Promise<NodeOutcome> => {
      if (context.task.pass === 2) return { ports: { success: await people(context, 3) } };
      const reject = await people(context, 1, 'bad');
      return { ports: { success: null, reject, doubt: await people(context, Number(context.vars.doubts), 'lost') } };
    };
    const u = { config: { rows: true, ports: ['success', 'reject', 'doubt'] } };
    const end = (arrows: string, doubts: number) => test.finish(draw(arrows, { u, w: withRows }), { vars: { doubts } });
    expect(await end('s -> u', 3)).toMatchObject({ state: 'in doubt', rejects: 1 });
    expect(await end('s -> u', 0)).toMatchObject({ state: 'succeeded with rejects', rejects: 1 });
    expect(await end('s -> u, u.doubt -> w, w -> u', 3)).toMatchObject({ state: 'succeeded', rejects: 0 });
  });

  it('are settled by no pass behind an Error port by which no rows left', async () => {
    acts.u = async (context): Promise<NodeOutcome> => {
      const success = await people(context, 3);
      if (context.task.pass === 2) return { ports: { success } };
      return { ports: { success, reject: await people(context, 2, 'bad'), error: await people(context, 0, 'left') } };
    };
    const workflow = draw('s -> u, u.error -> w, w -> u, u.reject -> c', {
      u: { config: { rows: true, ownError: true, ports: ['success', 'reject', 'error'] } },
      w: withRows,
    });
    expect(await test.finish(workflow)).toMatchObject({ state: 'succeeded with rejects', rejects: 2 });
  });

  it('raise an alarm when they are more than the workflow allows', async () => {
    acts.a = rejecting(8, 2);
    const alarms = async (rejectWarning: number) => {
      const run = await test.finish(draw('a -> b, a.reject -> c', { a: withRows }, { rejectWarning }));
      return (await test.events(run.id)).filter((event) => event.type === 'alarm');
    };
    expect(await alarms(0.5)).toEqual([]);
    expect(await alarms(0.1)).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('rejected 2 of 10') },
    ]);
  });

  it('a node that fails hands what came in to an Error port of its own that carries rows', async () => {
    acts.s = async (context) => ({ ports: { success: await people(context, 6) } });
    acts.u = () => {
      throw new UserError('CONNECTION_REFUSED', { reason: 'the test' });
    };
    const own = { rows: true, ownError: true, ports: ['success', 'error'] };
    const workflow = draw('s -> u, u.error -> w', { s: withRows, u: { config: own, onError: 'transition' } });
    const run = await test.finish(workflow);
    expect(story(run)).toBe('s succeeded, u failed, w succeeded');
    expect(run.tasks[2]?.rowsIn).toBe(6);
    expect(run).toMatchObject({ state: 'succeeded with rejects', rejects: 6 });
  });

  it('a node that breaks or is ended hands nothing on: nobody knows what it has done with the rows', async () => {
    acts.s = async (context) => ({ ports: { success: await people(context, 6) } });
    acts.u = () => {
      throw new Error('the test');
    };
    const own = { rows: true, ownError: true, ports: ['success', 'error'] };
    const u = { config: own, onError: 'transition', retry: { attempts: 1, delay: 0, maxDelay: 0 } } as const;
    const run = await test.finish(draw('s -> u, u.error -> w', { s: withRows, u }));
    expect(story(run)).toBe('s succeeded, u failed');
    expect(run).toMatchObject({ state: 'failed', error: { code: 'BUG' } });
  });
});

describe('a stop', () => {
  it('interrupts a statement of the database that would take minutes', async () => {
    const stopping = await engineUnderTest(acts);
    let began = 0;
    let ended = 0;
    acts.a = async (context) => ({ ports: { success: await people(context, 60_000) } });
    acts.b = async (context) => {
      const rows = scan(context.inputs[0]?.table as TableRef);
      // Every tenth pair of 60,000 rows: 360 million, counted and never kept.
      const pairs: Relation = { op: 'join', kind: 'inner', left: rows, right: rows, on: [sameScore] };
      began = performance.now();
      try {
        return {
          ports: { success: await context.table({ op: 'group', input: pairs, by: [], aggregates: [counted] }) },
        };
      } finally {
        ended = performance.now();
      }
    };
    const id = await stopping.begin(draw('a -> b', { a: withRows, b: withRows }));
    await stopping.eventually(() => expect(began).toBeGreaterThan(0));
    // A stop that came before the statement began would prove nothing.
    await stopping.eventually(() => expect(performance.now() - began).toBeGreaterThan(300));
    expect(ended).toBe(0);
    const asked = performance.now();
    await stopping.command(id, 'stop');
    const run = await stopping.until(id, 'stopped');
    await stopping.close();
    expect(story(run)).toBe('a succeeded, b stopped');
    expect(ended - asked).toBeLessThan(20_000);
    expect(ended).toBeGreaterThan(asked);
  });
});

describe('retention', () => {
  it('removes runs with their rows some days after their end', async () => {
    const short = await engineUnderTest(acts, { keep: { days: 7 } });
    acts.a = async (context) => ({ ports: { success: await people(context, 10) } });
    const run = await short.finish(draw('a', { a: withRows }));
    const table = outputOf(run, 'a');
    await short.stores.run(run.id).verify(table);
    await short.clock.step(6 * 86_400_000);
    await short.lookAround();
    await short.stores.run(run.id).verify(table);
    await short.clock.step(1.1 * 86_400_000);
    await short.passUntil(async () => expect(await short.db('runs')).toEqual([]));
    for (const rest of ['tasks', 'events', 'outputs', 'arrivals']) expect(await short.db(rest), rest).toEqual([]);
    await expect(readFile(join(short.folder, 'runs', `${run.id}.sqlite`))).rejects.toMatchObject({ code: 'ENOENT' });
    await short.close();
    await rm(short.folder, { recursive: true, force: true });
  });
});
