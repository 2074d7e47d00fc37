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

/** `postgres: true` for what exists only there, such as several workers. */
export async function makeDatabase({ postgres = onPostgres } = {}): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-test-'));
  const url = postgres ? await createDatabase() : undefined;
  return {
    folder,
    place: url ?? folder,
    url,
    async drop() {
      if (url) await dropDatabase(url);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

let server: Promise<Postgres> | undefined;
let made = 0;

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

async function execute(statement: string): Promise<void> {
  const client = new Client({ connectionString: (await server)?.url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
