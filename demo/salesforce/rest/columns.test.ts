import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from '../testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 10 });
});
afterAll(() => org.close());

const columns = async (soql: string) =>
  (await org.call('GET', `/query?q=${encodeURIComponent(soql)}&columns=true`)).body as {
    columnMetadata: { columnName: string; joinColumns: { columnName: string }[] }[];
  };

const plain = {
  aggregate: false,
  booleanType: false,
  custom: false,
  foreignKeyName: null,
  insertable: false,
  joinColumns: [],
  numberType: false,
  textType: false,
  updatable: false,
};

test('columns=true tells what the columns of a query are', async () => {
  const answer = await columns('SELECT Id, External_Id__c, Account.Owner.Name, Account.Name FROM Contact');
  expect(answer).toMatchObject({ entityName: 'Contact', groupBy: false, idSelected: true, keyPrefix: '003' });
  const [id, key, account] = answer.columnMetadata;
  expect(id).toEqual({ ...plain, apexType: 'Id', columnName: 'Id', displayName: 'Id' });
  expect(key).toMatchObject({ apexType: 'String', custom: true, textType: true, insertable: true, updatable: true });
  expect(account).toMatchObject({ columnName: 'Account', foreignKeyName: 'AccountId' });
  expect(account!.joinColumns).toMatchObject([
    { columnName: 'Owner', foreignKeyName: 'OwnerId', joinColumns: [{ columnName: 'Name' }] },
    { columnName: 'Name' },
  ]);
});

test('counts and groups of fields are columns too', async () => {
  expect(await columns('SELECT COUNT(Email) FROM Contact')).toMatchObject({
    idSelected: false,
    columnMetadata: [{ columnName: 'expr0', displayName: 'count(Email)', aggregate: true, numberType: true }],
  });
  const { columnMetadata } = await columns('SELECT FIELDS(CUSTOM) FROM Contact LIMIT 1');
  expect(columnMetadata.every(({ columnName }) => columnName.endsWith('__c'))).toBe(true);
  expect((await columns('SELECT COUNT() FROM Contact')).columnMetadata).toEqual([]);
});
