/**
 * A large CSV file loaded into a work table, and its rows extracted to SFTP and to S3, on real servers of this machine; beside
 * `sftp put` and the AWS SDK's upload of the very bytes that were extracted.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Upload } from '@aws-sdk/lib-storage';
import type { TaskSummary } from '../../contract/run.ts';
import type { Json } from '../../contract/types.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { childrenOf, peakMemory } from '../harness/processes.ts';
import type { Product } from '../harness/product.ts';
import type { Radosgw } from '../harness/radosgw.ts';
import { startRadosgw } from '../harness/radosgw.ts';
import type { Sshd } from '../harness/sshd.ts';
import { startSshd } from '../harness/sshd.ts';
import type { Bench } from './bench.ts';
import type { Line } from './line.ts';
import { makeLine } from './line.ts';
import { openStage } from './stage.ts';

const bucket = 'bench';

export const filesBench: Bench = {
  name: 'files',
  lines: ['load file', 'extract to sftp', 'extract to s3'],
  defaultSize: 1_000_000,
  async run(size, { database, say }) {
    await using stage = await openStage(database);
    const sshd = await startSshd();
    const store = await startRadosgw();
    try {
      say(`writing a file of ${size.toLocaleString('en')} rows …`);
      await mkdir(join(stage.folder, 'files/in'), { recursive: true });
      await writeRows(join(stage.folder, 'files/in/people.csv'), size);
      await store.createBucket(bucket);
      await connect(stage.product, sshd, store);
      say('loading and extracting it …');
      const ours = await runFlow(stage.product);
      say('sending the same bytes by sftp and by the AWS SDK …');
      const file = join(stage.folder, 'same.csv');
      await copyFile(join(sshd.folder, 'people.csv'), file);
      const bytes = (await stat(file)).size;
      const theirs = { sftp: await sftpPut(sshd, stage.folder, file), s3: await sdkUpload(store, file) };
      return lines(size, bytes, ours, theirs).map((line) => ({ ...line, database }));
    } finally {
      await store.stop();
      await sshd.stop();
    }
  },
};

const columns = [
  ['Id', 'integer'],
  ['Email', 'text'],
  ['First name', 'text'],
  ['Last name', 'text'],
  ['Born', 'date'],
  ['Value', 'decimal'],
  ['Changed', 'datetime'],
  ['Active', 'boolean'],
  ['City', 'text'],
  ['Note', 'text'],
] as const;

async function writeRows(path: string, size: number): Promise<void> {
  const file = createWriteStream(path);
  file.write(`${columns.map(([name]) => name).join(',')}\n`);
  for (let from = 0; from < size; from += 1_000) {
    let text = '';
    for (let id = from; id < Math.min(size, from + 1_000); id += 1)
      text += `${id},person${id}@example.org,Zoë,"O'Neill, ${id % 977}",19${50 + (id % 50)}-0${1 + (id % 9)}-1${id % 9},${id % 10_000}.5,2026-01-0${1 + (id % 9)}T08:30:00.000Z,${id % 2 === 0},Köln,"said ""hello"" ${id}"\n`;
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

async function connect(product: Product, sshd: Sshd, store: Radosgw): Promise<void> {
  const { port, user, privateKey } = sshd;
  const { url: endpoint, accessKeyId, secretAccessKey } = store;
  const sftp = { host: '127.0.0.1', port, user, auth: 'key', privateKey, hostKey: await sshd.hostKey() };
  const s3 = { bucket, useEndpoint: true, endpoint, accessKeyId, secretAccessKey, checksums: 'required' };
  const kinds: [string, string, Record<string, Json>][] = [
    ['here', 'local-folder', { folder: 'in' }],
    ['there', 'sftp', sftp],
    ['cloud', 's3', s3],
  ];
  for (const [name, kind, settings] of kinds)
    await product.call('createConnection', { body: { name, kind, label: name, settings } });
}

function flow(): Workflow {
  const node = (name: string, type: string, config: Record<string, Json>): Workflow['nodes'][number] => {
    return { id: name, type, name, label: name, x: 0, y: 0, config };
  };
  return {
    formatVersion: 1,
    internalName: 'files',
    label: 'Files',
    nodes: [
      node('load', 'load-file', {
        connection: 'here',
        path: 'people.csv',
        columns: columns.map(([name, type]) => ({ name, type })),
      }),
      node('sftp', 'extract-file', { connection: 'there', path: 'people.csv' }),
      node('s3', 'extract-file', { connection: 'cloud', path: 'people.csv' }),
    ],
    // One after the other: they would take each other's time.
    transitions: [
      { id: 't1', from: 'load', port: 'success', to: 'sftp' },
      { id: 't2', from: 'sftp', port: 'success', to: 's3' },
    ],
  };
}

interface Ours {
  tasks: ReadonlyMap<string, number>;
  peakMemoryMB: number;
}

async function runFlow(product: Product): Promise<Ours> {
  await product.call('createWorkflow', { body: { workflow: flow() } });
  const [engine = 0] = await childrenOf(product.pid);
  const { id } = await product.call('startRun', { params: { workflow: 'files' }, body: { which: 'draft' } });
  const run = await product.finished(id);
  if (run.state !== 'succeeded') throw new Error(`the run ended as ${run.state}: ${JSON.stringify(run.error)}`);
  const seconds = ({ nodeId, durationMs }: Pick<TaskSummary, 'nodeId' | 'durationMs'>): [string, number] => [
    nodeId,
    (durationMs ?? 0) / 1_000,
  ];
  return { tasks: new Map(run.tasks.map(seconds)), peakMemoryMB: (await peakMemory(engine)) ?? Number.NaN };
}

async function sftpPut({ port, user, privateKey, hostKey }: Sshd, folder: string, file: string): Promise<number> {
  const [key, known, batch] = ['key', 'known', 'batch'].map((name) => join(folder, `bench-${name}`)) as [
    string,
    string,
    string,
  ];
  await writeFile(key, privateKey, { mode: 0o600 });
  await writeFile(known, `[127.0.0.1]:${port} ${await hostKey()}`);
  await writeFile(batch, `put ${file} again.csv\n`);
  const options = ['-b', batch, '-i', key, '-P', String(port), '-o', `UserKnownHostsFile=${known}`];
  return timed(() => promisify(execFile)('sftp', [...options, `${user}@127.0.0.1`]));
}

async function sdkUpload(store: Radosgw, file: string): Promise<number> {
  const client = store.client();
  try {
    const params = { Bucket: bucket, Key: 'again.csv', Body: createReadStream(file) };
    return await timed(() => new Upload({ client, params, partSize: 8 * 1024 * 1024 }).done());
  } finally {
    client.destroy();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

function lines(
  size: number,
  bytes: number,
  { tasks, peakMemoryMB }: Ours,
  theirs: { sftp: number; s3: number },
): Line[] {
  const megabytes = `${(bytes / 1_000_000).toFixed(1)} MB`;
  const line = (name: string, node: string, note: string, referenceSeconds?: number): Line =>
    makeLine(name, size, tasks.get(node) ?? Number.NaN, {
      peakMemoryMB,
      note,
      ...(referenceSeconds === undefined ? {} : { referenceSeconds }),
    });
  return [
    line('load file', 'load', `${megabytes} of CSV with 10 typed columns into a work table`),
    line('extract to sftp', 'sftp', `${megabytes}, beside sftp put of the same bytes`, theirs.sftp),
    line('extract to s3', 's3', `${megabytes}, beside the AWS SDK's upload of the same bytes`, theirs.s3),
  ];
}
