import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../harness/postgres.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';
import type { Line } from './line.ts';

export interface Stage extends AsyncDisposable {
  product: Product;
  /** Also for what the benchmark itself has to lay down. */
  folder: string;
  /** Environment of processes that belong to it. */
  env: Record<string, string>;
}

/** The product in a folder of its own, on the database; all of it is gone when it is disposed of. */
export async function openStage(database: Line['database'], args: readonly string[] = []): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-bench-'));
  const server = database === 'postgres' ? await startPostgres({ fsync: true }) : null;
  const env: Record<string, string> = server ? { DATABASE_URL: server.url } : {};
  const product = await startProduct({ folder, env, args });
  return {
    product,
    folder,
    env,
    async [Symbol.asyncDispose]() {
      await product.stop();
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
