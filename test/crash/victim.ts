/** The product over all its restarts, and the ways to kill a part of it. */

import type { Organisation } from '../harness/organisation.ts';
import { childrenOf } from '../harness/processes.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';

export interface Victim {
  /** As it runs now. */
  readonly product: Product;
  /** Kills of each part so far, by its name. */
  readonly kills: Readonly<Record<string, number>>;
  /** Kills a part that `random` (0 to 1) chooses, with kill -9, and starts it again if nobody else does. */
  strike(random: number): Promise<void>;
  stop(): Promise<void>;
}

/** The web process and the engine that it starts, on SQLite in the folder. */
export async function startFolderVictim(folder: string, org: Organisation): Promise<Victim> {
  let product = await startProduct({ folder });
  const token = await prepare(product, org);
  const kills = { engines: 0, 'web processes': 0 };
  const killEngine = async (): Promise<void> => {
    // The engine is its only child: no demo organisation is started by it here.
    const [pid] = await childrenOf(product.pid);
    if (pid !== undefined && kill(pid)) kills.engines += 1;
  };
  const killWeb = async (): Promise<void> => {
    await product.kill();
    kills['web processes'] += 1;
    product = await startProduct({ folder, token });
  };
  return {
    get product() {
      return product;
    },
    kills,
    strike: (random) => (random < 0.6 ? killEngine() : killWeb()),
    stop: () => product.stop(),
  };
}

/** Makes what the workflows need. Gives a token that outlives restarts. */
export async function prepare(product: Product, org: Organisation): Promise<string> {
  const settings = { instanceUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret, apiVersion: '60.0' };
  await product.call('createConnection', {
    body: { name: 'demo_salesforce', kind: 'salesforce', label: 'Demo', settings },
  });
  return (await product.call('createToken', { body: { label: 'crash', role: 'admin' } })).secret;
}

/** Whether it was there: a process that an earlier kill hit may be listed until its parent has noticed. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
