import { join } from 'node:path';
import { findProgram, isExecutable } from './command.mjs';
import { Problem } from './problem.mjs';
import { ensureTools } from './tools.mjs';

/** Debian keeps the server where only root's PATH leads. */
const serverFolders = ['/usr/sbin', '/usr/local/sbin'];

/** @returns {{ server: string, install: string } | undefined} the server, and the program that makes its first tables */
export function findMariadb() {
  const install = findProgram('mariadb-install-db');
  const server =
    findProgram('mariadbd') ??
    serverFolders.map((folder) => join(folder, 'mariadbd')).find((path) => isExecutable(path));
  return install && server ? { server, install } : undefined;
}

/** MariaDB's programs for the tests, which start servers of their own: found, else installed where that can be done unasked. */
export async function ensureMariadb() {
  // The programs alone: the whole package would start a server with the machine.
  await ensureTools('Running the MariaDB tests', [
    { programs: ['mariadb-install-db'], aptPackage: 'mariadb-server-core' },
    // Which mariadb-install-db calls.
    { programs: ['my_print_defaults'], aptPackage: 'mariadb-client-core' },
  ]);
  if (!findMariadb()) throw new Problem('apt-get installed mariadb-server-core, but mariadbd is not there.');
}
