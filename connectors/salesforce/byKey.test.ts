import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CrmClient, ReadQuery } from '../../contract/connector.ts';
import type { Cell } from '../../contract/types.ts';
import type { Demo } from '../../test/harness/salesforceClient.ts';
import { drain, failure, openDemo, readRows, rowsOf } from '../../test/harness/salesforceClient.ts';

const contacts: ReadQuery = { object: 'Contact', fields: ['External_Id__c', 'Id', 'LastName', 'Account.Name'] };
let demo: Demo;
let client: CrmClient;
let all: Cell[][];

beforeAll(async () => {
  demo = await openDemo({ contacts: 1_500 });
  client = await demo.connect();
  all = (await readRows(client, contacts)).filter(([key]) => key !== null);
});
afterAll(() => demo.close());

const byKey = async (values: Cell[], query = contacts, field = 'External_Id__c'): Promise<Cell[][]> =>
  rowsOf(await drain(client.readByKey(query, field, values)));
const keys = (): Cell[] => all.map(([key = null]) => key);

test('records come by their keys, with fields of their parents, in as many requests as an address has room for', async () => {
  const since = demo.org.requests.total;
  expect((await byKey(keys())).toSorted()).toEqual(all.toSorted());
  expect(demo.org.requests.total - since).toBeGreaterThan(1);
});

test('fields that leave no room for keys are read in a second step', async () => {
  const account = (await client.describe('Account')).fields.filter(({ type }) => type !== 'json');
  const ways = ['Account', 'ReportsTo.Account', 'ReportsTo.ReportsTo.Account'].flatMap((way) => [
    way,
    `${way}.Parent`,
    `${way}.Parent.Parent`,
  ]);
  const fields = ['External_Id__c', ...ways.flatMap((way) => account.map(({ name }) => `${way}.${name}`))];
  const some = keys().slice(0, 30);
  demo.org.requests.clear();
  const rows = await byKey(some, { object: 'Contact', fields });
  expect(rows.map(([key]) => key).toSorted()).toEqual(some.toSorted());
  expect(demo.org.requests.since(0)[0]?.query).toContain('SELECT Id FROM Contact WHERE External_Id__c IN');
});

test('a key finds whatever its case and the spaces around it, each record once; empty ones find nothing', async () => {
  const [key = ''] = keys();
  const given = [String(key).toLowerCase(), ` ${key} `, key, '', '  ', null, 'nobody'];
  expect(await byKey(given)).toEqual([all[0]]);
  expect(await byKey([])).toEqual([]);
});

test('several records with one key all come, and the filter holds', async () => {
  const legacy: ReadQuery = { object: 'Contact', fields: ['Legacy_Id__c', 'Id'] };
  const rows = (await readRows(client, legacy)).filter(([key]) => key !== null);
  const same = Map.groupBy(rows, ([key]) => String(key).toLowerCase());
  const [key = '', twins = []] = [...same].find(([, group]) => group.length > 1) ?? [];
  expect((await byKey([key], legacy, 'Legacy_Id__c')).toSorted()).toEqual(twins.toSorted());
  const filter = { kind: 'condition', field: 'Id', operator: 'ne', value: twins[0]?.[1] ?? '' } as const;
  expect(await byKey([key], { ...legacy, filter }, 'Legacy_Id__c')).toHaveLength(twins.length - 1);
});

test('what is in a key is never taken for SOQL', async () => {
  expect(await byKey(["x') OR (Id != '", "\\' OR Id != '", '%', "O'Neil"])).toEqual([]);
});

test('a field nobody knows is refused', async () => {
  expect(await failure(byKey(['a'], contacts, 'No__c'))).toMatchObject({ code: 'FIELD_UNKNOWN' });
});

test('objects and fields say what can be written, what a new record needs, and by what it can be found', async () => {
  const { fields, ...contact } = await client.describe('Contact');
  expect(contact).toMatchObject({ createable: true, updateable: true, deletable: true, undeletable: true });
  const named = (is: 'required' | 'key'): string[] => fields.filter((field) => field[is]).map(({ name }) => name);
  expect(named('required')).toEqual(['LastName']);
  expect(named('key')).toEqual(expect.arrayContaining(['External_Id__c', 'Legacy_Id__c', 'Email']));
  expect(named('key')).not.toContain('Id');
  const listed = (await client.objects()).find(({ name }) => name === 'Organization');
  expect(listed).toMatchObject({ createable: false, deletable: false, undeletable: false });
});
