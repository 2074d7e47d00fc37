import { once } from 'node:events';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CrmClient } from '../../../contract/connector.ts';
import type { Cell } from '../../../contract/types.ts';
import type { RecordResult, RecordWrite, WriteRequest } from '../../../contract/write.ts';
import { AnswerLost } from '../../../contract/write.ts';
import type { Demo } from '../../../test/harness/salesforceClient.ts';
import { failure, openDemo, readRows } from '../../../test/harness/salesforceClient.ts';
import { definition } from '../definition.ts';

let demo: Demo;
let client: CrmClient;

beforeAll(async () => {
  demo = await openDemo({ contacts: 300 });
  client = await demo.connect();
});
afterEach(() => demo.org.faults.clear());
afterAll(() => demo.close());

const values = (...all: Record<string, Cell>[]): RecordWrite[] => all.map((one) => ({ id: null, values: one }));
const insert = (object: string, ...all: Record<string, Cell>[]): WriteRequest => ({
  object,
  operation: 'insert',
  records: values(...all),
});
const upsert = (...all: Record<string, Cell>[]): WriteRequest => ({
  object: 'Contact',
  operation: 'upsert',
  keyField: 'External_Id__c',
  records: values(...all),
});
const update = (object: string, ...records: [string, Record<string, Cell>][]): WriteRequest => ({
  object,
  operation: 'update',
  records: records.map(([id, one]) => ({ id, values: one })),
});
const deleted = (...ids: string[]): RecordWrite[] => ids.map((id) => ({ id, values: {} }));
const remove = (object: string, ...ids: string[]): WriteRequest => ({
  object,
  operation: 'delete',
  records: deleted(...ids),
});
const idOf = (result: RecordResult | undefined): string => (result?.outcome === 'written' ? result.id : '');
const make = async (object: string, one: Record<string, Cell>): Promise<string> =>
  idOf((await client.writer.write(insert(object, one)))[0]);
const read = async (object: string, id: string, ...fields: string[]): Promise<Cell[]> => {
  const filter = { kind: 'condition', field: 'Id', operator: 'eq', value: id } as const;
  return (await readRows(client, { object, fields, filter }))[0] ?? [];
};
const contacts = (): Promise<number> => client.count({ object: 'Contact', fields: ['Id'] });
const collection = { path: 'composite/sobjects' };
const play = (fault: Record<string, unknown>): Promise<unknown> =>
  demo.control('faults', { times: 1, match: collection, ...fault });
const sent = (): number => demo.org.requests.since(0).filter(({ path }) => path.includes('/composite/sobjects')).length;

describe('each record of a request gets its own result, in order', () => {
  test('made ones their id, refused ones the word of the organisation, its family and the fields', async () => {
    const [first, second, third] = await client.writer.write(
      insert('Contact', { LastName: 'Writer' }, { Email: 'nobody' }, { LastName: 'x'.repeat(81) }),
    );
    expect(first).toEqual({ outcome: 'written', id: expect.stringMatching(/^003\w{15}$/), created: true });
    expect(second).toEqual({
      outcome: 'refused',
      code: 'VALUE_REFUSED',
      symbol: 'INVALID_EMAIL_ADDRESS',
      message: 'Email: invalid email address: nobody Required fields are missing: [LastName]',
      fields: ['Email', 'LastName'],
      passing: false,
    });
    expect(third).toMatchObject({ symbol: 'STRING_TOO_LONG', fields: ['LastName'] });
  });

  test('an upsert tells what it made from what it found', async () => {
    const request = upsert({ External_Id__c: 'UP-1', LastName: 'Once' });
    const made = await client.writer.write(request);
    expect(made).toEqual([{ outcome: 'written', id: expect.any(String), created: true }]);
    expect(await client.writer.write(request)).toEqual([{ ...made[0], created: false }]);
  });

  test('a record is updated and deleted by its id of 15 characters, in any case with 18', async () => {
    const id = await make('Contact', { LastName: 'Short' });
    await client.writer.write(update('Contact', [id.slice(0, 15), { LastName: 'Longer' }]));
    expect(await read('Contact', id, 'LastName')).toEqual(['Longer']);
    expect(await client.writer.write(remove('Contact', id.toLowerCase()))).toMatchObject([{ outcome: 'written', id }]);
    expect(await client.writer.write(remove('Contact', id))).toMatchObject([
      { code: 'NO_MATCH', symbol: 'ENTITY_IS_DELETED' },
    ]);
  });
});

