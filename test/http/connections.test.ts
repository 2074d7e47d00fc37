import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Reply } from '../../contract/api.ts';
import { loadConfig } from '../../server/config.ts';
import type { DemoOrganisation } from '../../server/demo/organisation.ts';
import { startOrganisations } from '../../server/demo/organisation.ts';
import type { Web } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

let web: Web;
let organisations: DemoOrganisation[];
let organisation: DemoOrganisation;
const params = { connection: 'crm' };
beforeAll(async () => {
  web = await startWeb({ timeZone: 'Europe/Paris' });
  organisations = await startOrganisations(loadConfig({ demoContacts: 200, demoSeed: 5 }, {}));
  organisation = organisations.find(({ kind }) => kind === 'salesforce')!;
  const { kind, settings } = organisation;
  await web.call('createConnection', { body: { name: 'crm', kind, label: 'CRM', settings } });
});
afterAll(async () => {
  for (const started of organisations) await started.stop();
  await web.close();
});

type Filter = Body<'previewRead'>['filter'];
const where = (field: string, operator: string, value?: string) =>
  ({ kind: 'group', operator: 'and', items: [{ kind: 'condition', field, operator, value }] }) as Filter;
const everything: Filter = { kind: 'group', operator: 'and', items: [] };
const preview = async (filter: Filter, fields = ['LastName', 'Email'], vars: Record<string, string> = {}) => {
  const { status, text, json } = await web.call('previewRead', {
    params,
    body: { object: 'Contact', fields, filter, vars },
  });
  expect(status, text).toBe(200);
  return json as Reply<'previewRead'>;
};

describe('verifying a connection', () => {
  it('says who we are in the organisation, and is remembered', async () => {
    const { json } = await web.call('verifyConnection', { params });
    expect((json as Reply<'verifyConnection'>).verified).toMatchObject({
      ok: true,
      message: expect.stringMatching(/@.*, /),
      details: expect.arrayContaining([expect.objectContaining({ label: 'Organisation' })]),
    });
    const [listed] = (await web.call('listConnections')).json as Reply<'listConnections'>;
    expect(listed?.verified?.ok).toBe(true);
  });

  it('says in words why it is refused, and what to do', async () => {
    const settings = { ...organisation.settings, clientSecret: 'wrong' };
    await web.call('createConnection', { body: { name: 'wrong', kind: organisation.kind, label: 'Wrong', settings } });
    const { status, json } = await web.call('verifyConnection', { params: { connection: 'wrong' } });
    expect(status).toBe(200);
    expect((json as Reply<'verifyConnection'>).verified).toMatchObject({
      ok: false,
      code: 'CONNECTION_REFUSED',
      message: expect.stringMatching(/refused to sign in.*Check the instance URL/s),
    });
    expect((await web.call('listObjects', { params: { connection: 'wrong' } })).status).toBe(502);
  });
});

describe('objects and fields', () => {
  it('come from the organisation itself', async () => {
    const objects = (await web.call('listObjects', { params })).json as Reply<'listObjects'>;
    expect(objects.map((object) => object.name)).toEqual(expect.arrayContaining(['Account', 'Contact', 'Lead']));
    const { json } = await web.call('describeObject', { params: { ...params, object: 'Contact' } });
    const contact = json as Reply<'describeObject'>;
    expect(contact).toMatchObject({ idField: 'Id', indexFields: expect.arrayContaining(['SystemModstamp']) });
    expect(contact.fields.find((field) => field.name === 'Email')).toMatchObject({ identifying: true, personal: true });
  });

  it('are kept, so that the editor does not wait, until they are asked for anew or the connection changes', async () => {
    const { settings, kind } = organisation;
    await web.call('createConnection', { body: { name: 'moving', kind, label: 'Moving', settings } });
    const ask = (query: Record<string, string> = {}) =>
      web.call('describeObject', { params: { connection: 'moving', object: 'Lead' }, query });
    expect((await ask()).status).toBe(200);
    const nowhere = { ...settings, instanceUrl: 'http://127.0.0.1:9' };
    const { db } = web.instance;
    await db('connections')
      .where({ name: 'moving' })
      .update({ settings: JSON.stringify({ ...nowhere, clientSecret: undefined }) });
    expect((await ask()).status).toBe(200);
    expect((await ask({ refresh: 'true' })).json).toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    await web.call('updateConnection', { params: { connection: 'moving' }, body: { label: 'Moving', settings } });
    expect((await ask()).status).toBe(200);
  });

  it('that do not exist are named', async () => {
    const { status, json } = await web.call('describeObject', { params: { ...params, object: 'Nothing__c' } });
    expect([status, json]).toEqual([400, expect.objectContaining({ code: 'OBJECT_UNKNOWN' })]);
    expect((await web.call('listObjects', { params: { connection: 'none' } })).status).toBe(404);
  });
});

