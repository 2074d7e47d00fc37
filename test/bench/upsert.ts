/** An upsert by bulk, of which half makes records and half changes some, beside the sf CLI on an organisation that is the same. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDemo } from '../conformance/demo.ts';
import { installSfCli, SfCli } from '../conformance/sfCli.ts';
import type { Organisation } from '../harness/organisation.ts';
import { startOrganisation } from '../harness/organisation.ts';
import type { Bench } from './bench.ts';
import { connect, costOf, exportNode, node, pair } from './exporting.ts';
import type { Line } from './line.ts';
import { makeLine } from './line.ts';
import type { Stage } from './stage.ts';
import { openStage } from './stage.ts';

export const exportBench: Bench = {
  name: 'export',
  lines: ['export', 'sf upsert'],
  defaultSize: 100_000,
  async run(size, { database, say }) {
    await using stage = await openStage(database);
    say(`upserting ${size.toLocaleString('en')} contacts by bulk …`);
    const ours = await onOrganisation(size, (org) => exportContacts(stage, org, size));
    const theirs = await upsertBySf(stage.folder, size, say);
    const lines = [
      makeLine('export', size, ours.seconds, {
        ...(theirs ? { referenceSeconds: theirs.seconds } : {}),
        peakMemoryMB: ours.peakMemoryMB,
        note: `plan, upsert and results; ${ours.calls} API calls, ${ours.cpuSeconds.toFixed(1)} s of processor; beside "sf data upsert bulk"${theirs ? `, ${theirs.calls} API calls` : ''}`,
      }),
      ...(theirs
        ? [makeLine('sf upsert', size, theirs.seconds, { note: `the whole command; ${theirs.calls} API calls` })]
        : []),
    ];
    return lines.map((line): Line => ({ ...line, database }));
  },
};

/** Each has its own, made by the same seed. */
async function onOrganisation<T>(size: number, work: (org: Organisation) => Promise<T>): Promise<T> {
  const org = await startOrganisation({ seed: 2, contacts: size });
  try {
    return await work(org);
  } finally {
    await org.stop();
  }
}

/** API calls that the organisation has counted so far. */
async function callsOf(org: Organisation): Promise<number> {
  const state = await (await fetch(`${org.url}/__demo/state`)).json();
  return (state as { usage: { used: number } }).usage.used;
}

async function exportContacts(stage: Stage, org: Organisation, size: number) {
  await connect(stage.product, org);
  const make = node('make', 'javascript-code', {
    mode: 'run',
    script: `for (let row = ${size / 2}; row < ${size * 1.5}; row += 1) emit({ key: 'C-' + String(row + 1).padStart(8, '0'), last: 'Upserted ' + row, title: 'Title ' + row });`,
    columns: ['key', 'last', 'title'].map((name) => ({ name, type: 'text' })),
  });
  const send = exportNode(
    'send',
    { External_Id__c: 'key', LastName: 'last', Title: 'title' },
    { mode: 'upsert', key: 'External_Id__c', batches: 'always' },
  );
  let before = 0;
  const cost = await costOf(stage, pair('export', make, send), 'send', async () => {
    before = await callsOf(org);
  });
  const written = cost.task.outputs.success?.count;
  if (written !== size) throw new Error(`${written} of ${size} rows were written`);
  return { ...cost, calls: (await callsOf(org)) - before };
}

/** Null where there is no sf CLI; it is told why. */
async function upsertBySf(folder: string, size: number, say: (text: string) => void) {
  const program = await installSfCli(say).catch((error: Error) => {
    say(`There is no sf CLI to compare with: ${error.message}`);
    return null;
  });
  if (program === null) return null;
  const lines = Array.from({ length: size }, (_, index) => {
    const row = size / 2 + index;
    return `C-${String(row + 1).padStart(8, '0')},Upserted ${row},Title ${row}\n`;
  });
  const file = join(folder, 'upsert.csv');
  await writeFile(file, `External_Id__c,LastName,Title\n${lines.join('')}`);
  say('the same by the sf CLI …');
  return onOrganisation(size, async (org) => {
    const sf = new SfCli(program, folder);
    const token = await (await openDemo(org)).token();
    const signIn = ['org', 'login', 'access-token', '--instance-url', org.url, '--no-prompt', '--alias', 'demo'];
    await sf.ask(signIn, { SF_ACCESS_TOKEN: token });
    const before = await callsOf(org);
    const began = performance.now();
    const args = ['data', 'upsert', 'bulk', '--sobject', 'Contact', '--file', file, '--external-id', 'External_Id__c'];
    await sf.ask([...args, '--wait', '30', '--line-ending', 'LF', '--target-org', 'demo']);
    return { seconds: (performance.now() - began) / 1_000, calls: (await callsOf(org)) - before };
  });
}
