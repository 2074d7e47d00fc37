import { Connection } from 'jsforce';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from '../testing.ts';

let org: TestOrg;
let connection: Connection;
beforeAll(async () => {
  org = await openOrg({ contacts: 1000 });
  connection = new Connection({ instanceUrl: org.url, accessToken: org.token, version: '60.0', logLevel: 'ERROR' });
});
afterAll(() => org.close());

const fieldsOf = async (name: string): Promise<string[]> =>
  (await connection.describe(name)).fields.map((field) => field.name);

test('votes are described as not replicateable, and read only by the idea or the vote', async () => {
  expect(await connection.describe('Vote')).toMatchObject({ replicateable: false, queryable: true, updateable: false });
  const [idea] = (await org.query('SELECT Id FROM Idea LIMIT 1')).records;
  const { records } = await org.query(
    `SELECT Id, ParentId, Type FROM Vote WHERE Type != null AND ParentId IN ('${idea!.Id}')`,
  );
  expect(records.every(({ ParentId }) => ParentId === idea!.Id)).toBe(true);
  for (const where of [
    '',
    "WHERE Type = 'Up'",
    `WHERE ParentId != '${idea!.Id}'`,
    `WHERE ParentId = '${idea!.Id}' OR Type = 'Up'`,
  ])
    await expect(connection.query(`SELECT Id FROM Vote ${where}`)).rejects.toMatchObject({
      errorCode: 'MALFORMED_QUERY',
    });
  await expect(connection.deleted('Vote', '2026-06-14T00:00:00Z', '2026-06-15T00:00:00Z')).rejects.toMatchObject({
    errorCode: 'INVALID_TYPE_FOR_OPERATION',
  });
});

test('votes, values of states and apps are refused by the Bulk API', async () => {
  for (const name of ['Vote', 'CaseStatus', 'AppDefinition']) {
    const body = { operation: 'query', query: `SELECT Id FROM ${name} WHERE Id != null` };
    expect([name, (await org.call('POST', '/jobs/query', body)).status]).toEqual([name, 400]);
  }
  expect(
    (await org.query('SELECT ApiName FROM CaseStatus ORDER BY SortOrder')).records.map(({ ApiName }) => ApiName),
  ).toEqual(['New', 'Working', 'Escalated', 'Closed']);
});

test('custom objects have lookups that lead to their parents, and formulas that follow what is written', async () => {
  const { records } = await org.query(
    'SELECT Name, Contact__r.LastName, Contact__r.Account.Name FROM Subscription__c WHERE Contact__c != null LIMIT 3',
  );
  expect(records).toMatchObject([{ Contact__r: { LastName: expect.any(String) } }, {}, {}]);
  const made = await connection.sobject('Subscription__c').create({
    Contact__c: (await org.query('SELECT Id FROM Contact LIMIT 1')).records[0]!.Id,
    Plan__c: 'Team',
    Monthly_Price__c: 10.5,
    Seats__c: 3,
  });
  const read = async () => await connection.sobject('Subscription__c').retrieve(made.id!);
  expect(await read()).toMatchObject({
    Name: expect.stringMatching(/^SUB-\d{6}$/),
    Yearly_Price__c: 378,
    Summary__c: 'Team / 3',
  });
  await connection.sobject('Subscription__c').update({ Id: made.id!, Seats__c: 4 });
  expect(await read()).toMatchObject({ Yearly_Price__c: 504 });
});

test('times of day and several choices are kept in one form, and refused when they are none', async () => {
  const subscriptions = connection.sobject('Subscription__c');
  const made = await subscriptions.create({ Call_At__c: '09:05', Extras__c: 'support 24/7; Backup;Backup' });
  expect(await subscriptions.retrieve(made.id!)).toMatchObject({
    Call_At__c: '09:05:00.000Z',
    Extras__c: 'Backup;Support 24/7',
  });
  expect(
    (await org.query("SELECT Id FROM Subscription__c WHERE Extras__c = 'Backup;Support 24/7'")).totalSize,
  ).toBeGreaterThan(0);
  await expect(subscriptions.create({ Call_At__c: '25:00' })).rejects.toMatchObject({ errorCode: 'JSON_PARSER_ERROR' });
  await expect(subscriptions.create({ Extras__c: 'Nonsense' })).rejects.toMatchObject({
    errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
  });
  await expect(connection.query('SELECT Id FROM Subscription__c ORDER BY Extras__c')).rejects.toMatchObject({
    errorCode: 'INVALID_FIELD',
  });
});

