import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from './config.ts';
import { keyFileOf } from './config.ts';
import { createEvaluator } from './connections/evaluate.ts';
import { loadKey } from './connections/key.ts';
import { createLoader } from './connections/loader.ts';
import { createRemote } from './connections/remote.ts';
import type { Clock } from './db/clock.ts';
import { createIds } from './db/ids.ts';
import type { Db } from './db/transaction.ts';
import type { Catalog } from './engine/catalog.ts';
import { createStreams } from './http/events.ts';
import { createFeed } from './http/feed.ts';
import { lookForChanges } from './http/look.ts';
import type { Instance } from './instance.ts';
import type { Log } from './log.ts';
import { listEvents } from './runs/events.ts';
import type { Stores } from './tables/types.ts';

export interface InstanceParts {
  config: Config;
  clock: Clock;
  log: Log;
  db: Db;
  stores: Stores;
  catalog: Catalog;
  engine: Instance['engine'];
}

const packageFile = new URL('../package.json', import.meta.url);
const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(packageFile, 'utf8')));

/** Puts together what requests are answered with. Close it before database and stores. */
export async function openInstance(parts: InstanceParts): Promise<Instance & { close(): Promise<void> }> {
  const { config, clock, log, db, catalog } = parts;
  const key = await loadKey({ secretKey: config.secretKey, file: keyFileOf(config) });
  const newId = createIds(clock);
  const { definitions: nodes, connectors } = catalog;
  const evaluator = createEvaluator({ db, clock, timeZone: config.timeZone });
  const feed = createFeed({
    look: () => lookForChanges(db),
    onError: (error) => log.warn({ err: error }, 'looking for changes failed'),
  });
  const readEvents = (run: string, after: number, limit: number) => listEvents(db, run, after, limit);
  const streams = createStreams({ feed, readEvents });
  return {
    ...parts,
    version,
    sessionHours: config.sessionHours,
    secureCookies: config.publicUrl?.startsWith('https:') ?? false,
    newId,
    checks: {
      nodes,
      timeZone: config.timeZone,
      capabilitiesOf: (kind) => connectors.get(kind)?.definition.capabilities ?? [],
    },
    connections: { key, connectors, nodes },
    remote: createRemote({
      db,
      loadConnection: createLoader({ db, key, clock, newId }),
      clock,
      log,
      connectors,
      filesFolder: join(config.data, 'files'),
      evaluate: (expression, vars) => evaluator.evaluate(expression, vars),
      dayOf: dayIn(config.timeZone),
    }),
    feed,
    streams,
    async close() {
      streams.close();
      feed.close();
      await evaluator.close();
    },
  };
}

/** The Swedish way to write a date is the one of ISO. */
function dayIn(timeZone: string): (instant: string) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (instant) => format.format(new Date(instant));
}
