import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from '../testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 200 });
});
afterAll(() => org.close());

async function change(body: unknown): Promise<string[]> {
  const answer = await org.call('POST', '/__demo/records', body);
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  return (answer.body as { ids: string[] }).ids;
}

test('the state says what the organisation holds', async () => {
  expect((await org.call('GET', '/__demo/state')).body).toMatchObject({
    seed: 1,
    contacts: 200,
    clock: { now: '2026-06-15T10:00:00.000Z', mode: 'fixed' },
    objects: { Contact: { live: 200, rows: 203 }, Account: { live: 40 } },
    faults: [],
  });
});

test('the clock can be stepped and set, and everything follows it', async () => {
  const step = await org.call('POST', '/__demo/clock', { advanceSeconds: 90 });
  expect(step.body).toEqual({ now: '2026-06-15T10:01:30.000Z', mode: 'fixed' });
  await org.call('POST', '/__demo/clock', { set: '2026-07-01T00:00:00Z' });
  await org.signIn();
  const { headers } = await org.call('GET', '/limits');
  expect(headers.get('date')).toBe('Wed, 01 Jul 2026 00:00:00 GMT');
  const [id] = await change({ operation: 'create', object: 'Contact', values: { LastName: 'Now' } });
  expect((await org.query(`SELECT SystemModstamp FROM Contact WHERE Id = '${id}'`)).records).toMatchObject([
    { SystemModstamp: '2026-07-01T00:00:00.000+0000' },
  ]);
  expect((await org.call('POST', '/__demo/clock', { set: 'tomorrow' })).status).toBe(400);
  expect((await org.call('POST', '/__demo/clock', {})).status).toBe(400);
});

test('records can be changed as a person would, found by id or external id', async () => {
  const [row] = (await org.query('SELECT Id, External_Id__c FROM Contact WHERE External_Id__c != null LIMIT 1'))
    .records;
  const [byId] = await change({ operation: 'update', object: 'Contact', id: row!.Id, values: { Title: 'One' } });
  const [byKey, gone] = await change([
    { operation: 'update', object: 'Contact', externalId: row!.External_Id__c, values: { Department: 'Two' } },
    { operation: 'delete', object: 'Contact', externalId: row!.External_Id__c },
  ]);
  expect([byId, byKey, gone]).toEqual([row!.Id, row!.Id, row!.Id]);
  const find = async (path: string) =>
    (await org.query(`SELECT Title, Department FROM Contact WHERE Id = '${row!.Id}'`, path)).records;
  expect(await find('/query')).toEqual([]);
  expect(await find('/queryAll')).toMatchObject([{ Title: 'One', Department: 'Two' }]);
  await change({ operation: 'undelete', object: 'Contact', id: row!.Id });
  expect(await find('/query')).toHaveLength(1);
});

test('a transaction can commit late, with a stamp that readers have passed already', async () => {
  const [row] = (await org.query('SELECT Id FROM Contact ORDER BY SystemModstamp DESC LIMIT 1')).records;
  await change({
    operation: 'update',
    object: 'Contact',
    id: row!.Id,
    values: { Title: 'Late' },
    late: { stamp: '2026-06-20T00:00:00Z' },
  });
  const { records } = await org.query('SELECT Title FROM Contact WHERE SystemModstamp = 2026-06-20T00:00:00Z');
  expect(records).toMatchObject([{ Title: 'Late' }]);
});

test('many records get one stamp by a touch', async () => {
  const ids = await change({
    operation: 'touch',
    object: 'Contact',
    count: 40,
    late: { stamp: '2026-06-19T00:00:00Z' },
  });
  const { records } = await org.query('SELECT Id FROM Contact WHERE SystemModstamp = 2026-06-19T00:00:00Z');
  expect([records.map(({ Id }) => Id), ids.length]).toEqual([ids, 40]);
});

