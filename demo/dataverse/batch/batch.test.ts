import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from '../testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 40 });
});
afterAll(() => org.close());

const request = (line: string, body?: unknown, headers: string[] = []): string =>
  [
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    ...headers,
    '',
    `${line} HTTP/1.1`,
    'Content-Type: application/json',
    '',
    body === undefined ? '' : JSON.stringify(body),
    '',
  ].join('\r\n');
const join = (boundary: string, parts: string[]): string =>
  `${parts.map((part) => `--${boundary}\r\n${part}`).join('')}--${boundary}--\r\n`;
const set = (parts: string[]): string =>
  `Content-Type: multipart/mixed; boundary="changeset_1"\r\n\r\n${join('changeset_1', parts)}`;
const send = (parts: string[], headers: Record<string, string> = {}) =>
  org.call('POST', '$batch', join('batch_1', parts), {
    'content-type': 'multipart/mixed;boundary=batch_1',
    ...headers,
  });
const statuses = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
const count = (): number => org.org.table('account')!.rows.size;

test('parts are answered in their order, reads among them', async () => {
  const answer = await send([
    request('POST /api/data/v9.2/accounts', { name: 'First' }),
    request(`GET ${org.url}/api/data/v9.2/accounts?$select=name&$filter=name%20eq%20'First'`),
  ]);
  expect([answer.status, statuses(answer.text)]).toEqual([200, [204, 200]]);
  expect(answer.headers.get('content-type')).toMatch(/^multipart\/mixed; boundary=batchresponse_/);
  expect(answer.text.startsWith('--batchresponse_')).toBe(true);
  expect(answer.text).toContain('"name":"First"');
});

test('lines may end in LF alone', async () => {
  const text = join('batch_1', [request('GET accounts?$top=1')]).replaceAll('\r\n', '\n');
  const answer = await org.call('POST', '$batch', text, { 'content-type': 'multipart/mixed;boundary="batch_1"' });
  expect(statuses(answer.text)).toEqual([200]);
});

test('the first failure ends the batch and is its status, unless the client goes on', async () => {
  const parts = [request('POST accounts', { nothing: 1 }), request('POST accounts', { name: 'Behind' })];
  const ended = await send(parts);
  expect([ended.status, statuses(ended.text)]).toEqual([400, [400]]);
  const went = await send(parts, { prefer: 'odata.continue-on-error' });
  expect([went.status, statuses(went.text)]).toEqual([200, [400, 204]]);
});

test('a change set is written as a whole, and refers to what it made itself', async () => {
  const answer = await send([
    set([
      request('POST accounts', { name: 'Parent' }, ['Content-ID: 1']),
      request('POST contacts', { lastname: 'Child', 'parentcustomerid_account@odata.bind': '$1' }, ['Content-ID: 2']),
      request('PATCH $1', { telephone1: '1' }, ['Content-ID: 3']),
    ]),
  ]);
  expect([answer.status, statuses(answer.text)]).toEqual([200, [204, 204, 204]]);
  const [child] = await org.all(
    "contacts?$filter=lastname eq 'Child'&$expand=parentcustomerid_account($select=name,telephone1)",
  );
  expect(child).toMatchObject({ parentcustomerid_account: { name: 'Parent', telephone1: '1' } });
});

test('one failure takes back the whole change set', async () => {
  const before = count();
  const parts = [
    set([
      request('POST accounts', { name: 'Gone' }, ['Content-ID: 1']),
      request('POST accounts', { name: 'x'.repeat(200) }, ['Content-ID: 2']),
    ]),
  ];
  const answer = await send(parts, { prefer: 'odata.continue-on-error' });
  expect([answer.status, statuses(answer.text), count()]).toEqual([200, [400], before]);
  expect(answer.text).not.toContain('changesetresponse');
});

test('reads do not belong into a change set, and references need something made', async () => {
  const read = await send([set([request('GET accounts', undefined, ['Content-ID: 1'])])]);
  expect([read.status, statuses(read.text)]).toEqual([400, [400]]);
  const unknown = await send([set([request('PATCH $7', { name: 'x' }, ['Content-ID: 1'])])]);
  expect(unknown.text).toContain("Content-ID Reference: '$7' does not exist in the batch context.");
});

test('more than 1000 operations are refused, and so is a body without an end', async () => {
  expect((await send(Array.from({ length: 1001 }, () => request('GET accounts?$top=1')))).status).toBe(400);
  const cut = join('batch_1', [request('GET accounts')]).slice(0, -10);
  expect((await org.call('POST', '$batch', cut, { 'content-type': 'multipart/mixed;boundary=batch_1' })).status).toBe(
    400,
  );
});
