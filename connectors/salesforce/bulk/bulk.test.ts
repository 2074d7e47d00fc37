import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CrmClient, ReadPage, ReadPosition, ReadQuery } from '../../../contract/connector.ts';
import type { Cell } from '../../../contract/types.ts';
import { jobsOf } from '../../../demo/salesforce/bulk/jobs.ts';
import type { Demo } from '../../../test/harness/salesforceClient.ts';
import { drain, openDemo, readRows, rowsOf } from '../../../test/harness/salesforceClient.ts';

const count = 12_000;
const contacts: ReadQuery = {
  object: 'Contact',
  fields: ['Id', 'LastName', 'Account.Name', 'SystemModstamp'],
  via: 'bulk',
};
const resultPath = 'jobs/query/\\w+/results';
let demo: Demo;
let client: CrmClient;
let lines: string[] = [];
let all: Cell[][];

beforeAll(async () => {
  demo = await openDemo({ contacts: count });
  client = await demo.connect({ log: (_level, message) => lines.push(message) });
  const awkward = ['a\u0000b', '"quoted", and\nnew\r\nlines', '\ud800 alone', ' spaced ', '#N/A', "O'Brien \\"];
  await demo.control(
    'records',
    awkward.map((text) => ({
      operation: 'create',
      object: 'Contact',
      unchecked: true,
      values: { LastName: text, Description: text, AnnualValue__c: 0.1, Loyalty_Points__c: 900_719_925_474_099 },
    })),
  );
  all = await readRows(client, { ...contacts, via: 'rest' });
});
afterEach(() => {
  demo.org.faults.clear();
  demo.org.requests.clear();
  lines = [];
});
afterAll(() => demo.close());

const asked = (): string[] =>
  demo.org.requests
    .since(0)
    .map(({ method, path }) => `${method} ${path.replace(/^.*v60\.0/, '').replace(/750\w+/, 'job')}`);
const openJobs = (): number => jobsOf(demo.org).list('V2Query').length;
const fault = (kind: string, more: Record<string, unknown> = {}): Promise<unknown> =>
  demo.control('faults', { kind, match: { path: resultPath }, times: 1, ...more });

describe('one value, whichever interface it came by', () => {
  test.each(['Contact', 'Account', 'Case', 'Opportunity', 'Lead', 'Contract', 'User'])(
    'every cell of every field of %s is the same by REST and by Bulk',
    async (object) => {
      const { fields } = await client.describe(object);
      const names = fields.filter((field) => field.type !== 'json').map((field) => field.name);
      const parents = object === 'Contact' ? ['Account.Name', 'Account.AnnualRevenue', 'Owner.Name'] : [];
      const query: ReadQuery = { object, fields: [...names, ...parents], limit: object === 'Contact' ? 10_000 : 1_000 };
      const byRest = await drain(client.read({ ...query, via: 'rest' }));
      const byBulk = await drain(client.read({ ...query, via: 'bulk' }));
      expect(rowsOf(byBulk).length).toBeGreaterThan(0);
      expect(rowsOf(byBulk)).toEqual(rowsOf(byRest));
    },
  );

  test('awkward texts, great numbers and the text of the source are the same too; nothing is empty and not null', async () => {
    const { fields } = await client.describe('Contact');
    const names = fields.filter((field) => field.type !== 'json').map((field) => field.name);
    const filter = { kind: 'condition', field: 'Loyalty_Points__c', operator: 'eq', value: '900719925474099' } as const;
    for (const raw of [[], names]) {
      const [rest, bulk] = await Promise.all(
        (['rest', 'bulk'] as const).map((via) =>
          drain(client.read({ object: 'Contact', fields: names, raw, filter, via })),
        ),
      );
      expect(rowsOf(bulk ?? [])).toHaveLength(6);
      expect(rowsOf(bulk ?? [])).toEqual(rowsOf(rest ?? []));
      expect(rowsOf(bulk ?? []).flat()).not.toContain('');
      // A lone surrogate cannot even be sent as CSV; in JSON it is cleaned here.
      for (const pages of [rest, bulk]) expect(pages?.[1]?.cleaned ?? pages?.[0]?.cleaned).toBeGreaterThan(0);
    }
  });

  test('deleted records come by both ways when they are asked for, and only then', async () => {
    const [id] = (
      await demo.control<{ ids: string[] }>('records', {
        operation: 'create',
        object: 'Lead',
        values: { LastName: 'Gone', Company: 'X' },
      })
    ).ids;
    await demo.control('records', { operation: 'delete', object: 'Lead', id });
    for (const via of ['rest', 'bulk'] as const) {
      const leads: ReadQuery = { object: 'Lead', fields: ['Id', 'IsDeleted'], via };
      const everything = await readRows(client, { ...leads, everything: true });
      expect(everything).toContainEqual([id, true]);
      expect(await readRows(client, leads)).toEqual(everything.filter((row) => row[1] === false));
    }
  });
});

