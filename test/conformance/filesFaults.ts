/**
 * What goes wrong on the way of a file, one line each: it is refused with a code, a sentence and what to do, nothing else has
 * changed on the far side, and trying again when it is mended brings the file there, whole and once.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { open as openCloud } from '../../connectors/marketing-cloud/client.ts';
import { definition as cloudDefinition } from '../../connectors/marketing-cloud/definition.ts';
import { open as openBucket } from '../../connectors/s3/client.ts';
import type { S3Settings } from '../../connectors/s3/definition.ts';
import { definition as s3Definition } from '../../connectors/s3/definition.ts';
import { open as openServer } from '../../connectors/sftp/client.ts';
import type { SftpSettings } from '../../connectors/sftp/definition.ts';
import { definition as sftpDefinition } from '../../connectors/sftp/definition.ts';
import type { FilesClient } from '../../contract/connector.ts';
import { RetryLater, toErrorReply, UserError } from '../../contract/errors.ts';
import { startMarketingCloud } from '../../demo/marketing-cloud/index.ts';
import { DEMO_ROLE, DEMO_USER } from '../../demo/sts/index.ts';
import { startCutProxy } from '../harness/cutProxy.ts';
import { inChunks, makeBytes, readAll, sha, withFiles } from './fileClient.ts';
import { type openS3, redirecting } from './filesS3.ts';
import type { openSftp } from './filesSftp.ts';
import type { Line } from './line.ts';
import { same } from './line.ts';

type S3 = Awaited<ReturnType<typeof openS3>>;
type Sftp = Awaited<ReturnType<typeof openSftp>>;
const run = promisify(execFile);
const bytes = makeBytes(5_000_000);

const put = (client: FilesClient, path: string, content: Uint8Array = bytes) =>
  client.write(path, inChunks(content), { draft: '.faults.part', earlier: ['.faults-before.part'] });

/** The code and the sentence; throws unless there is something to do about it. */
async function told(work: Promise<unknown>, code: string): Promise<string> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError || error instanceof RetryLater)) throw error ?? new Error('it was not refused');
  const { message, action } = toErrorReply(error);
  same('code', error.code, code);
  if (!message.endsWith('.') || !action.endsWith('.')) throw new Error(`no sentences: ${message} / ${action}`);
  return `${code}: ${message}`;
}

