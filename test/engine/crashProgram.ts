/** An engine in a process of its own, whose nodes take a moment and leave a mark each. Started by crash.test.ts. */
import { setTimeout as pause } from 'node:timers/promises';
import { Sandbox } from '../../sandbox/index.ts';
import { systemClock } from '../../server/db/clock.ts';
import { openControl } from '../../server/db/control.ts';
import { lockFolder } from '../../server/db/folderLock.ts';
import { createEngine } from '../../server/engine/engine.ts';
import type { FromEngine, ToEngine } from '../../server/engine/messages.ts';
import { createLog } from '../../server/log.ts';
import { crashCatalog } from './crashFlow.ts';
import { noRows } from './noRows.ts';

const folder = process.env.CRASH_FOLDER ?? '';
const tell = (message: FromEngine) => process.connected && process.send?.(message);

const lock = await lockFolder(folder);
const db = await openControl(folder, { clock: systemClock });
const sandbox = new Sandbox({ workers: 1 });
const engine = createEngine({
  db,
  clock: systemClock,
  stores: noRows,
  sandbox,
  catalog: crashCatalog(async (mark) => {
    await pause(5);
    // The effect of a node outside its commit, with a guard of its own.
    await db('marks').insert(mark).onConflict(['task', 'node']).ignore();
    await pause(5);
  }),
  loadConnection: () => Promise.reject(new Error('There are no connections in this test.')),
  timeZone: 'UTC',
  filesFolder: folder,
  log: createLog('silent'),
  onEvents: (runId) => tell({ type: 'events', runId }),
});
process.on('message', (message: ToEngine) => {
  if (message.type === 'nudge') engine.nudge();
  else void end();
});
process.on('disconnect', () => void end());
await engine.start();
tell({ type: 'ready' });

async function end(): Promise<void> {
  await engine.stop();
  await sandbox.close();
  await db.destroy();
  await lock.release();
  process.exit(0);
}
