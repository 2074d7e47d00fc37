/** An engine with everything it works with, for a process of its own or for `syncline run`. */
import { join } from 'node:path';
import { Sandbox } from '../../sandbox/index.ts';
import type { Config } from '../config.ts';
import { keyFileOf } from '../config.ts';
import { loadKey } from '../connections/key.ts';
import { readConnectionSettings } from '../connections/settings.ts';
import type { Clock } from '../db/clock.ts';
import { systemClock } from '../db/clock.ts';
import { openControl } from '../db/control.ts';
import { lockFolder } from '../db/folderLock.ts';
import type { Db } from '../db/transaction.ts';
import type { Log } from '../log.ts';
import { openStores } from '../tables/stores.ts';
import type { Stores } from '../tables/types.ts';
import type { Catalog } from './catalog.ts';
import { loadCatalog } from './catalog.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { createEngine } from './engine.ts';

export interface OpenEngine {
  engine: Engine;
  db: Db;
  stores: Stores;
  catalog: Catalog;
  clock: Clock;
  /** Stops the engine and gives the data folder free. */
  close(): Promise<void>;
}

export interface OpenEngineOptions extends Pick<EngineOptions, 'onEvents' | 'onStuck'> {
  /** Connections that exist for this process only; they come before those of the instance. */
  connections?: ReadonlyMap<string, { kind: string; settings: unknown }>;
  /** Whom a person has to stop to free the folder; left out: this process. */
  ownerPid?: number;
  log: Log;
  clock?: Clock;
  /** Left out: that of this program. */
  catalog?: Catalog;
}

/** Owns the data folder until it is closed; not started yet. Throws UserError DATA_FOLDER_BUSY or DATA_FOLDER_READ_ONLY. */
export async function openEngine(config: Config, options: OpenEngineOptions): Promise<OpenEngine> {
  const { clock = systemClock, connections: given = new Map(), ownerPid: _, ...rest } = options;
  await using opened = new AsyncDisposableStack();
  const lock = await lockFolder(config.data, options.ownerPid);
  opened.defer(() => lock.release());
  const db = await openControl(config.data, { clock });
  opened.defer(() => db.destroy());
  const stores = openStores({ folder: config.data, mode: 'write' });
  opened.defer(() => stores.close());
  const sandbox = new Sandbox();
  opened.defer(() => sandbox.close());
  const key = await loadKey({ secretKey: config.secretKey, file: keyFileOf(config) });
  const catalog = options.catalog ?? (await loadCatalog());
  const engine = createEngine({
    db,
    clock,
    stores,
    sandbox,
    catalog,
    loadConnection: async (name) => given.get(name) ?? readConnectionSettings(db, key, name),
    timeZone: config.timeZone,
    filesFolder: join(config.data, 'files'),
    concurrency: config.concurrency,
    threads: config.threads,
    keep: {
      days: config.retentionDays,
      ...(config.retentionMB > 0 ? { megabytes: config.retentionMB } : {}),
      ...(config.retentionTables > 0 ? { tables: config.retentionTables } : {}),
    },
    diskFloor: config.diskFloorMB * 1_000_000,
    ...rest,
  });
  opened.defer(() => engine.stop());
  const running = opened.move();
  return { engine, db, stores, catalog, clock, close: () => running.disposeAsync() };
}
