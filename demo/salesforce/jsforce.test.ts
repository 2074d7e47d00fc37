import { Connection } from 'jsforce';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from './testing.ts';

/** jsforce as it comes from the registry: what works here works there. */
let org: TestOrg;
let connection: Connection;
beforeAll(async () => {
  org = await openOrg({ contacts: 4500 });
  connection = new Connection({
    loginUrl: org.url,
    version: '60.0',
    oauth2: { loginUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret },
  });
  await connection.authorize({ grant_type: 'client_credentials' });
});
afterAll(() => org.close());

test('it signs in with client credentials', async () => {
  expect(connection.instanceUrl).toBe(org.url);
  expect(connection.userInfo).toMatchObject({ id: org.org.userId, organizationId: org.org.id });
  expect(await connection.identity()).toMatchObject({ user_id: org.org.userId });
});

test('it reads the versions, limits and metadata', async () => {
  expect((await connection.request<{ version: string }[]>('/services/data')).at(-1)!.version).toBe('66.0');
  const limits = await connection.limits();
  expect(limits.DailyApiRequests!.Max).toBe(1_000_000);
  expect(connection.limitInfo.apiUsage).toMatchObject({ limit: 1_000_000 });
  const { sobjects } = await connection.describeGlobal();
  expect(sobjects.map(({ name }) => name)).toContain('Opportunity');
  const { fields, keyPrefix } = await connection.describe('Contact');
  expect([keyPrefix, fields.some(({ name }) => name === 'External_Id__c')]).toEqual(['003', true]);
});

test('it reads a result page by page', async () => {
  let page = await connection.query('SELECT Id, Name FROM Contact');
  const ids = page.records.map(({ Id }) => Id);
  while (!page.done) {
    page = await connection.queryMore(page.nextRecordsUrl!);
    ids.push(...page.records.map(({ Id }) => Id));
  }
  expect([page.totalSize, new Set(ids).size]).toEqual([4500, 4500]);
});

test('it follows a queryAll and counts what it finds with its own query builder', async () => {
  const { records } = await connection.query('SELECT Id FROM Contact', {
    scanAll: true,
    autoFetch: true,
    maxFetch: 10_000,
  });
  expect(records).toHaveLength(4570);
  const found = await connection
    .sobject('Contact')
    .find({ LastName: { $like: 'M%' }, Email: { $ne: null } }, ['Id', 'LastName'])
    .limit(5);
  expect(found).toHaveLength(5);
  expect(await connection.sobject('Account').count({})).toBe(900);
});

test('it creates, reads, updates and destroys single records', async () => {
  const contacts = connection.sobject('Contact');
  const made = await contacts.create({ LastName: 'Force', Email: 'js@example.com' });
  expect(made).toMatchObject({ success: true, errors: [] });
  expect(await contacts.update({ Id: made.id!, FirstName: 'J. S.' })).toMatchObject({ id: made.id, success: true });
  expect(await contacts.retrieve(made.id!)).toMatchObject({ Name: 'J. S. Force', Email: 'js@example.com' });
  expect(await contacts.destroy(made.id!)).toMatchObject({ id: made.id, success: true });
  await expect(contacts.retrieve(made.id!)).rejects.toMatchObject({ errorCode: 'NOT_FOUND' });
});

test('it writes collections and gets a result for each record', async () => {
  const contacts = connection.sobject('Contact');
  const made = await contacts.create([{ LastName: 'One' }, { Email: 'nobody' }, { LastName: 'Three' }]);
  expect(made.map(({ success }) => success)).toEqual([true, false, true]);
  expect(made[1]!.errors).toMatchObject([
    { statusCode: 'INVALID_EMAIL_ADDRESS' },
    { statusCode: 'REQUIRED_FIELD_MISSING' },
  ]);
  const ids = [made[0]!.id!, made[2]!.id!];
  const updated = await contacts.update(ids.map((Id) => ({ Id, Title: 'Listed' })));
  expect(updated.map(({ id }) => id)).toEqual(ids);
  expect(await contacts.retrieve(ids, { fields: ['Title'] })).toMatchObject([{ Title: 'Listed' }, { Title: 'Listed' }]);
  expect((await contacts.destroy(ids)).every(({ success }) => success)).toBe(true);
});

test('it upserts one record and many by an external id', async () => {
  const contacts = connection.sobject('Contact');
  const one = await contacts.upsert({ External_Id__c: 'js-1', LastName: 'First' }, 'External_Id__c');
  expect(one).toMatchObject({ success: true, created: true });
  const many = await contacts.upsert(
    [
      { External_Id__c: 'js-1', LastName: 'Second' },
      { External_Id__c: 'js-2', LastName: 'Third' },
    ],
    'External_Id__c',
  );
  expect(many).toMatchObject([{ id: one.id, created: false }, { created: true }]);
});

test('its errors carry the codes of the organisation', async () => {
  await expect(connection.query('SELECT Nope FROM Contact')).rejects.toMatchObject({ errorCode: 'INVALID_FIELD' });
  await expect(connection.sobject('Contact').create({ FirstName: 'x' })).rejects.toMatchObject({
    errorCode: 'REQUIRED_FIELD_MISSING',
  });
});

test('it gets a new session when the old one expired', async () => {
  const refreshing = new Connection({
    instanceUrl: org.url,
    accessToken: 'expired',
    version: '60.0',
    refreshFn: (_connection, done) => {
      org.signIn().then((token) => done(null, token), done);
    },
  });
  expect((await refreshing.query('SELECT Id FROM Organization')).totalSize).toBe(1);
});
