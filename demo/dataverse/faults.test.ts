import { afterEach, beforeEach, expect, test } from 'vitest';
import { codeOf, openOrg, type TestOrg } from './testing.ts';

let org: TestOrg;
beforeEach(async () => {
  org = await openOrg({ contacts: 40 });
});
afterEach(() => org.close());

const fault = (kind: string, more: Record<string, unknown> = {}) =>
  org.control('faults', { kind, match: { path: '/api' }, ...more });
const read = () => org.call('GET', 'contacts?$select=lastname&$top=3');

test('more requests than a window holds are refused, and longer the more one asks', async () => {
  await org.control('limits', { requests: 2 });
  expect([(await read()).status, (await read()).status]).toEqual([200, 200]);
  const [first, second] = [await read(), await read()];
  expect([first.status, codeOf(first), first.headers.get('retry-after'), second.headers.get('retry-after')]).toEqual([
    429,
    '0x80072322',
    '300',
    '600',
  ]);
  await org.control('clock', { advanceSeconds: 301 });
  const after = await read();
  expect([after.status, after.headers.get('x-ms-ratelimit-burst-remaining-xrm-requests')]).toEqual([200, '1']);
});

test('more requests at the same time than allowed are refused', async () => {
  await org.control('limits', { concurrent: 1 });
  await fault('slow', { ms: 300 });
  const [slow, other] = await Promise.all([read(), read()]);
  expect([slow.status, other.status].sort()).toEqual([200, 429]);
});

test.each([
  ['limit', { seconds: 5 }, 429, 'application/json; odata.metadata=minimal'],
  ['status', { status: 502 }, 502, 'application/json; odata.metadata=minimal'],
  ['html', {}, 503, 'text/html'],
  ['refuse-token', {}, 401, null],
  ['wrong-content-type', {}, 200, 'text/plain'],
])('%s', async (kind, more, status, type) => {
  await fault(kind, more);
  const answer = await read();
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, type]);
  expect((await read()).status).toBe(200);
});

test.each([
  ['reset-before', 0],
  ['reset-after', 1],
])('%s leaves the write undone or done', async (kind, made) => {
  const before = org.org.table('contact')!.rows.size;
  await fault(kind, { match: { method: 'POST' } });
  await expect(org.call('POST', 'contacts', { lastname: 'Lost' })).rejects.toThrow('fetch failed');
  expect(org.org.table('contact')!.rows.size - before).toBe(made);
});

test('a body can end in its middle, or be cut where nobody sees it', async () => {
  await fault('reset-mid-body');
  await expect(read()).rejects.toThrow();
  await fault('truncated-body');
  await expect(read()).rejects.toThrow(SyntaxError);
});

test('all tokens can end at once', async () => {
  await fault('expire-tokens');
  expect((await read()).status).toBe(401);
  await org.signIn();
  expect((await read()).status).toBe(200);
});

test('pages can be smaller than asked, and a link can lead back to its own page', async () => {
  await fault('small-pages', { rows: 4, times: null });
  expect(await org.all('contacts?$select=contactid')).toHaveLength(40);
  await fault('repeat-page', { match: { query: 'skiptoken' } });
  const first = await org.page('contacts?$select=contactid');
  const second = await org.page(first['@odata.nextLink']!);
  const again = await org.page(second['@odata.nextLink']!);
  expect(again.value).toEqual(second.value);
});

test('errors say more where annotations are asked for', async () => {
  const plain = (await org.call('GET', 'contacts?$select=nope')).body as { error: object };
  const more = (await org.call('GET', 'contacts?$select=nope', undefined, { prefer: 'odata.include-annotations="*"' }))
    .body as { error: object };
  expect(Object.keys(plain.error)).toEqual(['code', 'message']);
  expect(Object.keys(more.error)).toContain('@Microsoft.PowerApps.CDS.InnerError.Message');
});

test('control requests that make no sense are told what would', async () => {
  expect(await org.control('faults', { kind: 'nothing' })).toMatchObject({
    error: expect.stringContaining('kind must be one of'),
  });
  expect(await org.control('records', { operation: 'create', table: 'nobody' })).toMatchObject({
    error: expect.stringContaining('table must be one of'),
  });
  expect(await org.control('clock', {})).toMatchObject({ error: expect.stringContaining('advanceSeconds') });
  expect((await org.call('GET', '/__demo/state')).body).toMatchObject({ contacts: 40, clock: { mode: 'fixed' } });
});

test('the log of requests says what was asked and what was played', async () => {
  await fault('status');
  await read();
  const log = (await org.call('GET', '/__demo/requests')).body as { path: string; fault: string; status: number }[];
  expect(log.at(-1)).toMatchObject({
    path: '/api/data/v9.2/contacts',
    query: '$select=lastname&$top=3',
    status: 503,
    fault: 'status',
  });
});
