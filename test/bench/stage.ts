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
}

/** The product in a folder of its own, on the database; all of it is gone when it is disposed of. */
export async function openStage(database: Line['database']): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-bench-'));
  const server = database === 'postgres' ? await startPostgres({ fsync: true }) : null;
  const product = await startProduct({ folder, env: server ? { DATABASE_URL: server.url } : {} });
  return {
    product,
    folder,
    async [Symbol.asyncDispose]() {
      await product.stop();
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