describe('what is sent', () => {
  test('null clears a field, one that is left out stays, a check box is unticked', async () => {
    const id = await make('Contact', { LastName: 'Tri', Title: 'Dr', Department: 'Sales', DoNotCall: true });
    await client.writer.write(update('Contact', [id, { Title: null, DoNotCall: null }]));
    const fields = ['LastName', 'Title', 'Department', 'DoNotCall'];
    expect(await read('Contact', id, ...fields)).toEqual(['Tri', null, 'Sales', false]);
  });

  test('text of any kind arrives as it was', async () => {
    const text = 'Ünïcödé "quoted", \\back\\ \'single\'\nsecond & <third>\t#N/A 🦉';
    const id = await make('Contact', { LastName: 'Text', Description: text });
    expect(await read('Contact', id, 'Description')).toEqual([text]);
  });

  test('numbers keep all digits of their cells, days and instants do not move', async () => {
    const id = await make('Account', {
      Name: 'Digits',
      AnnualRevenue: '123456789012.25',
      NumberOfEmployees: 12,
    });
    expect(await read('Account', id, 'AnnualRevenue', 'NumberOfEmployees')).toEqual(['123456789012.25', 12]);
    const born = await make('Contact', { LastName: 'Day', Birthdate: '1968-02-29' });
    expect(await read('Contact', born, 'Birthdate')).toEqual(['1968-02-29']);
  });

  test('a related record is named by its key, and let go by null; an unknown key is told', async () => {
    const account = await make('Account', { Name: 'Parent', External_Id__c: 'P/1?#%' });
    const way = 'Account.External_Id__c';
    const [first, second] = await client.writer.write(
      insert('Contact', { LastName: 'Child', [way]: 'P/1?#%' }, { LastName: 'Orphan', [way]: 'P-none' }),
    );
    expect(await read('Contact', idOf(first), 'AccountId')).toEqual([account]);
    expect(second).toMatchObject({ code: 'REFERENCE_UNKNOWN', symbol: 'INVALID_FIELD' });
    await client.writer.write(update('Contact', [idOf(first), { [way]: null }]));
    expect(await read('Contact', idOf(first), 'AccountId')).toEqual([null]);
  });

  test('a field that nobody knows is refused before anything is sent', async () => {
    const before = sent();
    const asked = client.writer.write(insert('Contact', { LastName: 'A', 'No__c"': 'B' }));
    expect(await failure(asked)).toMatchObject({ code: 'FIELD_UNKNOWN' });
    expect(await failure(client.writer.write(insert('Contact', { 'Account.Owner.Name': 'B' })))).toMatchObject({
      code: 'FIELD_UNKNOWN',
    });
    expect(sent()).toBe(before);
  });

  test('ids and keys that are there twice are refused, all of them, and the others are written', async () => {
    const id = await make('Contact', { LastName: 'Twice' });
    const results = await client.writer.write(
      update('Contact', [id, { Title: 'a' }], [id.slice(0, 15), { Title: 'b' }], ['no id', { Title: 'c' }]),
    );
    expect(results.map((one) => one.outcome === 'refused' && one.code)).toEqual([
      'DUPLICATE_KEY',
      'DUPLICATE_KEY',
      'VALUE_REFUSED',
    ]);
    expect(await read('Contact', id, 'Title')).toEqual([null]);
    const keys = ['TW-1', 'tw-1 ', 'TW-2'].map((key) => ({ External_Id__c: key, LastName: 'Key' }));
    expect((await client.writer.write(upsert(...keys))).map(({ outcome }) => outcome)).toEqual([
      'refused',
      'refused',
      'written',
    ]);
  });

  test('a request of more records than the organisation takes is a mistake of ours', async () => {
    const many = Array.from({ length: client.writer.most + 1 }, () => ({ LastName: 'Many' }));
    await expect(client.writer.write(insert('Contact', ...many))).rejects.toThrow(RangeError);
    expect(await client.writer.write(insert('Contact'))).toEqual([]);
  });
});