test('the system can touch a record without modifying it', async () => {
  const [row] = (await org.query('SELECT Id, LastModifiedDate FROM Lead LIMIT 1')).records;
  await change({ operation: 'update', object: 'Lead', id: row!.Id, values: {}, system: true });
  const [after] = (await org.query(`SELECT LastModifiedDate, SystemModstamp FROM Lead WHERE Id = '${row!.Id}'`))
    .records;
  expect(after).toMatchObject({
    LastModifiedDate: row!.LastModifiedDate,
    SystemModstamp: '2026-07-01T00:00:00.000+0000',
  });
});

test('values that the API would refuse can be stored as they are', async () => {
  const [id] = await change({
    operation: 'create',
    object: 'Contact',
    unchecked: true,
    values: { LastName: ' Raw\u0000 ', Email: 'no mail' },
  });
  const { records } = await org.query(`SELECT LastName, Email FROM Contact WHERE Id = '${id}'`);
  expect(records).toMatchObject([{ LastName: ' Raw\u0000 ', Email: 'no mail' }]);
});

test.each([
  [{ operation: 'update', object: 'Nope' }, 'object must be one of Account'],
  [{ operation: 'delete', object: 'Contact', id: 'x' }, 'no record of Contact has this id or externalId'],
  [{ operation: 'rename', object: 'Contact', id: 'x' }, 'operation must be create, touch, update, delete,'],
  [{ operation: 'touch', object: 'Contact' }, 'count must be a whole number from 1 on'],
  [{ operation: 'create', object: 'Contact', values: {} }, 'Required fields are missing: [LastName]'],
  [
    { operation: 'create', object: 'Contact', values: { LastName: 'x' }, late: { stamp: 'never' } },
    '"never" is not an instant',
  ],
  [{ operation: 'create', object: 'Contact', unchecked: true, values: { Nope: 1 } }, 'Contact has no field Nope'],
])('the change %j is refused', async (body, message) => {
  const answer = await org.call('POST', '/__demo/records', body);
  expect([answer.status, answer.body]).toMatchObject([400, { error: expect.stringContaining(message) }]);
});

test('requests are listed with their status, from any of them on', async () => {
  await org.call('DELETE', '/__demo/requests');
  await org.call('GET', '/limits');
  await org.call('GET', `/services/data/v60.0/query?q=${encodeURIComponent('SELECT Id FROM Nope')}&oauth_token=secret`);
  const all = (await org.call('GET', '/__demo/requests')).body as { number: number; path: string }[];
  expect(all).toMatchObject([
    { method: 'GET', path: '/services/data/v60.0/limits', status: 200, fault: null },
    { method: 'GET', path: '/services/data/v60.0/query', query: 'q=SELECT Id FROM Nope&oauth_token=…', status: 400 },
  ]);
  const later = (await org.call('GET', `/__demo/requests?since=${all[0]!.number}`)).body;
  expect(later).toEqual([all[1]]);
});

test('the daily limit counts calls over 24 hours of the clock', async () => {
  const { body } = await org.call('GET', '/limits');
  const { Max, Remaining } = (body as { DailyApiRequests: { Max: number; Remaining: number } }).DailyApiRequests;
  const { headers } = await org.call('GET', '/recent');
  expect(headers.get('sforce-limit-info')).toBe(`api-usage=${Max - Remaining + 1}/${Max}`);
  await org.call('POST', '/__demo/limits', { dailyRequests: 1 });
  const refused = await org.call('GET', '/recent');
  expect([refused.status, refused.body]).toMatchObject([403, [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }]]);
  await org.call('POST', '/__demo/clock', { advanceSeconds: 25 * 3600 });
  await org.signIn();
  expect((await org.call('GET', '/recent')).status).toBe(200);
  expect((await org.call('GET', '/recent')).status).toBe(403);
});

test('pages in a browser and other machines are not answered', async () => {
  expect((await org.call('GET', '/__demo/state', undefined, { origin: 'https://example.com' })).status).toBe(403);
  expect((await org.call('GET', '/__demo/nothing')).status).toBe(404);
});
