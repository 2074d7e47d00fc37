import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectorHost, FilesClient } from '../../contract/connector.ts';
import type { FileEntry } from '../../contract/files.ts';
import type { RunningSts } from '../../demo/sts/index.ts';
import { DEMO_USER, startSts } from '../../demo/sts/index.ts';
import type { CutProxy } from '../../test/harness/cutProxy.ts';
import { startCutProxy } from '../../test/harness/cutProxy.ts';
import type { Radosgw } from '../../test/harness/radosgw.ts';
import { startRadosgw } from '../../test/harness/radosgw.ts';
import { open } from './client.ts';
import type { S3Settings } from './definition.ts';
import { definition } from './definition.ts';

let store: Radosgw;
let sdk: S3Client;
let proxy: CutProxy;
let bucket = '';
let buckets = 0;
const opened: FilesClient[] = [];
beforeAll(async () => {
  store = await startRadosgw();
  sdk = store.client();
  proxy = await startCutProxy(Number(new URL(store.url).port));
});
afterAll(async () => {
  sdk.destroy();
  await proxy.stop();
  await store.stop();
});
beforeEach(async () => {
  proxy.cutAfter(null);
  buckets += 1;
  bucket = `bucket-${buckets}`;
  await store.createBucket(bucket);
});
afterEach(async () => {
  for (const client of opened.splice(0)) await client.close();
});

async function connect(
  settings: Partial<S3Settings> = {},
  host: Partial<ConnectorHost<S3Settings>> = {},
): Promise<FilesClient> {
  const { accessKeyId, secretAccessKey, url } = store;
  const given = { bucket, accessKeyId, secretAccessKey, useEndpoint: true, endpoint: url, checksums: 'required' };
  const client = await open({
    settings: definition.settings.parse({ ...given, ...settings }),
    connectionName: 'there',
    clock: { now: () => new Date('2026-03-02T08:00:00Z') },
    log: () => undefined,
    signal: new AbortController().signal,
    ...host,
  });
  opened.push(client);
  return client;
}

async function* bytes(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}
async function contentOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}
async function listed(client: FilesClient, folder = ''): Promise<FileEntry[]> {
  const all = [];
  for await (const page of client.list(folder)) all.push(...page);
  return all.sort((a, b) => a.path.localeCompare(b.path));
}
const keys = async (): Promise<string[]> =>
  ((await sdk.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map(({ Key = '' }) => Key);
const stored = async (key: string): Promise<Buffer> =>
  Buffer.from(
    (await (await sdk.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body?.transformToByteArray()) ?? [],
  );
const put = (key: string, text: string) =>
  sdk.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(text) }));
const unfinished = async () => (await sdk.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? [];
const how = { draft: '.a.part' };
const many = (length: number): Buffer =>
  Buffer.from(Uint32Array.from({ length: length / 4 }, (_, index) => index * 2654435761).buffer);

describe('files', () => {
  it('are written in parts, appear as a whole, and are read from any byte on', async () => {
    const client = await connect({ folder: 'in' });
    const content = many(20_000_000);
    let seen: string[] = [];
    async function* watched(): AsyncGenerator<Uint8Array> {
      for (let from = 0; from < content.length; from += 999_999) yield content.subarray(from, from + 999_999);
      seen = await keys();
    }
    expect(await client.write('x/ä b.bin', watched(), how)).toMatchObject({ size: 20_000_000 });
    expect(seen).toEqual([]);
    expect(await keys()).toEqual(['in/x/ä b.bin']);
    expect((await stored('in/x/ä b.bin')).equals(content)).toBe(true);
    expect((await contentOf(client.read('x/ä b.bin'))).equals(content)).toBe(true);
    expect((await contentOf(client.read('x/ä b.bin', 19_999_990))).equals(content.subarray(19_999_990))).toBe(true);
    expect(await contentOf(client.read('x/ä b.bin', 30_000_000))).toHaveLength(0);
  });

  it('may be empty, and replace the one before', async () => {
    const client = await connect();
    await put('a', 'before');
    const early = await client.stat('a');
    await client.write('a', bytes(), how);
    expect(await contentOf(client.read('a'))).toHaveLength(0);
    expect((await client.stat('a'))?.version).not.toBe(early?.version);
  });

  it('are listed by their folder, page by page', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, index) => put(`in/f${index}`, 'x'.repeat(index))));
    await put('in/below/y', 'y');
    await put('in/', '');
    await put('inner', 'z');
    const client = await connect();
    const files = await listed(client, 'in');
    expect(files).toHaveLength(30);
    expect(files.find(({ name }) => name === 'f7')).toMatchObject({ path: 'in/f7', size: 7 });
    expect((await listed(await connect({ folder: 'in/below' }))).map(({ path }) => path)).toEqual(['y']);
    expect(await listed(client, 'none')).toEqual([]);
  });

  it('are moved and removed', async () => {
    const client = await connect({ folder: 'in' });
    await put('in/ä +&.csv', 'a');
    await client.move('ä +&.csv', 'done/b');
    expect(await keys()).toEqual(['in/done/b']);
    expect(await client.remove('done/b')).toBe(true);
    expect(await client.remove('done/b')).toBe(false);
    expect(await client.exists('done/b')).toBe(false);
  });

  it('of a bucket that is verified are named by it', async () => {
    expect(await (await connect()).verify()).toMatchObject({
      identity: store.accessKeyId,
      organisation: `s3://${bucket}`,
    });
  });
});

