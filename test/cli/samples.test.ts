/** The five samples named after documents, as a newcomer runs them, with what the documents say of rejects and errors. */
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../cli/runSummary.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { type Cloud, startCloud } from '../harness/cloud.ts';
import { Command, runCommand } from '../harness/command.ts';
import { type DataverseProcess, startDataverseProcess } from '../harness/dataverse.ts';
import { eventually } from '../harness/eventually.ts';
import { type Organisation, startOrganisation } from '../harness/organisation.ts';
import { type Product, startProduct } from '../harness/product.ts';

const samples = join(import.meta.dirname, '../../demo/workflows');
const secret = 'a secret that both sides know';
let folder: string;
let salesforce: Organisation;
let dynamics: DataverseProcess;
let cloud: Cloud;
const files = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-samples-'));
  [salesforce, dynamics, cloud] = await Promise.all([
    startOrganisation({ seed: 7, contacts: 300 }),
    startDataverseProcess({ seed: 7, contacts: 300 }),
    startCloud({ seed: 7, subscribers: 20 }),
  ]);
  await connect('demo_salesforce', 'salesforce', salesforceSettings());
  const { url, tenant, clientId, clientSecret } = dynamics;
  const authority = { cloud: 'own', authority: url };
  await connect('demo_dynamics', 'dynamics', { environmentUrl: url, tenant, clientId, clientSecret, ...authority });
  const account = { subdomain: cloud.url, clientId: cloud.clientId, clientSecret: cloud.clientSecret };
  await connect('demo_marketing_cloud', 'marketing-cloud', account);
  await connect('consents', 'incoming-webhook', { secret });
});
afterEach(() => salesforce.clearFaults());
afterAll(async () => {
  await Promise.all([salesforce.stop(), dynamics.stop(), cloud.stop()]);
  await rm(folder, { recursive: true });
});

const salesforceSettings = () => ({
  instanceUrl: salesforce.url,
  clientId: salesforce.clientId,
  clientSecret: salesforce.clientSecret,
});

async function connect(name: string, kind: string, settings: object): Promise<void> {
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify({ kind, settings }));
  files.set(name, path);
}

const pathOf = (sample: string): string => join(samples, `${sample}.json`);
const read = async (sample: string): Promise<Workflow> =>
  JSON.parse(await readFile(pathOf(sample), 'utf8')) as Workflow;

const argsOf = (file: string, data: string, ...more: string[]): string[] => [
  'run',
  file,
  '--data',
  join(folder, data),
  '--json',
  ...[...files].flatMap(([name, path]) => ['--connection', `${name}=${path}`]),
  ...more,
];

interface Ran {
  code: number | null;
  report: RunReport;
}

