import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { eventually } from './eventually.ts';
import { startPostgres } from './postgres.ts';

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

it('a PostgreSQL that was killed comes back with what was committed', async () => {
  const postgres = await startPostgres({ fsync: true });
  await ask(postgres.url, 'create table kept as select 1 as n');
  await postgres.kill();
  await expect(ask(postgres.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
  await postgres.start();
  expect(await ask(postgres.url, 'select n from kept')).toEqual([{ n: 1 }]);
  await postgres.stop();
});

it('a PostgreSQL whose test process is killed goes, too, with its folder', async () => {
  const program = `
    import { startPostgres } from ${JSON.stringify(new URL('./postgres.ts', import.meta.url).href)};
    const { url } = await startPostgres();
    const { Client } = await import('pg');
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query('show data_directory');
    process.stdout.write(url + ' ' + rows[0].data_directory, () => process.kill(process.pid, 'SIGKILL'));`;
  const dying = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
  });
  const { stdout } = (await dying.catch((error: unknown) => error)) as { stdout: string };
  const [url = '', data = ''] = stdout.split(' ');
  expect(data).toMatch(/syncline-postgres-/);
  await eventually(() => expect(existsSync(data)).toBe(false));
  await expect(ask(url, 'select 1')).rejects.toThrow('ECONNREFUSED');
});