describe('on the wire', () => {
  let server: Server;
  let seen: { method?: string; url?: string; headers: IncomingHttpHeaders; body: string }[] = [];
  let wired: CrmClient;

  /** In front of the organisation: what passes is what it gets. */
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const piece of request) body += piece;
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body });
      const { host: _host, connection: _connection, 'transfer-encoding': _encoding, ...passed } = headers;
      const answer = await fetch(demo.url + url, {
        method,
        headers: passed as Record<string, string>,
        ...(body === '' ? {} : { body }),
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(await answer.text());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const settings = { ...definition.defaults, clientId: demo.clientId, clientSecret: demo.clientSecret };
    wired = await demo.connect({ settings: { ...settings, instanceUrl: `http://127.0.0.1:${port}` } });
    await wired.describe('Contact');
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(() => server.close());

  test('records stand in one request as they are, with every digit', async () => {
    const revenue = '12345678901234.123456789';
    const way = 'Account.External_Id__c';
    await wired.writer.write({
      object: 'Account',
      operation: 'upsert',
      keyField: 'External_Id__c',
      records: values({ External_Id__c: 'W-1', Name: 'Wire', AnnualRevenue: revenue }),
    });
    await wired.writer.write(
      insert('Contact', { LastName: '"é"', [way]: 'W-1', Title: null, Birthdate: '2000-01-31' }),
    );
    await wired.writer.write(update('Contact', ['003000000000001', { [way]: null, DoNotCall: null }]));
    const [account, contact, cleared] = seen.filter(({ url }) => url?.includes('composite'));
    expect(account?.url).toBe('/services/data/v60.0/composite/sobjects/Account/External_Id__c');
    expect([account?.method, contact?.method, cleared?.method]).toEqual(['PATCH', 'POST', 'PATCH']);
    expect(account?.body).toContain(`"AnnualRevenue":${revenue}}`);
    expect(contact?.body).toBe(
      '{"allOrNone":false,"records":[{"attributes":{"type":"Contact"},"LastName":"\\"é\\"",' +
        '"Account":{"External_Id__c":"W-1"},"Title":null,"Birthdate":"2000-01-31"}]}',
    );
    expect(JSON.parse(cleared?.body ?? '').records).toEqual([
      { attributes: { type: 'Contact' }, id: '003000000000001AAA', AccountId: null, DoNotCall: false },
    ]);
  });

  test('an assignment rule goes along in its header, and without one nothing is said of it', async () => {
    const lead = insert('Lead', { LastName: 'Ruled', Company: 'C' });
    await wired.writer.write({ ...lead, assignmentRule: '01Q000000000001AAA' });
    await wired.writer.write(lead);
    const rules = seen
      .filter(({ url }) => url?.includes('composite'))
      .map(({ headers }) => headers['sforce-auto-assign']);
    expect(rules).toEqual(['01Q000000000001AAA', undefined]);
  });
});

