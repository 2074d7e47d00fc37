import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CrmClient, ReadPage, ReadQuery } from '../../contract/connector.ts';
import type { RetryLater, UserError } from '../../contract/errors.ts';
import type { Cell } from '../../contract/types.ts';
import type { Salesforce } from '../../demo/salesforce/index.ts';
import { startSalesforce } from '../../demo/salesforce/index.ts';
import { open } from './client.ts';
import type { SalesforceSettings } from './definition.ts';
import { definition } from './definition.ts';
import { buildQuery, quote } from './soql.ts';

const clock = '2026-07-01T12:00:00Z';
let demo: Salesforce;
let client: CrmClient;
let controller: AbortController;

async function connect(settings: Partial<SalesforceSettings> = {}): Promise<CrmClient> {
  return open({
    settings: {
      ...definition.defaults,
      instanceUrl: demo.url,
      clientId: demo.clientId,
      clientSecret: demo.clientSecret,
      ...settings,
    },
    connectionName: 'demo',
    clock: { now: () => new Date() },
    log: () => undefined,
    signal: controller.signal,
  });
}

beforeEach(async () => {
  demo = await startSalesforce({ contacts: 4_500, seed: 3, clock });
  controller = new AbortController();
  client = await connect();
});
afterEach(async () => {
  controller.abort();
  await client.close();
  await demo.close();
});

async function control(path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${demo.url}/__demo/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}
const fault = (kind: string, more: Record<string, unknown> = {}): Promise<unknown> =>
  control('faults', { kind, match: { path: '/services/data/v60.0/query' }, times: 1, ...more });

async function drain(
  query: ReadQuery,
  position: ReadPage['position'] = null,
  take = Number.POSITIVE_INFINITY,
): Promise<ReadPage[]> {
  const pages: ReadPage[] = [];
  for await (const page of client.read(query, position)) {
    pages.push(page);
    if (pages.length >= take) break;
  }
  return pages;
}
const rowsOf = (pages: ReadPage[]): Cell[][] => pages.flatMap((page) => page.rows);
const contacts: ReadQuery = {
  object: 'Contact',
  fields: ['Id', 'Email', 'Account.Name', 'Birthdate', 'AnnualValue__c', 'SystemModstamp'],
};
const failure = async (action: Promise<unknown>): Promise<UserError | RetryLater> =>
  action.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: UserError | RetryLater) => error,
  );

