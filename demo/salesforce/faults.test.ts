import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from './testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 300 });
});
afterEach(async () => {
  await org.call('DELETE', '/__demo/faults');
});
afterAll(() => org.close());

const QUERY = `/query?q=${encodeURIComponent('SELECT Id, LastName FROM Contact')}`;

async function fault(rule: Record<string, unknown>): Promise<void> {
  const { status, text } = await org.call('POST', '/__demo/faults', rule);
  expect([status, text]).toEqual([201, text]);
}

/** What the client notices: the status, or that the connection broke. */
function attempt(method: string, path: string, body?: unknown): Promise<number | 'broken'> {
  return org.call(method, path, body).then(
    ({ status }) => status,
    () => 'broken' as const,
  );
}

test('a status is played as often as asked, after the requests to let pass', async () => {
  await fault({ kind: 'status', match: { path: '/services/data/v60.0/query' }, after: 1, times: 2 });
  expect([await attempt('GET', QUERY), await attempt('GET', '/limits')]).toEqual([200, 200]);
  const { status, body } = await org.call('GET', QUERY);
  expect([status, body]).toMatchObject([503, [{ errorCode: 'SERVER_UNAVAILABLE' }]]);
  expect([await attempt('GET', QUERY), await attempt('GET', QUERY)]).toEqual([503, 200]);
});

test('rules match method, path as a pattern, and parts of query and body', async () => {
  await fault({
    kind: 'status',
    status: 500,
    errorCode: 'UNKNOWN_EXCEPTION',
    times: null,
    match: { method: 'post', path: 'sobjects/\\w+$', body: '"Unlucky"' },
  });
  expect(await attempt('POST', '/sobjects/Contact', { LastName: 'Lucky' })).toBe(201);
  expect(await attempt('POST', '/sobjects/Contact', { LastName: 'Unlucky' })).toBe(500);
  await fault({ kind: 'status', status: 400, times: null, match: { query: 'FROM Lead' } });
  expect(await attempt('GET', `/query?q=${encodeURIComponent('SELECT Id FROM Lead')}`)).toBe(400);
  expect(await attempt('GET', QUERY)).toBe(200);
});

test('a page of HTML, a daily limit, and a body of another type', async () => {
  await fault({ kind: 'html' });
  const html = await org.call('GET', QUERY);
  expect([html.status, html.headers.get('content-type'), html.text]).toEqual([
    503,
    'text/html;charset=UTF-8',
    expect.stringContaining('<html>'),
  ]);
  await fault({ kind: 'limit' });
  const limit = await org.call('GET', QUERY);
  expect([limit.status, limit.body]).toEqual([
    403,
    [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }],
  ]);
  await fault({ kind: 'wrong-content-type' });
  expect((await org.call('GET', QUERY)).headers.get('content-type')).toBe('text/plain');
  await fault({ kind: 'truncated-json' });
  await expect(org.call('GET', QUERY)).rejects.toThrow(SyntaxError);
});

test('a connection cut before a write leaves nothing, one cut after it leaves the record', async () => {
  const count = async (name: string): Promise<number> =>
    (await org.query(`SELECT COUNT() FROM Contact WHERE LastName = '${name}'`)).totalSize;
  await fault({ kind: 'reset-before', match: { method: 'POST' } });
  expect(await attempt('POST', '/sobjects/Contact', { LastName: 'Before' })).toBe('broken');
  await fault({ kind: 'reset-after', match: { method: 'POST' } });
  expect(await attempt('POST', '/sobjects/Contact', { LastName: 'After' })).toBe('broken');
  expect([await count('Before'), await count('After')]).toEqual([0, 1]);
  await fault({ kind: 'reset-after', match: { method: 'DELETE' } });
  const [row] = (await org.query("SELECT Id FROM Contact WHERE LastName = 'After'")).records;
  expect(await attempt('DELETE', `/sobjects/Contact/${row!.Id}`)).toBe('broken');
  expect(await attempt('DELETE', `/sobjects/Contact/${row!.Id}`)).toBe(404);
});

test('a connection cut in the middle of a page is noticed', async () => {
  await fault({ kind: 'reset-mid-body' });
  expect(await attempt('GET', QUERY)).toBe('broken');
  expect(await attempt('GET', QUERY)).toBe(200);
});

