/** `syncline serve`, whole, but for its clock, which a test shifts, and a node that gives rows. Started by stage.ts. */
import { parseArgs } from 'node:util';
import { stopSignal } from '../../cli/signals.ts';
import { loadConfig } from '../../server/config.ts';
import { serve } from '../../server/main.ts';
import { followClockFile } from './clockFile.ts';
import { loadCrashCatalog } from './rowsOfFile.ts';

const options = { data: { type: 'string' }, port: { type: 'string' }, 'log-level': { type: 'string' } } as const;
const { data, port, 'log-level': logLevel } = parseArgs({ options, allowPositionals: true }).values;
const serving = await serve(loadConfig({ data, port, logLevel }), {
  clock: followClockFile(),
  catalog: await loadCrashCatalog(),
  engineProgram: new URL('./engineProgram.ts', import.meta.url),
});
process.stdout.write(`${serving.url}\n${serving.signInLink}\n`);
await Promise.race([stopSignal(), serving.broken]);
await serving.stop();
process.exit(0);
