/**
 * The database that a test runs on: SQLite in a folder of its own, or, with SYNCLINE_TEST_DATABASE=postgres, an empty
 * database on one PostgreSQL server per test process. The suite `postgres` runs its files a second time that way.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Postgres } from './postgres.ts';
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
  /** For tests that change tables: it holds none, and no other test gets it. Else it may be one that was used and emptied. */
  fresh?: boolean;
}

export async function makeDatabase({
  postgres = onPostgres,
  fresh = false,
}: DatabaseOptions = {}): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-test-'));
  const url = postgres ? ((fresh ? undefined : emptied.pop()) ?? (await createDatabase())) : undefined;
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

let server: Promise<Postgres> | undefined;
let made = 0;
const emptied: string[] = [];

/** Emptying takes a tenth of the time of making one with all its tables. */
async function empty(url: string): Promise<void> {
  await execute(
    `do $$ declare found text; begin
      for found in select nspname from pg_namespace where nspname like 'syncline\\_%' loop execute format('drop schema %I cascade', found); end loop;
      select string_agg(format('syncline.%I', tablename), ', ') into found from pg_tables where schemaname = 'syncline' and tablename <> 'migrations';
      if found is null then return; end if;
      execute 'drop trigger if exists send_insert on syncline.tasks';
      execute 'truncate ' || found || ' restart identity cascade';
    end $$`,
    url,
  );
  emptied.push(url);
}

/** An empty database of the server that this process shares; it ends with the process. */
export async function createDatabase(): Promise<string> {
  server ??= startPostgres({ shared: true });
  const url = new URL((await server).url);
  made += 1;
  const name = `test_${made}`;
  await execute(`create database ${name}`);
  url.pathname = name;
  return url.href;
}

export async function dropDatabase(url: string): Promise<void> {
  await execute(`drop database ${new URL(url).pathname.slice(1)} with (force)`);
}

async function execute(statement: string, url?: string): Promise<void> {
  const client = new Client({ connectionString: url ?? (await server)?.url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
