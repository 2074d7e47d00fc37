/** The engine process of `serveProgram.ts`, and on PostgreSQL one more beside it. */
import { runEngineProcess } from '../../server/engine/engineProcess.ts';
import { followClockFile } from './clockFile.ts';
import { loadCrashCatalog } from './rowsOfFile.ts';

await runEngineProcess({ clock: followClockFile(), catalog: await loadCrashCatalog() });
