/**
 * A server that speaks the bare protocol: no extensions, so that a file cannot be replaced in one step, and a password.
 * OpenSSH's own (sshd.ts) has them all.
 */
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, stat, unlink } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Connection, SFTPWrapper } from 'ssh2';
import ssh2 from 'ssh2';

export interface PlainSftp {
  port: number;
  user: string;
  password: string;
  hostKey: string;
  /** Whether it says that it has written what it throws away. */
  forgets: boolean;
  stop(): Promise<void>;
}

const status = ssh2.utils.sftp.STATUS_CODE;

export async function startPlainSftp(folder: string): Promise<PlainSftp> {
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const [user, password] = ['ann', 'open sesame'];
  const clients = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [keys.private] }, (client) => {
    clients.add(client);
    client.on('authentication', (attempt) => {
      if (attempt.method === 'password' && attempt.username === user && attempt.password === password) attempt.accept();
      else attempt.reject(['password']);
    });
    client.on('session', (accept) => accept().on('sftp', (begin) => serve(begin(), folder, started)));
    // One that a client cuts is over: nobody has to be told.
    client.on('error', () => client.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const started: PlainSftp = {
    port,
    user,
    password,
    hostKey: keys.public,
    forgets: false,
    async stop() {
      for (const client of clients) client.end();
      server.close();
      await once(server, 'close');
    },
  };
  return started;
}

function serve(sftp: SFTPWrapper, folder: string, server: Pick<PlainSftp, 'forgets'>): void {
  const handles = new Map<number, FileHandle>();
  let last = 0;
  const at = (path: string): string => join(folder, path);
  /** Answers for a request whatever becomes of the work. */
  const answer = (id: number, work: () => Promise<void>): void =>
    void work().catch((error: NodeJS.ErrnoException) =>
      sftp.status(id, error.code === 'ENOENT' ? status.NO_SUCH_FILE : status.FAILURE, error.code ?? error.message),
    );
  const fileOf = (handle: Buffer): FileHandle => handles.get(handle.readUInt32BE()) as FileHandle;
  sftp.on('OPEN', (id, path) =>
    answer(id, async () => {
      const handle = Buffer.alloc(4);
      last += 1;
      handle.writeUInt32BE(last);
      handles.set(last, await open(at(path), 'w'));
      sftp.handle(id, handle);
    }),
  );
  sftp.on('WRITE', (id, handle, offset, data) =>
    answer(id, async () => {
      if (!server.forgets) await fileOf(handle).write(data, 0, data.length, offset);
      sftp.status(id, status.OK);
    }),
  );
  sftp.on('CLOSE', (id, handle) =>
    answer(id, async () => {
      await fileOf(handle).close();
      sftp.status(id, status.OK);
    }),
  );
  sftp.on('STAT', (id, path) =>
    answer(id, async () => {
      const { mode, uid, gid, size, atimeMs, mtimeMs } = await stat(at(path));
      sftp.attrs(id, { mode, uid, gid, size, atime: atimeMs / 1_000, mtime: mtimeMs / 1_000 });
    }),
  );
  sftp.on('REALPATH', (id) => sftp.name(id, [{ filename: '/', longname: '/', attrs: {} as never }]));
  sftp.on('REMOVE', (id, path) =>
    answer(id, async () => {
      await unlink(at(path));
      sftp.status(id, status.OK);
    }),
  );
  sftp.on('RENAME', (id, from, to) =>
    answer(id, async () => {
      if (await isThere(at(to))) return sftp.status(id, status.FAILURE, 'Failure');
      await rename(at(from), at(to));
      sftp.status(id, status.OK);
    }),
  );
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