describe('data extensions', () => {
  const cloud = { connection: 'cloud' };

  it('come from Marketing Cloud itself, with what a new column would be', async () => {
    const { kind, settings } = organisations.find((one) => one.kind === 'marketing-cloud')!;
    await web.call('createConnection', { body: { name: 'cloud', kind, label: 'Cloud', settings } });
    const listed = (await web.call('listExtensions', { params: cloud })).json as Reply<'listExtensions'>;
    expect(listed.map(({ key, folder }) => [key, folder])).toContainEqual(['order-lines', 'Data Extensions / CRM']);
    const { json } = await web.call('describeExtension', { params: { ...cloud, extension: 'order-lines' } });
    expect(json).toMatchObject({ name: 'Order lines', created: { text: 'Text 4000', integer: 'Decimal 19,0' } });
    expect((json as Reply<'describeExtension'>).columns.filter(({ key }) => key)).toHaveLength(2);
    const odd = listed.find(({ key }) => key.includes('&'))!.key;
    expect((await web.call('describeExtension', { params: { ...cloud, extension: odd } })).json).toMatchObject({
      key: odd,
    });
  });

  it('that are not there are named, and a CRM has none', async () => {
    const { status, json } = await web.call('describeExtension', { params: { ...cloud, extension: 'none' } });
    expect([status, json]).toEqual([400, expect.objectContaining({ code: 'EXTENSION_UNKNOWN' })]);
    expect((await web.call('listExtensions', { params })).json).toMatchObject({ code: 'CONNECTION_KIND' });
  });
});

describe('the preview of a read', () => {
  it('shows the query, how many records there are, and the first of them', async () => {
    const { query, count, columns, rows, error } = await preview(everything);
    expect(error).toBeNull();
    expect(query).toMatch(/^SELECT Id, LastName, Email FROM Contact/);
    expect(count).toBeGreaterThan(100);
    expect(rows).toHaveLength(20);
    expect(columns.map((column) => column.name)).toEqual(['Id', 'LastName', 'Email']);
  });

  it('evaluates right sides in the sandbox, with options, variables and the clock', async () => {
    await web.call('setOption', { params: { option: 'start' }, body: { value: '2001-01-01' } });
    const found = await preview(where('CreatedDate', 'ge', "new Date(getOption('start'))"));
    expect(found.error).toBeNull();
    expect(found.query).toContain('2001-01-01T00:00:00.000Z');
    const named = await preview(where('LastName', 'eq', 'vars.name'), ['LastName'], { name: "O'Neil" });
    expect(named.query).toContain("'O\\'Neil'");
  });

  it('is ordered as the import will be, with deleted records where they are asked for, and counts from a date on', async () => {
    const body = { object: 'Contact', fields: ['LastName', 'SystemModstamp'], filter: everything };
    const ask = async (more: object) =>
      (await web.call('previewRead', { params, body: { ...body, ...more } })).json as Reply<'previewRead'>;
    const ordered = await ask({ orderBy: [{ field: 'LastName', direction: 'desc' }], everything: true });
    expect(ordered.query).toMatch(/ORDER BY LastName DESC/);
    const names = ordered.rows.map(([, name]) => String(name));
    expect(names).toEqual(names.toSorted((a, b) => (a < b ? 1 : -1)));
    const all = await ask({ since: { field: 'SystemModstamp', from: null } });
    const none = await ask({ since: { field: 'SystemModstamp', from: '2999-01-01T00:00:00Z' } });
    expect([all.error, none.error, all.count > 100, none.count]).toEqual([null, null, true, 0]);
  });

  it.each([
    ['a comparison that the type does not have', where('Birthdate', 'contains', '"19"'), 'FILTER_OPERATOR'],
    ['an expression that fails', where('LastName', 'eq', 'nothing.there'), 'EXPRESSION_FAILED'],
    ['an expression that never ends', where('LastName', 'eq', '(() => { while (true); })()'), 'EXPRESSION_FAILED'],
    ['a value of the wrong kind', where('LastName', 'eq', '5'), 'FILTER_VALUE'],
    ['a field that does not exist', where('Nothing__c', 'eq', '"x"'), 'FIELD_UNKNOWN'],
  ])('says what is wrong with %s, and the next one works', async (_what, filter, code) => {
    const { error, rows } = await preview(filter);
    expect([error?.code, rows]).toEqual([code, []]);
    expect((await preview(everything)).error).toBeNull();
  });

  it('names a chosen field that does not exist', async () => {
    expect((await preview(everything, ['Nothing__c'])).error).toMatchObject({ code: 'FIELD_UNKNOWN' });
  });
});