describe('uploads that nobody ended', () => {
  const begin = (Key: string) => sdk.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
  const left = async () => (await unfinished()).map(({ Key }) => Key).sort();

  it('of earlier attempts are ended before the file is written, and no others', async () => {
    for (const key of ['in/a', 'in/a', 'in/ab']) await begin(key);
    const client = await connect({ folder: 'in' });
    await client.write('a', bytes('a'), how);
    expect(await left()).toEqual(['in/a', 'in/a', 'in/ab']);
    await client.write('a', bytes('a'), { ...how, earlier: ['.a.part'] });
    expect(await left()).toEqual(['in/ab']);
    expect(String(await stored('in/a'))).toBe('a');
  });

  it('of somebody else that is ended under way is to be made again, and calls no file missing', async () => {
    const ours = await connect();
    const theirs = await connect();
    async function* slow(): AsyncGenerator<Uint8Array> {
      for (let part = 0; part < 3; part += 1) yield many(10_000_000);
      await expect.poll(left, { timeout: 20_000 }).toEqual(['a']);
      await ours.write('a', bytes('ours'), { ...how, earlier: ['.a.part'] });
      yield many(20_000_000);
    }
    await expect(theirs.write('a', slow(), how)).rejects.toMatchObject({ name: 'RetryLater', code: 'REMOTE_BUSY' });
    expect([String(await stored('a')), await left()]).toEqual(['ours', []]);
  });

  it('that end by themselves while they are ended are passed over', async () => {
    await begin('a');
    const [upload] = await unfinished();
    const listing = `<ListMultipartUploadsResult><Bucket>${bucket}</Bucket><Upload><Key>a</Key><UploadId>${upload?.UploadId}</UploadId></Upload></ListMultipartUploadsResult>`;
    await using service = await answering(({ method }) =>
      method === 'GET'
        ? [200, listing]
        : method === 'DELETE'
          ? [404, xml('NoSuchUpload', 'gone')]
          : [200, '', { 'content-length': method === 'HEAD' ? '1' : '0' }],
    );
    const client = await connect({ endpoint: service.url });
    await expect(client.write('a', bytes('a'), { ...how, earlier: ['.a.part'] })).resolves.toMatchObject({ size: 1 });
  });

  it('are ended a day later, whoever began them', async () => {
    await begin('b');
    const later = { clock: { now: () => new Date(Date.now() + 25 * 3_600_000) } };
    await (await connect({}, later)).write('b', bytes('b'), how);
    expect(await left()).toEqual([]);
  });
});

