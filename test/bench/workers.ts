/** How tasks per second grow with workers: many runs at once, on a server without an engine and its PostgreSQL. */
import { isFinal } from '../../contract/run.ts';
import type { Product } from '../harness/product.ts';
import { endProcess, startWorker } from '../harness/worker.ts';
import type { Bench } from './bench.ts';
import { chain } from './chain.ts';
import type { Line } from './line.ts';
import { makeLine } from './line.ts';
import { openStage } from './stage.ts';

const counts = [1, 2, 4];
const length = 20;

export const workersBench: Bench = {
  name: 'workers',
  lines: counts.map((count) => `${count} workers`),
  defaultSize: 60,
  async run(size, { database, say }) {
    if (database === 'sqlite') return [];
    await using stage = await openStage(database, ['--no-engine']);
    await stage.product.call('createWorkflow', { body: { workflow: chain('load', length) } });
    const lines: Line[] = [];
    for (const count of counts) {
      say(`${size} runs with ${count} workers …`);
      const workers = await Promise.all(Array.from({ length: count }, () => startWorker(stage.folder, stage.env)));
      const seconds = await measure(stage.product, size);
      const reference = lines[0]?.seconds ?? seconds;
      const note = 'tasks of empty nodes; the reference is one worker';
      lines.push({
        ...makeLine(`${count} workers`, size * length, seconds, { referenceSeconds: reference, note }),
        database,
      });
      await Promise.all(workers.map((worker) => endProcess(worker, 'SIGTERM')));
    }
    return lines;
  },
};

/** From the first start to the last end. */
async function measure(product: Product, size: number): Promise<number> {
  const runs: string[] = [];
  for (let index = 0; index < size; index += 1)
    runs.push((await product.call('startRun', { params: { workflow: 'load' }, body: { which: 'draft' } })).id);
  const ended = await Promise.all(runs.map((run) => product.finished(run)));
  if (!ended.every((run) => isFinal(run.state) && run.state === 'succeeded')) throw new Error('a run did not succeed');
  const times = ended.flatMap((run) => [Date.parse(run.createdAt), Date.parse(run.endedAt ?? '')]);
  return (Math.max(...times) - Math.min(...times)) / 1_000;
}
