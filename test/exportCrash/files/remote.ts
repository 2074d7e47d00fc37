/** A data extension, the file servers that lead to it, and what a case looks at behind the product's back. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MultipartUpload, S3Client } from '@aws-sdk/client-s3';
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { open as openExtensions } from '../../../connectors/marketing-cloud/client.ts';
import type { Cloud } from '../../harness/cloud.ts';
import { startCloud } from '../../harness/cloud.ts';
import type { Radosgw } from '../../harness/radosgw.ts';
import { startSshd } from '../../harness/sshd.ts';
import type { Remote } from '../stage.ts';
import { startDoor } from './importsFrom.ts';
import type { Wire } from './wire.ts';
import { startWire } from './wire.ts';

export const extensionKey = 'AUDIENCE';

/** One start of an import, as the organisation knows it. */
export interface ImportRun {
  taskId: number;
  status: string;
  /** Why it failed. */
  problem: string | null;
  totals: { rows: number; successful: number };
}

export interface FileServer {
  /** Of the connection. */
  name: string;
  /** As Marketing Cloud calls it. */
  location: string;
  wire: Wire;
  /** All that lies where files are laid, what is not whole included: names and sizes. */
  files(): Promise<Map<string, number>>;
  read(name: string): Promise<string>;
}

export interface CloudRemote extends Remote {
  cloud: Cloud;
  servers: Partial<Record<'sftp' | 's3', FileServer>>;
  imports(): Promise<ImportRun[]>;
}

export const folder = 'Import';
const bucketLocation = 'Bucket';

/** `store`: where S3 is spoken; left out: it is not. */
export async function openCloud(withSftp: boolean, store?: Radosgw): Promise<CloudRemote> {
  await using opened = new AsyncDisposableStack();
  const sshd = withSftp ? await startSshd() : null;
  if (sshd) opened.defer(() => sshd.stop());
  const cloud = await startCloud({ seed: 4, subscribers: 20, workMs: 20, ...(sshd ? { ftpFolder: sshd.folder } : {}) });
  opened.defer(() => cloud.stop());
  const sftpWire = sshd ? await startWire(sshd.port) : null;
  if (sftpWire) opened.defer(() => sftpWire.stop());
  const bucket = store ? await openBucket(store, opened) : null;
  const door = await startDoor(cloud.url, async () => bucket?.mirror());
  opened.defer(() => door.stop());
  const { clientId, clientSecret } = cloud;
  const settings = { subdomain: door.url, clientId, clientSecret, accountId: '' };
  await prepareCloud(cloud, settings, bucket?.mirrored ?? null);
  const connections: Remote['connections'] = [
    { name: 'cloud', kind: 'marketing-cloud', settings },
    ...(sshd && sftpWire ? [{ name: 'sftp', kind: 'sftp', settings: await sftpSettings(sshd, sftpWire.port) }] : []),
    ...(bucket ? [{ name: 's3', kind: 's3', settings: bucket.settings }] : []),
  ];
  const own = opened.move();
  return {
    cloud,
    connections,
    servers: {
      ...(sshd && sftpWire ? { sftp: { ...inFolder(join(sshd.folder, folder)), wire: sftpWire } } : {}),
      ...(bucket ? { s3: bucket.server } : {}),
    },
    control: cloud.control,
    clearFaults: cloud.clearFaults,
    requests: async () => ((await cloud.state('state')) as { requests: number }).requests,
    imports: async () => ((await cloud.state('state')) as { imports: ImportRun[] }).imports,
    [Symbol.asyncDispose]: () => own.disposeAsync(),
  };
}

type CloudSettings = Record<'subdomain' | 'clientId' | 'clientSecret' | 'accountId', string>;

/** One more column, and a place that stands for the bucket. */
async function prepareCloud(cloud: Cloud, settings: CloudSettings, mirrored: string | null): Promise<void> {
  const client = await openExtensions({
    settings,
    connectionName: 'cloud',
    clock: { now: () => new Date() },
    log: () => undefined,
    signal: new AbortController().signal,
  });
  await client.addColumns(await client.extension(extensionKey), [{ name: 'Note', type: 'text' }]);
  await client.close();
  if (mirrored === null) return;
  const token = await answerOf(`${cloud.url}/v2/token`, {
    grant_type: 'client_credentials',
    client_id: settings.clientId,
    client_secret: settings.clientSecret,
  });
  const location = {
    ...{ customerKey: bucketLocation, name: bucketLocation, locationType: 'AmazonSimpleStorage' },
    awsFileTransferLocation: { bucketName: 'export', accessKeyId: 'a', secretAccessKey: 'b' },
  };
  await answerOf(`${cloud.url}/data/v1/filetransferlocation`, location, String(token.access_token));
  await cloud.control('locations', { key: bucketLocation, folder: mirrored });
}

