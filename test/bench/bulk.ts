/** A large import by Bulk queries into a work table, beside clients that only take the same records, each in a process of its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Workflow } from '../../contract/workflow.ts';
import { contactFields, contactsWorkflow } from '../harness/contacts.ts';
import type { Organisation } from '../harness/organisation.ts';
import { startOrganisation } from '../harness/organisation.ts';
import { childrenOf, cpuSeconds, peakMemory } from '../harness/processes.ts';
import type { Product } from '../harness/product.ts';
import type { Bench } from './bench.ts';
import type { Line } from './line.ts';
import { makeLine } from './line.ts';
import { openStage } from './stage.ts';

export interface Drained {
  seconds: number;
  records: number;
  peakMemoryMB: number;
  /** Of its process: what is left to compare on a machine that others use too. */
  cpuSeconds: number;
}

export const bulkBench: Bench = {
  name: 'bulk',
  lines: ['bulk import', 'bulk drain', 'jsforce'],
  defaultSize: 1_000_000,
  async run(size, { database, say }) {
    await using stage = await openStage(database);
    const org = await startOrganisation({ seed: 2, contacts: size });
    try {
      say(`importing ${size.toLocaleString('en')} contacts by Bulk …`);
      const imported = await importContacts(stage.product, org);
      say('draining the same result pages …');
      const drained = await drain(new URL('./drainBulk.ts', import.meta.url), org);
      say('reading the same records by jsforce …');
      const jsforce = await drain(new URL('./drainJsforce.ts', import.meta.url), org);
      return lines(imported, drained, jsforce).map((line) => ({ ...line, database }));
    } finally {
      await org.stop();
    }
  },
};

/** The import alone, of all contacts. */
function importWorkflow(): Workflow {
  const workflow = contactsWorkflow('bulk');
  const nodes = workflow.nodes
    .filter((node) => node.type === 'crm-connector')
    .map((node) => ({
      ...node,
      config: {
        ...node.config,
        filter: { kind: 'group', operator: 'and', items: [] },
        index: { ...(node.config.index as object), enabled: false },
      },
    }));
  return { ...workflow, nodes, transitions: [] };
}

async function importContacts(product: Product, org: Organisation): Promise<Drained> {
  const settings = { instanceUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret, apiVersion: '60.0' };
  await product.call('createConnection', {
    body: { name: 'demo_salesforce', kind: 'salesforce', label: 'Demo', settings },
  });
  await product.call('createWorkflow', { body: { workflow: importWorkflow() } });
  const [engine = 0] = await childrenOf(product.pid);
  const before = await cpuSeconds(engine);
  const { id } = await product.call('startRun', { params: { workflow: 'bulk' }, body: { which: 'draft' } });
  const run = await product.finished(id);
  const [task] = run.tasks;
  if (run.state !== 'succeeded' || !task)
    throw new Error(`the run ended as ${run.state}: ${JSON.stringify(run.error)}`);
  return {
    seconds: (task.durationMs ?? 0) / 1_000,
    records: task.outputs.success?.count ?? 0,
    peakMemoryMB: (await peakMemory(engine)) ?? Number.NaN,
    cpuSeconds: (await cpuSeconds(engine)) - before,
  };
}

/** `rest`: the query behind its fields and its object. */
export async function drain(
  program: URL,
  org: Organisation,
  rest = 'ORDER BY Id',
  fields: readonly string[] = contactFields,
): Promise<Drained> {
  const soql = `SELECT ${fields.join(', ')} FROM Contact ${rest}`;
  const args = [fileURLToPath(program), org.url, org.clientId, org.clientSecret, soql];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Drained;
}

function lines(imported: Drained, drained: Drained, jsforce: Drained): Line[] {
  const line = (name: string, { seconds, records, peakMemoryMB, cpuSeconds }: Drained, of: number, what: string) =>
    makeLine(name, records, seconds, {
      referenceSeconds: of,
      peakMemoryMB,
      note: `${what}; ${cpuSeconds.toFixed(1)} s of processor`,
    });
  return [
    line('bulk import', imported, drained.seconds, 'into a work table, beside draining the same result pages'),
    line('bulk drain', drained, drained.seconds, 'the job and its pages, unread'),
    line('jsforce', jsforce, drained.seconds, 'query and queryMore by hand, records thrown away'),
  ];
}
