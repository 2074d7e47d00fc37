import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CrmClient, ReadPage, ReadQuery } from '../../../contract/connector.ts';
import { RetryLater } from '../../../contract/errors.ts';
import type { Cell } from '../../../contract/types.ts';
import { jobsOf } from '../../../demo/salesforce/bulk/jobs.ts';
import type { Demo } from '../../../test/harness/salesforceClient.ts';
import { drain, failure, openDemo, readRows, rowsOf } from '../../../test/harness/salesforceClient.ts';

const contacts: ReadQuery = { object: 'Contact', fields: ['Id', 'LastName', 'SystemModstamp'], via: 'bulk' };
let demo: Demo;
let client: CrmClient;
let all: Cell[][];
let lines: string[] = [];

beforeAll(async () => {
  demo = await openDemo({ contacts: 5_000 });
  client = await demo.connect({ log: (_level, message) => lines.push(message) });
  all = await readRows(client, { ...contacts, via: 'rest' });
});
afterEach(() => {
  demo.org.faults.clear();
  demo.org.requests.clear();
  lines = [];
});
afterAll(() => demo.close());

type Fault = Record<string, unknown>;
const make = { match: { method: 'POST', path: 'jobs/query$' } };
const look = { match: { method: 'GET', path: 'jobs/query/\\w+$' } };
const page = { match: { path: 'jobs/query/\\w+/results' } };
const remove = { match: { method: 'DELETE', path: 'jobs/query' } };
const play = (...faults: Fault[]): Promise<unknown> =>
  demo.control(
    'faults',
    faults.map((fault) => ({ times: 1, ...fault })),
  );
const jobsMade = (): number =>
  demo.org.requests.since(0).filter(({ method, path }) => method === 'POST' && path.endsWith('jobs/query')).length;
/** Of those made in this test. */
const jobsLeft = (): number =>
  jobsOf(demo.org)
    .list('V2Query')
    .filter(({ id }) => !known.has(id)).length;
let known = new Set<string>();
beforeEach(() => {
  known = new Set(
    jobsOf(demo.org)
      .list('V2Query')
      .map(({ id }) => id),
  );
});
const smallPages = { ...page, kind: 'small-pages', rows: 1_200, times: null };
const gone = { kind: 'status', status: 404, errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' };

test.each<[string, Fault]>([
  ['a 503 when the job is made', { ...make, kind: 'status' }],
  ['a connection cut after the job was made', { ...make, kind: 'reset-after' }],
  ['a maintenance page while it is waited for', { ...look, kind: 'html' }],
  ['JSON that ends in the middle', { ...look, kind: 'truncated-json' }],
  ['an expired session while it is waited for', { ...look, kind: 'expire-session' }],
  ['an expired session at a result page', { ...page, kind: 'expire-session', after: 2 }],
  [
    'too many requests at once',
    { ...page, kind: 'limit', message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.' },
  ],
  ['a 503 at a result page', { ...page, kind: 'status', after: 1 }],
  ['a connection cut before a result page', { ...page, kind: 'reset-before', after: 1 }],
  ['a connection cut in the middle of a result page', { ...page, kind: 'reset-mid-body', after: 1 }],
  ['a result page that ends in the middle of a row', { ...page, kind: 'truncated-json', after: 1 }],
  ['a page of HTML that says it is well', { ...page, kind: 'html', status: 200, after: 1 }],
  ['a page of HTML that says it is CSV', { ...page, kind: 'html', status: 200, contentType: 'text/csv', after: 1 }],
  [
    'a page without headers',
    {
      ...page,
      kind: 'status',
      status: 200,
      contentType: 'text/csv',
      body: '"Id","LastName","SystemModstamp"\n',
      after: 1,
    },
  ],
  ['a job that is removed already', { ...remove, ...gone }],
  ['a slow job', { ...make, kind: 'slow-job', ms: 300 }],
])('%s costs nothing: every record comes once, in order, by Bulk', async (_, fault) => {
  await play(smallPages, fault);
  expect(await readRows(client, contacts)).toEqual(all);
  expect(lines.join()).not.toContain('by REST');
});

test.each<[string, Fault[]]>([
  ['failed', [{ ...make, kind: 'fail-job', message: 'InternalServerError : try again' }]],
  ['was aborted by somebody', [{ ...make, kind: 'abort-job' }]],
  ['was retried too often', [{ ...make, kind: 'retry-job' }]],
  ['was deleted by somebody', [{ ...look, ...gone }]],
  ['was deleted after two pages', [{ ...page, ...gone, after: 2 }]],
  [
    'forgot its locator',
    [
      {
        ...page,
        kind: 'status',
        status: 400,
        errorCode: 'INVALID_QUERY_LOCATOR',
        message: 'invalid locator',
        after: 3,
      },
    ],
  ],
])('a job that %s is begun anew behind the last record', async (_, faults) => {
  await play(smallPages, ...faults);
  expect(await readRows(client, contacts)).toEqual(all);
  expect([jobsMade(), jobsLeft()]).toEqual([2, 0]);
  expect(lines.join()).toContain('another goes on behind the last record');
});

test('jobs that fail one after the other are left, and REST goes on behind the last record', async () => {
  await play(smallPages, { ...page, ...gone, after: 2, times: null });
  expect(await readRows(client, contacts)).toEqual(all);
  expect([jobsMade(), jobsLeft()]).toEqual([3, 0]);
  expect(lines.join()).toContain('Many records are read by REST and not by Bulk: NOT_FOUND');
});

test('a result that is in another order than before is not trusted', async () => {
  const first = (await drain(client.read(contacts), 2))[1] as ReadPage;
  const { job, ...place } = first.position as { job: Record<string, Cell>; id: string };
  const other = await startJob('SELECT Id, LastName, SystemModstamp FROM Contact ORDER BY LastName');
  const rest = await readRows(client, contacts, { ...place, job: { ...job, id: other } });
  expect([...first.rows, ...rest]).toEqual(all);
  expect(lines.join()).toContain('no longer in the same order');
});

async function startJob(query: string): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: demo.clientId, client_secret: demo.clientSecret };
  const token = await fetch(`${demo.url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token } = (await token.json()) as { access_token: string };
  const response = await fetch(`${demo.url}/services/data/v60.0/jobs/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ operation: 'query', query }),
  });
  return ((await response.json()) as { id: string }).id;
}

