/**
 * The engine process. `serve` starts it with the configuration in the environment (the size of the thread pool among it,
 * which must be there before anything else is) and talks to it by messages; it ends when its parent does.
 */
import { toErrorReply, UserError } from '../../contract/errors.ts';
import { loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import type { FromEngine, ToEngine } from './messages.ts';
import { beatLength, stuckExit } from './messages.ts';
import type { OpenEngine } from './openEngine.ts';
import { openEngine } from './openEngine.ts';

const config = loadConfig();
const log = createLog(config.logLevel);
/** Milliseconds; less than the parent waits before it kills. */
const endPatience = 8_000;
let opened: OpenEngine | null = null;
let ending = false;

function tell(message: FromEngine): void {
  if (process.connected) process.send?.(message);
}

/** What holds this process may also hold up its end: then it ends all the same, and another engine takes over. */
async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  setTimeout(() => process.exit(code), endPatience);
  try {
    await opened?.close();
  } catch (error) {
    log.error({ err: error }, 'the engine did not end well');
  }
  process.exit(code);
}

// A terminal sends SIGINT to the whole group; the parent decides what it means.
process.on('SIGINT', () => log.debug('the engine waits for its parent to end'));
process.on('SIGTERM', () => void end(0));
// Its parent is gone: another one may wait for the data folder, and what runs here is taken over all the same.
process.on('disconnect', () => process.exit(1));
process.on('message', (message: ToEngine) => {
  if (message.type === 'nudge') opened?.engine.nudge();
  else void end(0);
});

try {
  opened = await openEngine(config, {
    log,
    // Ended alone, this process would be started again.
    ownerPid: process.ppid,
    onEvents: (runId) => tell({ type: 'events', runId }),
    onStuck: () => void end(stuckExit),
  });
  await opened.engine.start();
  setInterval(() => tell({ type: 'beat' }), beatLength);
  tell({ type: 'ready' });
} catch (error) {
  // The parent tells the person; a bug also needs its stack.
  if (!(error instanceof UserError)) log.error({ err: error }, 'the engine cannot start');
  tell({ type: 'failed', error: toErrorReply(error) });
  await end(1);
}
