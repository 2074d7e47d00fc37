/**
 * The engine process. `serve` and `worker` start it with the configuration in the environment: the size of the thread pool
 * is among it, which must be there before anything else is.
 */
import { runEngineProcess } from './engineProcess.ts';

await runEngineProcess();