test('a lookup that may be empty is emptied when its parent is deleted, as a change by the system', async () => {
  const contact = await connection.sobject('Contact').create({ LastName: 'Parent' });
  const made = await connection.sobject('Subscription__c').create({ Contact__c: contact.id! });
  const before = await connection.sobject('Subscription__c').retrieve(made.id!);
  org.org.clock.advance(60);
  await connection.sobject('Contact').destroy(contact.id!);
  expect(await connection.sobject('Subscription__c').retrieve(made.id!)).toMatchObject({
    Contact__c: null,
    LastModifiedDate: before.LastModifiedDate,
    SystemModstamp: new Date(org.org.clock.now()).toISOString().replace('Z', '+0000'),
  });
});

test('packages and clouds bring objects with their own names', async () => {
  const counts = await Promise.all(
    [
      'ns__Invoice__c',
      'et4ae5__SendDefinition__c',
      'et4ae5__IndividualEmailResult__c',
      'WebStore',
      'WebCart',
      'CartItem',
      'ProductCategory',
      'Product2',
    ].map(async (name) => (await connection.query(`SELECT COUNT() FROM ${name}`)).totalSize),
  );
  expect(counts).toEqual([50, 12, 100, 2, 20, 50, 12, 60]);
  expect((await connection.describe('ns__Invoice__c')).custom).toBe(true);
  const { records } = await org.query(
    'SELECT et4ae5__SendDefinition__r.et4ae5__EmailName__c FROM et4ae5__IndividualEmailResult__c LIMIT 1',
  );
  expect(records).toMatchObject([{ et4ae5__SendDefinition__r: { et4ae5__EmailName__c: expect.any(String) } }]);
});

test('old activities are found by queryAll only, and are no deleted ones', async () => {
  for (const name of ['Task', 'Event']) {
    const archived = `SELECT Id FROM ${name} WHERE IsArchived = TRUE`;
    expect([name, (await org.query(archived)).totalSize]).toEqual([name, 0]);
    const { totalSize } = await org.query(`${archived} AND IsDeleted = FALSE`, '/queryAll');
    expect(totalSize).toBeGreaterThan(0);
    const all = (await org.query(`SELECT COUNT() FROM ${name} WHERE IsDeleted = FALSE`, '/queryAll')).totalSize;
    expect((await org.query(`SELECT COUNT() FROM ${name}`)).totalSize).toBe(all - totalSize);
  }
});

test('a history has a CreatedDate and no other stamp, and an app none at all', async () => {
  const stamps = /Date$|Modstamp$/;
  expect((await fieldsOf('ContactHistory')).filter((name) => stamps.test(name))).toEqual(['CreatedDate']);
  expect((await fieldsOf('AppDefinition')).filter((name) => stamps.test(name))).toEqual([]);
  const history = await org.all('SELECT Id, CreatedDate, OldValue FROM ContactHistory ORDER BY CreatedDate, Id');
  expect(history).toHaveLength(100);
  const sorted = [...history].sort((a, b) => `${a.CreatedDate}${a.Id}`.localeCompare(`${b.CreatedDate}${b.Id}`, 'en'));
  expect(history.map(({ CreatedDate }) => CreatedDate)).toEqual(sorted.map(({ CreatedDate }) => CreatedDate));
});

test('all fields of the wide object are too many for one URI', async () => {
  const names = await fieldsOf('Survey_Response__c');
  expect(names.length).toBeGreaterThan(500);
  const soql = (some: string[]): string => `SELECT ${some.join(',')} FROM Survey_Response__c`;
  expect((await org.call('GET', `/query?q=${encodeURIComponent(soql(names))}`)).status).toBe(414);
  const half = await org.query(soql(['Id', ...names.slice(1, 280)]));
  expect(half.records).toHaveLength(20);
});

test('losers of a merge are among the generated deleted records of a contact', async () => {
  const losers = await org.query(
    'SELECT MasterRecordId FROM Contact WHERE IsDeleted = TRUE AND MasterRecordId != null',
    '/queryAll',
  );
  expect(losers.totalSize).toBeGreaterThan(0);
  const id = losers.records[0]!.MasterRecordId;
  expect((await org.query(`SELECT Id FROM Contact WHERE Id = '${id}'`)).totalSize).toBe(1);
});
