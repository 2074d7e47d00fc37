import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FilesClient } from '../../contract/connector.ts';
import { bytes, contentOf, listed } from '../../test/harness/fileContent.ts';
import { open } from './client.ts';
import { definition } from './definition.ts';

let root: string;
let outside: string;
const stop = new AbortController();
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-folder-'));
  root = join(folder, 'files');
  outside = join(folder, 'outside');
  await mkdir(outside);
  await writeFile(join(outside, 'secret.txt'), 'secret');
});
afterEach(() => rm(join(root, '..'), { recursive: true, force: true }));

const connect = (folder = 'in', signal = stop.signal): Promise<FilesClient> =>
  open({
    settings: definition.settings.parse({ folder }),
    connectionName: 'here',
    clock: { now: () => new Date('2026-03-02T08:00:00Z') },
    log: () => undefined,
    signal,
    folder: root,
  });

async function* cut(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
  throw new Error('cut');
}
const textOf = async (content: AsyncIterable<Uint8Array>): Promise<string> => String(await contentOf(content));
const beside = { draft: '.a.part' };

describe('a local folder', () => {
  it('is empty until something is written; then folders are made, and nobody else may read', async () => {
    const client = await connect();
    expect(await listed(client)).toEqual([]);
    expect(await client.write('x/y/a.csv', bytes('a,', 'b'), beside)).toEqual({ size: 3, checksum: null });
    expect(await readdir(join(root, 'in/x/y'))).toEqual(['a.csv']);
    expect((await stat(join(root, 'in/x/y/a.csv'))).mode & 0o077).toBe(0);
    expect(await listed(client, 'x/y')).toMatchObject([{ path: 'x/y/a.csv', name: 'a.csv', size: 3 }]);
    expect(await listed(client)).toEqual([]);
    expect((await client.verify()).organisation).toBe('files/in');
  });

  it('gives a file from any byte on', async () => {
    const client = await connect();
    const text = 'é'.repeat(300_000);
    await client.write('a', bytes(text), beside);
    expect(await textOf(client.read('a'))).toBe(text);
    expect(await textOf(client.read('a', 599_998))).toBe('é');
    expect(await textOf(client.read('a', 700_000))).toBe('');
  });

  it('shows a file only when it is whole, and keeps the one before when writing fails', async () => {
    const client = await connect();
    await client.write('a', bytes('before'), beside);
    const early = await client.stat('a');
    await expect(client.write('a', cut('half'), beside)).rejects.toThrow('cut');
    expect(await textOf(client.read('a'))).toBe('before');
    expect(await readdir(join(root, 'in'))).toEqual(['a']);
    await client.write('a', bytes('behind'), beside);
    expect((await client.stat('a'))?.version).not.toBe(early?.version);
  });

  it('removes drafts of earlier attempts before the file appears', async () => {
    const client = await connect();
    await client.write('.a.1.part', bytes('left over'), { draft: null });
    await client.write('a', bytes('new'), { draft: '.a.2.part', earlier: ['.a.1.part'] });
    expect(await readdir(join(root, 'in'))).toEqual(['a']);
  });

  it('moves and removes files, and says whether there was one', async () => {
    const client = await connect();
    await client.write('a', bytes('a'), beside);
    await client.write('done/a', bytes('old'), beside);
    await client.move('a', 'done/a');
    expect(await client.exists('a')).toBe(false);
    expect(await textOf(client.read('done/a'))).toBe('a');
    expect(await client.remove('done/a')).toBe(true);
    expect(await client.remove('done/a')).toBe(false);
  });

  it('names what is not there', async () => {
    const client = await connect();
    const missing = { name: 'UserError', code: 'FILE_MISSING' };
    await expect(textOf(client.read('a'))).rejects.toMatchObject({ ...missing, details: { path: 'files/in/a' } });
    await expect(client.move('a', 'b')).rejects.toMatchObject(missing);
    expect(await client.stat('a')).toBeNull();
  });

  it('that is stopped ends at once', async () => {
    const stopping = new AbortController();
    const client = await connect('in', stopping.signal);
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        yield Buffer.alloc(10);
        stopping.abort();
      }
    }
    await expect(client.write('a', endless(), beside)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(join(root, 'in'))).toEqual([]);
  });
});

describe('outside of the folder', () => {
  const refused = { name: 'UserError', code: 'FILE_PATH' };

  it.each(['../outside/secret.txt', 'x/../../../outside/secret.txt', '..'])(
    'nothing is reached by %s',
    async (path) => {
      const client = await connect();
      await expect(textOf(client.read(path))).rejects.toMatchObject(refused);
      await expect(client.write(path, bytes('x'), beside)).rejects.toMatchObject(refused);
      await expect(client.remove(path)).rejects.toMatchObject(refused);
      await expect(client.move('a', path)).rejects.toMatchObject({ name: 'UserError' });
      await expect(client.stat(path)).rejects.toMatchObject(refused);
      expect(await readFile(join(outside, 'secret.txt'), 'utf8')).toBe('secret');
    },
  );

  it.each([
    ['a link to a file', 'link', 'outside/secret.txt', 'link'],
    ['a link to a folder', 'linked', 'outside', 'linked/secret.txt'],
  ])('nothing is reached by %s', async (_, name, target, path) => {
    await mkdir(join(root, 'in'), { recursive: true });
    await symlink(join(root, '..', target), join(root, 'in', name));
    const client = await connect();
    await expect(textOf(client.read(path))).rejects.toMatchObject(refused);
    await expect(client.write(path, bytes('x'), beside)).rejects.toMatchObject(refused);
    await expect(client.write(path, bytes('x'), { draft: null })).rejects.toMatchObject(refused);
    await expect(client.remove(path)).rejects.toMatchObject(refused);
    expect(await listed(client)).toEqual([]);
    expect(await readFile(join(outside, 'secret.txt'), 'utf8')).toBe('secret');
  });

  it('no setting leads either, nor to the databases of connections', async () => {
    expect(definition.settings.safeParse({ folder: '../x' }).error?.issues[0]?.path).toEqual(['folder']);
    await expect((await connect('')).stat('databases/crm.sqlite')).rejects.toMatchObject(refused);
    await expect((await connect('')).stat('Databases/crm.sqlite')).rejects.toMatchObject(refused);
    await expect((await connect('databases')).stat('crm.sqlite')).rejects.toMatchObject(refused);
  });

  it('a folder is not taken for a file, nor a file for a folder', async () => {
    const client = await connect();
    await client.write('a', bytes('a'), beside);
    await client.write('x/b', bytes('b'), beside);
    await expect(client.write('x', bytes('a'), beside)).rejects.toMatchObject(refused);
    await expect(client.remove('x')).rejects.toMatchObject(refused);
    await expect(client.stat('a/b')).rejects.toMatchObject(refused);
    await expect(listed(client, 'a')).rejects.toMatchObject(refused);
  });
});

it('what the disk refuses is said without a path of this machine', async () => {
  const error = await (await connect()).write('x'.repeat(300), bytes('a'), { draft: null }).catch((reason) => reason);
  expect(error).toMatchObject({ code: 'FILE_REFUSED', message: expect.stringContaining('longer than the disk takes') });
  expect(String(error.message)).not.toContain(root);
});

it.skipIf(process.getuid?.() === 0)('a folder that may not be written says so', async () => {
  const client = await connect();
  await client.write('a', bytes('a'), beside);
  await chmod(join(root, 'in'), 0o500);
  await expect(client.write('b', bytes('b'), beside)).rejects.toMatchObject({ code: 'FILE_NOT_ALLOWED' });
  await chmod(join(root, 'in'), 0o700);
});
