/** An engine with everything it works with, for a process of its own or for `syncline run`. */
import { join } from 'node:path';
import { Sandbox } from '../../sandbox/index.ts';
import type { Config } from '../config.ts';
import { keyFileOf } from '../config.ts';
import { loadKey } from '../connections/key.ts';
import { createLoader } from '../connections/loader.ts';
import type { Clock } from '../db/clock.ts';
import { systemClock } from '../db/clock.ts';
import { lockFolder } from '../db/folderLock.ts';
import { createIds } from '../db/ids.ts';
import { listenForNotices } from '../db/notices.ts';
import { makeFolder } from '../db/sqlite.ts';
import type { Db } from '../db/transaction.ts';
import type { Log } from '../log.ts';
import { openControlOf, openStoresOf } from '../openData.ts';
import type { Stores } from '../tables/types.ts';
import type { Catalog } from './catalog.ts';
import { loadCatalog } from './catalog.ts';
import { noDelivery } from './delivery.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { createEngine } from './engine.ts';
import { openQueue } from './queue.ts';

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

/**
 * Not started yet. On SQLite it owns the data folder until it is closed; on PostgreSQL it works beside others. Throws UserError
 * DATA_FOLDER_BUSY, DATA_FOLDER_READ_ONLY or DATABASE_UNREACHABLE.
 */
export async function openEngine(config: Config, options: OpenEngineOptions): Promise<OpenEngine> {
  const { clock = systemClock, connections: given = new Map(), ownerPid: _, ...rest } = options;
  await using opened = new AsyncDisposableStack();
  if (config.databaseUrl === undefined) opened.use(await ownFolder(config.data, options.ownerPid));
  else await makeFolder(config.data);
  const db = await openControlOf(config, clock);
  opened.defer(() => db.destroy());
  const stores = openStoresOf(config, 'write');
  opened.defer(() => stores.close());
  const sandbox = new Sandbox();
  opened.defer(() => sandbox.close());
  const key = await loadKey({ secretKey: config.secretKey, file: keyFileOf(config) });
  const load = createLoader({ db, key, clock, newId: createIds(clock) });
  const catalog = options.catalog ?? (await loadCatalog());
  const delivery = config.databaseUrl === undefined ? noDelivery : await openQueue(config.databaseUrl, db, rest.log);
  opened.defer(() => delivery.close());
  const engine = createEngine({
    db,
    clock,
    stores,
    sandbox,
    catalog,
    loadConnection: async (name) => given.get(name) ?? load(name),
    timeZone: config.timeZone,
    filesFolder: join(config.data, 'files'),
    concurrency: config.concurrency,
    threads: config.threads,
    keep: {
      days: config.retentionDays,
      exportDays: config.retentionExportDays,
      ...(config.retentionMB > 0 ? { megabytes: config.retentionMB } : {}),
      ...(config.retentionTables > 0 ? { tables: config.retentionTables } : {}),
    },
    diskFloor: config.diskFloorMB * 1_000_000,
    delivery,
    ...rest,
  });
  opened.defer(() => engine.stop());
  if (config.databaseUrl !== undefined) opened.defer(hearOthers(config.databaseUrl, engine, { clock, log: rest.log }));
  const running = opened.move();
  return { engine, db, stores, catalog, clock, close: () => running.disposeAsync() };
}

async function ownFolder(folder: string, ownerPid: number | undefined): Promise<AsyncDisposable> {
  const lock = await lockFolder(folder, ownerPid);
  return { [Symbol.asyncDispose]: () => lock.release() };
}

/** What the web process and other engines write is heard at once; without it, within half a second. Gives its end. */
function hearOthers(place: string, engine: Engine, { clock, log }: { clock: Clock; log: Log }): () => Promise<void> {
  const listening = listenForNotices(place, {
    clock,
    onNotice({ type }) {
      if (type === 'task') engine.wake();
      else if (type === 'look') engine.nudge();
    },
    onError: (error) => log.warn({ err: error }, 'the connection for notices is made again'),
  });
  return () => listening.close();
}
