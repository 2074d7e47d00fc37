/** What holds for every node type while it runs, tried with the example in its folder on the real engine. */
import { existsSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NodeDefinition } from '../contract/node.ts';
import { nowText } from '../server/db/clock.ts';
import { inRun, inTransaction } from '../server/db/transaction.ts';
import { stopRun } from '../server/runs/commands.ts';
import { testEngine } from '../test/harness/engine.ts';
import { exampleConnections, putFiles, readExample } from '../test/harness/example.ts';
import type { Flow } from '../test/harness/flow.ts';
import { storeWorkflow } from '../test/harness/flow.ts';
import type { InterruptibleCall, Interruption } from '../test/harness/interruptions.ts';
import type { RunView } from '../test/harness/runView.ts';
import type { FlowNode } from '../test/harness/workflow.ts';
import type { NodeContext } from './kit/run.ts';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(`${import.meta.dirname}/${entry.name}/definition.ts`))
  .map((entry) => entry.name);
const loaded = await Promise.all(
  folders.map(async (type) => {
    const { definition } = (await import(`./${type}/definition.ts`)) as {
      definition: NodeDefinition<Record<string, unknown>>;
    };
    return { type, definition, example: await readExample(type) };
  }),
);

const engine = testEngine({ loadConnection: exampleConnections(loaded.map(({ example }) => example)) });

beforeAll(async () => {
  await putFiles(
    loaded.map(({ example }) => example),
    engine.filesFolder,
  );
  for (const { example } of loaded)
    for (const workflow of example.workflows) await inTransaction(engine.parts.db, (tx) => storeWorkflow(tx, workflow));
});

/** Calls of one kind that are each tried as the last of an attempt. */
const triedCalls = 4;

