import type { Json } from '../../contract/types.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import type { LoadedConnection } from '../connections/loader.ts';
import type { Clock } from '../db/clock.ts';
import { nowText } from '../db/clock.ts';
import type { NewId } from '../db/ids.ts';
import type { Db } from '../db/transaction.ts';
import { inRun } from '../db/transaction.ts';
import type { Log } from '../log.ts';
import type { RunChange } from '../runs/changeRun.ts';
import { changeHeld } from '../runs/changeRun.ts';
import type { Stores } from '../tables/types.ts';
import type { Catalog } from './catalog.ts';

/** Everything the engine works with. Its files take it first, and none of them reaches for anything else. */
export interface Host {
  /** Of this engine process: the owner of its leases. */
  engineId: string;
  db: Db;
  clock: Clock;
  newId: NewId;
  /** A number from 0 to 1, not to be guessed by others: pauses are spread by it. */
  random(): number;
  stores: Stores;
  sandbox: Pick<Sandbox, 'evaluate' | 'render' | 'runScript' | 'openRecords'>;
  catalog: Catalog;
  /** Kind and settings (secrets in clear) of a connection. Throws UserError CONNECTION_MISSING. */
  loadConnection(name: string): Promise<LoadedConnection>;
  /** IANA zone of the instance. */
  timeZone: string;
  /** Where `saveFile` writes. */
  filesFolder: string;
  log: Log;
  /** Events were added to a run. */
  announce(runId: string): void;
}

/** One change of a run in one transaction; whoever reads its events is told after the commit. */
export async function commitChange<T>(
  host: Pick<Host, 'db' | 'clock' | 'announce'>,
  runId: string,
  work: (change: RunChange) => Promise<T>,
): Promise<T> {
  const result = await inRun(host.db, runId, (tx, run) => changeHeld(tx, run, nowText(host.clock), work));
  host.announce(runId);
  return result;
}

export function readVars(text: string): Record<string, Json> {
  return JSON.parse(text) as Record<string, Json>;
}
