import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CrmClient, ReadQuery } from '../../../contract/connector.ts';
import type { Cell } from '../../../contract/types.ts';
import type { Demo } from '../testing.ts';
import { drain, failure, openDemo, readRows, rowsOf } from '../testing.ts';

const count = 12_000;
const contacts: ReadQuery = {
  object: 'Contact',
  fields: ['Id', 'LastName', 'Account.Name', 'SystemModstamp'],
  via: 'bulk',
};
let demo: Demo;
let client: CrmClient;
let lines: string[];

beforeAll(async () => {
  demo = await openDemo({ contacts: count });
  client = await demo.connect({ log: (_level, message) => lines.push(message) });
});
afterEach(() => demo.org.faults.clear());
afterAll(() => demo.close());
beforeAll(() => {
  lines = [];
});

const requests = (): string[] => demo.org.requests.since(0).map(({ method, path }) => `${method} ${path}`);
const jobs = () => demo.org.jobs.list('V2Query');
const results = '/services/data/v60.0/jobs/query/.*/results';
const sorted = (rows: Cell[][]): Cell[][] => rows.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));

async function restRows(query: ReadQuery = contacts): Promise<Cell[][]> {
  return readRows(client, { ...query, via: 'rest' });
}

describe('one value, whichever interface it came by', () => {
  test.each(['Contact', 'Account', 'Case', 'Opportunity', 'Lead', 'Contract', 'User'])(
    'every cell of every field of %s is the same by REST and by Bulk',
    async (object) => {
      const { fields } = await client.describe(object);
      const names = fields.filter((field) => field.type !== 'json').map((field) => field.name);
      const parents = object === 'Contact' ? ['Account.Name', 'Account.AnnualRevenue', 'Owner.Name'] : [];
      const query: ReadQuery = { object, fields: [...names, ...parents], limit: 10_000 };
      const byRest = await readRows(client, { ...query, via: 'rest' });
      const byBulk = await readRows(client, { ...query, via: 'bulk' });
      expect(byBulk.length).toBeGreaterThan(0);
      expect(byBulk).toEqual(byRest);
    },
  );
});
