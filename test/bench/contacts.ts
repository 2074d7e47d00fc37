import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Reply } from '../../contract/api.ts';
import { contactFields, contactsWorkflow } from '../harness/contacts.ts';
import type { Organisation } from '../harness/organisation.ts';
import { startOrganisation } from '../harness/organisation.ts';
import { childrenOf, peakMemory } from '../harness/processes.ts';
import type { Product } from '../harness/product.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { share } from './bench.ts';
import type { Drained } from './bulk.ts';
import { drain } from './bulk.ts';
import type { Line } from './line.ts';
import { makeLine } from './line.ts';
import { requireTool, timeSteps } from './sqliteTool.ts';
import { openStage } from './stage.ts';

export const contactsBench: Bench = {
  name: 'contacts',
  lines: ['import', 'deduplicate', 'update', 'healthz'],
  defaultSize: 1_000_000,
  run: benchContacts,
};

async function benchContacts(size: number, { database, say }: BenchOptions): Promise<Line[]> {
  await requireTool();
  await using stage = await openStage(database);
  const { product, folder } = stage;
  const org = await startOrganisation({ seed: 2, contacts: size });
  try {
    await connect(product, org);
    say(`running the contacts workflow on ${size.toLocaleString('en')} contacts …`);
    const health = askHealth(product.url);
    const run = await runWorkflow(product);
    const latencies = await health.stop();
    const [engine = 0] = await childrenOf(product.pid);
    const memory = { engine: await peakMemory(engine), web: await peakMemory(product.pid) };
    say('measuring the references …');
    const drained = await drainImport(org);
    const tool = await referenceSql(product, run, folder);
    return lines(run, drained, tool, latencies, memory).map((line) => ({ ...line, database }));
  } finally {
    await org.stop();
  }
}

async function connect(product: Product, org: Organisation): Promise<void> {
  const settings = { instanceUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret, apiVersion: '60.0' };
  await product.call('createConnection', {
    body: { name: 'demo_salesforce', kind: 'salesforce', label: 'Demo', settings },
  });
  await product.call('createWorkflow', { body: { workflow: contactsWorkflow('bench') } });
}

async function runWorkflow(product: Product): Promise<Reply<'getRun'>> {
  const { id } = await product.call('startRun', { params: { workflow: 'bench' }, body: { which: 'draft' } });
  const run = await product.finished(id);
  if (run.state !== 'succeeded') throw new Error(`the run ended as ${run.state}: ${JSON.stringify(run.error)}`);
  return run;
}

/** Asks again as soon as it was answered, at most 50 times a second. */
function askHealth(url: string): { stop(): Promise<number[]> } {
  const latencies: number[] = [];
  let asking = true;
  const loop = (async () => {
    while (asking) {
      const began = performance.now();
      const response = await fetch(`${url}/healthz`);
      await response.arrayBuffer();
      latencies.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    async stop() {
      asking = false;
      await loop;
      return latencies;
    },
  };
}

function drainImport(org: Organisation): Promise<Drained> {
  const rest = `WHERE SystemModstamp < ${new Date().toISOString()} AND Email != null ORDER BY SystemModstamp, Id`;
  return drain(new URL('./drainBulk.ts', import.meta.url), org, rest);
}

/** The rows that were imported, as a file, and the work of the two nodes in SQL as one would write it by hand. */
async function referenceSql(product: Product, run: Reply<'getRun'>, folder: string): Promise<Record<string, number>> {
  const csv = join(folder, 'rows.csv');
  await download(product, run, csv);
  const values = contactFields.map((_, index) => `c${index + 1}`);
  const sets = values.slice(1).map((name) => `${name} = excluded.${name}`);
  const differs = values.slice(1).map((name) => `contacts.${name} IS NOT excluded.${name}`);
  const kept =
    'CREATE TABLE ranked AS SELECT _id, row_number() OVER (PARTITION BY lower(trim(c4)) ORDER BY c9 DESC, _id) AS place FROM rows;\nCREATE TABLE kept AS SELECT _id FROM ranked WHERE place <= 1;\nCREATE TABLE best AS SELECT lower(trim(c4)) AS address, c1 AS kept FROM ranked JOIN rows USING(_id) WHERE place = 1;\nCREATE TABLE duplicates AS SELECT rows.*, best.kept FROM ranked JOIN rows USING(_id) LEFT JOIN best ON best.address IS lower(trim(rows.c4)) WHERE place > 1;';
  const write = `CREATE TABLE contacts(${values.map((name) => `${name} TEXT`).join(', ')}, UNIQUE(c1)) STRICT;\nINSERT INTO contacts SELECT ${values.join(', ')} FROM rows JOIN kept USING(_id) WHERE true ON CONFLICT(c1) DO UPDATE SET ${sets.join(', ')} WHERE ${differs.join(' OR ')};`;
  return timeSteps(csv, contactFields, { deduplicate: kept, update: write }, join(folder, 'reference.sqlite'));
}

async function download(product: Product, run: Reply<'getRun'>, file: string): Promise<void> {
  const task = run.tasks.find((one) => one.nodeId === 'changedContacts');
  const { secret } = await product.call('createToken', { body: { label: 'bench', role: 'admin' } });
  const response = await fetch(`${product.url}/api/runs/${run.id}/tasks/${task?.id}/success/rows.csv`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  if (!response.ok || !response.body) throw new Error(`the download failed: ${response.status}`);
  await pipeline(Readable.fromWeb(response.body as never), createWriteStream(file));
}

function lines(
  run: Reply<'getRun'>,
  drained: Drained,
  tool: Record<string, number>,
  latencies: number[],
  memory: { engine: number | undefined; web: number | undefined },
): Line[] {
  const task = (nodeId: string) => run.tasks.find((one) => one.nodeId === nodeId);
  const seconds = (nodeId: string): number => (task(nodeId)?.durationMs ?? 0) / 1_000;
  const rows = (nodeId: string): number => task(nodeId)?.outputs.success?.count ?? 0;
  const engine = memory.engine === undefined ? {} : { peakMemoryMB: memory.engine };
  const web = memory.web === undefined ? {} : { peakMemoryMB: memory.web };
  const at = (part: number): number => share(latencies, part);
  return [
    makeLine('import', drained.records, seconds('changedContacts'), {
      referenceSeconds: drained.seconds,
      ...engine,
      note: 'beside draining the pages of the same Bulk query',
    }),
    makeLine('deduplicate', rows('changedContacts'), seconds('onePerEmail'), {
      referenceSeconds: tool.deduplicate ?? 0,
      ...engine,
      note: 'beside the same SQL in the sqlite3 tool',
    }),
    makeLine('update', rows('writeContacts'), seconds('writeContacts'), {
      referenceSeconds: tool.update ?? 0,
      ...engine,
      note: 'beside the same SQL in the sqlite3 tool',
    }),
    makeLine('healthz', latencies.length, at(0.99) / 1_000, {
      ...web,
      note: `meanwhile: p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms, worst ${at(1).toFixed(1)} ms (seconds = p99)`,
    }),
  ];
}
