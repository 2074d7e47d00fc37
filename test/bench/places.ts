/** A large CSV file, the places that files go to, and what other clients take to send the same bytes there. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
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

const bucket = 'bench';

export interface Places extends AsyncDisposable {
  sshd: Sshd;
  store: Radosgw;
}

/** Servers of this machine; all of it is gone when it is disposed of. */
export async function openPlaces(): Promise<Places> {
  const sshd = await startSshd();
  const store = await startRadosgw();
  await store.createBucket(bucket);
  return {
    sshd,
    store,
    async [Symbol.asyncDispose]() {
      await store.stop();
      await sshd.stop();
    },
  };
}

/** Of the file `people.csv`. The first is text: data extensions have keys of text. */
const peopleColumns = [
  ['Id', 'text'],
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

/** Writes `people.csv` where the connection "here" finds it. */
export async function writePeople(folder: string, size: number): Promise<void> {
  await mkdir(join(folder, 'files/in'), { recursive: true });
  const path = join(folder, 'files/in/people.csv');
  const file = createWriteStream(path);
  file.write(`${peopleColumns.map(([name]) => name).join(',')}\n`);
  for (let from = 0; from < size; from += 1_000) {
    let text = '';
    for (let id = from; id < Math.min(size, from + 1_000); id += 1)
      text += `${id},person${id}@example.org,Zoë,"O'Neill, ${id % 977}",19${50 + (id % 50)}-0${1 + (id % 9)}-1${id % 9},${id % 10_000}.5,2026-01-0${1 + (id % 9)}T08:30:00.000Z,${id % 2 === 0},Köln,"said ""hello"" ${id}"\n`;
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

/** Connections "here" (where people.csv lies), "there" (SFTP) and "cloud" (S3). */
export async function connectPlaces(product: Product, { sshd, store }: Places): Promise<void> {
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

type Node = Workflow['nodes'][number];

export const node = (name: string, type: string, config: Record<string, Json>): Node => {
  return { id: name, type, name, label: name, x: 0, y: 0, config };
};

/** Loads people.csv, then one node after the other: they would take each other's time. */
export function peopleFlow(internalName: string, first: Node, second: Node): Workflow {
  const columns = peopleColumns.map(([name, type]) => ({ name, type }));
  return {
    formatVersion: 1,
    internalName,
    label: internalName,
    nodes: [node('load', 'load-file', { connection: 'here', path: 'people.csv', columns }), first, second],
    transitions: [
      { id: 't1', from: 'load', port: 'success', to: first.id },
      { id: 't2', from: first.id, port: 'success', to: second.id },
    ],
  };
}

export interface Ours {
  /** Seconds by node. */
  tasks: ReadonlyMap<string, number>;
  peakMemoryMB: number;
}

/** Runs a workflow; the first child of the product is its engine. */
export async function runFlow(product: Product, workflow: Workflow): Promise<Ours> {
  await product.call('createWorkflow', { body: { workflow } });
  const [engine = 0] = await childrenOf(product.pid);
  const { id } = await product.call('startRun', {
    params: { workflow: workflow.internalName },
    body: { which: 'draft' },
  });
  const run = await product.finished(id);
  if (run.state !== 'succeeded') throw new Error(`the run ended as ${run.state}: ${JSON.stringify(run.error)}`);
  const seconds = ({ nodeId, durationMs }: Pick<TaskSummary, 'nodeId' | 'durationMs'>): [string, number] => [
    nodeId,
    (durationMs ?? 0) / 1_000,
  ];
  return { tasks: new Map(run.tasks.map(seconds)), peakMemoryMB: (await peakMemory(engine)) ?? Number.NaN };
}

export async function sftpPut(
  { port, user, privateKey, hostKey }: Sshd,
  folder: string,
  file: string,
): Promise<number> {
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

export async function sdkUpload(store: Radosgw, file: string): Promise<number> {
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
