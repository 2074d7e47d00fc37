import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FilesClient } from '../../contract/connector.ts';
import type { CutProxy } from '../../test/harness/cutProxy.ts';
import { startCutProxy } from '../../test/harness/cutProxy.ts';
import { bytes, contentOf, listed } from '../../test/harness/fileContent.ts';
import type { PlainSftp } from '../../test/harness/plainSftp.ts';
import { startPlainSftp } from '../../test/harness/plainSftp.ts';
import type { Sshd } from '../../test/harness/sshd.ts';
import { startSshd } from '../../test/harness/sshd.ts';
import { open } from './client.ts';
import type { SftpSettings } from './definition.ts';
import { definition } from './definition.ts';

let server: Sshd;
let proxy: CutProxy;
const opened: FilesClient[] = [];
beforeAll(async () => {
  server = await startSshd();
  proxy = await startCutProxy(server.port);
});
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});
beforeEach(() => proxy.cutAfter(null));
afterEach(async () => {
  for (const client of opened.splice(0)) await client.close();
  for (const name of await readdir(server.folder))
    await rm(join(server.folder, name), { recursive: true, force: true });
});

async function connect(
  settings: Partial<SftpSettings> = {},
  signal = new AbortController().signal,
): Promise<FilesClient> {
  const { port, user, privateKey } = server;
  const given = { host: '127.0.0.1', port, user, auth: 'key', privateKey, hostKey: await server.hostKey() };
  const client = await open({
    settings: definition.settings.parse({ ...given, ...settings }),
    connectionName: 'there',
    clock: { now: () => new Date('2026-03-02T08:00:00Z') },
    log: () => undefined,
    signal,
  });
  opened.push(client);
  return client;
}

const there = (): Promise<string[]> => readdir(server.folder);
const beside = { draft: '.a.part' };
/** Bytes that differ from place to place. */
const many = (length: number): Buffer =>
  Buffer.from(Uint32Array.from({ length: length / 4 }, (_, index) => index * 2654435761).buffer);

