import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CrmClient, ReadQuery } from '../../contract/connector.ts';
import type { Cell } from '../../contract/types.ts';
import { type DynamicsDemo, openDynamics } from '../../test/harness/dynamicsClient.ts';
import { drain, failure, readRows, rowsOf } from '../../test/harness/salesforceClient.ts';
import { certificateOf } from '../salesforce/signIn/certificate.ts';
import { definition } from './definition.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const pem = {
  certificate: certificateOf(privateKey, 'test', new Date()),
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};
let demo: DynamicsDemo;
let client: CrmClient;

beforeAll(async () => {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  demo = await openDynamics({ contacts: 4_600, publicKey });
  client = await demo.connect();
});
afterEach(() => {
  demo.org.faults.clear();
  demo.org.requests.clear();
});
afterAll(async () => {
  await client.close();
  await demo.close();
});

const oneLine = (text: string): string => text.replace(/\n/g, ' ');

describe('signing in', () => {
  test('Verify says who we are, where, by the clock of the environment', async () => {
    const verified = await client.verify();
    expect(verified).toMatchObject({
      identity: 'Syncline Integration',
      organisation: 'Demo Organisation',
      serverNow: '2026-07-01T12:00:00.000Z',
    });
    expect(verified.details.map(({ label }) => label)).toEqual(['Environment', 'Address', 'Application user']);
    expect(await client.limits()).toBeNull();
  });

  test('a certificate and its key prove who we are, also when a form has put them on one line', async () => {
    const proof = {
      proof: 'certificate' as const,
      certificate: oneLine(pem.certificate),
      privateKey: oneLine(pem.privateKey),
      clientSecret: '',
    };
    expect(await (await demo.connect({}, proof)).verify()).toMatchObject({ identity: 'Syncline Integration' });
    expect(definition.settings.safeParse({ ...demo.settings, ...proof }).success).toBe(true);
  });

  test.each([
    [{ clientSecret: 'wrong' }, 'CONNECTION_REFUSED', 'AADSTS7000215'],
    [{ tenant: 'nobody' }, 'CONNECTION_REFUSED', 'AADSTS90002'],
    [{ clientId: 'x' }, 'CONNECTION_REFUSED', 'AADSTS700016'],
    [{ proof: 'certificate' as const, certificate: 'x', privateKey: 'y' }, 'CONFIG_INVALID', 'Certificate'],
  ])('%j is refused and not tried again', async (changed, code, message) => {
    const wrong = await demo.connect({}, changed);
    expect(await failure(wrong.verify())).toMatchObject({
      name: 'UserError',
      code,
      message: expect.stringContaining(message),
    });
    expect(demo.org.requests.since(0).filter(({ path }) => path.includes('oauth2')).length).toBeLessThan(2);
  });

  test('an app that is no user of the environment is told so', async () => {
    await demo.control('app', { hasUser: false });
    expect(await failure(client.verify())).toMatchObject({
      code: 'CONNECTION_REFUSED',
      message: expect.stringContaining('application user'),
    });
    await demo.control('app', { hasUser: true });
  });

  test('a token that ended is renewed once; one that is refused at once ends the connection', async () => {
    await demo.fault('expire-tokens');
    expect(await client.serverNow()).toBe('2026-07-01T12:00:00.000Z');
    await demo.fault('refuse-token', { times: null });
    expect(await failure(client.serverNow())).toMatchObject({ code: 'CONNECTION_REFUSED' });
  });

  test.each([
    ['environmentUrl', 'example.com'],
    ['tenant', 'a b'],
    ['clientId', ''],
    ['clientSecret', ''],
    ['authority', 'login'],
  ])('settings with %s "%s" are refused', (name, value) => {
    const { success, error } = definition.settings.safeParse({ ...demo.settings, [name]: value });
    expect([success, error?.issues[0]?.path]).toEqual([false, [name]]);
  });
});

