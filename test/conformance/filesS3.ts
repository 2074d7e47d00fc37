import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from '../../connectors/s3/client.ts';
import type { S3Settings } from '../../connectors/s3/definition.ts';
import { definition } from '../../connectors/s3/definition.ts';
import type { FilesClient } from '../../contract/connector.ts';
import type { RunningSts } from '../../demo/sts/index.ts';
import { DEMO_ROLE, DEMO_USER, startSts } from '../../demo/sts/index.ts';
import type { Radosgw } from '../harness/radosgw.ts';
import { startRadosgw } from '../harness/radosgw.ts';
import { inChunks, makeBytes, namesIn, readAll, refusal, runProgram, sha, withFiles } from './fileClient.ts';
import type { Line } from './line.ts';
import { same } from './line.ts';

interface S3 extends AsyncDisposable {
  store: Radosgw;
  sts: RunningSts;
  folder: string;
}

const bucket = 'conformance';

export async function openS3(): Promise<S3> {
  const store = await startRadosgw();
  await store.createBucket(bucket);
  const { accessKeyId, secretAccessKey } = store;
  const sts = await startSts({ roles: [{ ...DEMO_ROLE, grants: { accessKeyId, secretAccessKey } }] });
  const folder = await mkdtemp(join(tmpdir(), 'syncline-conformance-'));
  return {
    store,
    sts,
    folder,
    async [Symbol.asyncDispose]() {
      await sts.close();
      await store.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The other region's answer, as S3 gives it to a request for a bucket that lies there. */
export async function redirecting<T>(region: string, work: (url: string) => Promise<T>): Promise<T> {
  const body = '<Error><Code>PermanentRedirect</Code><Message>Use the specified endpoint.</Message></Error>';
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(301, { 'x-amz-bucket-region': region, 'content-type': 'application/xml' });
      response.end(request.method === 'HEAD' ? '' : body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

export function s3Lines(s3: S3): Line[] {
  const bytes = makeBytes(20_000_000);
  const { accessKeyId, secretAccessKey, url } = s3.store;
  const keys = {
    bucket,
    accessKeyId,
    secretAccessKey,
    useEndpoint: true,
    endpoint: url,
    checksums: 'required',
  } as const;
  const role = {
    auth: 'role',
    accessKeyId: DEMO_USER.accessKeyId,
    secretAccessKey: DEMO_USER.secretAccessKey,
    roleArn: DEMO_ROLE.arn,
    externalId: DEMO_ROLE.externalId ?? '',
    principal: 'arn:aws:iam::123456789012:user/demo',
    stsEndpoint: s3.sts.url,
  } as const;
  const ours = <T>(work: (client: FilesClient) => Promise<T>, settings: Partial<S3Settings> = {}): Promise<T> =>
    withFiles({ definition, open }, { ...keys, ...settings }, work);
  const rclone = (...args: string[]): Promise<Buffer> =>
    runProgram('rclone', ['--config', join(s3.folder, 'none'), ...args], {
      RCLONE_CONFIG_THERE_TYPE: 's3',
      RCLONE_CONFIG_THERE_PROVIDER: 'Ceph',
      RCLONE_CONFIG_THERE_ACCESS_KEY_ID: accessKeyId,
      RCLONE_CONFIG_THERE_SECRET_ACCESS_KEY: secretAccessKey,
      RCLONE_CONFIG_THERE_ENDPOINT: url,
    });
  const at = (path: string): string => `there:${bucket}/${path}`;
  const write = (path: string, content: Uint8Array, settings: Partial<S3Settings> = {}) =>
    ours((client) => client.write(path, inChunks(content), { draft: null }), settings);
  return [
    {
      title: 'ours writes in parts, rclone reads the same bytes',
      async run() {
        await write('up/ä b.bin', bytes);
        same('bytes', sha(await rclone('cat', at('up/ä b.bin'))), sha(bytes));
        return `${bytes.length} bytes`;
      },
    },
    {
      title: 'rclone copies, ours reads the same bytes',
      async run() {
        await writeFile(join(s3.folder, 'put'), bytes);
        await rclone('copyto', join(s3.folder, 'put'), at('up/c.bin'));
        same('bytes', sha(await ours((client) => readAll(client.read('up/c.bin')))), sha(bytes));
        same(
          'tail',
          sha(await ours((client) => readAll(client.read('up/c.bin', 4_000_001)))),
          sha(bytes.subarray(4_000_001)),
        );
        return 'whole, and from a byte on';
      },
    },
    {
      title: 'ours lists what rclone lists',
      async run() {
        const names = await ours((client) => namesIn(client, 'up'));
        same('rclone', (await rclone('lsf', at('up'))).toString().trim().split('\n').sort(), names);
        return names.join(', ');
      },
    },
    {
      title: 'ours moves and removes, rclone sees it',
      async run() {
        await ours((client) => client.move('up/c.bin', 'done/c.bin'));
        await ours((client) => client.remove('up/ä b.bin'));
        same('names', (await rclone('lsf', '-R', '--files-only', at(''))).toString().trim(), 'done/c.bin');
        return 'done/c.bin';
      },
    },
    {
      title: 'a role is assumed with its external id, and writes',
      async run() {
        await write('by-role', Buffer.from('role'), role);
        same('content', (await rclone('cat', at('by-role'))).toString(), 'role');
        return DEMO_ROLE.arn;
      },
    },
    {
      title: 'a wrong external id and a wrong role are refused',
      async run() {
        const said = await refusal(write('x', bytes, { ...role, externalId: 'another' }), ['ROLE_REFUSED']);
        await refusal(write('x', bytes, { ...role, roleArn: `${DEMO_ROLE.arn}-no` }), ['ROLE_REFUSED']);
        return said;
      },
    },
    {
      title: 'wrong keys and a bucket that is not there are refused',
      async run() {
        const signIn = await refusal(write('x', bytes, { secretAccessKey: 'wrong' }), ['FILES_SIGN_IN']);
        return `${signIn}; ${await refusal(write('x', bytes, { bucket: 'nowhere-at-all' }), ['BUCKET_MISSING'])}`;
      },
    },
    {
      title: 'a bucket in another region is named with it',
      run: () =>
        redirecting('eu-west-1', (endpoint) =>
          refusal(write('x', Buffer.from('x'), { endpoint }), ['BUCKET_ELSEWHERE']),
        ),
    },
  ];
}
