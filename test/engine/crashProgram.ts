/** An engine in a process of its own, whose nodes leave a mark each in local data. Started by crash.test.ts. */
import { loadConfig } from '../../server/config.ts';
import type { FromEngine, ToEngine } from '../../server/engine/messages.ts';
import { openEngine } from '../../server/engine/openEngine.ts';
import { createLog } from '../../server/log.ts';
import { crashCatalog } from './crashFlow.ts';

const tell = (message: FromEngine) => process.connected && process.send?.(message);

const opened = await openEngine(loadConfig(), {
  catalog: crashCatalog(),
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
