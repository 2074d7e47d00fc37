import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CrmClient, ReadQuery } from '../../contract/connector.ts';
import type { Demo } from '../../test/harness/salesforceClient.ts';
import { drain, failure, openDemo, readRows, rowsOf } from '../../test/harness/salesforceClient.ts';

const contacts: ReadQuery = { object: 'Contact', fields: ['Id', 'LastName', 'Account.Name', 'Owner.Name'] };
let demo: Demo;
let client: CrmClient;
let all: Map<string, unknown[]>;

beforeAll(async () => {
  demo = await openDemo({ contacts: 1_500 });
  client = await demo.connect();
  all = new Map((await readRows(client, contacts)).map((row) => [String(row[0]), row]));
});
afterAll(() => demo.close());

const byIds = async (ids: string[], query: ReadQuery = contacts) => rowsOf(await drain(client.readByIds(query, ids)));

test('records come by their ids, with fields of their parents, in as many requests as an address has room for', async () => {
  const ids = [...all.keys()].reverse();
  const since = demo.org.requests.total;
  const rows = await byIds(ids);
  expect(demo.org.requests.total - since).toBeGreaterThan(2);
  expect(rows.toSorted()).toEqual([...all.values()].toSorted());
});

test('an id is the same with 15 characters, in the wrong case, and given twice; one that matches nothing is not there', async () => {
  const [first = '', second = ''] = all.keys();
  const given = [first.slice(0, 15), second.toLowerCase(), first, '003000000000001AAA'];
  expect(await byIds(given)).toEqual([all.get(first), all.get(second)]);
  expect(await byIds([])).toEqual([]);
});

test('the filter holds for ids too; order and limit do not', async () => {
  const [first = '', second = '', third = ''] = all.keys();
  const filter = { kind: 'condition', field: 'Id', operator: 'ne', value: second } as const;
  const query: ReadQuery = { ...contacts, filter, limit: 1, orderBy: [{ field: 'LastName', direction: 'asc' }] };
  expect(await byIds([first, second, third], query)).toEqual([all.get(first), all.get(third)]);
});

test('a text that is no id is refused before a request is sent', async () => {
  const since = demo.org.requests.total;
  expect(await failure(byIds(["003000000000001' OR Id != '"]))).toMatchObject({ code: 'RECORD_ID_INVALID' });
  expect(demo.org.requests.total).toBe(since);
});

test('limits are those that the organisation counts now', async () => {
  const before = await client.limits();
  const after = await client.limits();
  expect(after).toEqual({ used: (before?.used ?? 0) + 1, allowed: before?.allowed });
});
