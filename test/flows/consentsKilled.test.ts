/** The sample of consents: server and engine are killed while Salesforce is away, and its sender repeats what it is not sure of. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reply } from '../../contract/api.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { eventually } from '../harness/eventually.ts';
import { killEverything } from '../harness/killEverything.ts';
import type { Organisation } from '../harness/organisation.ts';
import { startOrganisation } from '../harness/organisation.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';
import { signedCall } from '../harness/signedCall.ts';

const secret = 'a shared secret of many letters';
const sample = new URL('../../demo/workflows/didomi-salesforce.json', import.meta.url);
const params = { workflow: 'didomi_salesforce' };
let folder: string;
let org: Organisation;
let product: Product;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-consents-'));
  [org, product] = await Promise.all([startOrganisation({ seed: 7, contacts: 50 }), startProduct({ folder })]);
});
afterAll(async () => {
  await product.stop();
  await org.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Four events make a batch; an export fails at once, and waits until it is woken. */
function workflow(): Workflow {
  const drawn = JSON.parse(readFileSync(sample, 'utf8')) as Workflow;
  const nodes = drawn.nodes.map((node) => {
    if (node.type === 'incoming-webhook')
      return { ...node, config: { ...Object(node.config), batchEvents: 4, batchAmount: 29, batchUnit: 'minutes' } };
    if (node.type === 'crm-connector') return { ...node, retry: { attempts: 1, delay: 0, maxDelay: 0 } };
    return node.type === 'wait' ? { ...node, config: { mode: 'duration', amount: 1, unit: 'days' } } : node;
  });
  return { ...drawn, nodes };
}

/** The number is the minute at which the person has said it; an even one says yes. */
const consent = (who: string, said: number) => ({
  ...{ id: `${who} ${said}`, type: 'consent.updated', user: { organization_user_id: who } },
  ...{ created_at: `2026-06-02T09:${said}:00Z`, purposes: { email: said % 2 === 0 } },
});

async function post(...events: object[]): Promise<{ taken: number; known: number }> {
  const response = await fetch(`${product.url}/hooks/consents`, signedCall(secret, { events }, new Date()));
  expect(response.status).toBe(202);
  return (await response.json()) as { taken: number; known: number };
}

async function nextRun(known: readonly string[]): Promise<string> {
  const look = async (): Promise<string> => {
    const runs = await product.call('listRuns', { query: params });
    const found = runs.find(({ id }) => !known.includes(id));
    if (!found) throw new Error(`No run was started:\n${product.output()}`);
    return found.id;
  };
  return eventually(look);
}

const waiting = async (): Promise<Reply<'listWaitingEvents'>[number] | undefined> =>
  (await product.call('listWaitingEvents', { params }))[0];

test('consents survive kill -9 of server and engine while Salesforce is away: each is taken once, and the newest of each person counts', async () => {
  const { secret: token } = await product.call('createToken', { body: { label: 'After the restart', role: 'admin' } });
  const settings = { instanceUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret };
  await product.call('createConnection', {
    body: { name: 'demo_salesforce', kind: 'salesforce', label: 'Organisation', settings },
  });
  await product.call('createConnection', {
    body: { name: 'consents', kind: 'incoming-webhook', label: 'Consents', settings: { secret } },
  });
  await product.call('createWorkflow', { body: { workflow: workflow() } });
  await product.call('publishWorkflow', { params, body: { revision: 1 } });
  await org.control('faults', { kind: 'status', status: 503, times: null, match: { path: '/services/data' } });

  const [anna, ben] = ['C-00000001', 'C-00000002'];
  const batch = [consent(anna, 10), consent(ben, 31), consent(anna, 13), consent(ben, 20)];
  expect(await post(...batch)).toMatchObject({ taken: 4, known: 0 });
  const first = await nextRun([]);
  await product.finished(first, ['waiting']);
  const behind = [consent(anna, 30), consent(ben, 22)];
  expect(await post(...behind)).toMatchObject({ taken: 2, known: 0 });

  await killEverything(product);
  product = await startProduct({ folder, token });
  expect(await post(...batch, ...behind)).toMatchObject({ taken: 0, known: 6 });
  expect(await waiting()).toMatchObject({ calls: 2, events: 6, runId: first });
  await org.clearFaults();
  await product.call('wakeRun', { params: { run: first } });
  expect(await product.finished(first)).toMatchObject({ state: 'succeeded' });
  expect(await post(consent(anna, 12), consent(anna, 11))).toMatchObject({ taken: 2, known: 0 });
  const second = await nextRun([first]);
  // What is older than Salesforce has it is left as it is, and told as a reject.
  expect((await product.finished(second)).state).toMatch(/^succeeded/);
  expect(await waiting()).toMatchObject({ calls: 0, events: 0, oldestAt: null });

  for (const [who, said] of [
    [anna, 30],
    [ben, 31],
  ] as const) {
    const where = `WHERE External_Id__c = '${who}'`;
    const [held] = await org.query(`SELECT Consent_Email__c, Consent_Date__c FROM Contact ${where}`);
    expect(held).toMatchObject({ Consent_Email__c: said % 2 === 0 });
    expect(String(held?.Consent_Date__c)).toContain(`T09:${said}:00`);
  }
});