test('an expired session is refused until a new one is opened', async () => {
  await fault({ kind: 'expire-session', match: { path: '/services/data' } });
  expect([await attempt('GET', QUERY), await attempt('GET', QUERY)]).toEqual([401, 401]);
  await org.signIn();
  expect(await attempt('GET', QUERY)).toBe(200);
});

test('a session is refused once and stays good, or is refused whatever the client does', async () => {
  await fault({ kind: 'refuse-session', match: { path: '/services/data' } });
  const { status, body } = await org.call('GET', QUERY);
  expect([status, body]).toEqual([401, [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]]);
  expect(await attempt('GET', QUERY)).toBe(200);
  await fault({ kind: 'refuse-session', match: { path: '/services/data' }, times: null });
  expect(await attempt('GET', QUERY)).toBe(401);
  await org.signIn();
  expect([await attempt('GET', QUERY), await attempt('GET', '/limits')]).toEqual([401, 401]);
});

test('the daily limit can be reached after some calls', async () => {
  await fault({ kind: 'limit', after: 2, times: null, match: { path: '/services/data' } });
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push(await attempt('GET', QUERY));
  expect(statuses).toEqual([200, 200, 403, 403]);
});

test('a query that takes too long is answered with 400, also for a later page', async () => {
  await fault({ kind: 'query-timeout' });
  const { status, body } = await org.call('GET', QUERY);
  expect([status, body]).toMatchObject([400, [{ errorCode: 'QUERY_TIMEOUT' }]]);
  await fault({ kind: 'small-pages', rows: 100, times: null });
  await fault({ kind: 'query-timeout', match: { path: '/services/data/v60.0/query/' } });
  const { nextRecordsUrl } = await org.query('SELECT Id FROM Contact');
  expect(await attempt('GET', nextRecordsUrl!)).toBe(400);
  expect(await attempt('GET', nextRecordsUrl!)).toBe(200);
});

test('a cursor that died stays dead, and a new query works', async () => {
  await fault({ kind: 'small-pages', rows: 100, times: null });
  const { nextRecordsUrl, totalSize } = await org.query('SELECT Id FROM Contact');
  await fault({ kind: 'drop-cursors', match: { path: '/services/data/v60.0/query/' } });
  for (let i = 0; i < 2; i++) {
    const { status, body } = await org.call('GET', nextRecordsUrl!);
    expect([status, body]).toMatchObject([400, [{ errorCode: 'INVALID_QUERY_LOCATOR' }]]);
  }
  expect(await org.all('SELECT Id FROM Contact')).toHaveLength(totalSize);
});

test('a page can come twice: no row is left out, and those of the page before come again', async () => {
  await fault({ kind: 'small-pages', rows: 100, times: null });
  const once = (await org.all('SELECT Id FROM Contact')).map(({ Id }) => Id);
  await fault({ kind: 'repeat-page', after: 1, match: { path: '/services/data/v60.0/query/' } });
  const twice = (await org.all('SELECT Id FROM Contact')).map(({ Id }) => Id);
  expect(twice).toEqual([...once.slice(0, 200), ...once.slice(100)]);
  await fault({ kind: 'repeat-page', times: null, match: { path: '/services/data/v60.0/query/' } });
  const { nextRecordsUrl } = await org.query('SELECT Id FROM Contact');
  const { body } = await org.call('GET', nextRecordsUrl!);
  expect(body).toMatchObject({ done: false, nextRecordsUrl });
});

test('an answer can stall in the middle of its body', async () => {
  await fault({ kind: 'stall', ms: 300 });
  const headers = { authorization: `Bearer ${org.token}`, 'accept-encoding': 'identity' };
  const started = performance.now();
  const response = await fetch(`${org.url}/services/data/v60.0${QUERY}`, { headers });
  const reader = response.body!.getReader();
  const parts = [(await reader.read()).value!];
  for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value);
  expect(performance.now() - started).toBeGreaterThanOrEqual(250);
  expect(JSON.parse(Buffer.concat(parts).toString('utf8'))).toMatchObject({ done: true });
  expect(parts.length).toBeGreaterThan(1);
});

