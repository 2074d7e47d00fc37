import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, dropDatabase } from '../../test/harness/database.ts';
import { systemClock } from './clock.ts';
import { openControl } from './control.ts';
import type { Migration } from './migrate.ts';
import { findMigrations } from './migrate.ts';
import type { Db } from './transaction.ts';
import { inRun } from './transaction.ts';

const clock = systemClock;
let url: string;
const opened: Db[] = [];
beforeEach(async () => {
  url = await createDatabase();
});
afterEach(async () => {
  for (const db of opened.splice(0)) await db.destroy();
  await dropDatabase(url);
});

async function open(place = url, migrations?: readonly Migration[]): Promise<Db> {
  const db = await openControl(place, { clock, migrations });
  opened.push(db);
  return db;
}

async function listSchemas(): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'information_schema') order by 1",
  );
  await client.end();
  return rows.map(({ name }) => name);
}

describe('the control store on PostgreSQL', () => {
  it('is a schema of its own; another name makes another instance in the same database', async () => {
    const one = await open();
    const other = await open(`${url}?search_path=second`);
    await one('settings').insert({ name: 'a', value: '1' });
    expect(await other('settings')).toEqual([]);
    expect(await listSchemas()).toEqual(['second', 'syncline']);
  });

  it.each(['Second', 'a-b', 'x'.repeat(31), 'a"; drop schema syncline', ''])(
    'refuses "%s" as its name',
    async (name) => {
      const place = `${url}?search_path=${encodeURIComponent(name)}`;
      await expect(open(place)).rejects.toMatchObject({ code: 'CONFIG_INVALID', details: { field: 'search_path' } });
    },
  );

  it('is made once by processes that start together', async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => open()));
    const marks = await stores[0]?.('migrations').select('name');
    expect(marks).toHaveLength((await findMigrations()).length);
  });

  it('counts in numbers, as SQLite does', async () => {
    const db = await open();
    expect(await db('settings').count({ n: '*' })).toEqual([{ n: 0 }]);
  });

  it('is copied to a schema before a newer program changes it', async () => {
    const known = await findMigrations();
    const before = await open(url, known);
    await before('settings').insert({ name: 'a', value: '1' });
    const later: Migration = { name: '9000_later', up: async (tx) => tx('settings').delete() };
    const newer = await open(url, [...known, later]);
    expect(await newer('settings')).toEqual([]);
    const copies = (await listSchemas()).filter((name) => name.startsWith('syncline_before_'));
    expect(copies).toHaveLength(1);
    expect(await newer('settings').withSchema(copies[0] ?? '')).toEqual([{ name: 'a', value: '1' }]);
  });

  it.each([
    ['a server that is not there', 'postgres://postgres@127.0.0.1:9/none', '127.0.0.1:9/none'],
    ['a database that is not there', () => url.replace(/\w+$/, 'nothing'), /\/nothing$/],
    ['an unknown user', () => url.replace('postgres@', 'stranger:secret@'), /^127\.0\.0\.1:\d+\/test_\d+$/],
  ])('says in words that it cannot reach %s, without the password', async (_, place, database) => {
    const opening = open(typeof place === 'string' ? place : place());
    const error = (await opening.catch((reason: unknown) => reason)) as Error & { details: { database: string } };
    expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    expect(error.details.database).toMatch(database);
    expect(error.message).not.toContain('secret');
  });

  it('repeats a transaction that was undone because two waited for each other', async () => {
    const db = await open();
    await db('runs').insert(['r1', 'r2'].map((id) => ({ id, ...emptyRun })));
    const both = Promise.withResolvers<void>();
    let entered = 0;
    const take = (first: string, second: string) =>
      inRun(db, first, async (tx) => {
        entered += 1;
        if (entered === 2) both.resolve();
        await both.promise;
        await tx('runs').where({ id: second }).increment('rejects');
      });
    await Promise.all([take('r1', 'r2'), take('r2', 'r1')]);
    // Both may be undone at once, and wait for each other again.
    expect(entered).toBeGreaterThan(2);
    expect(await db('runs').select('rejects')).toEqual([{ rejects: 1 }, { rejects: 1 }]);
  });
});

const emptyRun = {
  workflow_name: 'w',
  workflow_label: 'w',
  state: 'running',
  origin: '{}',
  created_at: '2026-01-01T00:00:00.000Z',
};
