/** Databases into which tests copy: one of each system, real ones, as settings of a `database` connection. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createDatabase, dropDatabase } from './database.ts';
import type { Mariadb } from './mariadb.ts';
import { startMariadb } from './mariadb.ts';

export const targetSystems = ['postgres', 'mysql', 'sqlite'] as const;
export type TargetSystem = (typeof targetSystems)[number];

export interface Targets {
  /** Where SQLite files lie, below `databases`. */
  folder: string;
  /** Settings of a new and empty database. */
  make(system: TargetSystem): Promise<Record<string, unknown>>;
}

/** Started before the tests of the file and gone after them. Its properties are there inside tests only. */
export function testTargets(): Targets {
  const targets: Targets = { folder: '', make: (system) => make(system) };
  let mariadb: Mariadb | undefined;
  const urls: string[] = [];
  let files = 0;
  const make = async (system: TargetSystem): Promise<Record<string, unknown>> => {
    if (system === 'sqlite') {
      files += 1;
      return { system, file: `target_${files}.sqlite`, tls: 'off' };
    }
    if (system === 'mysql') {
      mariadb ??= await startMariadb();
      const { port, user } = mariadb;
      return { system, host: '127.0.0.1', port, user, database: await mariadb.createDatabase(), tls: 'off' };
    }
    const url = await createDatabase();
    urls.push(url);
    const { hostname, port, username, pathname } = new URL(url);
    const place = { host: hostname, port: Number(port), user: username, database: pathname.slice(1) };
    return { system, ...place, schema: 'crm', tls: 'off' };
  };
  beforeAll(async () => {
    targets.folder = await mkdtemp(join(tmpdir(), 'syncline-targets-'));
  });
  afterAll(async () => {
    for (const url of urls) await dropDatabase(url);
    await mariadb?.stop();
    await rm(targets.folder, { recursive: true, force: true });
  });
  return targets;
}
