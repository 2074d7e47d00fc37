/** The sample of an audience as a newcomer runs it, its rows delivered as files by a real SFTP server and by a real S3 server. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunReport } from '../../cli/runSummary.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { type MarketingCloud, startMarketingCloud } from '../../demo/marketing-cloud/index.ts';
import sample from '../../demo/workflows/dinmo-data-extensions.json' with { type: 'json' };
import { runCommand } from '../harness/command.ts';
import { type Organisation, startOrganisation } from '../harness/organisation.ts';
import { type Radosgw, startRadosgw } from '../harness/radosgw.ts';
import { type Sshd, startSshd } from '../harness/sshd.ts';

/** Each of these starts whole processes, which takes its time on a machine that is busy with other tests. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const bucket = 'audiences';
let folder: string;
let salesforce: Organisation;
let cloud: MarketingCloud;
let server: Sshd;
let store: Radosgw;
let sdk: S3Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-audience-'));
  [salesforce, server, store] = await Promise.all([
    startOrganisation({ seed: 7, contacts: 300 }),
    startSshd(),
    startRadosgw(),
  ]);
  sdk = store.client();
  await store.createBucket(bucket);
});
afterAll(async () => {
  sdk.destroy();
  await Promise.all([salesforce.stop(), server.stop(), store.stop()]);
  await rm(folder, { recursive: true });
});

/** An empty organisation whose own server is the SFTP server, and which may read the bucket. */
async function startEmptyCloud(): Promise<void> {
  cloud = await startMarketingCloud({ seed: 7, subscribers: 20, ftpFolder: server.folder });
  cloud.org.locations.put({
    ...{ id: 'a6b1f0d2-0000-4000-8000-000000000002', customerKey: bucket, name: 'Audiences', description: '' },
    ...{ type: 'AmazonSimpleStorage', details: {}, folder },
    fetch: async (name, to) => {
      const { Body } = await sdk.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
      await writeFile(join(to, name), (await Body?.transformToByteArray()) ?? '');
    },
  });
}

async function sftpSettings(): Promise<object> {
  const { port, user, privateKey } = server;
  return { host: '127.0.0.1', port, user, auth: 'key', privateKey, hostKey: await server.hostKey() };
}

function s3Settings(): object {
  const { accessKeyId, secretAccessKey, url } = store;
  return { ...{ bucket, auth: 'keys', accessKeyId, secretAccessKey }, useEndpoint: true, endpoint: url };
}

async function write(name: string, content: object): Promise<string> {
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify(content));
  return path;
}

/** The sample as it is, but for the way its rows go. */
function byFile(settings: object): Workflow {
  const nodes = (sample as unknown as Workflow).nodes.map((node) =>
    node.id === 'send' ? { ...node, config: { ...(node.config as object), delivery: 'file', ...settings } } : node,
  );
  return { ...(sample as unknown as Workflow), nodes };
}

async function connections(places: Record<string, { kind: string; settings: object }>): Promise<string[]> {
  const { url: instanceUrl, clientId, clientSecret } = salesforce;
  const account = { subdomain: cloud.url, clientId: cloud.clientId, clientSecret: cloud.clientSecret };
  const all = {
    demo_salesforce: { kind: 'salesforce', settings: { instanceUrl, clientId, clientSecret } },
    demo_marketing_cloud: { kind: 'marketing-cloud', settings: account },
    ...places,
  };
  const named = await Promise.all(
    Object.entries(all).map(async ([name, connection]) => `${name}=${await write(name, connection)}`),
  );
  return named.flatMap((name) => ['--connection', name]);
}

async function run(
  drawing: string,
  data: string,
  known: string[],
): Promise<{ code: number | null; report: RunReport }> {
  const { code, out, err } = await runCommand('run', drawing, '--data', join(folder, data), '--json', ...known);
  expect(out, err).toMatch(/^\{/);
  return { code, report: JSON.parse(out) as RunReport };
}

const reasons = async (data: string): Promise<unknown[]> => {
  const { out, err } = await runCommand(
    ...['records', 'last', 'refused.success', '--data', join(folder, data), '--format', 'json'],
  );
  expect(out, err).toMatch(/^\[/);
  return (JSON.parse(out) as Record<string, unknown>[]).map(({ errorCode }) => errorCode);
};

const size = (): number => cloud.org.byKey(cloud.accountId, 'AUDIENCE')?.size ?? 0;

/** The first run delivers everybody but those who are refused, and the second one those alone. */
async function deliversOnce(drawing: string, data: string, known: string[]): Promise<void> {
  const { code, report } = await run(drawing, data, known);
  expect([code, report.error]).toEqual([3, null]);
  const { 'changes.due': due, 'send.success': sent, 'send.reject': refused } = report.ports;
  expect(refused).toBeGreaterThan(0);
  expect(due).toBe((sent ?? 0) + (refused ?? 0));
  expect(size()).toBe(sent);
  expect(new Set(await reasons(data))).toEqual(new Set(['NOT_IMPORTED']));
  const again = await run(drawing, data, known);
  expect(again.report.ports).toMatchObject({ 'changes.due': refused, 'send.success': 0, 'send.reject': refused });
}

describe('an audience goes to a data extension', () => {
  it('by SFTP: to no server but the known one, and then everybody once', async () => {
    await startEmptyCloud();
    const drawing = await write('by_sftp', byFile({ files: 'sftp' }));
    const trusted = await sftpSettings();
    await server.changeHostKey();
    const refused = await run(drawing, 'sftp', await connections({ sftp: { kind: 'sftp', settings: trusted } }));
    expect([refused.code, refused.report.error?.code]).toEqual([1, 'HOST_KEY_CHANGED']);
    expect([size(), await readdir(server.folder)]).toEqual([0, []]);

    await deliversOnce(drawing, 'sftp', await connections({ sftp: { kind: 'sftp', settings: await sftpSettings() } }));
    const laid = await readdir(join(server.folder, 'Import'));
    expect(laid.filter((name) => !/^syncline_.*\.csv$/.test(name))).toEqual([]);
    expect(laid).toHaveLength(2);
    await cloud.close();
  });

  it('by S3: nowhere while the bucket is another one, and then everybody once', async () => {
    await startEmptyCloud();
    const drawing = await write('by_s3', byFile({ files: 's3', folder: '', location: 'Audiences' }));
    const elsewhere = { kind: 's3', settings: { ...s3Settings(), bucket: 'no-such-bucket' } };
    const refused = await run(drawing, 's3', await connections({ s3: elsewhere }));
    expect([refused.code, refused.report.error?.code]).toEqual([1, 'BUCKET_MISSING']);
    expect(size()).toBe(0);

    await deliversOnce(drawing, 's3', await connections({ s3: { kind: 's3', settings: s3Settings() } }));
    const { Contents = [] } = await sdk.send(new ListObjectsV2Command({ Bucket: bucket }));
    expect(Contents).toHaveLength(2);
    await cloud.close();
  });
});
