import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { defineNode } from '../../contract/node.ts';
import { column, literal, rowId, scan } from '../../contract/relation.ts';
import { sentStateName } from '../../contract/sent.ts';
import type { Cell } from '../../contract/types.ts';
import { nowText } from '../../server/db/clock.ts';
import { createIds } from '../../server/db/ids.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { createRun } from '../../server/runs/createRun.ts';
import { FencedError } from '../../server/tables/types.ts';
import { testEngine } from '../../test/harness/engine.ts';
import { Run } from '../../test/harness/flow.ts';
import type { RunView } from '../../test/harness/runView.ts';
import type { FlowNodes } from '../../test/harness/workflow.ts';
import { rejectPort, successPort } from '../kit/ports.ts';
import { arrivedRows } from '../kit/rows.ts';
import type { NodeContext } from '../kit/run.ts';
import { type ChangeDetectionConfig, definition } from './definition.ts';

interface DeliverConfig {
  /** Keys that are refused. */
  refused: string[];
  fails: boolean;
}

/** Delivers all rows but those refused, and says so; then it fails, if it is told to. */
const deliver = {
  definition: defineNode<DeliverConfig>({
    type: 'deliver-of-test',
    label: 'Deliver',
    description: 'Delivers rows as a test wants it.',
    group: 'targets',
    icon: 'IconSend',
    keywords: [],
    config: z.strictObject({ refused: z.array(z.string()), fails: z.boolean() }),
    defaults: { refused: [], fails: false },
    form: [],
    inputs: { min: 1, max: null, join: 'each', rows: 'required' },
    starts: null,
    ports: () => [successPort, rejectPort],
    columns: () => ({}),
    summary: () => 'delivers',
    delivers: () => true,
  }),
  run: async (context: NodeContext) => {
    const input = arrivedRows(context);
    const { refused, fails } = context.config as unknown as DeliverConfig;
    const isRefused = { op: 'in', value: column('Id'), list: refused, type: 'text' } as const;
    const rows = {
      op: 'project',
      input: { op: 'filter', input: scan(input), where: { op: 'not', item: isRefused } },
      columns: [
        { name: 'row', label: '', type: 'integer', expr: rowId },
        { name: 'recordId', label: '', type: 'text', expr: literal(null, 'text') },
      ],
    } as const;
    await context.delivered(await context.awaited(input), { ...rows, columns: [...rows.columns] });
    if (fails) throw new UserError('CONFIG_INVALID', { field: 'fails', reason: 'the test wants it' });
    return { ports: { success: input } };
  },
};

/** Each record in two rows, as behind a join with several partners. */
const twice = {
  definition: { ...deliver.definition, type: 'twice-of-test', config: z.strictObject({}), defaults: {} },
  run: async (context: NodeContext) => {
    const rows = scan(arrivedRows(context));
    return {
      ports: { success: await context.table({ op: 'set', kind: 'unionAll', inputs: [rows, rows], by: ['Id'] }) },
    };
  },
};

const engine = testEngine({ nodes: [deliver, twice] });

const columns = [
  { name: 'Id', type: 'text' },
  { name: 'Name', type: 'text' },
  { name: 'Score', type: 'integer' },
] as const;
type Row = [id: Cell, name: Cell, score?: Cell];
type Settings = Partial<ChangeDetectionConfig>;

let workflows = 0;
const direct: readonly string[] = ['detect.new -> deliver', 'detect.changed -> deliver'];

/** One workflow, run again and again with other rows. */
function drawn(settings: Settings = {}, nodes: FlowNodes = {}, arrows: readonly string[] = [], ways = direct) {
  workflows += 1;
  const name = `changes_${workflows}`;
  const config = { key: ['Id'], ...settings };
  const flow = (deliverConfig: Partial<DeliverConfig>, rows: readonly Row[]) =>
    engine
      .flow(
        {
          detect: { type: 'change-detection', config },
          deliver: { type: 'deliver-of-test', config: { ...deliver.definition.defaults, ...deliverConfig } },
          ...nodes,
        },
        ['input -> detect', ...ways, ...arrows],
      )
      .named(name)
      .withRows(
        'input',
        columns,
        rows.map(([id, label, score = null]) => [id, label, score]),
      );
  return {
    name,
    flow,
    run: (rows: readonly Row[], deliverConfig: Partial<DeliverConfig> = {}): Promise<RunView> =>
      flow(deliverConfig, rows).finished(),
    state: sentStateName(name, 'detect', ''),
  };
}

async function idsOf(run: RunView): Promise<Record<string, Cell[]>> {
  const ports = Object.keys(run.task('detect').outputs);
  const ids = ports.map(async (port) => [port, (await run.rows(`detect.${port}`)).map(({ Id = null }) => Id)] as const);
  return Object.fromEntries((await Promise.all(ids)).filter(([, list]) => list.length > 0));
}