describe('a bulk read', () => {
  test('comes page by page, whatever the size of the result pages, and its job is removed', async () => {
    await fault('small-pages', { rows: 2_500, times: null });
    const pages = await drain(client.read(contacts));
    expect(rowsOf(pages)).toEqual(all);
    expect(Math.max(...pages.map((page) => page.rows.length))).toBe(2_000);
    expect(pages.at(-1)).toMatchObject({ total: all.length });
    expect(asked().filter((line) => line === 'GET /jobs/query/job/results')).toHaveLength(
      Math.ceil(all.length / 2_500),
    );
    expect([asked().at(-1), openJobs()]).toEqual(['DELETE /jobs/query/job', 0]);
  });

  test('goes on behind any page with the same job, without a gap and without a repetition', async () => {
    await fault('small-pages', { rows: 2_500, times: null });
    const { length } = await drain(client.read(contacts));
    for (const take of [1, 2, 4, length]) {
      const pages = client.read(contacts)[Symbol.asyncIterator]();
      const rows: Cell[][] = [];
      let position: ReadPosition = null;
      for (let page = 0; page < take; page += 1) {
        const { value } = (await pages.next()) as { value: ReadPage };
        rows.push(...value.rows);
        position = value.position;
      }
      // The attempt dies here: nobody removes its job.
      const made = asked().filter((line) => line === 'POST /jobs/query').length;
      expect([...rows, ...(await readRows(client, contacts, position))]).toEqual(all);
      expect(asked().filter((line) => line === 'POST /jobs/query')).toHaveLength(made);
      expect(openJobs()).toBe(0);
    }
  });

  test('is begun anew behind the last record when its job is gone, by another position or by another interface', async () => {
    const first = (await drain(client.read(contacts), 2))[1] as ReadPage;
    const rest = all.slice(first.rows.length);
    expect(openJobs()).toBe(0);
    expect(await readRows(client, contacts, first.position)).toEqual(rest);
    expect(lines.join()).toContain('another goes on behind the last record');
    const { job: _job, ...keyset } = first.position as Record<string, Cell>;
    expect(await readRows(client, { ...contacts, via: 'rest' }, keyset)).toEqual(rest);
  });

  test('a window keeps its order and its ends, and is begun anew within a tie that is longer than a page', async () => {
    const stamp = '2026-06-01T00:00:00.000Z';
    const tie = Array.from({ length: 5_000 }, (_, index) => ({
      operation: 'create',
      object: 'Case',
      values: { Subject: `tie ${index}` },
      late: { stamp },
    }));
    await demo.control('records', tie);
    for (const via of ['rest', 'bulk'] as const) {
      const window = { field: 'SystemModstamp', from: stamp, to: '2026-06-01T00:00:01.000Z' };
      const query: ReadQuery = { object: 'Case', fields: ['Id', 'Subject'], window, via };
      const whole = await readRows(client, query);
      expect(new Set(whole.map((row) => row[1])).size).toBe(5_000);
      const before = await drain(client.read(query), via === 'bulk' ? 3 : 2);
      expect([...rowsOf(before), ...(await readRows(client, query, before.at(-1)?.position))]).toEqual(whole);
      expect(
        await readRows(client, { ...query, window: { ...window, from: window.to, to: '2026-06-01T00:00:02.000Z' } }),
      ).toEqual([]);
    }
  });

  test('a limit counts what came before', async () => {
    const query = { ...contacts, limit: 5_000 };
    const before = await drain(client.read(query), 2);
    const after = await readRows(client, query, before.at(-1)?.position);
    expect([...rowsOf(before), ...after]).toEqual(all.slice(0, 5_000));
  });
});

describe('the interface', () => {
  const jobsMade = (): number => asked().filter((line) => line === 'POST /jobs/query').length;
  const auto: ReadQuery = { ...contacts, via: 'auto' };

  test('is Bulk for many records, and REST for few, by what the first page says', async () => {
    expect(await readRows(client, auto)).toEqual(all);
    expect(jobsMade()).toBe(1);
    expect(await readRows(client, { ...auto, object: 'Account', fields: ['Id'] })).not.toEqual([]);
    expect(await readRows(client, { ...auto, limit: 10_000 })).toEqual(all.slice(0, 10_000));
    expect(jobsMade()).toBe(1);
  });

  test('is the one that a position belongs to, and REST where few are left', async () => {
    const bulk = (await drain(client.read(auto), 2))[1] as ReadPage;
    expect(await readRows(client, auto, bulk.position)).toEqual(all.slice(bulk.rows.length));
    const rest = (await drain(client.read({ ...auto, via: 'rest' }), 2)).at(-1) as ReadPage;
    demo.org.requests.clear();
    expect(await readRows(client, auto, rest.position)).toEqual(all.slice(4_000));
    expect(jobsMade()).toBe(0);
  });

  test.each([
    ['an order of their own', { orderBy: [{ field: 'LastName', direction: 'asc' }] }, 'in an order of their own'],
    ['a compound field', { fields: ['Id', 'MailingAddress'] }, 'MailingAddress is made of others'],
  ] as const)('is REST for many records with %s, and the log says why', async (_, more, reason) => {
    const query = { ...auto, ...more } as unknown as ReadQuery;
    expect(await readRows(client, query)).toHaveLength(all.length);
    expect([jobsMade(), lines.join()]).toEqual([0, expect.stringContaining(reason)]);
  });

  test('is REST where a job is refused, and the log says what the outside system said', async () => {
    const refusal = {
      status: 400,
      errorCode: 'INVALIDENTITY',
      message: "Entity 'Contact' is not supported by the Bulk API.",
    };
    await fault('status', { ...refusal, match: { method: 'POST', path: 'jobs/query' } });
    expect(await readRows(client, auto)).toEqual(all);
    expect(lines.join()).toContain("Entity 'Contact' is not supported by the Bulk API");
  });

  test('is Bulk for few records with a filter that no address has room for', async () => {
    const filter = { kind: 'condition', field: 'LastName', operator: 'ne', value: 'é'.repeat(3_000) } as const;
    const query = { ...auto, object: 'Lead', fields: ['Id'], filter } as ReadQuery;
    expect((await readRows(client, query)).length).toBe(await client.count({ object: 'Lead', fields: ['Id'] }));
    expect(jobsMade()).toBe(1);
  });
});
