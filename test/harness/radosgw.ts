/**
 * A real S3 server: one node of Ceph (monitor, store in memory, gateway), on loopback, gone afterwards whatever happens to the
 * test. It takes about ten seconds to start.
 */
import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { watch as watchFolder } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { findRadosgw } from '../../scripts/radosgw.mjs';
import { patience, testPatience } from './patience.ts';
import { findFreePort, watch } from './postgres.ts';

export interface Radosgw {
  url: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The SDK itself, as others use it. */
  client(): S3Client;
  createBucket(name: string): Promise<void>;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const [accessKeyId, secretAccessKey] = ['AKSYNCLINETEST', 'secret-of-the-test'];

export async function startRadosgw(): Promise<Radosgw> {
  if (!findRadosgw()) throw new Error('There is no radosgw: install radosgw, ceph-mon and ceph-osd.');
  const root = await mkdtemp(join(tmpdir(), 'syncline-s3-'));
  for (const name of ['mon', 'osd', 'run', 'log', 'rgw']) await mkdir(join(root, name));
  const [monitorPort, port] = [await findFreePort(), await findFreePort()];
  const fsid = randomUUID();
  await writeFile(join(root, 'ceph.conf'), configuration(root, fsid, monitorPort, port));
  const watchdog = watch(root, {}, { pidFile: 'none', signal: 'TERM' });
  const started: ChildProcess[] = [];
  const inRoot = { cwd: root };
  const conf = ['-c', join(root, 'ceph.conf')];
  const begin = (program: string, args: readonly string[]): ChildProcess => {
    const child = spawnTied(program, [...conf, ...args, '-f'], root);
    started.push(child);
    return child;
  };
  await run(
    'monmaptool',
    ['--create', '--clobber', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${monitorPort}]`, 'monmap'],
    inRoot,
  );
  await run('ceph-mon', [...conf, '--mkfs', '-i', 'a', '--monmap', 'monmap'], inRoot);
  begin('ceph-mon', ['-i', 'a']);
  const uuid = randomUUID();
  await run('ceph', [...conf, '--connect-timeout', String(patience / 1_000), 'osd', 'new', uuid, '0'], inRoot);
  await run('ceph-osd', [...conf, '-i', '0', '--mkfs', '--osd-uuid', uuid], inRoot);
  begin('ceph-osd', ['-i', '0']);
  await run(
    'radosgw-admin',
    [
      ...conf,
      'user',
      'create',
      '--uid=t',
      '--display-name=t',
      `--access-key=${accessKeyId}`,
      `--secret-key=${secretAccessKey}`,
    ],
    { ...inRoot, timeout: testPatience },
  );
  const url = `http://127.0.0.1:${port}`;
  // It registers when its port is open.
  await untilLogged(join(root, 'log'), 'service_daemon_register', () => begin('radosgw', ['-n', 'client.rgw']));
  const client = (): S3Client =>
    new S3Client({
      endpoint: url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  return {
    url,
    accessKeyId,
    secretAccessKey,
    client,
    async createBucket(name) {
      const sdk = client();
      await sdk.send(new CreateBucketCommand({ Bucket: name }));
      sdk.destroy();
    },
    async stop() {
      for (const child of started.reverse()) {
        child.stdin?.end();
        if (child.exitCode === null) await once(child, 'exit');
      }
      watchdog.stdin?.end();
      if (watchdog.exitCode === null) await once(watchdog, 'exit');
    },
  };
}

/** Ends when its input does, and so with this process, however that ends. */
function spawnTied(program: string, args: readonly string[], cwd: string): ChildProcess {
  const script = 'exec 3<&0; "$@" >/dev/null 2>&1 & pid=$!; (cat <&3 >/dev/null; kill -9 $pid) & wait $pid';
  return spawn('/bin/sh', ['-c', script, 'tied', program, ...args], { cwd, stdio: ['pipe', 'ignore', 'ignore'] });
}

/** Resolves when a log in the folder has these words; rejects where what was begun ends before that. */
async function untilLogged(folder: string, words: string, begin: () => ChildProcess): Promise<void> {
  const logged = Promise.withResolvers<void>();
  const look = async (name: string): Promise<void> => {
    if ((await readFile(join(folder, name), 'utf8')).includes(words)) logged.resolve();
  };
  const watcher = watchFolder(folder, (_, name) => void look(name ?? '').catch(logged.reject));
  begin().once('exit', () => logged.reject(new Error(`A server did not start: see ${folder}.`)));
  await logged.promise.finally(() => watcher.close());
}

function configuration(root: string, fsid: string, monitorPort: number, port: number): string {
  const clusters = ['mon_client', 'mon_service', 'mon_cluster', 'client', 'service', 'cluster'];
  return [
    '[global]',
    `fsid = ${fsid}`,
    `mon_host = v2:127.0.0.1:${monitorPort}/0`,
    'mon_initial_members = a',
    'public_addr = 127.0.0.1',
    'cluster_addr = 127.0.0.1',
    ...['cluster', 'service', 'client'].map((name) => `auth_${name}_required = none`),
    // Without keys the daemons only understand each other in this mode.
    ...clusters.map((name) => `ms_${name}_mode = crc`),
    'osd_pool_default_size = 1',
    'osd_pool_default_min_size = 1',
    'osd_pool_default_pg_num = 1',
    'osd_pool_default_pgp_num = 1',
    'osd_pool_default_pg_autoscale_mode = off',
    'osd_crush_chooseleaf_type = 0',
    'mon_allow_pool_size_one = true',
    'mon_max_pg_per_osd = 1000',
    `run_dir = ${root}/run`,
    `admin_socket = ${root}/run/$name.asok`,
    `log_file = ${root}/log/$name.log`,
    `pid_file = ${root}/run/$name.pid`,
    `crash_dir = ${root}/log`,
    'ms_bind_ipv4 = true',
    '[mon.a]',
    `mon_data = ${root}/mon`,
    `mon_cluster_log_file = ${root}/log/cluster.log`,
    '[osd.0]',
    `osd_data = ${root}/osd`,
    'osd_objectstore = memstore',
    'memstore_device_bytes = 4294967296',
    '[client.rgw]',
    `rgw_frontends = beast endpoint=127.0.0.1:${port}`,
    'rgw_enable_apis = s3',
    `rgw_data = ${root}/rgw`,
    '',
  ].join('\n');
}