test('what the documents say of 500, 503 and other passing answers can be played with any body', async () => {
  await fault({
    kind: 'status',
    status: 500,
    errorCode: 'UNKNOWN_EXCEPTION',
    message: 'An unexpected error occurred.',
  });
  const unknown = await org.call('GET', QUERY);
  expect([unknown.status, unknown.body]).toMatchObject([500, [{ errorCode: 'UNKNOWN_EXCEPTION' }]]);
  await fault({ kind: 'status', status: 420, body: '', contentType: 'text/plain' });
  expect(await attempt('GET', QUERY)).toBe(420);
  await fault({ kind: 'html', status: 200 });
  const page = await org.call('GET', QUERY);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html;charset=UTF-8']);
});

test('a body that is cut in the middle while it is compressed is noticed', async () => {
  await fault({ kind: 'reset-mid-body' });
  const broken = org.call('GET', QUERY, undefined, { 'accept-encoding': 'gzip' });
  await expect(broken).rejects.toThrow();
});

test('pages smaller than asked for still add up', async () => {
  await fault({ kind: 'small-pages', rows: 7, times: null });
  const first = await org.query('SELECT Id FROM Lead');
  expect([first.totalSize, first.records.length, first.done]).toEqual([150, 7, false]);
  expect(await org.all('SELECT Id FROM Lead')).toHaveLength(150);
});

test('rows can be malformed in every way at once, or in one', async () => {
  await fault({ kind: 'malformed-rows' });
  const { records } = await org.query('SELECT Id, LastName FROM Contact');
  expect(records.slice(0, 5)).toEqual([
    { attributes: expect.anything(), Id: expect.any(String), LastName: { unexpected: ['nested', 1] } },
    { attributes: expect.anything(), Id: expect.any(String), LastName: 'half a pair \ud83d here' },
    { attributes: expect.anything(), Id: expect.any(String), LastName: 'before\u0000after' },
    { Id: expect.any(String), LastName: expect.any(String) },
    'not an object',
  ]);
  expect(records).toHaveLength(301);
  await fault({ kind: 'malformed-rows', defect: 'nul' });
  expect((await org.query('SELECT Id, LastName FROM Contact')).records[0]!.LastName).toBe('before\u0000after');
});

test('a locked row fails alone, and the same request succeeds later', async () => {
  await fault({ kind: 'lock-row', record: 1 });
  const records = ['A', 'B', 'C'].map((LastName) => ({ attributes: { type: 'Contact' }, LastName }));
  const locked = (await org.call('POST', '/composite/sobjects', { records })).body as {
    success: boolean;
    errors: { statusCode: string }[];
  }[];
  expect(locked.map(({ success, errors }) => (success ? 'ok' : errors[0]!.statusCode))).toEqual([
    'ok',
    'UNABLE_TO_LOCK_ROW',
    'ok',
  ]);
  await fault({ kind: 'lock-row' });
  const { status, body } = await org.call('POST', '/sobjects/Contact', { LastName: 'D' });
  expect([status, body]).toMatchObject([400, [{ errorCode: 'UNABLE_TO_LOCK_ROW' }]]);
});

test('a slow answer comes as late as asked, and others do not wait for it', async () => {
  await fault({ kind: 'slow', ms: 1500, match: { path: '/services/data/v60.0/limits' } });
  const started = performance.now();
  const answered: string[] = [];
  const slow = org.call('GET', '/limits').then(() => answered.push('slow'));
  await org.call('GET', QUERY).then(() => answered.push('other'));
  await slow;
  expect(answered).toEqual(['other', 'slow']);
  expect(performance.now() - started).toBeGreaterThanOrEqual(1450);
});

test.each([
  [{ kind: 'explode' }, 'kind must be one of status, limit'],
  [{ kind: 'slow', ms: 'long' }, 'ms must be a whole number'],
  [{ kind: 'status', match: { path: '(' } }, 'match.path is no regular expression'],
  [{ kind: 'status', match: { url: '/' } }, 'match.url is not one of method, path'],
  [{ kind: 'status', match: 'all' }, 'match must be an object'],
  [{ kind: 'status', often: 3 }, '"often" is not one of kind'],
  [{ kind: 'malformed-rows', defect: 'ugly' }, 'defect must be one of wrong-type'],
])('the rule %j is refused with what would be right', async (rule, message) => {
  const { status, body } = await org.call('POST', '/__demo/faults', rule);
  expect([status, body]).toEqual([400, { error: expect.stringContaining(message) }]);
});