describe.each(loaded)('$type', ({ type, definition, example }) => {
  const config = { ...definition.defaults, ...example.config };
  const columns = example.input?.columns ?? [];
  const inputNames = ['input', 'more'].slice(0, example.input ? Math.max(1, definition.inputs.min) : 0);

  const draw = (rows = example.input?.rows ?? [], node: Partial<FlowNode> = {}): Flow =>
    inputNames.reduce(
      (flow, name) => flow.withRows(name, columns, rows),
      engine.flow(
        { node: { type, config: example.config, ...node } },
        inputNames.map((name) => `${name} -> node`),
      ),
    );
  const takenPorts = (run: RunView): string[] => Object.keys(run.task('node').outputs).sort();

  /** Everything that left the node, row by row. */
  const outcome = async (run: RunView) => {
    const ports = Object.entries(run.task('node').outputs);
    const rows = await Promise.all(
      ports.map(async ([port, { table }]) => [port, table ? await run.rows(`node.${port}`) : null]),
    );
    return { state: run.state, rows: Object.fromEntries(rows), log: run.log('node').at(-1) };
  };

  /** The calls that the node makes of its context when nothing happens to it. */
  const watchCalls = async (): Promise<{ run: RunView; calls: InterruptibleCall[] }> => {
    const calls: InterruptibleCall[] = [];
    const onCall = async (call: InterruptibleCall): Promise<void> => void calls.push(call);
    return { run: await draw().watched('node', { onCall }).finished(), calls };
  };

  it('runs its example, and gives the columns that it announced', async () => {
    const run = await draw().finished();
    expect(run.describe()).toMatch(/^succeeded/);
    const inputs = inputNames.map((name) => ({ fromNode: name, port: 'success', columns }));
    const announced = definition.columns(config, inputs);
    for (const [port, { table }] of Object.entries(run.task('node').outputs)) {
      const names = (list: typeof columns) => list.map((column) => `${column.name} ${column.type}`);
      if (table && announced[port]) expect(names(table.columns)).toEqual(names(announced[port]));
      if (!definition.ports(config).find((one) => one.name === port)?.rows) expect(table).toBeNull();
    }
  });

  it('passes the variables on', async () => {
    const run = await draw(undefined, { initScript: 'vars.mark = "kept"' }).finished();
    expect(run.vars('node')).toMatchObject({ mark: 'kept' });
  });

  if (example.input)
    it('keeps the identity of the records that go through it', async () => {
      const run = await draw().finished();
      const arrived = new Set((await Promise.all(inputNames.map((name) => run.rids(`${name}.success`)))).flat());
      for (const [port, { table }] of Object.entries(run.task('node').outputs)) {
        const rids = table ? await run.rids(`node.${port}`) : [];
        expect(rids.filter((rid) => !arrived.has(rid))).toEqual([]);
      }
    });

  if (example.input)
    it('takes the same ports without a single row', async () => {
      const run = await draw([]).finished();
      expect(run.describe()).toMatch(/^succeeded/);
      expect(takenPorts(run)).toEqual(takenPorts(await draw().finished()));
      expect(Object.values(run.counts).every((count) => count === null || count === 0)).toBe(true);
    });

  it('gives the same when an attempt died half-way, wherever that was', async () => {
    const { run, calls } = await watchCalls();
    const expected = await outcome(run);
    for (const interruption of interruptionsOf(calls)) {
      const again = await draw().interrupted('node', interruption).finished();
      expect({ interruption, attempt: again.task('node').attempt }).toEqual({ interruption, attempt: 2 });
      expect({ interruption, ...(await outcome(again)) }).toEqual({ interruption, ...expected });
    }
  });

  it('ends as soon as the run is stopped', async () => {
    const { run: undisturbed, calls } = await watchCalls();
    expect(undisturbed.describe()).toMatch(/^succeeded/);
    if (calls.length === 0) return;
    const ends: { error?: unknown }[] = [];
    let stopped = false;
    const onCall = async (_: InterruptibleCall, context: NodeContext): Promise<void> => {
      if (stopped) return;
      stopped = true;
      await inRun(engine.parts.db, context.run.id, (tx) => stopRun(tx, context.run.id, nowText(engine.clock)));
      engine.nudge();
      if (!context.signal.aborted) await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
    };
    const run = await draw()
      .watched('node', { onCall, onEnd: (end) => ends.push(end) })
      .finished();
    expect(run.state).toBe('stopped');
    expect(ends).toHaveLength(1);
    expect(ends[0]?.error).toBeDefined();
  });

  it('holds no transaction while it works', async () => {
    const { db } = engine.parts;
    let written = 0;
    const onCall = async (): Promise<void> => {
      const entry = { name: `seen ${type}`, value: String(written) };
      await inTransaction(db, (tx) => tx('settings').insert(entry).onConflict('name').merge());
      written += 1;
    };
    const run = await draw().watched('node', { onCall }).finished();
    expect(run.describe()).toMatch(/^succeeded/);
  });

  it('leaves nothing behind but what it returned, and what waits until a node behind delivers it', async () => {
    const run = await draw().finished();
    // An engine that has ended has swept what its tasks left.
    await engine.restart();
    const returned = run.detail.tasks.flatMap((task) =>
      Object.values(task.outputs).flatMap(({ table }) => (table ? [table.id] : [])),
    );
    const waiting = await engine.parts.stores.run(run.detail.id).awaited();
    const left = new Set([...returned, ...waiting.map(({ table }) => table.id)]);
    expect(await engine.keptTables(run.detail.id)).toEqual([...left].sort());
  });

  it.each(Object.keys(definition.defaults))('is not started with a %s that makes no sense', async (setting) => {
    const wrong = { ...example.config, [setting]: [[['rubbish']]] };
    const refused = draw(undefined, { config: wrong }).started();
    await expect(refused).rejects.toMatchObject({ code: 'WORKFLOW_INVALID' });
    await expect(refused).rejects.toSatisfy((error: { issues: { path?: string }[] }) =>
      error.issues.some(({ path }) => path?.split('.')[0] === setting),
    );
  });
});

function interruptionsOf(calls: readonly InterruptibleCall[]): Interruption[] {
  const counts = new Map<InterruptibleCall, number>();
  return calls.flatMap((call) => {
    const number = (counts.get(call) ?? 0) + 1;
    counts.set(call, number);
    if (number > triedCalls) return [];
    return [
      { call, number, when: 'before' },
      { call, number, when: 'after' },
    ] satisfies Interruption[];
  });
}