const anna: Row = ['a', 'Anna', 1];
const ben: Row = ['b', 'Ben', 2];
const cleo: Row = ['c', 'Cleo', 3];

describe('what was delivered by a node behind', () => {
  it('is unchanged from then on, row by row: what was refused there comes again', async () => {
    const { run } = drawn();
    expect(await idsOf(await run([anna, ben, cleo], { refused: ['b'] }))).toEqual({ new: ['a', 'b', 'c'] });
    expect(await idsOf(await run([anna, ben, ['c', 'Cleo', 4]], { refused: ['b', 'c'] }))).toEqual({
      unchanged: ['a'],
      new: ['b'],
      changed: ['c'],
    });
    expect(await idsOf(await run([anna, ben, ['c', 'Cleo', 4]]))).toEqual({
      unchanged: ['a'],
      new: ['b'],
      changed: ['c'],
    });
    expect(await idsOf(await run([anna, ben, ['c', 'Cleo', 4]]))).toEqual({ unchanged: ['a', 'b', 'c'] });
  });

  it('stays known when the run fails afterwards, when it is purged, and when it is retried', async () => {
    const { run, flow } = drawn();
    const started = await flow({ fails: true }, [anna]).started();
    expect((await started.finished()).state).toBe('failed');
    await started.retry();
    expect((await started.finished()).state).toBe('failed');
    await engine.parts.stores.deleteRun(started.id);
    expect(await idsOf(await run([anna, ben]))).toEqual({ unchanged: ['a'], new: ['b'] });
  });

  it('is known by the record, whatever nodes are in between that keep it', async () => {
    const sort = {
      type: 'deduplication',
      config: { keys: [{ kind: 'column', column: 'Id' }], keep: 1, method: 'last' },
    };
    const { run } = drawn({}, { sort }, [], ['detect.new -> sort', 'sort -> deliver']);
    await run([anna, ben]);
    expect(await idsOf(await run([anna, ben]))).toEqual({ unchanged: ['a', 'b'] });
  });

  it('counts only where the chosen node has delivered it', async () => {
    const other = { type: 'deliver-of-test', config: { ...deliver.definition.defaults, refused: ['a'] } };
    const { run } = drawn({ deliveredBy: 'other' }, { other }, ['detect.new -> other']);
    await run([anna, ben]);
    expect(await idsOf(await run([anna, ben]))).toEqual({ new: ['a'], unchanged: ['b'] });
  });

  it('is not known of a record that stands in several rows there: which of them was delivered nobody can say', async () => {
    const twice = { type: 'twice-of-test', config: {} };
    const { run } = drawn({}, { twice }, [], ['detect.new -> twice', 'twice -> deliver']);
    await run([anna]);
    expect(await idsOf(await run([anna]))).toEqual({ new: ['a'] });
  });

  it('is known in a run that begins with the rows of this one', async () => {
    const { run, flow } = drawn();
    const first = await run([anna, ben], { refused: ['a', 'b'] });
    const { db, catalog } = engine.parts;
    const host = { catalog: catalog.definitions, newId: createIds(engine.clock), at: nowText(engine.clock) };
    const request = {
      workflow: flow({ refused: ['b'] }, [anna, ben]).workflow(),
      ...{ workflowId: null, version: null, origin: { kind: 'manual', by: 'test' } as const, startNode: 'deliver' },
      from: { run: first.detail.id, node: 'deliver', instanceVars: '{}' },
    };
    const { id } = await inTransaction(db, (tx) => createRun(tx, host, request));
    engine.nudge();
    expect((await new Run(engine, id).finished()).state).toBe('succeeded');
    expect(await idsOf(await run([anna, ben]))).toEqual({ unchanged: ['a'], new: ['b'] });
  });

  it('is asked for by a node behind that delivers: without one a warning says so', () => {
    const problemsOf = (settings: Settings, ways: readonly string[]) =>
      engine
        .flow(
          {
            detect: { type: 'change-detection', config: { key: ['Id'], ...settings } },
            deliver: { type: 'deliver-of-test', config: deliver.definition.defaults },
          },
          ['input -> detect', ...ways],
        )
        .withRows('input', columns, [])
        .problems()
        .flatMap(({ nodeId, severity, path }) => (nodeId === 'detect' ? [`${severity} ${path}`] : []));
    expect(problemsOf({}, [])).toEqual(['warning sent']);
    expect(problemsOf({ sent: 'leaving' }, [])).toEqual([]);
    expect(problemsOf({}, direct.slice(0, 1))).toEqual(['warning ports']);
    expect(problemsOf({}, direct.slice(1))).toEqual(['warning ports']);
    expect(problemsOf({ deliveredBy: 'deliver' }, direct)).toEqual([]);
    expect(problemsOf({ deliveredBy: 'elsewhere' }, direct)).toEqual(['error deliveredBy']);
  });

  it('is not moved by a simulation', async () => {
    const { run, flow } = drawn();
    const { db, catalog } = engine.parts;
    const workflow = flow({}, [anna]).workflow();
    const host = { catalog: catalog.definitions, newId: createIds(engine.clock), at: nowText(engine.clock) };
    const origin = { kind: 'manual', by: 'test' } as const;
    const request = { workflow, workflowId: null, version: null, origin, simulated: true };
    const { id } = await inTransaction(db, (tx) => createRun(tx, host, request));
    engine.nudge();
    expect(await idsOf(await new Run(engine, id).finished())).toEqual({ new: ['a'] });
    expect(await idsOf(await run([anna]))).toEqual({ new: ['a'] });
  });
});