test.each<[string, Fault, string]>([
  ['a system that stays down', { ...page, kind: 'html' }, 'REMOTE_BUSY'],
  ['the limit of the day', { ...page, kind: 'limit' }, 'REMOTE_LIMIT'],
  ['pages that always break off', { ...page, kind: 'truncated-json' }, 'REMOTE_NOT_UNDERSTOOD'],
])('%s ends the attempt; the next one goes on with the same job', async (_, fault, code) => {
  await play(smallPages, { ...fault, after: 1, times: null });
  const pages: ReadPage[] = [];
  const reading = (async () => {
    for await (const one of client.read(contacts)) pages.push(one);
  })();
  const error = await failure(reading);
  expect(error).toBeInstanceOf(RetryLater);
  expect(error.code).toBe(code);
  demo.org.faults.clear();
  expect([...rowsOf(pages), ...(await readRows(client, contacts, pages.at(-1)?.position))]).toEqual(all);
  expect([jobsMade(), jobsLeft()]).toEqual([1, 0]);
});

test('a stop ends the waiting for a job at once, and the next attempt waits for the same one', async () => {
  await play({ ...make, kind: 'slow-job', ms: 1_000 });
  const controller = new AbortController();
  const stopped = await demo.connect({ signal: controller.signal });
  const pages = stopped.read(contacts)[Symbol.asyncIterator]();
  const { value } = (await pages.next()) as { value: ReadPage };
  const waiting = failure(pages.next());
  controller.abort(new Error('stopped'));
  expect((await waiting).message).toBe('stopped');
  expect(await readRows(client, contacts, value.position)).toEqual(all);
  expect(jobsMade()).toBe(1);
});

test('a reader that has enough leaves no job behind', async () => {
  for await (const { rows } of client.read(contacts)) if (rows.length > 0) break;
  await play({ ...make, kind: 'slow-job', ms: 60_000 });
  for await (const _page of client.read(contacts)) break;
  expect(jobsLeft()).toBe(0);
});

test('a session that is refused straight after it was renewed ends the read', async () => {
  await play({
    ...page,
    kind: 'status',
    status: 401,
    errorCode: 'INVALID_SESSION_ID',
    message: 'Session expired or invalid',
    times: null,
  });
  expect(await failure(readRows(client, contacts))).toMatchObject({ name: 'UserError', code: 'CONNECTION_REFUSED' });
});

test('every request that counts asks the budget first, and tells it what the answer said; one that is refused is not sent', async () => {
  const usage: unknown[] = [];
  let left = 4;
  const calls = {
    before: async () => {
      if (left === 0) throw new RetryLater('API_BUDGET_SPENT', {});
      left -= 1;
    },
    after: (said: unknown) => usage.push(said),
  };
  const counting = await demo.connect({ calls });
  expect(await failure(readRows(counting, contacts))).toMatchObject({ code: 'API_BUDGET_SPENT' });
  const sent = demo.org.requests.since(0).filter(({ path }) => /\/v60\.0\//.test(path)).length;
  expect([usage.length, sent]).toEqual([4, 4]);
  expect(usage.at(-1)).toMatchObject({ used: expect.any(Number), allowed: 1_000_000 });
});