async function run(file: string, data: string, ...more: string[]): Promise<Ran> {
  const { code, out, err } = await runCommand(...argsOf(file, data, ...more));
  expect(out, err).toMatch(/^\{/);
  return { code, report: JSON.parse(out) as RunReport };
}

async function records(data: string, port: string): Promise<Record<string, unknown>[]> {
  const { out, err } = await runCommand('records', 'last', port, '--data', join(folder, data), '--format', 'json');
  expect(out, err).toMatch(/^\[/);
  return JSON.parse(out) as Record<string, unknown>[];
}

/** The sample, changed and written beside the others, under its own name. */
async function changed(sample: string, change: (text: string) => string): Promise<string> {
  const path = join(folder, `${sample}-changed.json`);
  const text = await readFile(pathOf(sample), 'utf8');
  expect(change(text)).not.toBe(text);
  await writeFile(path, change(text));
  return path;
}

const later = (of: Pick<Organisation, 'control'>) => of.control('clock', { advanceSeconds: 600 });

describe('Adobe Campaign: contacts from Dynamics 365', () => {
  const sample = 'adobe-campaign-crm-connector';

  it('imports all contacts once, then what changed, and keeps one of each name', async () => {
    const first = await run(pathOf(sample), 'adobe');
    expect(first.code).toBe(0);
    const { ports } = first.report;
    const held = await dynamics.rows('contacts?$select=contactid&$filter=emailaddress1 ne null');
    expect(ports['changedContacts.success']).toBe(held.length);
    expect(ports['onePerName.duplicates']).toBeGreaterThan(0);
    expect((ports['onePerName.success'] ?? 0) + (ports['onePerName.duplicates'] ?? 0)).toBe(held.length);
    expect(ports['writeContacts.success']).toBe(ports['onePerName.success']);

    const [one] = held;
    await later(dynamics);
    const values = { lastname: 'Changed' };
    await dynamics.control('records', [{ operation: 'update', table: 'contact', id: one?.contactid, values }]);
    await later(dynamics);
    expect((await run(pathOf(sample), 'adobe')).report.ports['changedContacts.success']).toBe(1);
    expect(await records('adobe', 'writeContacts.success')).toMatchObject([{ Id: one?.contactid, ...values }]);
  });

  it('keeps records that cannot be read in a file and in a table', async () => {
    const id = '11111111-2222-4333-8444-555555555555';
    const unreadable = { contactid: id, lastname: { not: 'text' }, modifiedon: '2026-01-01T00:00:00Z' };
    const answer = (query: string, body: object) =>
      dynamics.control('faults', {
        ...{ kind: 'status', status: 200, contentType: 'application/json', body: JSON.stringify(body), times: 1 },
        match: { path: 'contacts$', query },
      });
    await answer('jobtitle', { value: [unreadable] });
    await answer('=contactid&', { '@odata.count': 1, value: [] });
    const { code, report } = await run(pathOf(sample), 'adobe-rejects');
    expect([code, report.ports['changedContacts.reject']]).toEqual([3, 1]);
    expect(await records('adobe-rejects', 'keepRejects.success')).toMatchObject([
      { Id: id, errorCode: 'RECORD_MALFORMED' },
    ]);
    const kept = await readdir(join(folder, 'adobe-rejects', 'files'), { recursive: true });
    expect(kept.filter((name) => /rejects_changedContacts_.*\.csv$/.test(name))).toHaveLength(1);
  });

  it('waits when Dynamics cannot be reached, and tries again', async () => {
    const file = await changed(sample, (text) => text.replace('"unit": "minutes"', '"unit": "seconds"'));
    await dynamics.control('faults', { kind: 'status', status: 503, times: null, match: { path: 'contacts' } });
    const command = new Command(argsOf(file, 'adobe-down'));
    try {
      await command.says(/wait5: waits until/);
      await fetch(`${dynamics.url}/__demo/faults`, { method: 'DELETE' });
      const { code, out, err } = await command.ended();
      expect(code, err).toBe(0);
      const { nodes } = JSON.parse(out) as RunReport;
      expect(nodes.changedContacts?.passes).toBeGreaterThan(1);
      expect(nodes.writeContacts).toMatchObject({ state: 'succeeded', passes: 1 });
    } finally {
      await command.stop('SIGKILL');
    }
  });
});

describe('DinMo: customers to Salesforce contacts', () => {
  const sample = 'dinmo-salesforce-objects';
  const pointsOf = (key: string) =>
    salesforce.query(`SELECT Loyalty_Points__c FROM Contact WHERE External_Id__c = '${key}'`);

  it('shows what would be written, writes it when approved, and then sends only what changed', async () => {
    const asked = await run(pathOf(sample), 'objects');
    expect([asked.code, asked.report.ports['upsertContacts.plan']]).toEqual([5, 6]);
    expect(await pointsOf('SHOP-1')).toEqual([]);
    const approved = await run(pathOf(sample), 'objects', '--approve');
    expect([approved.code, approved.report.ports['upsertContacts.success']]).toEqual([3, 5]);
    expect(await records('objects', 'refused.success')).toMatchObject([
      { CustomerId: 'SHOP-3', errorSymbol: 'INVALID_EMAIL_ADDRESS', errorFields: 'Email' },
    ]);
    expect(await pointsOf('SHOP-1')).toMatchObject([{ Loyalty_Points__c: 900 }]);
    expect(await pointsOf('SHOP-4')).toEqual([]);

    const edited = await changed(sample, (text) => text.replace("shop.example', 1200]", "shop.example', 1300]"));
    expect((await run(edited, 'objects')).code).toBe(5);
    const plan = await records('objects', 'upsertContacts.plan');
    const due = plan.filter(({ action }) => action !== 'unchanged').map(({ CustomerId }) => CustomerId);
    expect(due).toEqual(['C-00000001', 'SHOP-3']);
    const again = await run(edited, 'objects', '--approve');
    expect(again.report.ports).toMatchObject({ 'upsertContacts.reject': 1 });
    expect(await pointsOf('C-00000001')).toMatchObject([{ Loyalty_Points__c: 1300 }]);
  });
});

describe('DinMo: audience to a data extension', () => {
  const sample = 'dinmo-data-extensions';

  it('adds and updates what is new or changed, and keeps due what Marketing Cloud refuses', async () => {
    const first = await run(pathOf(sample), 'audience');
    expect(first.code).toBe(3);
    const { 'send.success': sent = 0, 'send.reject': refused = 0, 'changes.due': due } = first.report.ports;
    expect([due, first.report.ports['contacts.success']]).toEqual([(sent ?? 0) + (refused ?? 0), due]);
    expect(refused).toBeGreaterThan(0);
    expect(await cloud.rows('AUDIENCE')).toHaveLength(sent ?? 0);
    // The attribute that the data extension lacked was made there.
    const tiers = new Set((await cloud.rows('AUDIENCE')).map(({ Tier }) => Tier));
    expect(tiers).toEqual(new Set(['gold', 'member']));
    const reasons = (await records('audience', 'refused.success')).map(({ errorSymbol }) => errorSymbol);
    expect(new Set(reasons)).toEqual(new Set(['InvalidEmailAddress']));

    const [{ ContactKey = '' } = {}] = await cloud.rows('AUDIENCE');
    const values = { Email: 'moved@mail.example' };
    await salesforce.control('records', { operation: 'update', object: 'Contact', id: ContactKey, values });
    const { ports } = (await run(pathOf(sample), 'audience')).report;
    expect(ports).toMatchObject({ 'changes.due': (refused ?? 0) + 1, 'send.success': 1 });
    const held = await cloud.rows('AUDIENCE');
    expect(held.find((row) => row.ContactKey === ContactKey)).toMatchObject(values);
  });
});

describe('Didomi: consents to Salesforce leads and contacts', () => {
  const sample = 'didomi-salesforce';
  const consentOf = (key: string, object = 'Contact') =>
    salesforce.query(
      `SELECT Consent_Email__c, Preferred_Language__c, Consent_Vendors__c FROM ${object} WHERE External_Id__c = '${key}'`,
    );
  let sent = 0;
  const event = (person: string, created_at: string, email: boolean) => ({
    id: `event ${++sent}`,
    type: 'consent.updated',
    user: { organization_user_id: person },
    created_at,
    purposes: { email },
    preferences: { language: 'Spanish' },
    vendors: { enabled: ['acme'] },
  });

  it('takes its examples by hand: the newest counts, and a person whom nobody knows is NO_MATCH', async () => {
    const before = await salesforce.query('SELECT Id FROM Contact');
    const { code, report } = await run(pathOf(sample), 'consents');
    const { ports } = report;
    expect([code, ports['updateContacts.success'], ports['updateLeads.success']]).toEqual([3, 2, 1]);
    // The node that keeps them is reached from three sides: which of these comes last is not said.
    const refused = await records('consents', 'updateContacts.reject');
    expect(refused.map(({ organization_user_id: who, errorCode }) => [who, errorCode])).toEqual([
      ['C-00000003', 'VALUE_REFUSED'],
      ['nobody', 'NO_MATCH'],
    ]);
    expect(await consentOf('C-00000001')).toMatchObject([{ Consent_Email__c: false, Preferred_Language__c: 'German' }]);
    expect(await consentOf('C-00000002')).toMatchObject([{ Consent_Vendors__c: 'acme; globex' }]);
    expect(await consentOf('L-00000001', 'Lead')).toMatchObject([
      { Consent_Email__c: true, Preferred_Language__c: 'Spanish', Consent_Vendors__c: 'acme' },
    ]);
    expect(await salesforce.query('SELECT Id FROM Contact')).toHaveLength(before.length);
  });

  describe('published', () => {
    let product: Product;
    beforeAll(async () => {
      product = await startProduct({ folder: join(folder, 'served') });
      const connections = [
        { name: 'demo_salesforce', kind: 'salesforce', label: 'Salesforce', settings: salesforceSettings() },
        { name: 'consents', kind: 'incoming-webhook', label: 'Consents', settings: { secret } },
      ];
      for (const body of connections) await product.call('createConnection', { body });
      const params = { workflow: (await read(sample)).internalName };
      const text = (await readFile(pathOf(sample), 'utf8')).replace('"batchAmount": 5', '"batchAmount": 1');
      const workflow = JSON.parse(text) as Workflow;
      const { revision } = await product.call('createWorkflow', { body: { workflow } });
      await product.call('publishWorkflow', { params, body: { revision } });
    });
    afterAll(() => product.stop());

    const send = (events: object[], key = secret): Promise<Response> => {
      const body = JSON.stringify({ events });
      const seconds = Math.floor(Date.now() / 1_000);
      const mac = createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex');
      const headers = { 'content-type': 'application/json', 'x-syncline-signature': `t=${seconds},v1=${mac}` };
      return fetch(`${product.url}/hooks/consents`, { method: 'POST', body, headers });
    };
    /** The only run that has begun since those that are known. */
    const nextRun = (known: number): Promise<string> =>
      eventually(async () => {
        const runs = await product.call('listRuns', { query: {} });
        expect(runs).toHaveLength(known + 1);
        return runs[0]?.id ?? '';
      });

    it('takes signed calls alone', async () => {
      expect((await send([event('C-00000002', '2026-06-02T10:00:00Z', true)], 'some other secret')).status).toBe(401);
      // Withdrawn at the instant at which it was given.
      const both = [true, false].map((email) => event('C-00000002', '2026-06-02T10:00:00Z', email));
      expect((await send(both)).status).toBe(202);
      const run = await product.finished(await nextRun(0));
      expect(run, JSON.stringify(run.error)).toMatchObject({ state: 'succeeded' });
      expect(run.tasks.map(({ nodeId }) => nodeId)).not.toContain('examples');
      expect(await consentOf('C-00000002')).toMatchObject([
        { Consent_Email__c: false, Preferred_Language__c: 'Spanish' },
      ]);
    });

    it('keeps what is newer, follows a converted lead to its contact, and rejects what is no event of the type', async () => {
      const [contact] = await salesforce.query("SELECT Id FROM Contact WHERE External_Id__c = 'C-00000006'");
      const values = { IsConverted: true, ConvertedContactId: contact?.Id };
      const convert = { operation: 'update', object: 'Lead', externalId: 'L-00000004', values, unchecked: true };
      await salesforce.control('records', [convert]);
      const events = [
        event('C-00000002', '2026-06-02T09:59:59Z', true),
        event('L-00000004', '2026-06-02T10:00:00Z', true),
        event('L-unknown', '2026-06-02T10:00:00Z', true),
        { ...event('C-00000007', 'yesterday', true) },
      ];
      expect((await send(events)).status).toBe(202);
      const run = await product.finished(await nextRun(1));
      expect(run, JSON.stringify(run.error)).toMatchObject({ state: 'succeeded with rejects', rejects: 2 });
      expect(await consentOf('C-00000002')).toMatchObject([{ Consent_Email__c: false }]);
      expect(await consentOf('C-00000006')).toMatchObject([
        { Consent_Email__c: true, Preferred_Language__c: 'Spanish', Consent_Vendors__c: 'acme' },
      ]);
    });

    it('can be called as its description says', async () => {
      const { description = '' } = await read(sample);
      const said = description.slice(description.indexOf("body='"));
      const commands = said.replaceAll('syncline-demo-consents', secret).replace('http://127.0.0.1:3480', product.url);
      expect(commands).not.toBe(said);
      await promisify(execFile)('bash', ['-c', commands.replace('curl ', 'curl --fail --silent ')]);
      const run = await product.finished(await nextRun(2));
      expect(run, JSON.stringify(run.error)).toMatchObject({ state: 'succeeded' });
      expect(await consentOf('C-00000001')).toMatchObject([{ Consent_Email__c: true, Consent_Vendors__c: 'acme' }]);
    });

    it('loses nothing while Salesforce is down: what was not sent waits, and is tried again', async () => {
      await salesforce.control('faults', {
        kind: 'status',
        status: 503,
        times: null,
        match: { path: '/services/data' },
      });
      expect(
        (await send([event('C-00000005', '2026-06-03T10:00:00Z', true), event('nobody', '2026-06-03T10:00:00Z', true)]))
          .status,
      ).toBe(202);
      const id = await nextRun(3);
      await product.finished(id, ['waiting']);
      await salesforce.clearFaults();
      await product.call('wakeRun', { params: { run: id } });
      const run = await product.finished(id);
      expect(run, JSON.stringify(run.error)).toMatchObject({ state: 'succeeded with rejects', rejects: 1 });
      expect(await consentOf('C-00000005')).toMatchObject([
        { Consent_Email__c: true, Preferred_Language__c: 'Spanish' },
      ]);
    });
  });
});

describe('Qlik Talend: Salesforce as local tables', () => {
  const sample = 'qlik-talend-salesforce';
  const copied = async () =>
    Object.fromEntries((await records('copy', 'copy.success')).map((row) => [row.object, row]));

  it('copies five objects, then what changed, and keeps what cannot be read for itself', async () => {
    // What was changed just before is read again by the look-back of the next copy.
    for (const _ of [1, 2]) await later(salesforce);
    const match = { path: '/services/data/v60.0/query', query: 'LastName' };
    await salesforce.control('faults', { kind: 'malformed-rows', times: 1, match });
    const first = await run(pathOf(sample), 'copy');
    const contacts = await salesforce.query('SELECT Id FROM Contact');
    expect(await copied()).toMatchObject({
      Contact: { table: 'sf_Contact' },
      Subscription__c: { table: 'sf_Subscription_c' },
      et4ae5__SendDefinition__c: { table: 'sf_et4ae5__SendDefinition_c' },
    });
    expect(first.report.ports['plans.success']).toBe(4);
    const rejected = first.report.ports['copy.reject'] ?? 0;
    expect(rejected).toBeGreaterThan(0);
    expect([first.code, first.report.ports['keepRejects.success']]).toEqual([3, rejected]);

    const edited = String(contacts.at(-1)?.Id);
    const [gone] = await salesforce.query('SELECT Id FROM Subscription__c');
    await later(salesforce);
    await salesforce.control('records', [
      { operation: 'delete', object: 'Subscription__c', id: gone?.Id },
      { operation: 'update', object: 'Contact', id: edited, values: { LastName: 'Changed' } },
    ]);
    await later(salesforce);
    await run(pathOf(sample), 'copy');
    expect(await copied()).toMatchObject({ Contact: { updated: 1 }, Subscription__c: { deleted: 1 } });
  });

  it('names an object that fails, and copies the others', async () => {
    await salesforce.control('faults', {
      kind: 'status',
      status: 400,
      errorCode: 'INVALID_TYPE',
      message: 'gone',
      times: null,
      match: { path: 'sobjects/Lead' },
    });
    const { report } = await run(pathOf(sample), 'copy-failing');
    expect(await records('copy-failing', 'keepFailures.success')).toMatchObject([{ object: 'Lead' }]);
    expect(report.ports['plans.success']).toBe(4);
  });
});