describe('what is new and what has changed', () => {
  const together: readonly string[] = ['detect.due -> deliver'];

  it('leaves together, so that what is behind runs once', async () => {
    const { run } = drawn({ outputs: 'together' }, {}, [], together);
    const first = await run([anna, ben], { refused: ['b'] });
    expect(await idsOf(first)).toEqual({ due: ['a', 'b'] });
    const second = await run([['a', 'Anna', 9], ben, cleo]);
    expect(await idsOf(second)).toEqual({ due: ['a', 'b', 'c'] });
    expect(second.detail.tasks.filter(({ nodeId }) => nodeId === 'deliver')).toHaveLength(1);
    expect(await idsOf(await run([['a', 'Anna', 9], ben, cleo]))).toEqual({ unchanged: ['a', 'b', 'c'] });
  });

  it('leaves apart in drawings that do not say how, and together in nodes drawn from now on', () => {
    const portsOf = (config: object) => definition.ports(config as Record<string, unknown>).map(({ name }) => name);
    expect(portsOf({ key: ['Id'] })).toEqual(['new', 'changed', 'unchanged', 'reject']);
    expect(portsOf({ ...definition.defaults, ...definition.initial })).toEqual(['due', 'unchanged', 'reject']);
  });
});

describe('the comparison', () => {
  it('looks at the chosen columns only', async () => {
    const { run } = drawn({ compare: 'chosen', columns: ['Name'] });
    await run([anna, ben]);
    expect(
      await idsOf(
        await run([
          ['a', 'Anna', 99],
          ['b', 'Benjamin', 2],
        ]),
      ),
    ).toEqual({ unchanged: ['a'], changed: ['b'] });
  });

  it('rejects rows without a key and rows that share one, and says so', async () => {
    const { run } = drawn({ key: ['Id', 'Name'] });
    const rows: Row[] = [anna, [null, 'Nobody', 1], ['x', '  ', 1], ben, ['b', 'Ben', 5]];
    const first = await run(rows);
    expect(await idsOf(first)).toEqual({ new: ['a'], reject: [null, 'x', 'b', 'b'] });
    expect((await first.rows('detect.reject')).map(({ errorCode }) => errorCode)).toEqual([
      'KEY_EMPTY',
      'KEY_EMPTY',
      'DUPLICATE_KEY',
      'DUPLICATE_KEY',
    ]);
  });

  it('forgets nothing when rows of one key are refused, and tells numbers from texts', async () => {
    const { run } = drawn();
    await run([anna]);
    expect(await idsOf(await run([anna, anna]))).toEqual({ reject: ['a', 'a'] });
    expect(await idsOf(await run([anna]))).toEqual({ unchanged: ['a'] });
  });

  it('lets a row that was dismissed pass as unchanged until it changes', async () => {
    const { run, state } = drawn();
    const refused = await run([anna, ben], { refused: ['b'] });
    const [waiting] = await engine.parts.stores.run(refused.detail.id).awaited();
    if (!waiting) throw new Error('Nothing waits for a delivery');
    const isBen = { op: 'eq', left: column('key'), right: literal('["b"]', 'text') } as const;
    const rows = {
      op: 'project',
      input: { op: 'filter', input: scan(waiting.table), where: isBen },
      keep: true,
      columns: [{ name: 'recordId', label: '', type: 'text', expr: literal(null, 'text') }],
    } as const;
    const move = { state, kind: 'dismissed', runId: refused.detail.id, at: nowText(engine.clock) } as const;
    await engine.local.moveSent(null, [{ ...move, rows: { ...rows, columns: [...rows.columns] } }]);
    expect(await idsOf(await run([anna, ben]))).toEqual({ unchanged: ['a', 'b'] });
    expect(await idsOf(await run([anna, ['b', 'Benno', 2]], { refused: ['b'] }))).toEqual({
      unchanged: ['a'],
      new: ['b'],
    });
    expect(await idsOf(await run([anna, ben]))).toEqual({ unchanged: ['a', 'b'] });
  });
});

