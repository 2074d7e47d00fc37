/**
 * The database that a test runs on: SQLite in a folder of its own, or, with SYNCLINE_TEST_DATABASE=postgres, an empty
 * database on a PostgreSQL server that many tests share. The suite `postgres` runs its files a second time that way.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { systemClock } from '../../server/db/clock.ts';
import { openControl } from '../../server/db/control.ts';
import { startPostgres } from './postgres.ts';

export interface TestDatabase {
  /** The data folder; on PostgreSQL only for files. */
  folder: string;
  /** What `openControl` takes: the folder, or the address. */
  place: string;
  /** Set on PostgreSQL. */
  url: string | undefined;
  /** Close everything that uses it before. */
  drop(): Promise<void>;
}

export const onPostgres = process.env.SYNCLINE_TEST_DATABASE === 'postgres';

interface DatabaseOptions {
  /** `true` for what exists only there, such as several workers. */
  postgres?: boolean;
  /** For tests that change tables: it holds none, and no other test gets it. Else it may hold all tables, empty. */
  fresh?: boolean;
}

export async function makeDatabase({
  postgres = onPostgres,
  fresh = false,
}: DatabaseOptions = {}): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-test-'));
  const url = postgres ? ((fresh ? undefined : await takeIdle()) ?? (await createDatabase())) : undefined;
  if (!url && !fresh) await writeFile(join(folder, 'control.sqlite'), await findControl());
  return {
    folder,
    place: url ?? folder,
    url,
    async drop() {
      if (url && fresh) await dropDatabase(url);
      else if (url) await empty(url);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

let control: Promise<Buffer> | undefined;

/** The file of a control store with all its tables, empty. A copy takes a tenth of the time of making one. */
function findControl(): Promise<Buffer> {
  control ??= makeControl();
  return control;
}

async function makeControl(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-control-'));
  try {
    const db = await openControl(folder, { clock: systemClock });
    await db.destroy();
    return await readFile(join(folder, 'control.sqlite'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

let server: Promise<string> | undefined;

/** The address of a server: the one of the whole run (`sharedPostgres.ts`), else one that this process has and that ends with it. */
function findServer(): Promise<string> {
  const given = process.env.SYNCLINE_TEST_POSTGRES;
  server ??= given ? Promise.resolve(given) : startServer();
  return server;
}

async function startServer(): Promise<string> {
  const { url } = await startPostgres({ shared: true });
  await prepareServer(url);
  return url;
}

/** Once, before databases are made on it. */
export async function prepareServer(url: string): Promise<void> {
  await execute('create table idle (name text)', url);
}

/** One that was used and emptied, which takes a tenth of the time of making one with all its tables. */
async function takeIdle(): Promise<string | undefined> {
  const one = 'select name from idle limit 1 for update skip locked';
  const [row] = await execute(`delete from idle where name = (${one}) returning name`);
  return row && addressOf(row.name);
}

async function empty(url: string): Promise<void> {
  await execute(
    `do $$ declare found text; begin
      for found in select nspname from pg_namespace where nspname like 'syncline\\_%' loop
        execute format('drop schema %I cascade', found);
        commit; -- Each table dropped is a lock until then, and there may be thousands.
      end loop;
      select string_agg(format('syncline.%I', tablename), ', ') into found from pg_tables where schemaname = 'syncline' and tablename <> 'migrations';
      if found is null then return; end if;
      execute 'drop trigger if exists send_insert on syncline.tasks';
      execute 'truncate ' || found || ' restart identity cascade';
    end $$`,
    url,
  );
  await execute(`insert into idle values ('${nameOf(url)}')`);
}

/** An empty database. `rules` say how it differs from others. */
export async function createDatabase(rules = ''): Promise<string> {
  const name = `test_${process.pid}${process.hrtime.bigint()}`;
  await execute(`create database ${name} ${rules}`);
  return addressOf(name);
}

export async function dropDatabase(url: string): Promise<void> {
  await execute(`drop database ${nameOf(url)} with (force)`);
}

const nameOf = (url: string): string => new URL(url).pathname.slice(1);

async function addressOf(name: string): Promise<string> {
  return new URL(name, await findServer()).href;
}

async function execute(statement: string, url?: string): Promise<{ name: string }[]> {
  const client = new Client({ connectionString: url ?? (await findServer()) });
  await client.connect();
  try {
    return (await client.query<{ name: string }>(statement)).rows;
  } finally {
    await client.end();
  }
}
