import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectorHost, FilesClient } from '../../contract/connector.ts';
import type { UploadMarks } from '../../contract/files.ts';
import type { RunningSts } from '../../demo/sts/index.ts';
import { DEMO_USER, startSts } from '../../demo/sts/index.ts';
import type { CutProxy } from '../../test/harness/cutProxy.ts';
import { startCutProxy } from '../../test/harness/cutProxy.ts';
import { bytes, contentOf, listed } from '../../test/harness/fileContent.ts';
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

describe('uploads in parts', () => {
  const begin = async (Key: string): Promise<string> =>
    (await sdk.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }))).UploadId ?? '';
  const left = async () => (await unfinished()).map(({ Key }) => Key).sort();
  const marked = (earlier: string[], begun: UploadMarks['begun'] = async () => undefined) => ({
    ...how,
    uploads: { earlier: async () => earlier, begun },
  });
  const large = many(20_000_000);

  it('that earlier attempts have begun are ended before the file is written, and no others', async () => {
    const ours = [await begin('in/a'), await begin('in/a')];
    for (const key of ['in/a', 'in/ab']) await begin(key);
    const client = await connect({ folder: 'in' });
    await client.write('a', bytes('a'), how);
    expect(await left()).toEqual(['in/a', 'in/a', 'in/a', 'in/ab']);
    await client.write('a', bytes('a'), marked(ours));
    expect(await left()).toEqual(['in/a', 'in/ab']);
    expect(String(await stored('in/a'))).toBe('a');
  });

  it('are written down before their first part is sent', async () => {
    const seen: unknown[] = [];
    const client = await connect();
    await client.write(
      'a',
      bytes(large),
      marked([], async (UploadId) => {
        const { Parts = [] } = await sdk.send(new ListPartsCommand({ Bucket: bucket, Key: 'a', UploadId }));
        seen.push([(await unfinished()).map((one) => one.UploadId), Parts.length]);
        seen.push(UploadId);
      }),
    );
    expect(seen).toEqual([[[seen[1]], 0], seen[1]]);
    expect((await stored('a')).equals(large)).toBe(true);
  });

  it('are ended where nobody may write them down any more, since another attempt has taken over', async () => {
    const client = await connect();
    const overtaken = marked([], async () => {
      throw new Error('overtaken');
    });
    await expect(client.write('a', bytes(large), overtaken)).rejects.toThrow('overtaken');
    expect([await keys(), await left()]).toEqual([[], []]);
  });

  it('that are ended under way are to be made again, and call no file missing', async () => {
    const first = await connect();
    const second = await connect();
    const begun: string[] = [];
    async function* slow(): AsyncGenerator<Uint8Array> {
      for (let part = 0; part < 3; part += 1) yield many(10_000_000);
      await expect.poll(() => begun).toHaveLength(1);
      await second.write('a', bytes('second'), marked(begun));
      yield large;
    }
    const how = marked([], async (mark) => void begun.push(mark));
    await expect(first.write('a', slow(), how)).rejects.toMatchObject({ name: 'RetryLater', code: 'REMOTE_BUSY' });
    expect([String(await stored('a')), await left()]).toEqual(['second', []]);
  });

  it.each([
    [404, 'NoSuchUpload', []],
    [403, 'AccessDenied', ['Parts of a that an earlier attempt left behind stay: AccessDenied.']],
    [501, 'NotImplemented', ['Parts of a that an earlier attempt left behind stay: NotImplemented.']],
  ])('that cannot be ended, by %s, keep no file from being written', async (status, code, said) => {
    await using service = await answering(({ method }) =>
      method === 'DELETE' ? [status, xml(code, 'no')] : [200, '', { 'content-length': method === 'HEAD' ? '1' : '0' }],
    );
    const warnings: string[] = [];
    const log: ConnectorHost['log'] = (level, message) => void (level === 'warning' && warnings.push(message));
    const client = await connect({ endpoint: service.url }, { log });
    await expect(client.write('a', bytes('a'), marked(['gone']))).resolves.toMatchObject({ size: 1 });
    expect(warnings).toEqual(said);
  });
});

describe('who signs', () => {
  afterEach(() => void vi.unstubAllEnvs());
  const own = { accessKeyId: '', secretAccessKey: '' };

  it('can be this machine, by the keys that it was given', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', store.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', store.secretAccessKey);
    const client = await connect({ auth: 'chain', ...own });
    await client.write('a', bytes('by the machine'), how);
    expect((await stored('a')).toString()).toBe('by the machine');
    expect((await client.verify()).identity).toBe('this machine');
  });

  it('is told when this machine has no keys', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/none');
    vi.stubEnv('AWS_CONFIG_FILE', '/none');
    const client = await connect({ auth: 'chain', ...own });
    await expect(client.exists('a')).rejects.toMatchObject({ name: 'UserError', code: 'FILES_SIGN_IN' });
  });
});

describe('what has arrived', () => {
  it('is compared by its size', async () => {
    await using service = await answering(({ method }) => [
      200,
      '',
      { 'content-length': method === 'HEAD' ? '4' : '0' },
    ]);
    const client = await connect({ endpoint: service.url });
    const cut = { name: 'RetryLater', code: 'FILE_CUT', details: { found: 4, expected: 5 } };
    await expect(client.write('a', bytes('hello'), how)).rejects.toMatchObject(cut);
  });

  it.each([
    ['always', 'CRC32 NhCmhg=='],
    ['required', null],
  ] as const)('has a checksum %s, which is told where the store vouches for one', async (checksums, told) => {
    const sums: unknown[] = [];
    await using service = await answering(({ method, headers }) => {
      const sum = headers['x-amz-checksum-crc32'];
      if (method === 'PUT') sums.push(sum);
      const kept: Record<string, string> = typeof sum === 'string' ? { 'x-amz-checksum-crc32': sum } : {};
      return [200, '', { 'content-length': method === 'HEAD' ? '5' : '0', ...kept }];
    });
    const client = await connect({ endpoint: service.url, checksums });
    expect(await client.write('a', bytes('hello'), how)).toEqual({ size: 5, checksum: told });
    expect(sums).toEqual([told === null ? undefined : told.slice(6)]);
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
async function answering(answer: (asked: IncomingMessage) => Answer) {
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
