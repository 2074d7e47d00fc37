/**
 * The role that statements of people run as. It may read tables of people, nothing else, and nobody can log in as it: what
 * a statement comes to call, it calls without the rights of the owner.
 */
import { createHash } from 'node:crypto';
import { UserError } from '../../../contract/errors.ts';
import type { PostgresConnection } from './connection.ts';
import { isForbidden } from './faults.ts';
import type { SessionPool } from './pool.ts';

/** Whoever makes the role or grants to it waits for others who do: two at a time would fail. */
const grantingLock = 0x5379_6e72;

export interface QueryRoleOptions {
  pool: SessionPool;
  /** That of local data, quoted. */
  schema: string;
  prefix: string;
}

export class QueryRole {
  readonly #options: QueryRoleOptions;
  #name: Promise<string> | null = null;

  constructor(options: QueryRoleOptions) {
    this.#options = options;
  }

  /** Its name, quoted, when it may read these tables. Throws UserError SQL_ROLE. */
  async reading(tables: readonly number[]): Promise<string> {
    this.#name ??= this.#make().catch((error: unknown) => {
      this.#name = null;
      throw error;
    });
    const name = await this.#name;
    const { schema } = this.#options;
    const closed = `SELECT n AS no FROM json_array_elements_text(?1::json) AS n
      WHERE NOT has_table_privilege(?2::name, ?3::text || '.t' || n, 'SELECT')`;
    await this.#alone(async (db) => {
      const missing = await db.all<{ no: string }>(closed, [JSON.stringify(tables), name, schema]);
      for (const { no } of missing) await db.run(`GRANT SELECT ON ${schema}.t${no} TO "${name}"`);
    });
    return `"${name}"`;
  }

  /** Whether all these relations are the tables of these numbers, or what belongs to them. */
  async isAllOf(relations: readonly number[], tables: readonly number[]): Promise<boolean> {
    const { pool, schema } = this.#options;
    const names = ['_local', ...tables.map((no) => `t${no}`)];
    const other = `SELECT 1 AS one FROM pg_class WHERE relkind NOT IN ('i', 't')
      AND oid::text IN (SELECT json_array_elements_text(?1::json))
      AND NOT (relnamespace = to_regnamespace(?2) AND relname IN (SELECT json_array_elements_text(?3::json))) LIMIT 1`;
    const params = [JSON.stringify(relations), schema, JSON.stringify(names)];
    return (await pool.lease(schema, (db) => db.value(other, params))) === null;
  }

  /** The first of these names by which `value.name` would call a function that is more than one of its argument alone. */
  async functionAmong(names: readonly string[], mayCall: (name: string) => boolean): Promise<string | null> {
    const { pool, schema } = this.#options;
    const asked = names.filter((name) => !mayCall(name));
    const found = `SELECT proname::text AS name FROM pg_proc
      WHERE proname::text IN (SELECT json_array_elements_text(?1::json)) AND pronargs > 0
        AND (provolatile <> 'i' OR pronamespace <> 'pg_catalog'::regnamespace) LIMIT 1`;
    return pool.lease(schema, (db) => db.value<string>(found, [JSON.stringify(asked)]));
  }

  async #make(): Promise<string> {
    const { schema, prefix } = this.#options;
    return this.#alone(async (db) => {
      const [place] = await db.all<{ database: string; user: string }>(
        'SELECT current_database() AS database, current_user AS user',
      );
      const { database = '', user = '' } = place ?? {};
      const name = `${prefix}_query_${createHash('sha256').update(database).digest('hex').slice(0, 8)}`;
      try {
        await makeRole(db, name);
        await db.run(`GRANT USAGE ON SCHEMA ${schema} TO "${name}"`);
      } catch (error) {
        if (isForbidden(error)) throw new UserError('SQL_ROLE', { role: name, user }, { cause: error });
        throw error;
      }
      return name;
    });
  }

  #alone<T>(work: (db: PostgresConnection) => Promise<T>): Promise<T> {
    const { pool, schema } = this.#options;
    return pool.lease(schema, (db) => db.transactionUnder(grantingLock, () => work(db)));
  }
}

async function makeRole(db: PostgresConnection, name: string): Promise<void> {
  const mighty = `SELECT (rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
    OR EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.member = r.oid))::int AS mighty
    FROM pg_roles r WHERE rolname = ?1`;
  const found = await db.value<number>(mighty, [name]);
  if (found === 1) throw new UserError('SQL_ROLE_MIGHTY', { role: name });
  if (found === null) {
    await db.run(`CREATE ROLE "${name}" NOLOGIN`);
    await db.run(`GRANT "${name}" TO CURRENT_USER`);
  }
  // Whether it may be taken on shows only when it is.
  await db.run(`SET LOCAL ROLE "${name}"`);
  await db.run('RESET ROLE');
}