async function answerOf(url: string, body: object, token = ''): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

async function sftpSettings(sshd: Awaited<ReturnType<typeof startSshd>>, port: number) {
  const { user, privateKey } = sshd;
  return { host: '127.0.0.1', port, user, auth: 'key', privateKey, hostKey: await sshd.hostKey() };
}

/** Files as the server's own machine sees them. */
function inFolder(place: string): Omit<FileServer, 'wire'> {
  return {
    name: 'sftp',
    location: 'ExactTarget Enhanced FTP',
    async files() {
      const names = await readdir(place).catch(() => []);
      const sizes = await Promise.all(names.map(async (name) => [name, await sizeOf(join(place, name))] as const));
      return new Map(sizes.flatMap(([name, size]) => (size === null ? [] : [[name, size]])));
    },
    read: (name) => readFile(join(place, name), 'utf8'),
  };
}

/** null: it has gone meanwhile. */
const sizeOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ size }) => size,
    () => null,
  );

let buckets = 0;

async function openBucket(store: Radosgw, opened: AsyncDisposableStack) {
  buckets += 1;
  const bucket = `export-${process.pid}-${buckets}`;
  await store.createBucket(bucket);
  const wire = await startWire(Number(new URL(store.url).port));
  opened.defer(() => wire.stop());
  const sdk = store.client();
  opened.defer(() => sdk.destroy());
  const mirrored = await mkdtemp(join(tmpdir(), 'syncline-bucket-'));
  opened.defer(() => rm(mirrored, { recursive: true, force: true }));
  const server: FileServer = { name: 's3', location: bucketLocation, wire, ...inBucket(sdk, bucket) };
  const { accessKeyId, secretAccessKey } = store;
  return {
    server,
    mirrored,
    settings: {
      ...{ bucket, region: 'us-east-1', auth: 'keys', accessKeyId, secretAccessKey },
      ...{ useEndpoint: true, endpoint: `http://127.0.0.1:${wire.port}`, pathStyle: true, checksums: 'required' },
    },
    async mirror() {
      const known = new Set(await readdir(mirrored));
      for (const name of (await server.files()).keys())
        if (name.endsWith('.csv') && !known.has(name)) await writeFile(join(mirrored, name), await server.read(name));
    },
  };
}

/** Parts of uploads that were never ended lie there too, though no list of files shows them. An upload without any is nothing. */
function inBucket(sdk: S3Client, bucket: string): Pick<FileServer, 'files' | 'read'> {
  return {
    async files() {
      const { Contents = [] } = await sdk.send(new ListObjectsV2Command({ Bucket: bucket }));
      const { Uploads = [] } = await sdk.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      const parts = await Promise.all(Uploads.map((upload) => partsOf(sdk, bucket, upload)));
      return new Map([
        ...Contents.map(({ Key = '', Size = 0 }) => [Key.slice(folder.length + 1), Size] as const),
        ...Uploads.flatMap(({ UploadId, Key = '' }, index) =>
          parts[index] === 0 ? [] : [[`upload ${UploadId} of ${Key}`, 0] as const],
        ),
      ]);
    },
    async read(name) {
      const { Body } = await sdk.send(new GetObjectCommand({ Bucket: bucket, Key: `${folder}/${name}` }));
      return (await Body?.transformToString()) ?? '';
    },
  };
}

/** 0 also for one that has ended meanwhile. */
async function partsOf(sdk: S3Client, bucket: string, { Key, UploadId }: MultipartUpload): Promise<number> {
  try {
    return (await sdk.send(new ListPartsCommand({ Bucket: bucket, Key, UploadId }))).Parts?.length ?? 0;
  } catch (error) {
    // radosgw says that the file is missing, S3 itself that the upload is.
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return 0;
    throw error;
  }
}
