import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Workflow } from '../../contract/workflow.ts';
import type { Contact } from '../harness/contacts.ts';
import { asSet, contactFields, contactsWorkflow, expectedContacts, splitByEmail } from '../harness/contacts.ts';
import { killEverything } from '../harness/killEverything.ts';
import type { Organisation } from '../harness/organisation.ts';
import { startOrganisation } from '../harness/organisation.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';

let folder: string;
let org: Organisation;
let product: Product;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-waiting-'));
  [org, product] = await Promise.all([startOrganisation({ seed: 5, contacts: 1_500 }), startProduct({ folder })]);
});
afterAll(async () => {
  await product.stop();
  await org.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The sample with its Error → Wait → back; it fails at once, and waits until it is woken. */
function workflow(): Workflow {
  const drawn = contactsWorkflow('waiting', 'crm');
  const nodes = drawn.nodes.map((node) => {
    if (node.type === 'crm-connector') return { ...node, retry: { attempts: 1, delay: 0, maxDelay: 0 } };
    if (node.type === 'wait') return { ...node, config: { mode: 'duration', amount: 1, unit: 'days' } };
    return node;
  });
  return { ...drawn, nodes };
}

async function localRows(table: string): Promise<Contact[]> {
  const rows: Contact[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query = { limit: 1_000, ...(cursor === undefined ? {} : { cursor }) };
    const page = await product.call('listLocalRows', { params: { table }, query });
    const places = contactFields.map((field) => page.columns.findIndex((column) => column.name === field));
    rows.push(...page.rows.map((row) => places.map((place) => row[place] as string | null)));
    cursor = page.cursor;
  }
  return rows;
}

test('a run that waits after an error survives kill -9 of server and engine, and goes on when it is woken', async () => {
  const { secret: token } = await product.call('createToken', { body: { label: 'After the restart', role: 'admin' } });
  const settings = { instanceUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret };
  await product.call('createConnection', {
    body: { name: 'crm', kind: 'salesforce', label: 'Organisation', settings },
  });
  await product.call('createWorkflow', { body: { workflow: workflow() } });
  await org.control('faults', { kind: 'html', status: 503, times: null, match: { path: 'v60.0/query' } });

  const { id } = await product.call('startRun', { params: { workflow: 'waiting' }, body: { which: 'draft' } });
  const waiting = await product.finished(id, ['waiting']);
  const failed = waiting.tasks.find((task) => task.nodeId === 'changedContacts');
  expect(failed).toMatchObject({ state: 'failed', error: { code: 'REMOTE_BUSY' } });

  await killEverything(product);
  product = await startProduct({ folder, token });
  expect(await product.call('getRun', { params: { run: id } })).toMatchObject({ state: 'waiting' });
  await org.clearFaults();
  await product.call('wakeRun', { params: { run: id } });
  const ended = await product.finished(id);

  const imported = await expectedContacts(org);
  const { kept, duplicates } = splitByEmail(imported);
  expect(ended, JSON.stringify(ended.error)).toMatchObject({ state: 'succeeded', rejects: 0 });
  const last = (node: string) => ended.tasks.filter((task) => task.nodeId === node).at(-1);
  expect(last('changedContacts')).toMatchObject({ pass: 2, outputs: { success: { count: imported.length } } });
  expect(last('onePerEmail')).toMatchObject({
    outputs: { success: { count: kept.length }, duplicates: { count: duplicates.length } },
  });
  expect(ended.tasks.map((task) => task.nodeId).sort()).toEqual([
    'changedContacts',
    'changedContacts',
    'every15',
    'onePerEmail',
    'wait5',
    'writeContacts',
    'writeDuplicates',
  ]);
  expect(asSet(await localRows('waiting_contacts'))).toEqual(asSet(kept));
});
