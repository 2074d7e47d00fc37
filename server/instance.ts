import type { Access } from './access/access.ts';
import type { Config } from './config.ts';
import type { ConnectionHost } from './connections/connections.ts';
import type { Remote } from './connections/remote.ts';
import type { NewId } from './db/ids.ts';
import type { Streams } from './http/events.ts';
import type { Feed } from './http/feed.ts';
import type { Log } from './log.ts';
import type { Stores } from './tables/types.ts';
import type { CheckAgainst } from './workflows/problems.ts';

/** What the web process works with: handed to everything that answers requests. */
export interface Instance extends Access {
  config: Config;
  /** Of the program, from package.json. */
  version: string;
  log: Log;
  newId: NewId;
  /** Opened for reading. */
  stores: Stores;
  checks: CheckAgainst;
  connections: ConnectionHost;
  remote: Remote;
  feed: Feed;
  streams: Streams;
  /** Cookies travel over https only. */
  secureCookies: boolean;
  /** Tells the engine that there is something to do. */
  engine: { nudge(): void };
}