describe('metadata', () => {
  test('tables say what may be done with them', async () => {
    const objects = await client.objects();
    const object = (name: string) => objects.find((one) => one.name === name);
    expect(object('account')).toMatchObject({
      label: 'Account',
      createable: true,
      deletable: true,
      undeletable: true,
      tracksDeletions: true,
      custom: false,
    });
    expect(object('incident')).toMatchObject({ undeletable: false, tracksDeletions: false });
    expect(object('systemuser')).toMatchObject({ createable: false, updateable: false, deletable: false });
    expect(object('new_subscription')).toMatchObject({ custom: true });
  });

  test('fields have their types, choices, lookups, keys, and what is required', async () => {
    const details = await client.describe('contact');
    const field = (name: string) => details.fields.find((one) => one.name === name);
    expect(details).toMatchObject({
      idField: 'Id',
      indexFields: ['modifiedon', 'createdon'],
      stampField: 'modifiedon',
    });
    expect(field('Id')).toMatchObject({ remoteType: 'id', type: 'text', identifying: true, createable: false });
    expect(field('contactid')).toBeUndefined();
    expect(field('birthdate')).toMatchObject({ type: 'date' });
    expect(field('lastonholdtime')).toMatchObject({ type: 'datetime' });
    expect(field('creditlimit')).toMatchObject({ type: 'decimal' });
    expect(field('donotemail')).toMatchObject({ type: 'boolean' });
    expect(field('preferredcontactmethodcode')).toMatchObject({
      type: 'integer',
      values: [
        { value: '1', label: 'Any' },
        { value: '2', label: 'Email' },
        expect.anything(),
        expect.anything(),
        expect.anything(),
      ],
    });
    expect(field('new_interests')).toMatchObject({ type: 'text', remoteType: 'multipicklist', filterable: false });
    expect(field('emailaddress1')).toMatchObject({ key: false, identifying: true, personal: true, length: 100 });
    expect(field('new_externalid')).toMatchObject({ key: true, unique: true });
    expect(field('lastname')).toMatchObject({ key: false, required: false });
    expect(field('ownerid')).toMatchObject({ createable: false, required: false });
    expect(field('ownerid_team')).toMatchObject({ createable: true, references: { objects: ['team'] } });
    expect(field('parentcustomerid')).toMatchObject({ createable: false, type: 'text' });
    expect(field('parentcustomerid_account')).toMatchObject({
      createable: true,
      references: { objects: ['account'], path: 'parentcustomerid_account', nameField: 'name' },
    });
    expect(
      (await client.describe('new_subscription')).fields.filter(({ required }) => required).map(({ name }) => name),
    ).toEqual(['new_name']);
  });

  test('a path leads to the field of a related table; what is not there is named', async () => {
    expect(await client.fieldAt('contact', 'parentcustomerid_account.name')).toMatchObject({ label: 'Account Name' });
    expect(await client.fieldAt('new_subscription', 'new_ContactId.fullname')).toMatchObject({ type: 'text' });
    expect(await failure(client.fieldAt('contact', 'nobody.name'))).toMatchObject({ code: 'FIELD_UNKNOWN' });
    expect(await failure(client.describe('nobody'))).toMatchObject({ code: 'OBJECT_UNKNOWN' });
  });
});

const contacts: ReadQuery = {
  object: 'contact',
  fields: [
    'Id',
    'fullname',
    'birthdate',
    'creditlimit',
    'parentcustomerid_account',
    'parentcustomerid_account.name',
    'modifiedon',
    'new_interests',
  ],
};

function expected(row: Record<string, unknown>): unknown[] {
  const isAccount = row.parentcustomeridtype === 'account';
  const account = demo.org.table('account')?.rows.get(String(row.parentcustomerid));
  return [
    row.contactid,
    row.fullname,
    row.birthdate ?? null,
    row.creditlimit === null ? null : String(row.creditlimit),
    isAccount ? row.parentcustomerid : null,
    isAccount ? account?.values.name : null,
    String(row.modifiedon).replace('Z', '.000Z'),
    row.new_interests === null ? null : String(row.new_interests).replaceAll(',', ';'),
  ];
}
const byId = (rows: readonly (readonly unknown[])[]): unknown[][] =>
  rows.map((row) => [...row]).sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));