describe('what is gone', () => {
  it('comes with its key until a node behind has delivered it, and is new when it comes back', async () => {
    const remove = { type: 'deliver-of-test', config: { ...deliver.definition.defaults, refused: ['c'] } };
    const { run } = drawn({ gone: true }, { remove }, ['detect.gone -> remove']);
    await run([anna, ben, cleo]);
    expect(await idsOf(await run([anna]))).toEqual({ unchanged: ['a'], gone: ['b', 'c'] });
    expect(await idsOf(await run([anna]))).toEqual({ unchanged: ['a'], gone: ['c'] });
    expect(await idsOf(await run([anna, ben, cleo]))).toEqual({ unchanged: ['a', 'c'], new: ['b'] });
  });

  it('is told once where rows count as sent when they leave', async () => {
    const { run } = drawn({ gone: true, sent: 'leaving' });
    await run([anna, ben], { fails: true });
    expect(await idsOf(await run([anna]))).toEqual({ unchanged: ['a'], gone: ['b'] });
    expect(await idsOf(await run([anna]))).toEqual({ unchanged: ['a'] });
  });
});

describe('the sent state', () => {
  let moved = 0;
  const row = async (run: RunView, base: Cell, hash: Cell, key = 'k') => {
    const owner = { taskId: run.task('detect').id, attempt: 1_000 };
    const names = ['key', 'hash', 'base', 'recordId'];
    moved += 1;
    const options = { name: `moved ${moved}`, resume: false, signal: new AbortController().signal };
    const writer = await engine.parts.stores
      .run(run.detail.id)
      .writer(owner, { ...options, columns: names.map((name) => ({ name, label: '', type: 'text' })) });
    await writer.append([[key, hash, base, null]]);
    return scan(await writer.finish());
  };
  const hashOf = async (state: string): Promise<Cell[]> => {
    const { rows } = await engine.local.page(`_sent ${state}`, {
      limit: 9,
      cursor: null,
      sort: null,
      search: '',
      filter: [],
    });
    return rows.map(([, hash = null]) => hash);
  };

  it('is due whatever the row is when another run moved it since it was compared', async () => {
    const { run, state } = drawn();
    const done = await run([anna]);
    const at = nowText(engine.clock);
    const move = async (base: Cell, hash: Cell) =>
      engine.local.moveSent(null, [
        { state: `${state}2`, kind: 'delivered', rows: await row(done, base, hash), runId: done.detail.id, at },
      ]);
    await move(null, 'one');
    expect(await hashOf(`${state}2`)).toEqual(['one']);
    await move(null, 'one');
    expect(await hashOf(`${state}2`)).toEqual(['one']);
    await move('one', 'two');
    expect(await hashOf(`${state}2`)).toEqual(['two']);
    await move('one', 'three');
    expect(await hashOf(`${state}2`)).toEqual(['']);
    await move('', 'four');
    await move('four', null);
    expect(await hashOf(`${state}2`)).toEqual([]);
    await move(null, 'five');
    const gone = { state: `${state}2`, kind: 'dismissed', runId: done.detail.id, at } as const;
    await engine.local.moveSent(null, [{ ...gone, rows: await row(done, 'other', null) }]);
    expect(await hashOf(`${state}2`)).toEqual(['five']);
    await engine.local.moveSent(null, [{ ...gone, rows: await row(done, 'five', null) }]);
    expect(await hashOf(`${state}2`)).toEqual([]);
  });

  it('is not moved by an attempt that a later one has overtaken', async () => {
    const { run, state } = drawn();
    const done = await run([anna]);
    const at = nowText(engine.clock);
    const move = async (attempt: number, hash: string) =>
      engine.local.moveSent({ taskId: 'late', attempt }, [
        { state: `${state}3`, kind: 'delivered', rows: await row(done, null, hash), runId: done.detail.id, at },
      ]);
    await move(2, 'new');
    await expect(move(1, 'late')).rejects.toBeInstanceOf(FencedError);
    expect(await hashOf(`${state}3`)).toEqual(['new']);
  });

  it('is forgotten for one node, and its sums are told', async () => {
    const { run, name } = drawn();
    await run([anna, ben]);
    const [sum, ...others] = await engine.local.sumSent(name, 'detect');
    expect(others).toEqual([]);
    expect(sum).toMatchObject({ target: '', sent: 2, dismissed: 0 });
    expect(sum?.since).toMatch(/^\d{4}-/);
    expect(await engine.local.forgetSent(name, 'deliver')).toBe(0);
    expect(await engine.local.forgetSent(name, 'detect')).toBe(2);
    expect(await idsOf(await run([anna, ben]))).toEqual({ new: ['a', 'b'] });
  });
});