export function sftpFaultLines(sftp: Sftp): Line[] {
  const { server } = sftp;
  const at = async <T>(work: (client: FilesClient) => Promise<T>, more: Partial<SftpSettings> = {}): Promise<T> => {
    const { port, user, privateKey } = server;
    const given = { host: '127.0.0.1', port, user, auth: 'key', privateKey, hostKey: await server.hostKey() } as const;
    return withFiles({ definition: sftpDefinition, open: openServer }, { ...given, ...more }, work);
  };
  /** Nothing but the file, and all of it. */
  const whole = async (folder: string): Promise<void> => {
    same('names', await readdir(join(server.folder, folder)), ['a.bin']);
    same('bytes', sha(await at((client) => readAll(client.read(`${folder}/a.bin`)))), sha(bytes));
  };
  return [
    {
      title: 'host key changed: nothing is sent until it is pinned anew',
      async run() {
        const old = await server.hostKey();
        await server.changeHostKey();
        const said = await told(
          at((client) => put(client, 'key/a.bin'), { hostKey: old }),
          'HOST_KEY_CHANGED',
        );
        same('folder', (await readdir(server.folder)).includes('key'), false);
        await at((client) => put(client, 'key/a.bin'));
        await whole('key');
        return said;
      },
    },
    {
      title: 'permission denied: the file before stays',
      async run() {
        await at((client) => put(client, 'denied/a.bin', Buffer.from('before')));
        await chmod(join(server.folder, 'denied'), 0o555);
        const said = await told(
          at((client) => put(client, 'denied/a.bin')),
          'FILE_NOT_ALLOWED',
        );
        same('before', (await readFile(join(server.folder, 'denied/a.bin'))).toString(), 'before');
        await chmod(join(server.folder, 'denied'), 0o755);
        await at((client) => put(client, 'denied/a.bin'));
        await whole('denied');
        return said;
      },
    },
    {
      title: 'disk full: the file before stays, no part is left',
      async run() {
        const small = join(server.folder, 'full');
        await mkdir(small);
        const mount = (size: string, ...more: string[]) =>
          run('mount', ['-t', 'tmpfs', '-o', `${[...more, `size=${size}`].join(',')},mode=0777`, 'tmpfs', small]);
        const isMounted = await mount('1m').then(
          () => true,
          () => false,
        );
        if (!isMounted) return 'left out: no disk can be mounted here';
        try {
          await at((client) => put(client, 'full/a.bin', Buffer.from('before')));
          const said = await told(
            at((client) => put(client, 'full/a.bin')),
            'FILE_NO_ROOM',
          );
          same('names', await readdir(small), ['a.bin']);
          same('before', (await readFile(join(small, 'a.bin'))).toString(), 'before');
          await mount('16m', 'remount');
          await at((client) => put(client, 'full/a.bin'));
          await whole('full');
          return said;
        } finally {
          await run('umount', [small]);
        }
      },
    },
    {
      title: 'half-written: a cut connection leaves nothing by that name',
      async run() {
        const proxy = await startCutProxy(server.port);
        try {
          proxy.cutAfter({ sent: 2_000_000 });
          const said = await told(
            at((client) => put(client, 'half/a.bin'), { port: proxy.port }),
            'REMOTE_UNREACHABLE',
          );
          same('names', (await readdir(join(server.folder, 'half'))).includes('a.bin'), false);
          await at((client) => put(client, 'half/a.bin'));
          await whole('half');
          return said;
        } finally {
          await proxy.stop();
        }
      },
    },
    {
      title: 'import refused: started again, the rows stand there once',
      run: () => importRefused(at),
    },
  ];

  async function importRefused(files: typeof at): Promise<string> {
    const demo = await startMarketingCloud({ subscribers: 20, ftpFolder: server.folder });
    const { url, clientId, clientSecret } = demo;
    const client = await openCloud({
      settings: cloudDefinition.settings.parse({ subdomain: url, clientId, clientSecret }),
      connectionName: 'conformance',
      clock: { now: () => new Date() },
      log: () => undefined,
      signal: new AbortController().signal,
    });
    try {
      const csv = Buffer.from('"ContactKey","Score"\r\n"a","1"\r\n"b","2"\r\n');
      await files((one) => put(one, 'Import/people.csv', csv));
      const extension = await client.extension('AUDIENCE');
      const order = { name: 'people', location: 'ExactTarget Enhanced FTP', file: 'people.csv', adds: true };
      const { scopes } = demo.org.package;
      demo.org.package.scopes = scopes.filter((scope) => !scope.startsWith('automations_'));
      demo.org.sessions.expireAll();
      const said = await told(client.startImport(extension, order), 'REMOTE_REFUSED');
      demo.org.package.scopes = scopes;
      demo.org.sessions.expireAll();
      for (const _ of ['once', 'and again']) {
        const task = await client.startImport(extension, order);
        same('state', (await client.importResult(task)).state, 'completed');
      }
      same('rows', demo.org.byKey(demo.accountId, 'AUDIENCE')?.size, 2);
      return said;
    } finally {
      await client.close();
      await demo.close();
    }
  }
}

export function s3FaultLines(s3: S3): Line[] {
  const { accessKeyId, secretAccessKey, url } = s3.store;
  const base = { bucket: 'conformance', useEndpoint: true, endpoint: url, checksums: 'required' } as const;
  const keys = { ...base, accessKeyId, secretAccessKey } as const;
  const role = {
    ...base,
    auth: 'role',
    ...DEMO_USER,
    roleArn: DEMO_ROLE.arn,
    externalId: DEMO_ROLE.externalId ?? '',
    principal: 'arn:aws:iam::123456789012:user/demo',
    stsEndpoint: s3.sts.url,
  } as const;
  const at = <T>(settings: Partial<S3Settings>, work: (client: FilesClient) => Promise<T>): Promise<T> =>
    withFiles({ definition: s3Definition, open: openBucket }, settings, work);
  const absent = async (path: string): Promise<void> =>
    same('there', await at(keys, (client) => client.exists(path)), false);
  const whole = async (path: string): Promise<void> =>
    same('bytes', sha(await at(keys, (client) => readAll(client.read(path)))), sha(bytes));
  return [
    {
      title: 'wrong role: STS refuses, nothing is sent until it is right',
      async run() {
        const wrong = { ...role, externalId: 'another' };
        const said = await told(
          at(wrong, (client) => put(client, 'role/a.bin')),
          'ROLE_REFUSED',
        );
        await absent('role/a.bin');
        await at(role, (client) => put(client, 'role/a.bin'));
        await whole('role/a.bin');
        return said;
      },
    },
    {
      title: 'bucket elsewhere: its region is named',
      async run() {
        const said = await redirecting('eu-west-1', (endpoint) =>
          told(
            at({ ...keys, endpoint }, (client) => put(client, 'elsewhere/a.bin')),
            'BUCKET_ELSEWHERE',
          ),
        );
        same('region', said.includes('eu-west-1'), true);
        await absent('elsewhere/a.bin');
        await at(keys, (client) => put(client, 'elsewhere/a.bin'));
        await whole('elsewhere/a.bin');
        return said;
      },
    },
  ];
}
