/** An engine as a process of its own: it talks to its parent by messages, and ends when that does. */
import { toErrorReply, UserError } from '../../contract/errors.ts';
import { loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import type { FromEngine, ToEngine } from './messages.ts';
import { beatLength, stuckExit } from './messages.ts';
import type { OpenEngine, OpenEngineOptions } from './openEngine.ts';
import { openEngine } from './openEngine.ts';

/** Milliseconds; less than the parent waits before it kills. */
const endPatience = 8_000;

/** The whole of this process, with the configuration of its environment; it exits by itself, whatever happens. */
export async function runEngineProcess(given: Pick<OpenEngineOptions, 'clock' | 'catalog'> = {}): Promise<void> {
  const config = loadConfig();
  const log = createLog(config.logLevel);
  let opened: OpenEngine | null = null;
  let ending = false;

  /** What holds this process may also hold up its end: then it ends all the same, and another engine takes over. */
  const end = async (code: number): Promise<void> => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(code), endPatience);
    try {
      await opened?.close();
    } catch (error) {
      log.error({ err: error }, 'the engine did not end well');
    }
    process.exit(code);
  };

  // A terminal sends SIGINT to the whole group; the parent decides what it means.
  process.on('SIGINT', () => log.debug('the engine waits for its parent to end'));
  process.on('SIGTERM', () => void end(0));
  process.on('message', (message: ToEngine) => {
    if (message.type === 'nudge') opened?.engine.nudge();
    else void end(0);
  });
  endWithParent();
  try {
    opened = await openEngine(config, {
      ...given,
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
}

/** Without one, another server may wait for the data folder, and what runs here is taken over all the same. */
function endWithParent(): void {
  process.on('disconnect', () => process.exit(1));
  // It may have ended while this program was loaded.
  if (!process.connected) process.exit(1);
}

function tell(message: FromEngine): void {
  if (process.connected) process.send?.(message);
}
