/** The engine process of `clockedServe.ts`. */
import { runEngineProcess } from '../../server/engine/engineProcess.ts';
import { followSharedClock } from './sharedClock.ts';
import { loadTickCatalog } from './tickCatalog.ts';

await runEngineProcess({ clock: await followSharedClock(), catalog: await loadTickCatalog() });
