import http from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from '../testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 4500 });
});
afterAll(() => org.close());

test('a result of several pages is read to its end by its locators, each record once', async () => {
  const first = await org.query('SELECT Id, Name FROM Contact');
  expect(first).toMatchObject({ totalSize: 4500, done: false });
  expect(first.records).toHaveLength(2000);
  expect(first.nextRecordsUrl).toMatch(/^\/services\/data\/v60\.0\/query\/01g\w{15}-2000$/);
  const rows = await org.all('SELECT Id, Name FROM Contact');
  expect(rows).toHaveLength(4500);
  expect(new Set(rows.map(({ Id }) => Id)).size).toBe(4500);
});

test('a page can be asked for again', async () => {
  const { nextRecordsUrl } = await org.query('SELECT Id FROM Contact');
  const [once, again] = [await org.call('GET', nextRecordsUrl!), await org.call('GET', nextRecordsUrl!)];
  expect(again.text).toBe(once.text);
});

test.each([
  ['batchSize=200', 200],
  ['batchSize=50', 200],
  ['batchSize=5000', 2000],
])('the page size asked for with %s is %i', async (option, rows) => {
  const q = encodeURIComponent('SELECT Id FROM Contact');
  const { body } = await org.call('GET', `/query?q=${q}`, undefined, { 'sforce-query-options': option });
  expect((body as { records: unknown[] }).records).toHaveLength(rows);
});

test('unknown, misspelt and old locators are refused', async () => {
  const refused = [{ message: 'invalid query locator', errorCode: 'INVALID_QUERY_LOCATOR' }];
  const { nextRecordsUrl } = await org.query('SELECT Id FROM Contact');
  for (const locator of ['01g000000000001AAA-2000', 'nonsense', `${nextRecordsUrl!.split('/').at(-1)}9999`]) {
    const { status, body } = await org.call('GET', `/query/${locator}`);
    expect([status, body]).toEqual([400, refused]);
  }
  org.org.clock.advance(2 * 86_400 + 1);
  await org.signIn();
  expect((await org.call('GET', nextRecordsUrl!)).body).toEqual(refused);
});

test('queryAll shows deleted records, and its cursors are served under /query', async () => {
  const page = await org.query('SELECT Id, IsDeleted FROM Contact', '/queryAll');
  expect(page.totalSize).toBe(4570);
  const second = (await org.call('GET', page.nextRecordsUrl!)).body as { records: { IsDeleted: boolean }[] };
  expect(second.records.some(({ IsDeleted }) => IsDeleted)).toBe(true);
  const deleted = await org.query('SELECT COUNT() FROM Contact WHERE IsDeleted = TRUE', '/queryAll');
  expect(deleted).toEqual({ totalSize: 70, done: true, records: [] });
});