describe('a server', () => {
  it('is known by its host key, and says who we are there', async () => {
    const verified = await (await connect({ folder: server.folder })).verify();
    expect(verified).toMatchObject({ identity: server.user, organisation: `127.0.0.1:${server.port}` });
    const { stdout } = await promisify(execFile)('ssh-keygen', ['-l', '-f', join(server.folder, '../host.pub')]);
    const print = stdout.split(' ')[1];
    expect(verified.details).toContainEqual({ label: 'Host key', value: print });
    expect(await (await connect({ hostKey: `SHA256:${'A'.repeat(43)} ${print}` })).exists('a')).toBe(false);
  });

  it('that nobody has accepted yet is not signed in to, and its key is shown', async () => {
    const { stdout } = await promisify(execFile)('ssh-keygen', ['-l', '-f', join(server.folder, '../host.pub')]);
    await expect((await connect({ hostKey: '' })).verify()).rejects.toMatchObject({
      name: 'UserError',
      code: 'HOST_KEY_UNKNOWN',
      details: { found: stdout.split(' ')[1] },
    });
  });

  it('whose key was changed is refused, with both fingerprints', async () => {
    const before = await server.hostKey();
    await server.changeHostKey();
    const { stdout } = await promisify(execFile)('ssh-keygen', ['-l', '-f', join(server.folder, '../host.pub')]);
    const client = await connect({ hostKey: before });
    const refusal = client.write('a', bytes('secret'), beside);
    await expect(refusal).rejects.toMatchObject({ name: 'UserError', code: 'HOST_KEY_CHANGED' });
    await expect(refusal).rejects.toMatchObject({
      details: { found: stdout.split(' ')[1], expected: expect.stringMatching(/^SHA256:/) },
    });
    expect(await there()).toEqual([]);
    expect(await (await connect({ hostKey: `${before} ${await server.hostKey()}` })).exists('a')).toBe(false);
  });

  it.each([
    ['a wrong password', { auth: 'password', password: 'wrong' }],
    ['a user it does not know', { user: 'nobody-else' }],
    ['another key', { privateKey: '' }],
  ] as const)('refuses %s', async (what, settings) => {
    const other = join(server.folder, '../other');
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
    const given = what === 'another key' ? { privateKey: await readFile(other, 'utf8') } : settings;
    await rm(other);
    await expect((await connect(given)).verify()).rejects.toMatchObject({ name: 'UserError', code: 'FILES_SIGN_IN' });
  });

  it('is signed in to by a key with a passphrase, its lines lost in a form', async () => {
    const key = join(server.folder, '../user');
    await promisify(execFile)('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'a phrase', '-f', key]);
    const privateKey = (await readFile(key, 'utf8')).replaceAll('\n', ' ');
    await promisify(execFile)('ssh-keygen', ['-q', '-p', '-P', 'a phrase', '-N', '', '-f', key]);
    expect((await (await connect({ privateKey, passphrase: 'a phrase' })).verify()).identity).toBe(server.user);
    await expect((await connect({ privateKey, passphrase: 'no' })).verify()).rejects.toMatchObject({
      code: 'FILES_SIGN_IN',
    });
  });

  it('that is not there may be there later', async () => {
    await expect((await connect({ port: 1 })).exists('a')).rejects.toMatchObject({
      name: 'RetryLater',
      code: 'REMOTE_UNREACHABLE',
    });
  });
});

describe('files', () => {
  it('are written under another name, and appear as a whole with the folders above them', async () => {
    const client = await connect();
    const content = many(3_000_000);
    let seen: string[] = [];
    async function* watched(): AsyncGenerator<Uint8Array> {
      yield content.subarray(0, 2_000_001);
      seen = await readdir(join(server.folder, 'in/x'));
      yield content.subarray(2_000_001);
    }
    expect(await client.write('in/x/a.bin', watched(), beside)).toEqual({ size: 3_000_000, checksum: null });
    expect(seen).toEqual(['.a.part']);
    expect(await readdir(join(server.folder, 'in/x'))).toEqual(['a.bin']);
    expect((await readFile(join(server.folder, 'in/x/a.bin'))).equals(content)).toBe(true);
    expect((await contentOf(client.read('in/x/a.bin'))).equals(content)).toBe(true);
    expect((await contentOf(client.read('in/x/a.bin', 2_999_990))).equals(content.subarray(2_999_990))).toBe(true);
    expect(await contentOf(client.read('in/x/a.bin', 4_000_000))).toHaveLength(0);
  });

  it('replace the one before in one step, and drafts of earlier attempts go', async () => {
    const client = await connect({ folder: server.folder });
    await writeFile(join(server.folder, 'a'), 'before');
    await writeFile(join(server.folder, '.a.1'), 'left over');
    await client.write('a', bytes('new'), { draft: '.a.2', earlier: ['.a.1', '.a.0'] });
    expect(await there()).toEqual(['a']);
    expect(await readFile(join(server.folder, 'a'), 'utf8')).toBe('new');
  });

  it('can be written under their own name from the first byte', async () => {
    const client = await connect();
    let seen: string[] = [];
    async function* watched(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a');
      seen = await there();
    }
    await client.write('a', watched(), { draft: null });
    expect(seen).toEqual(['a']);
  });

  it('are listed with size and time; folders and links are not', async () => {
    for (let index = 0; index < 250; index += 1) await writeFile(join(server.folder, `f${index}`), 'x'.repeat(index));
    await mkdir(join(server.folder, 'folder'));
    await symlink('f1', join(server.folder, 'link'));
    const files = await listed(await connect());
    expect(files).toHaveLength(250);
    expect(files.find(({ name }) => name === 'f7')).toMatchObject({ path: 'f7', size: 7 });
    expect(Math.abs(Date.parse(files[0]?.modifiedAt ?? '') - Date.now())).toBeLessThan(60_000);
  });

  it('are moved and removed', async () => {
    const client = await connect();
    await writeFile(join(server.folder, 'a'), 'a');
    await client.move('a', 'done/b');
    expect(await there()).toEqual(['done']);
    expect(await client.remove('done/b')).toBe(true);
    expect(await client.remove('done/b')).toBe(false);
    expect(await client.stat('done/b')).toBeNull();
  });
});

describe('what goes wrong', () => {
  it('is named: no such file or folder', async () => {
    const client = await connect();
    const missing = { name: 'UserError', code: 'FILE_MISSING', details: { path: expect.stringContaining('/none') } };
    await expect(contentOf(client.read('none'))).rejects.toMatchObject(missing);
    await expect(listed(client, 'none')).rejects.toMatchObject(missing);
    await expect(client.move('none', 'b')).rejects.toMatchObject(missing);
    await expect((await connect({ folder: '/none' })).verify()).rejects.toMatchObject(missing);
  });

  it('is named: no right to read or write', async () => {
    const client = await connect();
    await mkdir(join(server.folder, 'closed'));
    await writeFile(join(server.folder, 'closed/a'), 'a');
    await promisify(execFile)('chown', [
      server.user === 'nobody' ? 'root' : server.user,
      join(server.folder, 'closed'),
    ]);
    await chmod(join(server.folder, 'closed'), 0o555);
    await expect(client.write('closed/b', bytes('b'), beside)).rejects.toMatchObject({ code: 'FILE_NOT_ALLOWED' });
    await expect(client.remove('closed/a')).rejects.toMatchObject({ code: 'FILE_NOT_ALLOWED' });
    await chmod(join(server.folder, 'closed'), 0o700);
  });

  it.each(['../x', 'a/../../x', '..'])('is refused before anything is sent: %s', async (path) => {
    const client = await connect({ port: 1 });
    await expect(client.write(path, bytes('x'), beside)).rejects.toMatchObject({ code: 'FILE_PATH' });
    await expect(client.stat(path)).rejects.toMatchObject({ code: 'FILE_PATH' });
  });

  it('leaves the file before as it was when the content fails, and no draft', async () => {
    const client = await connect();
    await client.write('a', bytes('before'), beside);
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield many(500_000);
      throw new Error('no more');
    }
    await expect(client.write('a', failing(), beside)).rejects.toThrow('no more');
    expect(await there()).toEqual(['a']);
    expect(await readFile(join(server.folder, 'a'), 'utf8')).toBe('before');
  });

  it('does no harm when the connection is cut while a file is sent: the next attempt writes it whole', async () => {
    await writeFile(join(server.folder, 'a'), 'before');
    proxy.cutAfter({ sent: 1_000_000 });
    const client = await connect({ port: proxy.port });
    const content = many(4_000_000);
    await expect(client.write('a', bytes(content), { draft: '.a.1' })).rejects.toMatchObject({ name: 'RetryLater' });
    expect(proxy.cuts).toBeGreaterThan(0);
    expect(await readFile(join(server.folder, 'a'), 'utf8')).toBe('before');
    proxy.cutAfter(null);
    await client.write('a', bytes(content), { draft: '.a.2', earlier: ['.a.1'] });
    expect(await there()).toEqual(['a']);
    expect((await readFile(join(server.folder, 'a'))).equals(content)).toBe(true);
  });

  it('never ends a file early when the connection is cut while it is read', async () => {
    const content = many(4_000_000);
    await writeFile(join(server.folder, 'a'), content);
    proxy.cutAfter({ received: 1_000_000 });
    const client = await connect({ port: proxy.port });
    await expect(contentOf(client.read('a'))).rejects.toMatchObject({ name: 'RetryLater', code: 'REMOTE_UNREACHABLE' });
  });

  it('ends at once when it is stopped', async () => {
    const stopping = new AbortController();
    const client = await connect({}, stopping.signal);
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let count = 0; ; count += 1) {
        yield many(100_000);
        if (count === 3) stopping.abort();
      }
    }
    await expect(client.write('a', endless(), beside)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

it('a server that can only be read says so', async () => {
  const readOnly = await startSshd({ arguments: '-R' });
  try {
    const { port, privateKey } = readOnly;
    const client = await connect({ port, privateKey, hostKey: await readOnly.hostKey() });
    await expect(client.write('a', bytes('a'), beside)).rejects.toMatchObject({ code: 'FILE_NOT_ALLOWED' });
  } finally {
    await readOnly.stop();
  }
});

describe('a server without extensions', () => {
  let plain: PlainSftp;
  beforeEach(async () => {
    plain = await startPlainSftp(server.folder);
  });
  afterEach(() => plain.stop());
  const signIn = (settings: Partial<SftpSettings> = {}): Promise<FilesClient> => {
    const { port, user, password, hostKey } = plain;
    return connect({ port, user, auth: 'password', password, hostKey, ...settings });
  };

  it('is signed in to by a password', async () => {
    expect((await (await signIn()).verify()).identity).toBe(plain.user);
    await expect((await signIn({ password: 'open' })).verify()).rejects.toMatchObject({ code: 'FILES_SIGN_IN' });
  });

  it('takes a new file under a draft', async () => {
    await (await signIn()).write('a', bytes('new'), beside);
    expect(await there()).toEqual(['a']);
  });

  it('that forgets what it has taken is found out by the size: nothing appears, and it is to be made again', async () => {
    const client = await signIn();
    await writeFile(join(server.folder, 'a'), 'before');
    plain.forgets = true;
    const lost = { name: 'RetryLater', code: 'FILE_CUT', details: { found: 0, expected: 3 } };
    await expect(client.write('a', bytes('new'), beside)).rejects.toMatchObject(lost);
    expect(await there()).toEqual(['a']);
    expect(await readFile(join(server.folder, 'a'), 'utf8')).toBe('before');
  });

  it('cannot replace a file in one step: it is refused, and the old one stays', async () => {
    await writeFile(join(server.folder, 'a'), 'before');
    const client = await signIn();
    await expect(client.write('a', bytes('new'), beside)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(await there()).toEqual(['a']);
    expect(await readFile(join(server.folder, 'a'), 'utf8')).toBe('before');
  });

  it('replaces it in two where that is allowed', async () => {
    await writeFile(join(server.folder, 'a'), 'before');
    await (await signIn({ removeFirst: true })).write('a', bytes('new'), beside);
    expect(await there()).toEqual(['a']);
    expect(await readFile(join(server.folder, 'a'), 'utf8')).toBe('new');
  });
});

/** A disk of one megabyte, where this machine lets us have one. */
async function mountSmallDisk(folder: string): Promise<boolean> {
  await mkdir(folder);
  return promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0777', 'tmpfs', folder]).then(
    () => true,
    () => false,
  );
}

it('a full disk is told apart, and the file before stays as it was', async (context) => {
  const folder = join(server.folder, 'small');
  if (!(await mountSmallDisk(folder))) context.skip('this machine mounts no disk');
  try {
    const client = await connect();
    await client.write('small/a', bytes('before'), beside);
    await expect(client.write('small/a', bytes(many(4_000_000)), beside)).rejects.toMatchObject({
      name: 'RetryLater',
      code: 'FILE_NO_ROOM',
    });
    expect(await readdir(folder)).toEqual(['a']);
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('before');
  } finally {
    await promisify(execFile)('umount', [folder]);
  }
});

describe('its settings', () => {
  it.each([
    [{ host: 'sftp://x' }, 'host'],
    [{ port: 0 }, 'port'],
    [{ user: '' }, 'user'],
    [{ password: '' }, 'password'],
    [{ auth: 'key', privateKey: 'ssh-ed25519 AAAA' }, 'privateKey'],
    [{ hostKey: 'SHA256:short' }, 'hostKey'],
    [{ folder: 'a/../..' }, 'folder'],
  ])('refuse %j', (wrong, path) => {
    const given = { ...definition.defaults, host: 'localhost', user: 'u', password: 'p', ...wrong };
    expect(definition.settings.safeParse(given).error?.issues.map((issue) => issue.path[0])).toEqual([path]);
  });
});
