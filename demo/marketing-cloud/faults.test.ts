import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openCloud, sendRows, type TestCloud } from './testing.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await openCloud();
});
beforeEach(async () => {
  await cloud.call('DELETE', '/__demo/faults');
  await cloud.signIn();
  await cloud.call('POST', '/__demo/rows', { key: 'AUDIENCE', clear: true });
});
afterAll(() => cloud.close());

const rowset = '/hub/v1/dataevents/key:AUDIENCE/rowset';
const row = [{ keys: { ContactKey: '1' }, values: {} }];

async function play(kind: string, more: Record<string, unknown> = {}): Promise<void> {
  const answer = await cloud.call('POST', '/__demo/faults', { kind, match: { path: '/hub' }, ...more });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
}

test('requests are refused as too many, with and without a time, or by the service itself', async () => {
  await play('rate-limit', { ms: 2000 });
  const limited = await cloud.call('POST', rowset, row);
  expect([limited.status, limited.headers.get('retry-after'), limited.body]).toMatchObject([
    429,
    '2',
    { errorcode: 50100, retryAfter: 2 },
  ]);
  expect(await cloud.rows('AUDIENCE')).toEqual([]);
  await play('blocked');
  const blocked = await cloud.call('POST', rowset, row);
  expect([blocked.status, blocked.headers.get('retry-after'), blocked.body]).toMatchObject([
    429,
    null,
    { errorcode: 50200 },
  ]);
  await play('status', { status: 500 });
  expect(await cloud.call('POST', rowset, row)).toMatchObject({ status: 500, body: { errorcode: 50000 } });
  await play('html');
  expect((await cloud.call('POST', rowset, row)).text).toContain('<!DOCTYPE html>');
  expect((await cloud.call('POST', rowset, row)).status).toBe(200);
});

test('a connection is cut before anything is done, behind it, or in the middle of the answer', async () => {
  await play('reset-before');
  await expect(cloud.call('POST', rowset, row)).rejects.toThrow();
  expect(await cloud.rows('AUDIENCE')).toEqual([]);
  await play('reset-after');
  await expect(cloud.call('POST', rowset, row)).rejects.toThrow();
  expect(await cloud.rows('AUDIENCE')).toHaveLength(1);
  await play('reset-mid-body');
  await expect(cloud.call('POST', rowset, row)).rejects.toThrow();
});

test('all tokens end at once', async () => {
  await play('expire-token');
  expect((await cloud.call('POST', rowset, row)).status).toBe(401);
  expect((await cloud.call('POST', rowset, row)).status).toBe(401);
  await cloud.signIn();
  expect((await cloud.call('POST', rowset, row)).status).toBe(200);
});

test('an answer is late, ends early, or is said to be something else', async () => {
  await play('slow', { ms: 30 });
  const began = performance.now();
  await cloud.call('POST', rowset, row);
  expect(performance.now() - began).toBeGreaterThan(25);
  await play('wrong-content-type');
  expect((await cloud.call('POST', rowset, row)).headers.get('content-type')).toBe('text/plain');
  await play('truncated-body', { match: { path: '/v2' } });
  await expect(cloud.signIn()).rejects.toThrow(SyntaxError);
});

test('rows that were accepted are refused, lost, or fail all together', async () => {
  const rows = [{ ContactKey: 'a' }, { ContactKey: 'b' }, { ContactKey: 'c' }];
  const match = { path: '/data', method: 'PUT' };
  await play('refuse-rows', { records: [1], match });
  expect(await sendRows(cloud, 'PUT', 'AUDIENCE', rows)).toMatchObject([
    { status: 'OK' },
    { status: 'Error' },
    { status: 'OK' },
  ]);
  await cloud.call('POST', '/__demo/rows', { key: 'AUDIENCE', clear: true });
  await play('lose-rows', { rows: 1, match });
  expect(await sendRows(cloud, 'PUT', 'AUDIENCE', rows)).toMatchObject([
    { status: 'OK' },
    { status: 'OK' },
    { status: 'Error' },
  ]);
  await play('lose-rows-silently', { rows: 1, match });
  expect(await sendRows(cloud, 'PUT', 'AUDIENCE', rows)).toMatchObject([
    { status: 'OK' },
    { status: 'OK' },
    { status: 'OK' },
  ]);
  expect(await cloud.rows('AUDIENCE')).toHaveLength(2);
  await play('fail-work', { match });
  expect(await sendRows(cloud, 'PUT', 'AUDIENCE', rows)).toMatchObject([
    { status: 'Error' },
    { status: 'Error' },
    { status: 'Error' },
  ]);
});

test('pages are smaller than was asked for', async () => {
  await play('small-pages', { rows: 7, match: { path: '/data/v1/customobjectdata' } });
  expect((await cloud.call('GET', '/data/v1/customobjectdata/key/SUBSCRIBERS/rowset?$pageSize=50')).body).toMatchObject(
    {
      pageSize: 7,
      items: expect.objectContaining({ length: 7 }),
    },
  );
});

test.each([
  [{ kind: 'moon' }, 'kind must be one of'],
  [{ kind: 'status', colour: 1 }, '"colour" is not one of'],
  [{ kind: 'status', match: { colour: 1 } }, 'match.colour is not one of'],
  [{ kind: 'status', match: { path: '(' } }, 'no regular expression'],
  [{ kind: 'status', times: -1 }, 'times must be a whole number'],
  [{ kind: 'refuse-rows', records: 'all' }, 'records must be a list'],
])('the rule %j is refused', async (rule, message) => {
  const answer = await cloud.call('POST', '/__demo/faults', rule);
  expect([answer.status, answer.body]).toEqual([400, { error: expect.stringContaining(message) }]);
});

test.each([
  ['clock', {}, 'give advanceSeconds'],
  ['clock', { set: 'noon' }, 'is not an instant'],
  ['package', { scopes: 'all' }, 'scopes must be a list'],
  ['rows', { key: 'none' }, 'key must be one of SUBSCRIBERS'],
  ['rows', { key: 'AUDIENCE', upsert: [{ Colour: 1 }] }, 'does not exist'],
  ['locations', { key: 'none' }, 'give the key of a location'],
])('the change of %s by %j is refused', async (path, body, message) => {
  const answer = await cloud.call('POST', `/__demo/${path}`, body);
  expect([answer.status, answer.body]).toEqual([400, { error: expect.stringContaining(message) }]);
});

test('requests are listed, with the faults that were played on them', async () => {
  await cloud.call('DELETE', '/__demo/requests');
  await play('status');
  await cloud.call('POST', rowset, row);
  const { body } = await cloud.call('GET', '/__demo/requests');
  expect(body).toMatchObject([{ method: 'POST', path: rowset, status: 503, fault: 'status' }]);
});

test('the state says what there is; nobody else is answered', async () => {
  expect((await cloud.call('GET', '/__demo/state')).body).toMatchObject({
    clock: { now: '2026-06-15T10:00:00.000Z' },
    extensions: expect.arrayContaining([expect.objectContaining({ key: 'SUBSCRIBERS', rows: 100 })]),
    tokens: { open: expect.any(Number) },
  });
  expect((await cloud.call('GET', '/__demo/state', undefined, { origin: 'https://elsewhere.example' })).status).toBe(
    403,
  );
});
