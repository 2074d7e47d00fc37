/** A MariaDB of its own for a test, as its own user on a loopback port; gone afterwards whatever happens to the test. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { findMariadb } from '../../scripts/mariadb.mjs';
import { end, findFreePort, identify, startServer, watch } from './postgres.ts';

export interface Mariadb {
  port: number;
  /** The owner, without a password. */
  user: string;
  /** A new one without tables. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

const settings = [
  '--bind-address=127.0.0.1',
  '--skip-log-bin',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-buffer-pool-size=32M',
  // Values must be written right whatever the server's own mode is: this one lets wrong ones through.
  '--sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES',
];

export async function startMariadb(): Promise<Mariadb> {
  const programs = findMariadb();
  if (!programs) throw new Error('There is no MariaDB: install mariadb-server-core.');
  const identity = identify();
  const folder = await mkdtemp(join(tmpdir(), 'syncline-mariadb-'));
  if (identity.uid !== undefined && identity.gid !== undefined) await chown(folder, identity.uid, identity.gid);
  const watchdog = watch(folder, identity, { pidFile: 'pid', signal: 'TERM' });
  const data = `--datadir=${join(folder, 'data')}`;
  const first = ['--no-defaults', data, '--auth-root-authentication-method=normal', '--skip-test-db'];
  await promisify(execFile)(programs.install, first, { ...identity, cwd: folder });
  const port = await findFreePort();
  const own = [`--port=${port}`, `--socket=${join(folder, 'socket')}`, `--pid-file=${join(folder, 'pid')}`];
  const server = await startServer(
    programs.server,
    ['--no-defaults', data, ...own, ...settings],
    { ...identity, cwd: folder },
    'ready for connections',
  );
  let made = 0;
  return {
    port,
    user: 'root',
    async createDatabase() {
      made += 1;
      const connection = await createConnection({ host: '127.0.0.1', port, user: 'root' });
      await connection.query(`create database test_${made}`);
      await connection.end();
      return `test_${made}`;
    },
    async stop() {
      await end(server, 'SIGKILL');
      watchdog.stdin?.end();
      if (watchdog.exitCode === null) await once(watchdog, 'exit');
    },
  };
}
