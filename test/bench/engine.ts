/**
 * What the engine costs by itself, on the real processes: nodes that do nothing, in long chains and many runs. Instants are
 * those of the events, which are whole milliseconds.
 */
import type { Reply } from '../../contract/api.ts';
import { isFinal } from '../../contract/run.ts';
import type { Product } from '../harness/product.ts';
import { readEvents } from '../harness/product.ts';
import type { Bench } from './bench.ts';
import { share } from './bench.ts';
import { chain } from './chain.ts';
import type { Line } from './line.ts';
import { makeLine } from './line.ts';
import { followAll } from './readers.ts';
import { openStage } from './stage.ts';

type Event = Reply<'listEvents'>[number];

export const engineBench: Bench = {
  name: 'engine',
  lines: ['task', 'runs', 'pick-up idle', 'pick-up loaded', 'readers'],
  defaultSize: 300,
  async run(size, { database, say }) {
    await using stage = await openStage(database);
    const { product } = stage;
    say(`running chains, ${size} runs and ${readers} readers …`);
    for (const [name, length] of [['chain', size] as const, ['short', 3] as const, ['single', 1] as const])
      await product.call('createWorkflow', { body: { workflow: chain(name, length) } });
    await finish(product, 'chain');
    const made = [
      await measureTasks(product),
      await measureRuns(product, size),
      await measurePickUp(product, 'pick-up idle', Math.min(size, 200)),
      await measureLoaded(product, Math.min(size, 200)),
      await measureReaders(product),
    ];
    return made.map((line) => ({ ...line, database }));
  },
};

const readers = 100;

async function start(product: Product, workflow: string): Promise<string> {
  return (await product.call('startRun', { params: { workflow }, body: { which: 'draft' } })).id;
}

async function finish(product: Product, workflow: string): Promise<{ id: string; events: Event[]; seconds: number }> {
  const id = await start(product, workflow);
  const run = await product.finished(id);
  const seconds = (Date.parse(run.endedAt ?? '') - Date.parse(run.startedAt ?? '')) / 1_000;
  return { id, events: await readEvents(product, id), seconds };
}

/** From the end of one node to the end of the next, which does nothing: claim, execute and commit. */
async function measureTasks(product: Product): Promise<Line> {
  const { events, seconds } = await finish(product, 'chain');
  const ends = events.filter((event) => event.type === 'task.succeeded').map((event) => Date.parse(event.at));
  const gaps = ends.slice(1).map((end, index) => end - (ends[index] ?? 0));
  const note = `overhead of one empty node: p50 ${share(gaps, 0.5)} ms, p99 ${share(gaps, 0.99)} ms, mean ${((seconds * 1_000) / ends.length).toFixed(1)} ms`;
  return makeLine('task', ends.length, seconds, { note });
}

async function measureRuns(product: Product, size: number): Promise<Line> {
  const began = performance.now();
  const ids: string[] = [];
  for (let index = 0; index < size; index += 1) ids.push(await start(product, 'short'));
  for (const id of ids) await product.finished(id);
  const seconds = (performance.now() - began) / 1_000;
  return makeLine('runs', size, seconds, {
    note: `runs of 3 nodes, started over HTTP: ${Math.round((3 * size) / seconds)} tasks/s`,
  });
}

async function measurePickUp(product: Product, name: string, size: number): Promise<Line> {
  const waits: number[] = [];
  const began = performance.now();
  for (let index = 0; index < size; index += 1) {
    const { events } = await finish(product, 'single');
    const at = (type: Event['type']): number => Date.parse(events.find((event) => event.type === type)?.at ?? '');
    waits.push(at('task.started') - at('run.created'));
  }
  const note = `from the start of a run to its first node: p50 ${share(waits, 0.5)} ms, p95 ${share(waits, 0.95)} ms, worst ${share(waits, 1)} ms`;
  return makeLine(name, size, (performance.now() - began) / 1_000, { note });
}

/** The same while other runs keep the engine busy all the time. */
async function measureLoaded(product: Product, size: number): Promise<Line> {
  let busy = true;
  const keepBusy = async (): Promise<void> => {
    while (busy) await product.finished(await start(product, 'chain'));
  };
  const load = Promise.all([keepBusy(), keepBusy()]);
  try {
    return await measurePickUp(product, 'pick-up loaded', size);
  } finally {
    busy = false;
    await load;
  }
}

async function measureReaders(product: Product): Promise<Line> {
  const alone = await finish(product, 'chain');
  const following = await followAll(product, readers);
  const id = await start(product, 'chain');
  const { seconds, events } = await following.readToEnd(
    id,
    (event) => event.type === 'run.state' && isFinal(event.state),
  );
  return makeLine('readers', events, seconds, {
    referenceSeconds: alone.seconds,
    note: `events delivered to ${readers} readers, beside the run without readers`,
  });
}
