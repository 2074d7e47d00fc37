/** All stores in one PostgreSQL database: a schema for each run, one for the user's own tables. */
import type { Connection } from '../connection.ts';
import { explained } from '../errors.ts';
import { StoredLocalData } from '../local/localData.ts';
import type { Setting } from '../relation/sources.ts';
import { StoredRunTables } from '../run/runTables.ts';
import type { LocalAccess, StoreAccess } from '../setting.ts';
import type { LocalData, RunTables, Stores } from '../types.ts';
import type { PostgresConnection } from './connection.ts';
import { postgresDialect } from './dialect.ts';
import { faultOf } from './faults.ts';
import { SessionPool } from './pool.ts';
import { QueryRole } from './queryRole.ts';
import { PostgresReader } from './reader.ts';
import { Schemas } from './schemas.ts';

export interface PostgresStoresOptions {
  url: string;
  mode: 'write' | 'read';
  /** Noted in the schemas it makes. */
  ownerName: string;
  /** What the names of its schemas begin with: several instances can share a database. */
  prefix?: string;
}

export class PostgresStores implements Stores {
  readonly local: LocalData;
  readonly #mode: 'write' | 'read';
  readonly #pool: SessionPool;
  readonly #schemas: Schemas;
  readonly #queryRole: QueryRole;

  constructor({ url, mode, ownerName, prefix = 'syncline' }: PostgresStoresOptions) {
    this.#mode = mode;
    this.#pool = new SessionPool(url);
    this.#schemas = new Schemas({ pool: this.#pool, prefix, mode, ownerName });
    this.#queryRole = new QueryRole({ pool: this.#pool, schema: this.#schemas.local, prefix });
    this.local = new StoredLocalData(this.#localAccess());
  }

  run(runId: string): RunTables {
    return new StoredRunTables(this.#runAccess(runId));
  }

  async deleteRun(runId: string): Promise<void> {
    await explained(`run ${runId}`, faultOf, async () => {
      await this.#schemas.ready();
      await this.#schemas.deleteRun(runId);
    });
  }

  /** The disk is the server's, which does not say how full it is: its own watch must raise the alarm. */
  async freeBytes(): Promise<number> {
    return Number.POSITIVE_INFINITY;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #runAccess(runId: string): StoreAccess {
    const schema = this.#schemas.run(runId);
    const use = <T>(work: () => Promise<T>) =>
      explained(`run ${runId}`, faultOf, async () => {
        await this.#schemas.ready();
        return work();
      });
    return {
      dialect: postgresDialect,
      schemas: { store: runId, run: '', local: `${this.#schemas.local}.` },
      exists: () => use(() => this.#pool.lease(schema, (db) => this.#schemas.exists(db, schema))),
      write: async (work) => {
        if (this.#mode === 'read') throw new Error('The stores of runs are open for reading only');
        return use(async () => {
          await this.#schemas.ensureRun(runId);
          return this.#pool.lease(schema, work);
        });
      },
      read: (work) => use(() => this.#pool.lease(schema, work)),
      open: () => use(() => this.#pool.open(schema)),
      // Dropping a table gave its space back.
      reclaim: async () => undefined,
      bytes: () => use(() => this.#pool.lease(schema, (db) => schemaBytes(db, schema))),
    };
  }

  #localAccess(): LocalAccess {
    const { local } = this.#schemas;
    const use = <T>(work: (db: PostgresConnection) => Promise<T>) =>
      explained('local data', faultOf, async () => {
        await this.#schemas.ready();
        return this.#pool.lease(local, work);
      });
    return {
      dialect: postgresDialect,
      write: use,
      writeBeside: (runId, work) =>
        use(async (db) => {
          const schema = this.#schemas.run(runId);
          const run = (await this.#schemas.exists(db, schema)) ? `${schema}.` : null;
          const setting: Setting = { dialect: postgresDialect, schemas: { store: runId, run, local: '' } };
          return work(db, setting);
        }),
      read: use,
      openReader: (seconds) =>
        explained('local data', faultOf, async () => {
          await this.#schemas.ready();
          return PostgresReader.over(await this.#pool.openOwn(local), this.#queryRole, seconds);
        }),
      reclaim: async () => undefined,
    };
  }
}

async function schemaBytes(db: Connection, schema: string): Promise<number> {
  const sql = `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) AS bytes FROM pg_class c
    WHERE c.relnamespace = to_regnamespace(?1) AND c.relkind = 'r'`;
  return (await db.value<number>(sql, [schema])) ?? 0;
}
