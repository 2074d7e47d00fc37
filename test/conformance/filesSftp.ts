import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { open } from '../../connectors/sftp/client.ts';
import type { SftpSettings } from '../../connectors/sftp/definition.ts';
import { definition } from '../../connectors/sftp/definition.ts';
import type { FilesClient } from '../../contract/connector.ts';
import type { Sshd } from '../harness/sshd.ts';
import { startSshd } from '../harness/sshd.ts';
import { inChunks, makeBytes, namesIn, readAll, refusal, runProgram, sha, withFiles } from './fileClient.ts';
import type { Line } from './line.ts';
import { same } from './line.ts';

interface Sftp extends AsyncDisposable {
  server: Sshd;
  folder: string;
  /** null: this machine lets us make no user. */
  password: string | null;
}

const run = promisify(execFile);
const user = 'syncline-files';

export async function openSftp(): Promise<Sftp> {
  const password = process.getuid?.() === 0 ? await makeUser() : null;
  const server = await startSshd(password === null ? {} : { user });
  const folder = await mkdtemp(join(tmpdir(), 'syncline-conformance-'));
  await writeFile(join(folder, 'key'), server.privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'known'), `[127.0.0.1]:${server.port} ${await server.hostKey()}`);
  return {
    server,
    folder,
    password,
    async [Symbol.asyncDispose]() {
      await server.stop();
      if (password !== null) await run('userdel', [user]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** For as long as the lines run. */
async function makeUser(): Promise<string> {
  const password = 'for-these-lines-only';
  await run('useradd', ['-M', '-d', '/', '-s', '/usr/sbin/nologin', user]);
  const setting = run('chpasswd');
  setting.child.stdin?.end(`${user}:${password}\n`);
  await setting;
  return password;
}

export function sftpLines(sftp: Sftp): Line[] {
  const bytes = makeBytes(5_000_000);
  const ours = async <T>(
    work: (client: FilesClient) => Promise<T>,
    settings: Partial<SftpSettings> = {},
  ): Promise<T> => {
    const { port, user: name, privateKey } = sftp.server;
    const given = {
      host: '127.0.0.1',
      port,
      user: name,
      auth: 'key',
      privateKey,
      hostKey: await sftp.server.hostKey(),
    } as const;
    return withFiles({ definition, open }, { ...given, ...settings }, work);
  };
  /** OpenSSH's own client. */
  const theirs = async (...commands: string[]): Promise<string> => {
    await writeFile(join(sftp.folder, 'batch'), `${commands.join('\n')}\n`);
    const options = ['-b', join(sftp.folder, 'batch'), '-i', join(sftp.folder, 'key'), '-P', String(sftp.server.port)];
    const known = ['-o', `UserKnownHostsFile=${join(sftp.folder, 'known')}`, '-o', 'StrictHostKeyChecking=yes'];
    return (await runProgram('sftp', [...options, ...known, `${sftp.server.user}@127.0.0.1`])).toString();
  };
  const rclone = (...args: string[]): Promise<Buffer> =>
    runProgram('rclone', ['--config', join(sftp.folder, 'none'), ...args], {
      RCLONE_CONFIG_THERE_TYPE: 'sftp',
      RCLONE_CONFIG_THERE_HOST: '127.0.0.1',
      RCLONE_CONFIG_THERE_PORT: String(sftp.server.port),
      RCLONE_CONFIG_THERE_USER: sftp.server.user,
      RCLONE_CONFIG_THERE_KEY_FILE: join(sftp.folder, 'key'),
      RCLONE_CONFIG_THERE_SHELL_TYPE: 'none',
    });
  const write = (path: string, content: Uint8Array) =>
    ours((client) => client.write(path, inChunks(content), { draft: '.draft' }));
  return [
    {
      title: 'ours writes, sftp gets the same bytes',
      async run() {
        await write('up/a.bin', bytes);
        await theirs(`get up/a.bin ${sftp.folder}/got`);
        same('bytes', sha(await runProgram('cat', [join(sftp.folder, 'got')])), sha(bytes));
        return `${bytes.length} bytes`;
      },
    },
    {
      title: 'ours writes, rclone reads the same bytes',
      async run() {
        same('bytes', sha(await rclone('cat', 'there:up/a.bin')), sha(bytes));
        return `${bytes.length} bytes`;
      },
    },
    {
      title: 'sftp puts, ours reads the same bytes',
      async run() {
        await writeFile(join(sftp.folder, 'put'), bytes);
        await theirs(`put ${sftp.folder}/put up/b.bin`);
        same('bytes', sha(await ours((client) => readAll(client.read('up/b.bin')))), sha(bytes));
        same(
          'tail',
          sha(await ours((client) => readAll(client.read('up/b.bin', 4_000_001)))),
          sha(bytes.subarray(4_000_001)),
        );
        return 'whole, and from a byte on';
      },
    },
    {
      title: 'ours lists what sftp and rclone list',
      async run() {
        const names = await ours((client) => namesIn(client, 'up'));
        same(
          'sftp',
          (await theirs('ls -1 up'))
            .split('\n')
            .filter((line) => line.startsWith('up/'))
            .map((line) => line.slice(3).trim())
            .sort(),
          names,
        );
        same('rclone', (await rclone('lsf', 'there:up')).toString().trim().split('\n').sort(), names);
        return names.join(', ');
      },
    },
    {
      title: 'ours replaces and moves, sftp sees one file each',
      async run() {
        await write('up/a.bin', Buffer.from('short'));
        await ours((client) => client.move('up/a.bin', 'done/a.bin'));
        same('names', (await theirs('ls -1 done')).includes('done/a.bin'), true);
        same('content', (await rclone('cat', 'there:done/a.bin')).toString(), 'short');
        same('left', await ours((client) => namesIn(client, 'up')), ['b.bin']);
        return 'replaced, moved';
      },
    },
    {
      title: 'a password lets ours in, a wrong one does not',
      async run() {
        if (sftp.password === null) return 'left out: no user can be made here';
        const { password } = sftp;
        const { identity } = await ours((client) => client.verify(), { auth: 'password', password });
        const wrong = ours((client) => client.verify(), { auth: 'password', password: 'wrong' });
        return `${identity}; ${await refusal(wrong, ['FILES_SIGN_IN'])}`;
      },
    },
    {
      title: 'a folder of somebody else is refused',
      async run() {
        const client = ours((one) => one.write('x', inChunks(Buffer.from('x')), { draft: null }), { folder: '/root' });
        return refusal(client, ['FILE_NOT_ALLOWED']);
      },
    },
    {
      title: 'a full disk is told, and the file before stays',
      async run() {
        const small = join(sftp.server.folder, 'small');
        await mkdir(small);
        try {
          await run('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0777', 'tmpfs', small]);
        } catch {
          return 'left out: no disk can be mounted here';
        }
        try {
          await write('small/a', Buffer.from('before'));
          const said = await refusal(write('small/a', bytes), ['FILE_NO_ROOM']);
          same('content', (await rclone('cat', 'there:small/a')).toString(), 'before');
          same('names', await readdir(small), ['a']);
          return said;
        } finally {
          await run('umount', [small]);
        }
      },
    },
    {
      title: 'a changed host key is refused, as sftp refuses it',
      async run() {
        const before = await sftp.server.hostKey();
        await sftp.server.changeHostKey();
        const said = await refusal(
          ours((client) => client.verify(), { hostKey: before }),
          ['HOST_KEY_CHANGED'],
        );
        await refusal(
          ours((client) => client.verify(), { hostKey: '' }),
          ['HOST_KEY_UNKNOWN'],
        );
        const outcome = await theirs('ls').then(
          () => 'let in',
          (error: Error) => (/host key|identification/i.test(error.message) ? 'refused' : error.message),
        );
        same('sftp', outcome, 'refused');
        return said;
      },
    },
  ];
}