test('values have the form Salesforce gives them', async () => {
  const { text } = await org.call(
    'GET',
    `/query?q=${encodeURIComponent('SELECT id, annualvalue__c, Loyalty_Points__c, CreatedDate, Birthdate FROM Contact WHERE AnnualValue__c > 1000 AND Loyalty_Points__c > 99999999999999 AND Birthdate != null ORDER BY Id LIMIT 1')}`,
  );
  expect(text).toMatch(
    /^\{"totalSize":1,"done":true,"records":\[\{"attributes":\{"type":"Contact","url":"\/services\/data\/v60\.0\/sobjects\/Contact\/003\w{15}"\},"Id":"003\w{15}","AnnualValue__c":\d+\.\d{1,2},"Loyalty_Points__c":9\.\d+E14,"CreatedDate":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000","Birthdate":"\d{4}-\d\d-\d\d"\}\]\}$/,
  );
});

test('a parent is nested, and null where there is none', async () => {
  const withAccount = await org.query(
    'SELECT Id, Account.Name, Account.Owner.Name FROM Contact WHERE AccountId != null LIMIT 1',
  );
  expect(withAccount.records[0]!.Account).toEqual({
    attributes: { type: 'Account', url: expect.stringMatching(/Account\/001\w{15}$/) },
    Name: expect.any(String),
    Owner: { attributes: { type: 'User', url: expect.stringMatching(/User\/005\w{15}$/) }, Name: expect.any(String) },
  });
  const without = await org.query('SELECT Id, Account.Name FROM Contact WHERE AccountId = null LIMIT 1');
  expect(without.records[0]!.Account).toBeNull();
});

test('COUNT(), COUNT(field) and FIELDS()', async () => {
  expect((await org.query('SELECT COUNT(Id) FROM Contact')).records).toEqual([
    { attributes: { type: 'AggregateResult' }, expr0: 4500 },
  ]);
  const [emails] = (await org.query('SELECT COUNT(Email) n FROM Contact')).records as unknown as { n: number }[];
  expect(emails!.n).toBe((await org.query('SELECT COUNT() FROM Contact WHERE Email != null')).totalSize);
  const { records } = await org.query('SELECT FIELDS(CUSTOM) FROM Contact LIMIT 1');
  expect(Object.keys(records[0]!)).toEqual(expect.arrayContaining(['External_Id__c', 'AnnualValue__c']));
  const { body } = await org.call('GET', `/query?q=${encodeURIComponent('SELECT FIELDS(ALL) FROM Contact LIMIT 201')}`);
  expect(body).toMatchObject([{ errorCode: 'MALFORMED_QUERY' }]);
});

test('an object that is not there is named with its place', async () => {
  const { status, body } = await org.call(
    'GET',
    `/query?q=${encodeURIComponent('SELECT Id FROM ScratchOrgInfo limit 1')}`,
  );
  expect(status).toBe(400);
  expect(body).toEqual([
    {
      errorCode: 'INVALID_TYPE',
      message:
        "\nSELECT Id FROM ScratchOrgInfo limit 1\n               ^\nERROR at Row:1:Column:16\nsObject type 'ScratchOrgInfo' is not supported. " +
        "If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.",
    },
  ]);
});

test('double slashes are one, and only whole paths fit a route', async () => {
  expect((await org.call('GET', '//services/data', undefined)).status).toBe(200);
  const q = encodeURIComponent('SELECT Id FROM Organization');
  expect((await org.call('GET', `//services//data/v60.0/query?q=${q}`)).status).toBe(200);
  for (const path of ['/jobs/queries', '/query/x/y', '/queryAllX', '/nothing']) {
    const { status, body } = await org.call('GET', path);
    expect([path, status, body]).toEqual([
      path,
      404,
      [{ message: 'The requested resource does not exist', errorCode: 'NOT_FOUND' }],
    ]);
  }
  const { status, body } = await org.call('PUT', '/query');
  expect([status, body]).toMatchObject([405, [{ errorCode: 'METHOD_NOT_ALLOWED' }]]);
});

test('versions that never were and retired ones are told apart', async () => {
  expect((await org.call('GET', '/services/data/v99.0/limits')).status).toBe(404);
  expect((await org.call('GET', '/services/data/v20.0/limits')).body).toMatchObject([
    { errorCode: 'UNSUPPORTED_API_VERSION' },
  ]);
});

test('a URI over 16,384 bytes is answered 414, one that fits only without its headers 431', async () => {
  const long = (bytes: number): string => `/services/data/v60.0/query?q=${'x'.repeat(bytes - 29)}`;
  expect((await org.call('GET', long(16_385))).status).toBe(414);
  expect((await org.call('GET', long(16_300))).status).toBe(431);
  expect((await org.call('GET', long(15_000))).status).toBe(400);
});

test('answers are compressed when the client takes gzip, and carry usage and the time of the organisation', async () => {
  const { pathname, search, hostname, port } = new URL(`${org.url}/services/data/v60.0/query?q=SELECT+Id+FROM+Contact`);
  const headers = { authorization: `Bearer ${org.token}`, 'accept-encoding': 'gzip' };
  const response = await new Promise<http.IncomingMessage>((resolve) =>
    http.get({ hostname, port, path: pathname + search, headers }, resolve),
  );
  response.resume();
  expect(response.headers['content-encoding']).toBe('gzip');
  expect(response.headers['sforce-limit-info']).toMatch(/^api-usage=\d+\/1000000$/);
  expect(response.headers.date).toBe(new Date(org.org.clock.now()).toUTCString());
});

test('the same seed answers with the same bytes', async () => {
  const twin = await openOrg({ contacts: 4500 });
  const path = `/query?q=${encodeURIComponent('SELECT Id, Name, Email, Description, Account.Name, SystemModstamp FROM Contact ORDER BY Email LIMIT 2000')}`;
  expect((await twin.call('GET', path)).text).toBe((await org.call('GET', path)).text);
  await twin.close();
});
