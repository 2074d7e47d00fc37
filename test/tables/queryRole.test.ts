import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeError, UserError } from '../../contract/errors.ts';
import { openStores } from '../../server/tables/stores.ts';
import type { Stores } from '../../server/tables/types.ts';
import { createDatabase, dropDatabase } from '../harness/database.ts';
import { never } from './stores.ts';

const one = (stores: Stores): Promise<unknown> =>
  stores.local.select(
    { sql: 'SELECT 1 AS one', parameters: [], seconds: 30 },
    async ({ batches }) => {
      for await (const batch of batches) return batch;
      return [];
    },
    never,
  );

describe('SQL where Syncline may not make roles', () => {
  const user = `poor_${process.pid}`;
  let url = '';
  let poor = '';

  async function administrate(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  beforeAll(async () => {
    url = await createDatabase();
    const address = new URL(url);
    await administrate(`CREATE ROLE ${user} LOGIN PASSWORD 'poor';
      GRANT CREATE ON DATABASE ${address.pathname.slice(1)} TO ${user}`);
    poor = Object.assign(address, { username: user, password: 'poor' }).href;
  });
  afterAll(async () => {
    await dropDatabase(url);
  });

  it('is refused with what the administrator does, and runs when that is done', async () => {
    const stores = openStores({ url: poor, prefix: 'poor', mode: 'write' });
    try {
      const refused: unknown = await one(stores).catch((error: unknown) => error);
      if (!(refused instanceof UserError)) throw new Error('It ran');
      expect(refused.code).toBe('SQL_ROLE');
      const { action } = describeError(refused.code, refused.details);
      expect(action).toMatch(/CREATE ROLE "poor_query_\w{8}" NOLOGIN; GRANT "poor_query_\w{8}" TO "poor_\d+"/);
      const [commands = ''] = /CREATE ROLE .*";?/.exec(action) ?? [];
      await administrate(commands);
      expect(await one(stores)).toEqual([['1']]);
      const [, role = ''] = /CREATE ROLE "(\w+)"/.exec(commands) ?? [];
      await administrate(`GRANT pg_read_server_files TO "${role}"`);
      const later = openStores({ url: poor, prefix: 'poor', mode: 'write' });
      await expect(one(later)).rejects.toMatchObject({ code: 'SQL_ROLE_MIGHTY' });
      await later.close();
    } finally {
      await stores.close();
    }
  });
});
