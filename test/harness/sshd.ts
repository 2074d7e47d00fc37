/** OpenSSH's server on a loopback port, with the files of a folder of its own; gone afterwards whatever happens to the test. */
import type { ChildProcess } from 'node:child_process';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findSshd } from '../../scripts/sshd.mjs';
import { end, findFreePort, identify, startServer, watch } from './postgres.ts';

export interface Sshd {
  port: number;
  user: string;
  /** Of the user, in OpenSSH's form. */
  privateKey: string;
  /** The server's public key, as `ssh-keyscan` would print it. */
  hostKey(): Promise<string>;
  /** Of the user: where this machine and the server both find it. */
  folder: string;
  /** Another key for the host, as after a new installation. */
  changeHostKey(): Promise<void>;
  stop(): Promise<void>;
}

interface SshdOptions {
  /** Of the part that serves files, for example `-R`: it can only be read then. */
  arguments?: string;
  /** A user of this machine with a password; left out: one that signs in by key only. */
  user?: string;
}

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const program = findSshd();
  if (!program) throw new Error('There is no sshd: install openssh-server.');
  const root = await mkdtemp(join(tmpdir(), 'syncline-sshd-'));
  await chmod(root, 0o755);
  const identity = identify();
  const isRoot = identity.uid !== undefined;
  const user = options.user ?? (isRoot ? 'nobody' : userInfo().username);
  const folder = join(root, 'files');
  await mkdir(folder);
  if (isRoot) {
    await promisify(execFile)('chown', [user, folder]);
    // Where it puts a process that has not signed in yet.
    await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  }
  await makeKey(join(root, 'user'));
  await makeKey(join(root, 'host'));
  const port = await findFreePort();
  await writeFile(join(root, 'sshd_config'), configuration(root, port, user, options.arguments ?? ''));
  const watchdog = watch(root, {}, { pidFile: 'sshd.pid', signal: 'TERM' });
  const start = (): Promise<ChildProcess> =>
    startServer(program, ['-D', '-e', '-f', join(root, 'sshd_config')], { cwd: root }, 'Server listening on');
  let server = await start();
  return {
    port,
    user,
    privateKey: await readFile(join(root, 'user'), 'utf8'),
    hostKey: () => readFile(join(root, 'host.pub'), 'utf8'),
    folder,
    async changeHostKey() {
      await end(server, 'SIGTERM');
      await makeKey(join(root, 'host'));
      server = await start();
    },
    async stop() {
      await end(server, 'SIGTERM');
      watchdog.stdin?.end();
      await once(watchdog, 'exit');
    },
  };
}

async function makeKey(path: string): Promise<void> {
  for (const file of [path, `${path}.pub`]) await rm(file, { force: true });
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
}

function configuration(root: string, port: number, user: string, given: string): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${root}/host`,
    `PidFile ${root}/sshd.pid`,
    `AuthorizedKeysFile ${root}/user.pub`,
    'StrictModes no',
    'PasswordAuthentication yes',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'UseDNS no',
    `AllowUsers ${user}`,
    `Subsystem sftp internal-sftp -d ${root}/files ${given}`,
    `ForceCommand internal-sftp -d ${root}/files ${given}`,
    'AllowTcpForwarding no',
    'X11Forwarding no',
    'MaxStartups 100',
    '',
  ].join('\n');
}
