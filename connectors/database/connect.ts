/** One knex for each client: two connections, so that pages can be read while something is written. */
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import knex from 'knex';
import type { ConnectionOptions as MysqlOptions } from 'mysql2';
import type { ConnectorHost } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { DatabaseSettings } from './definition.ts';

const patience = 20_000;

interface Started {
  run?(sql: string, done: (error: Error | null) => void): void;
  query?(sql: string, done: (error: Error | null) => void): void;
}

/** knex prints to the console what it finds odd. Whatever goes wrong is thrown as well. */
const silent = (): void => undefined;
const quiet = { warn: silent, error: silent, debug: silent, deprecate: silent };

/** Throws CONFIG_INVALID where the instance keeps no files. */
export async function connect(host: ConnectorHost<DatabaseSettings>): Promise<Knex> {
  const { settings } = host;
  const shared = { useNullAsDefault: true, compileSqlOnError: false, log: quiet, acquireConnectionTimeout: patience };
  if (settings.system === 'sqlite') {
    // One connection: a reader would keep the writer of the same file waiting.
    const pool = {
      min: 0,
      max: 1,
      afterCreate: starting(['pragma busy_timeout = 10000', 'pragma synchronous = full']),
    };
    return knex({ ...shared, client: 'sqlite3', connection: { filename: await fileOf(host) }, pool });
  }
  const pool = (statements: string[]) => ({ min: 0, max: 2, afterCreate: starting(statements) });
  if (settings.system === 'postgres')
    return knex({
      ...shared,
      client: 'pg',
      connection: postgresOptions(settings),
      pool: pool(["set time zone 'UTC'"]),
    });
  return knex({
    ...shared,
    client: 'mysql2',
    connection: mysqlOptions(settings) as Knex.StaticConnectionConfig,
    // Strict: a value that does not fit is an error, not another value. Only this mode: values are escaped with backslashes.
    pool: pool(["set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', session time_zone = '+00:00'"]),
  });
}

/** Where the server or the file is, for people. */
export function placeOf(settings: DatabaseSettings): string {
  if (settings.system === 'sqlite') return settings.file;
  return `${settings.host}:${portOf(settings)}`;
}

const portOf = ({ system, port }: DatabaseSettings): number => port || (system === 'postgres' ? 5432 : 3306);

async function fileOf({ folder, settings }: ConnectorHost<DatabaseSettings>): Promise<string> {
  if (folder === undefined)
    throw new UserError('CONFIG_INVALID', { field: 'File', reason: 'files cannot be kept here' });
  const place = join(folder, 'databases');
  await mkdir(place, { recursive: true });
  await chmod(place, 0o700);
  return join(place, settings.file);
}

function tlsOf({ tls, ca }: DatabaseSettings) {
  if (tls === 'off') return false;
  return { rejectUnauthorized: tls === 'verify', ...(ca === '' ? {} : { ca: withLines(ca) }) };
}

/** A form of one line takes the line breaks away, without which nobody reads a certificate. */
function withLines(pem: string): string {
  const bodies = pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g);
  const lines = (body: string): string =>
    body
      .replaceAll(/\s+/g, '')
      .replaceAll(/(.{64})/g, '$1\n')
      .trim();
  return [...bodies]
    .map(([, body = '']) => `-----BEGIN CERTIFICATE-----\n${lines(body)}\n-----END CERTIFICATE-----\n`)
    .join('');
}

function postgresOptions(settings: DatabaseSettings): Knex.PgConnectionConfig {
  const { host, database, user, password } = settings;
  const ssl = tlsOf(settings);
  return {
    host,
    port: portOf(settings),
    database,
    user,
    password,
    ssl,
    connectionTimeoutMillis: patience,
    keepAlive: true,
  };
}

function mysqlOptions(settings: DatabaseSettings): MysqlOptions {
  const { host, database, user, password } = settings;
  const ssl = tlsOf(settings);
  return {
    host,
    port: portOf(settings),
    database,
    user,
    password,
    charset: 'utf8mb4',
    connectTimeout: patience,
    dateStrings: true,
    // Never sends a file of this machine, whatever the server asks for.
    flags: ['-LOCAL_FILES'],
    ...(ssl === false ? {} : { ssl }),
  };
}

function starting(statements: readonly string[]) {
  return (connection: Started, done: (error: Error | null, connection: Started) => void): void => {
    const [statement = ''] = statements;
    const rest = statements.slice(1);
    const next = (error: Error | null): void => {
      if (error || rest.length === 0) done(error, connection);
      else starting(rest)(connection, done);
    };
    if (connection.run) connection.run(statement, next);
    else connection.query?.(statement, next);
  };
}
