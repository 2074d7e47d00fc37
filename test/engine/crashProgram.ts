/** An engine in a process of its own, whose nodes take a moment and leave a mark each. Started by crash.test.ts. */
import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig } from '../../server/config.ts';
import type { FromEngine, ToEngine } from '../../server/engine/messages.ts';
import type { OpenEngine } from '../../server/engine/openEngine.ts';
import { openEngine } from '../../server/engine/openEngine.ts';
import { createLog } from '../../server/log.ts';
import { crashCatalog } from './crashFlow.ts';

const tell = (message: FromEngine) => process.connected && process.send?.(message);

const catalog = crashCatalog(async (mark) => {
  await pause(5);
  // What a node does outside its commit, with a guard of its own.
  await opened.db('marks').insert(mark).onConflict(['task', 'node']).ignore();
  await pause(5);
});
const opened: OpenEngine = await openEngine(loadConfig(), {
  catalog,
  log: createLog('silent'),
  onEvents: (runId) => tell({ type: 'events', runId }),
});
process.on('message', (message: ToEngine) => {
  if (message.type === 'nudge') opened.engine.nudge();
  else void end();
});
process.on('disconnect', () => void end());
await opened.engine.start();
tell({ type: 'ready' });

async function end(): Promise<void> {
  await opened.close();
  process.exit(0);
}
