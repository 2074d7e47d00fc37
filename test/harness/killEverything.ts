import { expect } from 'vitest';
import { childrenOf } from './processes.ts';
import type { Product } from './product.ts';

/** kill -9 of the web process and of its engine, which gets no time to tidy up. */
export async function killEverything(product: Product): Promise<void> {
  const children = await childrenOf(product.pid);
  expect(children).toHaveLength(1);
  await product.kill();
  for (const pid of children) killIfAlive(pid);
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
