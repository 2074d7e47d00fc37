/** A server without an engine, three workers, and their PostgreSQL: each of them may be killed. */
import type { Organisation } from '../harness/organisation.ts';
import { startPostgres } from '../harness/postgres.ts';
import { startProduct } from '../harness/product.ts';
import { endProcess, startWorker } from '../harness/worker.ts';
import type { Victim } from './victim.ts';
import { prepare } from './victim.ts';

const workerCount = 3;

export async function startWorkersVictim(folder: string, org: Organisation): Promise<Victim> {
  // What was committed has to survive the kill of the server.
  const postgres = await startPostgres({ fsync: true });
  const env = { DATABASE_URL: postgres.url };
  const serve = (token?: string) => startProduct({ folder, env, args: ['--no-engine'], ...(token ? { token } : {}) });
  let product = await serve();
  const token = await prepare(product, org);
  const workers = await Promise.all(Array.from({ length: workerCount }, () => startWorker(folder, env)));
  const kills = { workers: 0, 'web processes': 0, databases: 0 };
  const killWorker = async (index: number): Promise<void> => {
    const worker = workers[index];
    if (!worker) return;
    await endProcess(worker, 'SIGKILL');
    kills.workers += 1;
    workers[index] = await startWorker(folder, env);
  };
  const killWeb = async (): Promise<void> => {
    await product.kill();
    kills['web processes'] += 1;
    product = await serve(token);
  };
  const killDatabase = async (): Promise<void> => {
    await postgres.kill();
    kills.databases += 1;
    await postgres.start();
  };
  return {
    get product() {
      return product;
    },
    kills,
    strike: (random) => {
      if (random < 0.6) return killWorker(Math.floor((random / 0.6) * workerCount));
      return random < 0.8 ? killWeb() : killDatabase();
    },
    async stop() {
      await Promise.all(workers.map((worker) => endProcess(worker, 'SIGTERM')));
      await product.stop();
      await postgres.stop();
    },
  };
}
