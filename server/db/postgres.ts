/** The control store as one schema of a PostgreSQL database, shared by any number of processes. */
import knex from 'knex';
import { types } from 'pg';
import { UserError } from '../../contract/errors.ts';
import type { Clock } from './clock.ts';
import { nowText } from './clock.ts';
import type { Migration } from './migrate.ts';
import { createMarks, migrate } from './migrate.ts';
import { quietLog } from './quiet.ts';
import type { Db } from './transaction.ts';
import { lockInstance } from './transaction.ts';

export interface PostgresAddress {
  /** What a driver connects to. */
  url: string;
  /** The schema of the control store; other schemas of the instance have names that begin with it. */
  schema: string;
}

export const isPostgresAddress = (place: string): boolean => /^postgres(ql)?:\/\//.test(place);

/** Room for what other schemas add to it, and no name that would have to be quoted. */
const schemaNames = /^[a-z][a-z0-9_]{0,29}$/;

/** `search_path` in the address names the schema, so that one database can hold several instances. Throws UserError CONFIG_INVALID. */
export function readPostgresAddress(place: string): PostgresAddress {
  const url = new URL(place);
  const schema = url.searchParams.get('search_path') ?? 'syncline';
  if (!schemaNames.test(schema)) throw new UserError('CONFIG_INVALID', { field: 'search_path', reason: schemaRule });
  url.searchParams.delete('search_path');
  return { url: url.href, schema };
}

const schemaRule = 'use at most 30 small letters, digits and underscores, beginning with a letter';

export async function openPostgres(place: string, clock: Clock, migrations: readonly Migration[]): Promise<Db> {
  const address = readPostgresAddress(place);
  const db = connect(address);
  try {
    await prepareSchema(db, address.schema);
    await migrate(db, { clock, migrations, backup: () => backUp(db, address.schema, nowText(clock)) });
    return db;
  } catch (error) {
    await db.destroy();
    throw reachError(place, error) ?? error;
  }
}

/** Counts are bigint, which the driver gives as text: they fit a number here, as they do on SQLite. */
const countType = types.builtins.INT8;
const ownTypes = {
  getTypeParser: (id: number, format?: 'text' | 'binary') =>
    id === countType ? Number : types.getTypeParser(id, format),
};

/** Of one process; the web process needs most of them for requests that read at the same time. */
const connections = 10;
/** Milliseconds. A process that was halted within a transaction must not hold a run's row for ever. */
const longestIdleTransaction = 30_000;

function connect({ url, schema }: PostgresAddress): Db {
  return knex({
    client: 'pg',
    searchPath: schema,
    connection: {
      connectionString: url,
      application_name: 'syncline',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
      idle_in_transaction_session_timeout: longestIdleTransaction,
      types: ownTypes,
    } as knex.Knex.PgConnectionConfig,
    compileSqlOnError: false,
    log: quietLog,
    pool: { min: 0, max: connections },
  });
}

/** Several processes may start at once, and "if not exists" is no protection against that. */
function prepareSchema(db: Db, schema: string): Promise<void> {
  return db.transaction(async (tx) => {
    await lockInstance(tx);
    await tx.raw('create schema if not exists ??', [schema]);
    await createMarks(tx);
  });
}

/** A copy of the tables in a schema of its own; nothing reads it but a person. */
function backUp(db: Db, schema: string, at: string): Promise<void> {
  const copy = `${schema}_before_${at.replaceAll(/\D/g, '')}`;
  return db.transaction(async (tx) => {
    await lockInstance(tx);
    await tx.raw('create schema if not exists ??', [copy]);
    const { rows }: { rows: { name: string }[] } = await tx.raw(
      'select tablename as name from pg_tables where schemaname = ? order by tablename',
      [schema],
    );
    for (const { name } of rows)
      await tx.raw('create table if not exists ??.?? as table ??.??', [copy, name, schema, name]);
  });
}

/** Connection refused, unknown host, wrong password, no such database, too many connections, starting up: before any work was done. */
const reachCodes = /^(E[A-Z]+|08\w{3}|28\w{3}|3D000|53300|57P03)$/;

/** The error of a database that does not let this program in, without the password of its address. */
function reachError(place: string, error: unknown): UserError | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? String(error.code) : '';
  const late = /timeout/i.test(error.message);
  if (!reachCodes.test(code) && !late) return undefined;
  const { host, pathname } = new URL(place);
  const reason = error.message || code;
  return new UserError('DATABASE_UNREACHABLE', { database: `${host}${pathname}`, reason }, { cause: error });
}