describe('what goes wrong', () => {
  it('is named: no such file, no such bucket, no right, wrong keys', async () => {
    const client = await connect();
    const missing = { name: 'UserError', code: 'FILE_MISSING', details: { path: `s3://${bucket}/none` } };
    await expect(contentOf(client.read('none'))).rejects.toMatchObject(missing);
    await expect(client.move('none', 'b')).rejects.toMatchObject(missing);
    const elsewhere = await connect({ bucket: 'nowhere-at-all' });
    await expect(elsewhere.write('a', bytes('a'), how)).rejects.toMatchObject({ code: 'BUCKET_MISSING' });
    const wrong = await connect({ secretAccessKey: 'wrong' });
    await expect(wrong.write('a', bytes('a'), how)).rejects.toMatchObject({ name: 'UserError', code: 'FILES_SIGN_IN' });
    const unknown = await connect({ accessKeyId: 'NOBODY' });
    await expect(listed(unknown)).rejects.toMatchObject({ name: 'UserError', code: 'FILES_SIGN_IN' });
  });

  it.each(['../x', 'a/../../x'])('is refused before anything is sent: %s', async (path) => {
    const client = await connect({ endpoint: 'http://127.0.0.1:1' });
    await expect(client.write(path, bytes('x'), how)).rejects.toMatchObject({ code: 'FILE_PATH' });
  });

  it('a server that is not there may be there later', async () => {
    const client = await connect({ endpoint: 'http://127.0.0.1:1' });
    await expect(client.exists('a')).rejects.toMatchObject({ name: 'RetryLater', code: 'REMOTE_UNREACHABLE' });
  });

  it('leaves the file before as it was when the content fails, and no part of an upload', async () => {
    const client = await connect();
    await put('a', 'before');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield many(20_000_000);
      throw new Error('no more');
    }
    await expect(client.write('a', failing(), how)).rejects.toThrow('no more');
    expect((await stored('a')).toString()).toBe('before');
    expect(await unfinished()).toEqual([]);
  });

  it('does no harm when the connection is cut while a file is sent', async () => {
    await put('a', 'before');
    const client = await connect({ endpoint: `http://127.0.0.1:${proxy.port}` });
    proxy.cutAfter({ sent: 3_000_000 });
    const content = many(24_000_000);
    await expect(client.write('a', bytes(content), how)).rejects.toMatchObject({ name: 'RetryLater' });
    expect((await stored('a')).toString()).toBe('before');
    proxy.cutAfter(null);
    await client.write('a', bytes(content), how);
    expect((await stored('a')).equals(content)).toBe(true);
  });

  it('never ends a file early when the connection is cut while it is read', async () => {
    await (await connect()).write('a', bytes(many(6_000_000)), how);
    const client = await connect({ endpoint: `http://127.0.0.1:${proxy.port}` });
    proxy.cutAfter({ received: 2_000_000 });
    await expect(contentOf(client.read('a'))).rejects.toMatchObject({ name: 'RetryLater' });
  });

  it('ends when it is stopped, and leaves no part of an upload', async () => {
    const stopping = new AbortController();
    const client = await connect({}, { signal: stopping.signal });
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let count = 0; ; count += 1) {
        yield many(1_000_000);
        if (count === 20) stopping.abort();
      }
    }
    await expect(client.write('a', endless(), how)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await keys()).toEqual([]);
  });
});

type Answer = [status: number, body: string, headers?: Record<string, string>];

