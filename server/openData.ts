/** Opens the stores that the configuration names: files of the data folder, or schemas of a PostgreSQL database. */
import type { Config } from './config.ts';
import { placeOf } from './config.ts';
import type { Clock } from './db/clock.ts';
import { openControl } from './db/control.ts';
import { readPostgresAddress } from './db/postgres.ts';
import type { Db } from './db/transaction.ts';
import { openStores } from './tables/stores.ts';
import type { Stores } from './tables/types.ts';

type Where = Pick<Config, 'data' | 'databaseUrl'>;

/** The control store, with the schema of this program. Throws what `openControl` throws. */
export function openControlOf(config: Where, clock: Clock): Promise<Db> {
  return openControl(placeOf(config), { clock });
}

/** Everything else. Names of schemas begin with that of the control store, so that instances can share a database. */
export function openStoresOf({ data, databaseUrl }: Where, mode: 'read' | 'write'): Stores {
  if (databaseUrl === undefined) return openStores({ folder: data, mode });
  const { url, schema } = readPostgresAddress(databaseUrl);
  return openStores({ url, prefix: schema, mode });
}
