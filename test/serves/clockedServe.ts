/** `syncline serve`, whole, but for its clock, which a test steps, and a timer for seconds. Started by serves.test.ts. */
import { parseArgs } from 'node:util';
import { stopSignal } from '../../cli/signals.ts';
import { loadConfig } from '../../server/config.ts';
import { serve } from '../../server/main.ts';
import { followSharedClock } from './sharedClock.ts';
import { loadTickCatalog } from './tickCatalog.ts';

const options = { data: { type: 'string' }, port: { type: 'string' }, 'log-level': { type: 'string' } } as const;
const { data, port, 'log-level': logLevel } = parseArgs({ options, allowPositionals: true }).values;
const serving = await serve(loadConfig({ data, port, logLevel }), {
  clock: await followSharedClock(),
  catalog: await loadTickCatalog(),
  engineProgram: new URL('./clockedEngine.ts', import.meta.url),
});
process.stdout.write(`${serving.url}\n${serving.signInLink}\n`);
await Promise.race([stopSignal(), serving.broken]);
await serving.stop();
process.exit(0);