describe('a lost answer is told from a clear refusal', () => {
  test.each<[string, Record<string, unknown>]>([
    ['the connection was cut after the records were written', { kind: 'reset-after' }],
    ['the connection was cut in the middle of the answer', { kind: 'reset-mid-body' }],
    ['the answer ends in the middle', { kind: 'truncated-json' }],
    ['a page of HTML came with a 200', { kind: 'html', status: 200 }],
    ['a page of HTML came with a 503', { kind: 'html' }],
    ['the organisation answered 500', { kind: 'status', status: 500, errorCode: 'UNKNOWN_EXCEPTION' }],
    ['a gateway was not waited for', { kind: 'html', status: 504 }],
    ['the answer is about other records', { kind: 'status', status: 200, body: '[]' }],
    ['the answer has no results', { kind: 'status', status: 200, body: '[{"success":"maybe"},{"success":true}]' }],
    ['the connection was cut before anything was read', { kind: 'reset-before' }],
  ])('%s: nobody knows, and nothing is sent again', async (_, fault) => {
    await play(fault);
    const before = sent();
    const asked = client.writer.write(insert('Contact', { LastName: 'Lost' }, { LastName: 'Lost' }));
    await expect(asked).rejects.toBeInstanceOf(AnswerLost);
    expect(sent() - before).toBe(1);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['the limit of the day', { kind: 'limit' }, 'REMOTE_LIMIT'],
    ['too many requests at once', { kind: 'limit', message: 'ConcurrentRequests Limit exceeded.' }, 'REMOTE_BUSY'],
    ['a refusal of the whole request', { kind: 'status', status: 400, errorCode: 'INVALID_FIELD' }, 'FIELD_UNKNOWN'],
    ['a request that is too long', { kind: 'html', status: 413 }, 'REMOTE_REFUSED'],
    ['a lock', { kind: 'status', status: 400, errorCode: 'UNABLE_TO_LOCK_ROW' }, 'REMOTE_BUSY'],
    ['a guard in between', { kind: 'html', status: 403 }, 'REMOTE_NOT_UNDERSTOOD'],
    ['a session that is refused twice', { kind: 'refuse-session', times: 2 }, 'CONNECTION_REFUSED'],
  ])('%s: nothing was written', async (_, fault, code) => {
    const count = await contacts();
    await play(fault);
    expect(await failure(client.writer.write(insert('Contact', { LastName: 'Clear' })))).toMatchObject({ code });
    expect(await contacts()).toBe(count);
  });

  test('a session that ended is renewed once, and the records are written once', async () => {
    const count = await contacts();
    await play({ kind: 'expire-session' });
    expect(await client.writer.write(insert('Contact', { LastName: 'Renewed' }))).toMatchObject([{ created: true }]);
    expect(await contacts()).toBe(count + 1);
  });

  test('an organisation that cannot be reached has written nothing', async () => {
    const other = await openDemo({ contacts: 1 });
    const gone = await other.connect();
    await gone.writer.write(insert('Contact', { LastName: 'Reached' }));
    await other.close();
    // Of a connection that was open nobody can know; it is closed from then on.
    const first = gone.writer.write(insert('Contact', { LastName: 'Unreached' }));
    await expect(first).rejects.toBeInstanceOf(AnswerLost);
    const asked = gone.writer.write(insert('Contact', { LastName: 'Unreached' }));
    expect(await failure(asked)).toMatchObject({ name: 'RetryLater', code: 'REMOTE_UNREACHABLE' });
  });

  test('a record whose kind of value is wrong takes its request with it, and nothing is written', async () => {
    const count = await contacts();
    const asked = client.writer.write(insert('Contact', { LastName: 'Good' }, { LastName: 'Bad', Birthdate: 'soon' }));
    expect(await failure(asked)).toMatchObject({ code: 'REMOTE_REFUSED', details: { code: 'JSON_PARSER_ERROR' } });
    expect(await contacts()).toBe(count);
  });

  test('a locked record is refused for now, the others are written', async () => {
    await play({ kind: 'lock-row', record: 1 });
    const results = await client.writer.write(insert('Contact', { LastName: 'One' }, { LastName: 'Two' }));
    expect(results[0]).toMatchObject({ outcome: 'written' });
    expect(results[1]).toMatchObject({ code: 'RECORD_BUSY', symbol: 'UNABLE_TO_LOCK_ROW', passing: true });
  });
});

