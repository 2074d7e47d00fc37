/** `worker`: an engine without a web process. On PostgreSQL there may be any number of them, on any number of machines. */
import type { Config } from './config.ts';
import { childEnvironment } from './config.ts';
import { systemClock } from './db/clock.ts';
import type { EngineProcess } from './engine/supervise.ts';
import { superviseEngine } from './engine/supervise.ts';
import type { Log } from './log.ts';
import { createLog } from './log.ts';

/** The engine is a process of its own here, too: it is started again when it dies or hangs. */
export function startWorker(config: Config, log: Log = createLog(config.logLevel)): EngineProcess {
  return superviseEngine({
    environment: childEnvironment(config),
    clock: systemClock,
    log,
    // Whoever wants to hear of events listens to the database, or looks.
    onEvents: () => undefined,
  });
}
