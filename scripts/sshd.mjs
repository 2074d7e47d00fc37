import { join } from 'node:path';
import { findProgram, isExecutable } from './command.mjs';
import { Problem } from './problem.mjs';
import { ensureTools } from './tools.mjs';

/** Systems keep servers where only root's PATH leads. */
const serverFolders = ['/usr/sbin', '/usr/local/sbin'];

/** @returns {string | undefined} OpenSSH's server; the tests start one of their own, on loopback */
export function findSshd() {
  return findProgram('sshd') ?? serverFolders.map((folder) => join(folder, 'sshd')).find((path) => isExecutable(path));
}

/** The same, installed where that can be done unasked. */
export async function ensureSshd() {
  if (findSshd()) return;
  await ensureTools('Running the SFTP tests', [{ programs: ['sshd'], aptPackage: 'openssh-server' }]);
  if (!findSshd()) throw new Problem('apt-get installed openssh-server, but sshd is not there.');
}
