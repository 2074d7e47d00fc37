/** Rows on their way to a data extension, by a bucket of a real S3 server that a role opens and the demo organisation imports from. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { S3Settings } from '../../connectors/s3/definition.ts';
import { definition } from '../../connectors/s3/definition.ts';
import type { Cell } from '../../contract/types.ts';
import { type MarketingCloud, startMarketingCloud } from '../../demo/marketing-cloud/index.ts';
import { DEMO_ROLE, DEMO_USER, type RunningSts, startSts } from '../../demo/sts/index.ts';
import { sendAudience } from '../harness/audience.ts';
import type { CutProxy } from '../harness/cutProxy.ts';
import { startCutProxy } from '../harness/cutProxy.ts';
import { testEngine } from '../harness/engine.ts';
import { useAllFileNodes } from '../harness/fileNodes.ts';
import type { Radosgw } from '../harness/radosgw.ts';
import { startRadosgw } from '../harness/radosgw.ts';

const bucket = 'crm-imports';
let store: Radosgw;
let sdk: S3Client;
let sts: RunningSts;
let cloud: MarketingCloud;
let proxy: CutProxy;
let folder: string;
let changed: Partial<S3Settings> = {};
beforeAll(async () => {
  store = await startRadosgw();
  sdk = store.client();
  await store.createBucket(bucket);
  const { accessKeyId, secretAccessKey } = store;
  sts = await startSts({ roles: [{ ...DEMO_ROLE, grants: { accessKeyId, secretAccessKey } }] });
  proxy = await startCutProxy(Number(new URL(store.url).port));
  folder = await mkdtemp(join(tmpdir(), 'syncline-bucket-'));
  cloud = await startMarketingCloud({ subscribers: 20 });
  cloud.org.locations.put({
    id: 'a6b1f0d2-0000-4000-8000-000000000001',
    customerKey: 'bucket',
    name: 'CRM bucket',
    description: '',
    type: 'AmazonSimpleStorage',
    details: {},
    folder,
    fetch: async (name, to) => {
      const { Body } = await sdk.send(new GetObjectCommand({ Bucket: bucket, Key: `in/${name}` }));
      await writeFile(join(to, name), (await Body?.transformToByteArray()) ?? '');
    },
  });
});
beforeEach(() => {
  changed = {};
  proxy.cutAfter(null);
  cloud.org.faults.clear();
});
afterAll(async () => {
  await cloud.close();
  await proxy.stop();
  await sts.close();
  sdk.destroy();
  await store.stop();
  await rm(folder, { recursive: true, force: true });
});

const engine = testEngine({
  loadConnection: async (name) => {
    const { url, clientId, clientSecret } = cloud;
    if (name === 'cloud')
      return { kind: 'marketing-cloud', settings: { subdomain: url, clientId, clientSecret, accountId: '' } };
    if (name === 'files') return { kind: 'local-folder', settings: { folder: 'files' } };
    const settings = {
      bucket,
      auth: 'role',
      ...DEMO_USER,
      roleArn: DEMO_ROLE.arn,
      externalId: DEMO_ROLE.externalId,
      principal: 'arn:aws:iam::123456789012:user/demo',
      useEndpoint: true,
      endpoint: `http://127.0.0.1:${proxy.port}`,
      stsEndpoint: sts.url,
      checksums: 'required',
      ...changed,
    };
    return { kind: 's3', settings: definition.settings.parse(settings) };
  },
});

const send = (rows: Cell[][]) => sendAudience(engine, rows, { files: 'bucket', folder: 'in', location: 'CRM bucket' });
const size = (): number => cloud.org.byKey(cloud.accountId, 'AUDIENCE')?.size ?? 0;
const laid = async (): Promise<number> =>
  (await sdk.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents?.length ?? 0;
const one = (id: string): Cell[][] => [[id, `${id}@mail.example`, 1]];

it('they arrive by a role as one object in parts, are imported, and those that were not taken are rejected', async () => {
  const rows = Array.from({ length: 3_000 }, (_, row): Cell[] => [
    `Ö-${row}, "x"`,
    row % 1_000 === 7 ? 'nowhere' : `p${row}@mail.example`,
    row,
  ]);
  const run = await send(rows);
  expect(run.describe()).toMatch(/^succeeded/);
  const rejected = (await run.rows('send.reject')).map(({ Score, errorCode }) => [Score, errorCode]);
  expect(rejected).toEqual([7, 1_007, 2_007].map((score) => [score, 'NOT_IMPORTED']));
  expect([size(), await laid()]).toEqual([2_997, 1]);
});

it('a role that is wrong gets nothing there; with the right one the next run sends', async () => {
  const before = [size(), await laid()];
  changed = { externalId: 'another' };
  expect((await send(one('role'))).task('send').error).toMatchObject({ code: 'ROLE_REFUSED' });
  expect([size(), await laid()]).toEqual(before);
  changed = {};
  expect((await send(one('role'))).describe()).toMatch(/^succeeded/);
  expect(size()).toBe(before[0]! + 1);
});

it('an import that is refused is said, and the rows stand there once when it is tried again', async () => {
  const before = size();
  const fault = { kind: 'fail-work', match: { body: 'PerformRequestMsg' } };
  const headers = { 'content-type': 'application/json' };
  await fetch(`${cloud.url}/__demo/faults`, { method: 'POST', headers, body: JSON.stringify(fault) });
  expect((await send(one('again'))).task('send').error).toMatchObject({ code: 'IMPORT_FAILED' });
  expect(size()).toBe(before);
  for (const _ of [1, 2]) expect((await send(one('again'))).describe()).toMatch(/^succeeded/);
  expect(size()).toBe(before + 1);
});

it('a connection that is cut leaves no half file and no parts', async () => {
  const before = [size(), await laid()];
  proxy.cutAfter({ sent: 20_000 });
  const rows = Array.from({ length: 2_000 }, (_, row): Cell[] => [`cut-${row}`, `c${row}@mail.example`, row]);
  const run = await send(rows);
  expect(run.task('send').error).toMatchObject({ code: 'REMOTE_UNREACHABLE' });
  expect([size(), await laid()]).toEqual(before);
  expect((await sdk.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? []).toEqual([]);
});

it('files are uploaded, listed, looked for, downloaded, archived, removed, extracted, loaded and collected', async () => {
  await useAllFileNodes(engine, 'bucket');
});

it('a move to the archive that died behind its copy goes on, and leaves no second copy', async () => {
  const put = (Key: string, Body: string) =>
    sdk.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Buffer.from(Body) }));
  await put('torn/a.csv', 'ours');
  await put('torn/done/a.csv', 'kept');
  const config = {
    connection: 'bucket',
    local: 'files',
    path: 'torn/a.csv',
    target: 'torn',
    after: 'archive',
    archive: 'torn/done',
  };
  const inFolder = async (): Promise<string[]> => {
    const { Contents = [] } = await sdk.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'torn/' }));
    return Contents.map(({ Key = '' }) => Key);
  };
  let target = '';
  const run = await engine
    .flow({ transfer: { type: 'file-transfer', config } }, [])
    .with('transfer', { retry: { attempts: 3, delay: 0, maxDelay: 0 } })
    .watched('transfer', {
      interruption: { call: 'append', number: 4, when: 'after' },
      onCall: async (call, { task }) => {
        if (call !== 'writer' || task.attempt === 1 || target !== '') return;
        // As it is between the two steps of the move.
        const { LastModified } = await sdk.send(new HeadObjectCommand({ Bucket: bucket, Key: 'torn/a.csv' }));
        target = `torn/done/a-${LastModified?.toISOString().replaceAll(/[:-]|\.\d+/g, '')}.csv`;
        await sdk.send(new CopyObjectCommand({ Bucket: bucket, Key: target, CopySource: `${bucket}/torn/a.csv` }));
      },
    })
    .finished();
  expect([run.describe(), run.task('transfer').attempt]).toEqual([expect.stringMatching(/^succeeded/), 2]);
  expect(await inFolder()).toEqual([target, 'torn/done/a.csv'].sort());
});