describe('the end of its time', () => {
  test('what the last check throws comes back as it is, and nothing is sent; it is asked again behind a new session', async () => {
    let checks = 0;
    const limit = {
      check: () => {
        checks += 1;
        if (checks === 2) throw new Error('too late');
      },
      signal: new AbortController().signal,
    };
    const before = sent();
    await play({ kind: 'refuse-session' });
    await expect(client.writer.write(insert('Contact', { LastName: 'Late' }), limit)).rejects.toThrow('too late');
    expect(sent() - before).toBe(1);
  });

  test('an answer that has not come by then is lost, and so is one that a stop did not wait for', async () => {
    const end = new AbortController();
    await play({ kind: 'slow', ms: 60_000, times: 2 });
    const late = client.writer.write(insert('Contact', { LastName: 'Slow' }), {
      check: () => end.abort(),
      signal: end.signal,
    });
    await expect(late).rejects.toBeInstanceOf(AnswerLost);
    const stop = new AbortController();
    const stopped = await demo.connect({ signal: stop.signal });
    const asked = stopped.writer.write(insert('Contact', { LastName: 'Stop' }), {
      check: () => stop.abort(new Error('stopped')),
      signal: new AbortController().signal,
    });
    expect(await failure(asked)).toMatchObject({ name: 'AnswerLost', cause: { message: 'stopped' } });
  });

  test('every request asks the budget, and one that is refused is not sent', async () => {
    let left = 2;
    const calls = {
      before: async () => {
        if (left === 0) throw new Error('spent');
        left -= 1;
      },
      after: () => undefined,
    };
    const counting = await demo.connect({ calls });
    await counting.writer.write(insert('Contact', { LastName: 'Counted' }));
    const before = sent();
    await expect(counting.writer.write(insert('Contact', { LastName: 'Counted' }))).rejects.toThrow('spent');
    expect(sent()).toBe(before);
  });
});

describe('records that were deleted', () => {
  test('come back with their children, each with its own result', async () => {
    const account = await make('Account', { Name: 'Back' });
    const child = await make('Contact', { LastName: 'Child', AccountId: account });
    const alive = await make('Contact', { LastName: 'Alive' });
    await client.writer.write(remove('Account', account));
    expect(await read('Contact', child, 'LastName')).toEqual([]);
    const results = await client.writer.undelete?.('Contact', deleted(account.slice(0, 15), alive));
    expect(results?.[0]).toEqual({ outcome: 'written', id: account, created: false });
    expect(results?.[1]).toMatchObject({ outcome: 'refused', code: 'NOT_RESTORABLE', symbol: 'UNDELETE_FAILED' });
    expect(await read('Contact', child, 'LastName')).toEqual(['Child']);
  });

  test('a session that ended is renewed, a lost answer is told, and nothing but ids is taken', async () => {
    const id = await make('Contact', { LastName: 'Again' });
    await client.writer.write(remove('Contact', id));
    await play({ kind: 'expire-session', match: { path: 'Soap' } });
    expect(await client.writer.undelete?.('Contact', deleted(id))).toMatchObject([{ outcome: 'written', id }]);
    await client.writer.write(remove('Contact', id));
    await play({ kind: 'reset-after', match: { path: 'Soap' } });
    await expect(client.writer.undelete?.('Contact', deleted(id))).rejects.toBeInstanceOf(AnswerLost);
    expect(await read('Contact', id, 'LastName')).toEqual(['Again']);
    expect(await failure(client.writer.undelete?.('Contact', deleted('</ids>')) ?? Promise.resolve())).toMatchObject({
      code: 'RECORD_ID_INVALID',
    });
  });
});