describe('reading', () => {
  test('every row comes once, as canonical cells, in pages of at most 2,000', async () => {
    const pages = await drain(client.read(contacts));
    expect(pages.map(({ rows }) => rows.length)).toEqual([2_000, 2_000, 600]);
    expect(pages[0]?.total).toBe(4_600);
    expect(byId(rowsOf(pages))).toEqual(byId(demo.held('contact').map(expected)));
  });

  test('a page that is longer than was asked for loses no row', async () => {
    const own = globalThis.fetch;
    globalThis.fetch = (address, request) => {
      const headers = new Headers(request?.headers);
      headers.delete('Prefer');
      return own(address, { ...request, headers });
    };
    try {
      expect(await readRows(client, contacts)).toHaveLength(4_600);
      expect(await readRows(client, { ...contacts, limit: 2_100 })).toHaveLength(2_100);
    } finally {
      globalThis.fetch = own;
    }
  });

  test('a later attempt goes on behind the last page, whoever asks', async () => {
    const [first] = await drain(client.read(contacts), 1);
    const other = await demo.connect();
    const rest = await readRows(other, contacts, first?.position);
    expect(byId([...(first?.rows ?? []), ...rest])).toEqual(byId(demo.held('contact').map(expected)));
    const pages = await drain(client.read(contacts));
    expect(await readRows(other, contacts, pages.at(-1)?.position)).toEqual([]);
  });

  test('a window is read in its order, its beginning included, its end not', async () => {
    const stamps = demo
      .held('contact')
      .map(({ modifiedon }) => String(modifiedon).replace('Z', '.000Z'))
      .sort();
    const [from = '', to = ''] = [stamps[1_000], stamps[4_000]];
    const rows = await readRows(client, {
      object: 'contact',
      fields: ['modifiedon'],
      window: { field: 'modifiedon', from, to },
    });
    expect(rows.flat()).toEqual(stamps.filter((stamp) => stamp >= from && stamp < to));
  });

  test('an order of the user is kept, it ends in the id, and is not resumed; a limit is kept', async () => {
    const query: ReadQuery = {
      object: 'account',
      fields: ['name'],
      orderBy: [{ field: 'name', direction: 'desc' }],
      limit: 900,
    };
    expect([client.resumes(query), client.resumes(contacts)]).toEqual([false, true]);
    const names = demo
      .held('account')
      .map(({ name }) => String(name).toLowerCase())
      .sort()
      .reverse();
    expect((await readRows(client, query)).map(([name]) => String(name).toLowerCase())).toEqual(names.slice(0, 900));
    expect(await client.explain(query)).toBe('accounts?$select=name,accountid&$orderby=name desc,accountid asc');
  });

  const where = (
    field: string,
    operator: 'eq' | 'ne' | 'lt' | 'contains' | 'startsWith' | 'isEmpty' | 'isNotEmpty',
    value: Cell = null,
    object = 'account',
  ) => readRows(client, { object, fields: ['Id'], filter: { kind: 'condition', field, operator, value } });
  const ids = (object: string, holds: (row: Record<string, unknown>) => boolean): unknown[][] =>
    byId(
      demo
        .held(object)
        .filter(holds)
        .map((row) => [row[`${object}id`]]),
    );

  test('every literal is escaped, and the signs of patterns stand for themselves', async () => {
    expect(byId(await where('lastname', 'eq', "O'Brien", 'contact'))).toEqual(
      ids('contact', ({ lastname }) => lastname === "O'Brien"),
    );
    for (const text of ['100 % W', 'n_T', 'r [N', 'Foods & Drinks'])
      expect(byId(await where('name', 'contains', text))).toEqual(
        ids('account', ({ name }) => String(name).includes(text)),
      );
    expect(byId(await where('name', 'startsWith', "o'b"))).toEqual(
      ids('account', ({ name }) => String(name).startsWith("O'B")),
    );
    expect(await where('name', 'eq', "') or true eq true or name eq ('")).toEqual([]);
  });

  test('values of every type can be compared, empty ones too', async () => {
    expect(byId(await where('accountcategorycode', 'ne', 1))).toEqual(
      ids('account', ({ accountcategorycode }) => accountcategorycode !== 1),
    );
    expect(byId(await where('revenue', 'lt', '250000.5'))).toEqual(
      ids('account', ({ revenue }) => Number(revenue) < 250_000.5),
    );
    expect(byId(await where('creditonhold', 'eq', true))).toEqual(
      ids('account', ({ creditonhold }) => creditonhold === true),
    );
    expect(byId(await where('birthdate', 'lt', '1960-01-01', 'contact'))).toEqual(
      ids('contact', ({ birthdate }) => birthdate !== null && String(birthdate) < '1960-01-01'),
    );
    expect(byId(await where('primarycontactid', 'isEmpty'))).toEqual(
      ids('account', ({ primarycontactid }) => primarycontactid === null),
    );
    expect(byId(await where('parentcustomerid_account', 'isEmpty', null, 'contact'))).toEqual(
      ids('contact', ({ parentcustomeridtype }) => parentcustomeridtype !== 'account'),
    );
    const [row = {}] = demo.held('account').filter(({ primarycontactid }) => primarycontactid !== null);
    expect(byId(await where('primarycontactid', 'eq', String(row.primarycontactid)))).toEqual(
      ids('account', ({ primarycontactid }) => primarycontactid === row.primarycontactid),
    );
  });

  test.each([
    ['nobody', 'eq', 'FIELD_UNKNOWN'],
    ['new_interests', 'eq', 'FIELD_NOT_FILTERABLE'],
    ['Id', 'contains', 'FILTER_OPERATOR'],
    ['Id', 'eq', 'RECORD_ID_INVALID'],
  ] as const)('a filter on %s with %s is refused', async (field, operator, code) => {
    expect(await failure(where(field, operator, 'x', 'contact'))).toMatchObject({ code });
  });

  test('rows are counted, also beyond what the environment counts', async () => {
    expect(await client.count({ object: 'contact', fields: [] })).toBe(4_600);
    expect(
      await client.count({
        object: 'contact',
        fields: [],
        filter: { kind: 'condition', field: 'donotemail', operator: 'eq', value: true },
      }),
    ).toBe(demo.held('contact').filter(({ donotemail }) => donotemail).length);
    const many = await openDynamics({ contacts: 5_300 });
    expect(await (await many.connect()).count({ object: 'contact', fields: [] })).toBe(5_300);
    await many.close();
  });

  test('rows are found by their ids, once each, and by the values of a key, whatever their case', async () => {
    const some = demo.held('contact').slice(0, 450);
    const wanted = some.map(({ contactid }) => String(contactid).toUpperCase());
    expect(byId(rowsOf(await drain(client.readByIds(contacts, [...wanted, wanted[0] ?? '']))))).toEqual(
      byId(some.map(expected)),
    );
    const keyed: ReadQuery = { object: 'contact', fields: ['Id', 'new_externalid'] };
    const keys = [...some.map(({ new_externalid: key }) => String(key).toLowerCase()), 'nobody', 'o\'quote" &+'];
    expect(rowsOf(await drain(client.readByKey(keyed, 'new_externalid', keys)))).toHaveLength(450);
    const codes = demo
      .held('new_subscription')
      .slice(0, 5)
      .map((row) => row.new_price as number);
    expect(
      rowsOf(
        await drain(
          client.readByKey({ object: 'new_subscription', fields: ['Id', 'new_price'] }, 'new_price', codes.map(String)),
        ),
      ).length,
    ).toBeGreaterThan(4);
    await expect(drain(client.readByIds(contacts, ['x']))).rejects.toMatchObject({ code: 'RECORD_ID_INVALID' });
  });

  test('U+0000 is removed, and what came can be had as it came', async () => {
    const [id] = (
      await demo.control('records', {
        operation: 'create',
        table: 'account',
        values: { name: 'Exact\u0000ly', revenue: 1250.5 },
      })
    ).ids as string[];
    const query: ReadQuery = { object: 'account', fields: ['name', 'revenue', 'modifiedon'], raw: ['modifiedon'] };
    const [page] = await drain(client.readByIds(query, [id ?? '']));
    expect([page?.rows, page?.cleaned]).toEqual([[['Exactly', '1250.5', '2026-07-01T12:00:00Z']], 1]);
    await demo.control('records', { operation: 'delete', table: 'account', id });
  });

  test('deleted records cannot be asked for', async () => {
    await expect(drain(client.read({ ...contacts, everything: true }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});

describe('trouble', () => {
  const read = (): Promise<Cell[][]> => readRows(client, { object: 'account', fields: ['Id'] });

  test.each([
    'status',
    'html',
    'reset-before',
    'reset-after',
    'reset-mid-body',
    'truncated-body',
    'wrong-content-type',
  ])('one answer with %s is asked for again', async (kind) => {
    const total = demo.held('account').length;
    await demo.fault(kind, { match: { path: '/api/data/v9.2/accounts' } });
    expect(await read()).toHaveLength(total);
  });

  test('a limit is waited for as long as the environment says', async () => {
    await demo.fault('limit', { seconds: 41, match: { path: '/api/data/v9.2/accounts' } });
    expect(await failure(read())).toMatchObject({ name: 'RetryLater', code: 'REMOTE_LIMIT', after: 41_000 });
  });

  test('an environment that stays away ends as REMOTE_BUSY, one that talks nonsense as REMOTE_NOT_UNDERSTOOD', async () => {
    await demo.fault('status', { times: null, match: { path: '/api/data/v9.2/accounts' } });
    expect(await failure(read())).toMatchObject({ name: 'RetryLater', code: 'REMOTE_BUSY' });
    demo.org.faults.clear();
    await demo.fault('wrong-content-type', { times: null, match: { path: '/api/data/v9.2/accounts' } });
    expect(await failure(read())).toMatchObject({ name: 'RetryLater', code: 'REMOTE_NOT_UNDERSTOOD' });
  });

  test('a page that leads to itself is not followed for ever', async () => {
    await demo.fault('repeat-page', { times: null, match: { query: 'skiptoken' } });
    await demo.fault('small-pages', { rows: 100, times: null });
    expect(await failure(read())).toMatchObject({ code: 'REMOTE_NOT_UNDERSTOOD' });
  });

  test('a column that vanished is named', async () => {
    const stale = await demo.connect();
    await stale.describe('account');
    await demo.fault('status', {
      status: 400,
      errorCode: '0x80060888',
      message: "Could not find a property named 'name' on type 'Microsoft.Dynamics.CRM.account'.",
      match: { path: '/api/data/v9.2/accounts' },
    });
    expect(await failure(readRows(stale, { object: 'account', fields: ['name'] }))).toMatchObject({
      code: 'FIELD_UNKNOWN',
      details: { field: 'name' },
    });
  });

  test('a stop ends a read with its reason', async () => {
    const controller = new AbortController();
    const stopped = await demo.connect({ signal: controller.signal });
    await stopped.describe('account');
    await demo.fault('slow', { ms: 5_000, match: { path: '/api/data/v9.2/accounts' } });
    const reading = readRows(stopped, { object: 'account', fields: ['Id'] });
    controller.abort(new Error('stopped by a person'));
    await expect(reading).rejects.toThrow('stopped by a person');
  });
});

describe('deletions', () => {
  test('the first question gives a mark, later ones what was deleted since, one after the other', async () => {
    const first = await client.deleted('lead', '', '');
    expect(first).toMatchObject({
      records: [],
      earliestAvailable: '2026-07-01T12:00:00.000Z',
      mark: expect.stringContaining('deltatoken'),
    });
    const [one, two] = demo.held('lead').map(({ leadid }) => String(leadid));
    await demo.control('records', { operation: 'delete', table: 'lead', id: one });
    await demo.control('records', { operation: 'update', table: 'lead', id: two, values: { lastname: 'Changed' } });
    const second = await client.deleted('lead', '', '', first.mark);
    expect(second).toMatchObject({
      records: [{ id: one, deletedAt: '2026-07-01T12:00:00.000Z' }],
      earliestAvailable: null,
    });
    expect(await client.deleted('lead', '', '', second.mark)).toMatchObject({ records: [] });
    expect((await client.deleted('lead', '', '', first.mark)).records).toHaveLength(1);
  });

  test('a mark that is too old, and a table that tracks no changes, are told', async () => {
    const own = await openDynamics();
    const other = await own.connect();
    const { mark } = await other.deleted('lead', '', '');
    await own.control('clock', { advanceSeconds: 8 * 86_400 });
    expect(await failure(other.deleted('lead', '2026-07-01T12:00:00.000Z', '', mark))).toMatchObject({
      code: 'DELETED_NOT_KEPT',
    });
    expect(await failure(other.deleted('incident', '', ''))).toMatchObject({
      code: 'DELETED_NOT_KEPT',
      message: expect.stringContaining('change tracking'),
    });
    await own.close();
  });
});
