import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CrmClient, ReadQuery } from '../../../contract/connector.ts';
import type { Cell } from '../../../contract/types.ts';
import type { Demo } from '../../../test/harness/salesforceClient.ts';
import { drain, openDemo, readRows, rowsOf } from '../../../test/harness/salesforceClient.ts';
import { buildQuery, toAddress } from '../soql.ts';

let demo: Demo;
let client: CrmClient;
let wide: ReadQuery;
let expected: Cell[][];
/** Done ahead of the next requests; what an organisation's people do between the halves of a page. */
let between: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  demo = await openDemo({ contacts: 700 });
  const calls = { before: async () => void (await between.shift()?.()), after: () => undefined };
  client = await demo.connect({ calls });
  const names = async (object: string, path = ''): Promise<string[]> =>
    (await client.describe(object)).fields.map((field) => path + field.name);
  const users = await names('User', 'Account.Owner.');
  const fields = [
    ...(await names('Contact')),
    ...(await names('Account', 'Account.')),
    ...users,
    ...users.map((name) => name.replace('Account.Owner.', 'ReportsTo.Account.LastModifiedBy.')),
    ...users.map((name) => name.replace('Account.Owner.', 'ReportsTo.Account.CreatedBy.')),
    ...(await names('Account', 'ReportsTo.Account.')),
    ...(await names('Contact', 'ReportsTo.ReportsTo.')),
    ...(await names('Account', 'ReportsTo.ReportsTo.Account.')),
    ...(await names('Contact', 'ReportsTo.ReportsTo.ReportsTo.')),
    ...(await names('Account', 'ReportsTo.ReportsTo.ReportsTo.Account.')),
  ];
  wide = { object: 'Contact', fields };
  expect(toAddress(buildQuery(wide, new Map(), null)).length).toBeGreaterThan(16_384);
  expected = await inParts(fields);
});
afterEach(() => {
  between = [];
  demo.org.faults.clear();
  demo.org.requests.clear();
});
afterAll(() => demo.close());

/** The same by several reads that are not wide. */
async function inParts(fields: readonly string[]): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  for (let from = 0; from < fields.length; from += 100) {
    const part = await readRows(client, { object: 'Contact', fields: fields.slice(from, from + 100), via: 'rest' });
    part.forEach((row, index) => {
      rows[index] = [...(rows[index] ?? []), ...row];
    });
  }
  return rows;
}

const change = (id: Cell | undefined, values: Record<string, Cell>) => () =>
  demo.control('records', { operation: 'update', object: 'Contact', id, values });
const remove = (id: Cell | undefined) => () => demo.control('records', { operation: 'delete', object: 'Contact', id });
const queries = (): number => demo.org.requests.since(0).filter(({ path }) => /\/query/.test(path)).length;
const smallPages = () => demo.control('faults', { kind: 'small-pages', rows: 250, times: null });

test('an object too wide for one address comes whole, page by page, and goes on behind any page', async () => {
  await smallPages();
  const pages = await drain(client.read(wide));
  expect(pages.map((page) => page.rows.length)).toEqual([250, 250, 200]);
  expect(rowsOf(pages)).toEqual(expected);
  expect(await readRows(client, wide, pages[0]?.position)).toEqual(expected.slice(250));
});

test('by Bulk it is one query, as long as it is', async () => {
  const fields = wide.fields.filter((name) => !name.endsWith('Address'));
  const at = fields.map((name) => wide.fields.indexOf(name));
  const rows = await readRows(client, { ...wide, fields, via: 'bulk' });
  expect(demo.org.requests.since(0).some(({ path }) => path.endsWith('/results'))).toBe(true);
  expect(rows).toEqual(expected.map((row) => at.map((index) => row[index])));
});

test('an object too wide is read in groups within a window, too, by ids, and in an order of the user', async () => {
  const stampAt = wide.fields.indexOf('SystemModstamp');
  const stamps = expected.map((row) => String(row[stampAt])).sort();
  const [from = '', to = ''] = [stamps[100], stamps[400]];
  const window = { field: 'SystemModstamp', from, to };
  const inWindow = expected.filter((row) => String(row[stampAt]) >= from && String(row[stampAt]) < to);
  const byId = (rows: Cell[][]): Cell[][] => rows.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
  expect(byId(await readRows(client, { ...wide, window }))).toEqual(inWindow);
  const ids = expected.slice(0, 300).map((row) => String(row[0]));
  expect(byId(rowsOf(await drain(client.readByIds(wide, ids))))).toEqual(expected.slice(0, 300));
  const ordered = await readRows(client, { ...wide, orderBy: [{ field: 'LastName', direction: 'desc' }] });
  expect(byId(ordered)).toEqual(expected);
  expect(ordered).not.toEqual(expected);
});

test('what a proxy finds too long is split further', async () => {
  await demo.control('faults', {
    kind: 'status',
    status: 414,
    body: '<h1>URI Too Long</h1>',
    contentType: 'text/html',
    match: { path: '/services/data/v60.0/query' },
    times: 2,
  });
  expect(await readRows(client, wide)).toEqual(expected);
  expect(queries()).toBeGreaterThan(6);
});

test('a record that changes between the halves of a page is read again, and one that vanishes is not in it', async () => {
  const [first, second] = expected.map((row) => row[0]);
  await demo.control('clock', { advanceSeconds: 60 });
  const values = { Description: 'changed between', Department: 'Changed', Title: 'Changed' };
  between = [async () => undefined, async () => [await change(first, values)(), await remove(second)()]];
  const rows = await readRows(client, wide);
  await demo.control('clock', { advanceSeconds: 60 });
  expected = await inParts(wide.fields);
  expect(rows).toEqual(expected);
  expect(rows).toHaveLength(699);
  expect(rows.find((row) => row[0] === first)).toContain('changed between');
});

test('a record of this very second is read again in the next one, as its stamp would not show a change', async () => {
  const id = expected[0]?.[0];
  await change(id, { Description: 'first', Title: 'first' })();
  between = [
    async () => undefined,
    change(id, { Description: 'second', Title: 'second' }),
    async () => demo.control('clock', { advanceSeconds: 5 }),
  ];
  const row = (await readRows(client, wide)).find((found) => found[0] === id);
  expect([row?.[wide.fields.indexOf('Description')], row?.[wide.fields.indexOf('Title')]]).toEqual([
    'second',
    'second',
  ]);
});