/** Every contact as the organisation itself tells, by a plain client of a few lines. */
async function plainIds(): Promise<string[]> {
  const token = (await (
    await fetch(`${demo.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: demo.clientId,
        client_secret: demo.clientSecret,
      }),
    })
  ).json()) as { access_token: string };
  const ids: string[] = [];
  let next: string | undefined = `/services/data/v60.0/query?q=${encodeURIComponent('SELECT Id FROM Contact')}`;
  while (next) {
    const page = (await (
      await fetch(demo.url + next, { headers: { authorization: `Bearer ${token.access_token}` } })
    ).json()) as { records: { Id: string }[]; nextRecordsUrl?: string };
    ids.push(...page.records.map((record) => record.Id));
    next = page.nextRecordsUrl;
  }
  return ids.sort();
}

describe('signing in', () => {
  test('Verify says who we are, in which organisation, by its own clock', async () => {
    const verified = await client.verify();
    expect(verified.identity).toContain('@');
    expect(verified.organisation).not.toBe('');
    expect(verified.serverNow).toBe('2026-07-01T12:00:00.000Z');
    expect(verified.details.map((detail) => detail.label)).toEqual(['Organisation', 'Kind', 'User', 'API calls today']);
  });

  test('a wrong secret is refused with what Salesforce says, and not tried again', async () => {
    client = await connect({ clientSecret: 'wrong' });
    expect(await failure(client.verify())).toMatchObject({
      name: 'UserError',
      code: 'CONNECTION_REFUSED',
      message: expect.stringContaining('invalid_client'),
    });
  });

  test('an address where nothing answers is unreachable, and worth another try', async () => {
    const gone = await startSalesforce({ contacts: 1 });
    await gone.close();
    client = await connect({ instanceUrl: gone.url });
    expect(await failure(client.verify())).toMatchObject({ name: 'RetryLater', code: 'REMOTE_UNREACHABLE' });
  });

  test('a maintenance page in place of the token means busy, not refused', async () => {
    client = await connect();
    await control('faults', { kind: 'html', status: 503, match: { path: '/services/oauth2/token' }, times: null });
    expect(await failure(client.verify())).toMatchObject({ name: 'RetryLater', code: 'REMOTE_BUSY' });
  });

  test('an expired session is renewed once and the request goes through', async () => {
    await drain({ ...contacts, limit: 1 });
    await fault('expire-session');
    expect(rowsOf(await drain(contacts))).toHaveLength(4_500);
  });

  test('a session that is refused straight after it was renewed ends the read', async () => {
    await client.describe('Contact');
    await fault('status', {
      status: 401,
      errorCode: 'INVALID_SESSION_ID',
      message: 'Session expired or invalid',
      times: 50,
    });
    expect(await failure(drain(contacts))).toMatchObject({ name: 'UserError', code: 'CONNECTION_REFUSED' });
  });
});

describe('metadata', () => {
  test('objects and fields come with labels, types and what they can do', async () => {
    expect((await client.objects()).map((object) => object.name)).toEqual(
      expect.arrayContaining(['Account', 'Contact', 'Lead', 'Case', 'Contract', 'Opportunity']),
    );
    const { fields, idField, indexFields, recommendedIndexField } = await client.describe('Contact');
    const byName = new Map(fields.map((field) => [field.name, field]));
    expect(idField).toBe('Id');
    expect(indexFields.slice(0, 2)).toEqual(['LastModifiedDate', 'SystemModstamp']);
    expect(recommendedIndexField?.name).toBe('SystemModstamp');
    expect(byName.get('Email')).toMatchObject({ type: 'text', remoteType: 'email', identifying: true, personal: true });
    expect(byName.get('AnnualValue__c')).toMatchObject({ type: 'decimal' });
    expect(byName.get('Birthdate')).toMatchObject({ type: 'date' });
    expect(byName.get('SystemModstamp')).toMatchObject({ type: 'datetime', createable: false, updateable: false });
    expect(byName.get('AccountId')?.references).toEqual({ objects: ['Account'], path: 'Account' });
  });

  test('the field behind a path is found in its parent', async () => {
    expect(await client.fieldAt('Contact', 'Account.Name')).toMatchObject({ name: 'Name', type: 'text' });
    expect(await failure(client.fieldAt('Contact', 'Account.Nothing'))).toMatchObject({ code: 'FIELD_UNKNOWN' });
  });

  test('an object that does not exist is named', async () => {
    expect(await failure(client.describe('Nothing__c'))).toMatchObject({
      name: 'UserError',
      code: 'OBJECT_UNKNOWN',
      message: expect.stringContaining('Nothing__c'),
    });
  });
});

describe('reading', () => {
  test('every record comes once, page by page, in canonical cells', async () => {
    const pages = await drain(contacts);
    expect(pages.map((page) => page.rows.length)).toEqual([2_000, 2_000, 500]);
    expect(pages[0]?.total).toBe(4_500);
    const rows = rowsOf(pages);
    expect(rows.map((row) => String(row[0])).sort()).toEqual(await plainIds());
    for (const [, , , birthdate, value, stamp] of rows) {
      expect(birthdate === null || /^\d{4}-\d{2}-\d{2}$/.test(String(birthdate))).toBe(true);
      expect(value === null || /^-?\d+(\.\d+)?$/.test(String(value))).toBe(true);
      expect(stamp).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.000Z$/);
    }
  });

  test('a read goes on behind any page, without a gap and without a repetition', async () => {
    const whole = rowsOf(await drain(contacts));
    const [first] = await drain(contacts, null, 1);
    const rest = await drain(contacts, first?.position);
    expect([...(first?.rows ?? []), ...rowsOf(rest)]).toEqual(whole);
  });

  test('a window holds its start and not its end, in the order of its field', async () => {
    const all = rowsOf(await drain(contacts))
      .map((row) => String(row[5]))
      .sort();
    const [from, to] = [all[500] ?? '', all[4_000] ?? ''];
    const query = { ...contacts, window: { field: 'SystemModstamp', from, to } };
    const stamps = rowsOf(await drain(query)).map((row) => String(row[5]));
    expect(stamps).toEqual(all.filter((stamp) => stamp >= from && stamp < to));
    const [first] = await drain(query, null, 1);
    expect(
      [...rowsOf([first as ReadPage]), ...rowsOf(await drain(query, first?.position))].map((row) => String(row[5])),
    ).toEqual(stamps);
  });

  test('the user’s own order is the CRM’s, empty values first, and such a read begins again', async () => {
    const query: ReadQuery = { ...contacts, orderBy: [{ field: 'Birthdate', direction: 'desc' }] };
    const days = rowsOf(await drain(query)).map((row) => row[3]);
    expect(days[0]).toBeNull();
    const filled = days.filter((day) => day !== null).map(String);
    expect(filled).toEqual([...filled].sort().reverse());
    expect(client.resumes(query)).toBe(false);
    expect(client.resumes(contacts)).toBe(true);
  });

  test('fields that nobody chose do not show, though the read needs them', async () => {
    const pages = await drain({
      object: 'Contact',
      fields: ['Email'],
      window: { field: 'SystemModstamp', from: null, to: '2026-07-01T00:00:00.000Z' },
    });
    expect(rowsOf(pages).every((row) => row.length === 1)).toBe(true);
    expect(rowsOf(pages)).toHaveLength(4_500);
  });

  test('a raw field comes as the CRM wrote it, a decimal keeps every digit', async () => {
    const [id] = await plainIds();
    await control('records', [{ operation: 'update', object: 'Contact', id, values: { AnnualValue__c: 12.5 } }]);
    const filter = { kind: 'condition', field: 'Id', operator: 'eq', value: id ?? null } as const;
    const raw = rowsOf(
      await drain({
        object: 'Contact',
        fields: ['AnnualValue__c', 'SystemModstamp'],
        raw: ['SystemModstamp', 'AnnualValue__c'],
        filter,
      }),
    );
    expect(raw[0]?.[1]).toMatch(/\+0000$/);
    expect(String(raw[0]?.[0])).toMatch(/^12\.50?$/);
  });

  test('deleted records come when everything is asked for', async () => {
    const everything = rowsOf(await drain({ ...contacts, everything: true }));
    expect(everything.length).toBeGreaterThan(4_500);
    expect(new Set(everything.map((row) => row[0])).size).toBe(everything.length);
  });

  test('the count is the CRM’s own', async () => {
    expect(await client.count(contacts)).toBe(4_500);
    expect(
      await client.count({
        ...contacts,
        filter: { kind: 'condition', field: 'Email', operator: 'isEmpty', value: null },
      }),
    ).toBe(rowsOf(await drain(contacts)).filter((row) => row[1] === null).length);
  });
});

describe('faults', () => {
  test.each([
    ['a 503', 'status', { status: 503, errorCode: 'SERVER_UNAVAILABLE' }],
    ['a maintenance page', 'html', {}],
    ['a page of HTML that says it is well', 'html', { status: 200 }],
    ['a connection cut before the answer', 'reset-before', {}],
    ['a connection cut in the middle of the answer', 'reset-mid-body', {}],
    ['JSON that ends in the middle', 'truncated-json', {}],
    ['an answer of the wrong type', 'wrong-content-type', {}],
    ['pages smaller than asked for', 'small-pages', { rows: 700, times: 3 }],
  ])('%s on the way costs nothing: every record comes once', async (_, kind, more) => {
    await client.describe('Contact');
    await fault(kind, { after: 1, ...more });
    const rows = rowsOf(await drain(contacts));
    expect(rows.map((row) => String(row[0])).sort()).toEqual(await plainIds());
  });

  test('a system that stays down is left for a later attempt, and says so', async () => {
    await client.describe('Contact');
    await fault('html', { times: null });
    expect(await failure(drain(contacts))).toMatchObject({
      name: 'RetryLater',
      code: 'REMOTE_BUSY',
      message: expect.stringContaining('We are down.'),
    });
  });

  test('the daily limit is not hammered: it is asked again much later', async () => {
    await client.describe('Contact');
    await fault('limit');
    expect(await failure(drain(contacts))).toMatchObject({ name: 'RetryLater', code: 'REMOTE_LIMIT', after: 60_000 });
  });

  test('a cursor that has died is replaced behind the last record', async () => {
    await client.describe('Contact');
    await fault('status', {
      match: { path: '/services/data/v60.0/query/' },
      status: 400,
      errorCode: 'INVALID_QUERY_LOCATOR',
      message: 'invalid query locator',
    });
    expect(
      rowsOf(await drain(contacts))
        .map((row) => String(row[0]))
        .sort(),
    ).toEqual(await plainIds());
  });

  test('a cursor that has died under an order of the user leaves the read to a later attempt, which begins again', async () => {
    await client.describe('Contact');
    const query: ReadQuery = { ...contacts, orderBy: [{ field: 'LastName', direction: 'asc' }] };
    await fault('status', {
      match: { path: '/services/data/v60.0/query/' },
      status: 400,
      errorCode: 'INVALID_QUERY_LOCATOR',
      message: 'invalid query locator',
    });
    expect(await failure(drain(query))).toMatchObject({ name: 'RetryLater', code: 'REMOTE_CURSOR_ENDED' });
    expect(rowsOf(await drain(query))).toHaveLength(4_500);
  });

  test('a page that names itself as the next one is not followed for ever', async () => {
    await client.describe('Contact');
    await drain(contacts);
    const next = demo.org.requests.since(0).find(({ path }) => path.includes('/query/'))?.path;
    const page = { totalSize: 4_500, done: false, nextRecordsUrl: next, records: [] };
    await fault('status', {
      status: 200,
      body: JSON.stringify(page),
      match: { path: '/services/data/v60.0/query' },
      times: null,
    });
    expect(await failure(drain(contacts))).toMatchObject({ name: 'RetryLater', code: 'REMOTE_NOT_UNDERSTOOD' });
  });

  test('too many long requests at once are asked again shortly', async () => {
    await client.describe('Contact');
    await fault('limit', { message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.' });
    expect(rowsOf(await drain(contacts))).toHaveLength(4_500);
  });

  test('malformed records become rejects with the record, its id and the field; the others arrive', async () => {
    await client.describe('Contact');
    await fault('malformed-rows');
    const pages = await drain(contacts);
    const rejects = pages.flatMap((page) => page.rejects);
    expect(rejects.length).toBeGreaterThan(0);
    expect(
      rejects.every(
        (reject) => reject.code === 'RECORD_MALFORMED' && reject.message !== '' && reject.fields.length > 0,
      ),
    ).toBe(true);
    expect(rowsOf(pages).length + rejects.length).toBe(4_500);
  });

  test('a stop ends a read at once', async () => {
    await client.describe('Contact');
    await fault('slow', { ms: 60_000 });
    const reading = failure(drain(contacts));
    await expect.poll(() => demo.org.faults.list()[0]?.hits).toBe(1);
    controller.abort(new Error('stopped'));
    expect((await reading).message).toBe('stopped');
  });
});

describe('queries', () => {
  test('a text cannot leave its quotes', async () => {
    expect(quote("O'Brien \\' OR Name != '")).toBe("'O\\'Brien \\\\\\' OR Name != \\''");
    const filter = { kind: 'condition', field: 'LastName', operator: 'eq', value: "x\\' OR LastName != '" } as const;
    expect(await client.count({ ...contacts, filter })).toBe(0);
    for (const value of ["'", '\\', '"', "\\'", '%', '_', 'a\nb']) {
      for (const operator of ['eq', 'contains', 'startsWith'] as const) {
        await expect(
          client.count({ ...contacts, filter: { kind: 'condition', field: 'LastName', operator, value } }),
        ).resolves.toBeTypeOf('number');
      }
    }
  });

  test('a name that is no name never reaches the organisation', async () => {
    expect(() => buildQuery({ object: 'Contact WHERE 1=1', fields: ['Id'] }, new Map(), null)).toThrow(
      'does not exist',
    );
    expect(await failure(drain({ object: 'Contact', fields: ['Id, Name'] }))).toMatchObject({ code: 'FIELD_UNKNOWN' });
  });

  test('"is not" says that records without a value belong to it', async () => {
    const filter = { kind: 'condition', field: 'Email', operator: 'ne', value: 'nobody@example.org' } as const;
    expect(await client.explain({ ...contacts, filter })).toContain("(Email != 'nobody@example.org' OR Email = null)");
    expect(await client.count({ ...contacts, filter })).toBe(4_500);
  });

  test('groups keep their own operator, whatever stands around them', async () => {
    const condition = (field: string, value: Cell) => ({ kind: 'condition', field, operator: 'eq', value }) as const;
    const filter = {
      kind: 'group',
      operator: 'and',
      items: [
        condition('LastName', 'Smith'),
        { kind: 'group', operator: 'or', items: [condition('FirstName', 'A'), condition('FirstName', 'B')] },
        { kind: 'group', operator: 'or', items: [] },
      ],
    } as const;
    expect(
      await client.explain({
        object: 'Contact',
        fields: ['Id'],
        filter: filter as unknown as NonNullable<ReadQuery['filter']>,
      }),
    ).toBe(
      "SELECT Id FROM Contact WHERE ((LastName = 'Smith') AND ((FirstName = 'A') OR (FirstName = 'B'))) ORDER BY Id",
    );
  });

  test('a filter that is longer than an address may be is refused with what to do', async () => {
    const filter = { kind: 'condition', field: 'LastName', operator: 'eq', value: 'é'.repeat(3_000) } as const;
    expect(await failure(drain({ ...contacts, filter, via: 'rest' }))).toMatchObject({ code: 'QUERY_TOO_LONG' });
    expect(await failure(client.count({ ...contacts, filter }))).toMatchObject({ code: 'QUERY_TOO_LONG' });
  });
});