/** A service that answers as it is told, as S3 itself does for that fault. */
async function answering(answer: (asked: { method?: string | undefined }) => Answer) {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const [status, body, headers = {}] = answer(request);
      const type = { 'content-type': 'application/xml' };
      response.writeHead(status, { ...type, ...headers }).end(request.method === 'HEAD' ? '' : body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
const xml = (code: string, message: string, more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message>${more}<RequestId>1</RequestId></Error>`;

describe('a bucket elsewhere', () => {
  it.each([
    [301, { 'x-amz-bucket-region': 'eu-west-1' }, xml('PermanentRedirect', 'Use another endpoint')],
    [
      400,
      {},
      xml(
        'AuthorizationHeaderMalformed',
        "the region 'us-east-1' is wrong; expecting 'eu-west-1'",
        '<Region>eu-west-1</Region>',
      ),
    ],
  ])('is named with its region (%i)', async (status, headers, body) => {
    await using service = await answering(() => [status, body, headers]);
    const client = await connect({ endpoint: service.url });
    const elsewhere = {
      name: 'UserError',
      code: 'BUCKET_ELSEWHERE',
      details: { found: 'eu-west-1', region: 'us-east-1' },
    };
    await expect(listed(client)).rejects.toMatchObject(elsewhere);
    await expect(client.write('a', bytes('a'), how)).rejects.toMatchObject(elsewhere);
    if (status === 301) await expect(client.verify()).rejects.toMatchObject(elsewhere);
  });

  it.each([
    [503, 'SlowDown', 'REMOTE_BUSY', 'RetryLater'],
    [400, 'ExpiredToken', 'REMOTE_BUSY', 'RetryLater'],
    [403, 'AccessDenied', 'FILE_NOT_ALLOWED', 'UserError'],
    [403, 'QuotaExceeded', 'FILE_NO_ROOM', 'RetryLater'],
    [200, 'InternalError', 'REMOTE_BUSY', 'RetryLater'],
  ])('%i %s is %s', async (status, code, wanted, name) => {
    await using service = await answering(() => [status, xml(code, 'no')]);
    const client = await connect({ endpoint: service.url });
    const refusal = status === 200 ? client.move('a', 'b') : client.write('a', bytes('a'), how);
    await expect(refusal).rejects.toMatchObject({ name, code: wanted });
  });
});

describe('a role', () => {
  const role = { arn: 'arn:aws:iam::123456789012:role/Files', externalId: 'ours-only' };
  let sts: RunningSts;
  beforeAll(async () => {
    const { accessKeyId, secretAccessKey } = store;
    sts = await startSts({ roles: [{ ...role, grants: { accessKeyId, secretAccessKey } }] });
  });
  afterAll(() => sts.close());
  const signIn = (settings: Partial<S3Settings> = {}, host: Partial<ConnectorHost<S3Settings>> = {}) =>
    connect(
      {
        auth: 'role',
        accessKeyId: DEMO_USER.accessKeyId,
        secretAccessKey: DEMO_USER.secretAccessKey,
        roleArn: role.arn,
        externalId: role.externalId,
        principal: 'arn:aws:iam::123456789012:user/demo',
        stsEndpoint: sts.url,
        ...settings,
      },
      host,
    );

  it('is assumed with its external id, and its rights are used', async () => {
    await (await signIn()).write('a', bytes('by the role'), how);
    expect((await stored('a')).toString()).toBe('by the role');
    expect((await (await signIn()).verify()).identity).toBe(role.arn);
  });

  it.each<[string, Partial<S3Settings>]>([
    ['another external id', { externalId: 'another' }],
    ['no external id', { externalId: '' }],
    ['a role that is not there', { roleArn: `${role.arn}2` }],
  ])('is refused by %s, and nothing is sent', async (_, wrong) => {
    const client = await signIn(wrong);
    await expect(client.write('a', bytes('a'), how)).rejects.toMatchObject({
      name: 'UserError',
      code: 'ROLE_REFUSED',
      details: { role: wrong.roleArn ?? role.arn },
    });
    expect(await keys()).toEqual([]);
  });

  it('is not assumed by a user that STS does not know', async () => {
    const client = await signIn({ accessKeyId: 'AKIANOBODY' });
    await expect(client.verify()).rejects.toMatchObject({ name: 'UserError', code: 'FILES_SIGN_IN' });
  });

  it('that is not made yet gets what its policies have to name', async () => {
    const kept: Partial<S3Settings> = {};
    const client = await signIn(
      { roleArn: '', principal: '', externalId: '' },
      { store: async (settings) => void Object.assign(kept, settings) },
    );
    await expect(client.verify()).rejects.toMatchObject({ code: 'CONFIG_INVALID', details: { field: 'Role' } });
    expect(kept.principal).toMatch(/^arn:aws:iam::123456789012:user\//);
    expect(kept.externalId).toMatch(/^syncline-[0-9a-f-]{36}$/);
  });
});

describe('its settings', () => {
  it.each([
    [{ bucket: 'x/y' }, 'bucket'],
    [{ region: 'Frankfurt' }, 'region'],
    [{ accessKeyId: '' }, 'accessKeyId'],
    [{ secretAccessKey: '' }, 'secretAccessKey'],
    [{ auth: 'role', roleArn: 'syncline' }, 'roleArn'],
    [{ auth: 'role', externalId: 'a b' }, 'externalId'],
    [{ useEndpoint: true, endpoint: 'store' }, 'endpoint'],
    [{ folder: '../x' }, 'folder'],
  ])('refuse %j', (wrong, path) => {
    const given = { ...definition.defaults, bucket: 'files', accessKeyId: 'a', secretAccessKey: 'b', ...wrong };
    expect(definition.settings.safeParse(given).error?.issues.map((issue) => issue.path[0])).toEqual([path]);
  });

  it('show the policies with principal, external id and bucket filled in', () => {
    const copies = definition.guide?.steps.flatMap((step) => (typeof step === 'string' ? [] : (step.copy ?? []))) ?? [];
    for (const copy of copies) expect(() => JSON.parse(copy)).not.toThrow();
    expect(copies.join()).toContain('"{principal}"');
    expect(copies.join()).toContain('"{externalId}"');
    expect(copies.join()).toContain('arn:aws:s3:::{bucket}/*');
  });
});
