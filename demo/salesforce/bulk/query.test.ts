import http from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from '../testing.ts';
import { type JobAnswer, waitForJob } from './testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 1200 });
});
afterEach(() => org.call('DELETE', '/__demo/faults'));
afterAll(() => org.close());

async function start(query: string, more: Record<string, unknown> = {}): Promise<JobAnswer> {
  const { status, body, text } = await org.call('POST', '/jobs/query', { operation: 'query', query, ...more });
  expect([status, text]).toEqual([200, text]);
  return body as JobAnswer;
}

async function complete(query: string, more: Record<string, unknown> = {}): Promise<JobAnswer> {
  const { id } = await start(query, more);
  return waitForJob(org, 'query', id);
}

const results = (id: string, query = '', headers = {}) =>
  org.call('GET', `/jobs/query/${id}/results${query}`, undefined, headers);

/** The lines of all pages, without their headers. */
async function lines(id: string, maxRecords: number): Promise<string[]> {
  const found: string[] = [];
  for (let locator: string | null = null; locator !== 'null'; ) {
    const page = await results(id, `?maxRecords=${maxRecords}${locator === null ? '' : `&locator=${locator}`}`);
    expect(page.status).toBe(200);
    const rows = page.text.split('\n').slice(1, -1);
    expect(page.headers.get('sforce-numberofrecords')).toBe(String(rows.length));
    found.push(...rows);
    locator = page.headers.get('sforce-locator');
  }
  return found;
}

const refusal = async (query: string, more = {}) => {
  const { status, body } = await org.call('POST', '/jobs/query', { operation: 'query', query, ...more });
  return [status, ...(body as { errorCode: string; message: string }[]).map((e) => [e.errorCode, e.message])];
};

test('a job is made, goes through its states, and says how many records it found', async () => {
  await org.call('POST', '/__demo/faults', { kind: 'slow-job', ms: 300, match: { path: '/services/data/v60.0/jobs' } });
  const made = await org.call('POST', '/jobs/query', { operation: 'query', query: 'SELECT Id FROM Contact' });
  const { id } = made.body as JobAnswer;
  expect(made.body).toEqual({
    id: expect.stringMatching(/^750\w{15}$/),
    operation: 'query',
    object: 'Contact',
    createdById: org.org.userId,
    createdDate: '2026-06-15T10:00:00.000+0000',
    systemModstamp: '2026-06-15T10:00:00.000+0000',
    state: 'UploadComplete',
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: 60,
    lineEnding: 'LF',
    columnDelimiter: 'COMMA',
  });
  expect(made.text).toContain('"apiVersion":60.0,');
  const states = new Set<string>();
  const done = await waitForJob(org, 'query', id, (job) => states.add(job.state));
  expect([...states]).toEqual(['UploadComplete', 'InProgress', 'JobComplete']);
  expect(done).toMatchObject({
    jobType: 'V2Query',
    numberRecordsProcessed: 1200,
    retries: 0,
    isPkChunkingSupported: true,
  });
});

test('every page repeats the header, counts its records, and only the last says that it is', async () => {
  const { id } = await complete('SELECT Id, LastName FROM Contact');
  const first = await results(id, '?maxRecords=500');
  expect(first.headers.get('content-type')).toBe('text/csv');
  expect(first.headers.get('sforce-numberofrecords')).toBe('500');
  const locator = first.headers.get('sforce-locator')!;
  expect(Buffer.from(locator, 'base64url').toString()).toBe(`0:${id.slice(0, 15)}:500`);
  const last = await results(id, `?maxRecords=700&locator=${locator}`);
  expect([last.headers.get('sforce-locator'), last.headers.get('sforce-numberofrecords')]).toEqual(['null', '700']);
  for (const page of [first, last]) expect(page.text.split('\n')[0]).toBe('"Id","LastName"');
  const ids = (await lines(id, 499)).map((line) => line.slice(1, 19));
  expect(ids.length).toBe(1200);
  expect(new Set(ids)).toEqual(new Set((await org.all('SELECT Id FROM Contact')).map((row) => row.Id)));
});

test('a result without records is one page with a header', async () => {
  const job = await complete("SELECT Id FROM Contact WHERE LastName = 'nobody has this name'");
  const page = await results(job.id);
  expect([page.text, page.headers.get('sforce-locator'), page.headers.get('sforce-numberofrecords')]).toEqual([
    '"Id"\n',
    'null',
    '0',
  ]);
  expect(job.numberRecordsProcessed).toBe(0);
});

test('pages can be smaller than asked', async () => {
  const { id } = await complete('SELECT Id FROM Contact');
  await org.call('POST', '/__demo/faults', { kind: 'small-pages', rows: 100, times: 1, match: { path: 'results' } });
  const page = await results(id, '?maxRecords=5000');
  expect([page.headers.get('sforce-numberofrecords'), page.text.split('\n').length]).toEqual(['100', 102]);
  expect(await lines(id, 5000)).toHaveLength(1200);
});

test('values are text: a Z at instants, fractions at doubles, nothing for null, doubled quotes and line breaks', async () => {
  const { body } = await org.call('POST', '/sobjects/Account', {
    Name: 'He said "yes", twice\nand left',
    AnnualRevenue: 12_500_000,
    NumberOfEmployees: 7,
    Industry: null,
  });
  const { id } = body as { id: string };
  const soql = `SELECT Name, AnnualRevenue, NumberOfEmployees, Industry, CreatedDate, IsDeleted, Owner.Name FROM Account WHERE Id = '${id}'`;
  const owner = (await org.query(`SELECT Name FROM User WHERE Id = '${org.org.userId}'`)).records[0]!.Name;
  const job = await complete(soql);
  expect((await results(job.id)).text).toBe(
    '"Name","AnnualRevenue","NumberOfEmployees","Industry","CreatedDate","IsDeleted","Owner.Name"\n' +
      `"He said ""yes"", twice\nand left","1.25E7","7","","2026-06-15T10:00:00.000Z","false","${owner}"\n`,
  );
});

test('whole numbers can have a fraction, and a value can end with U+0000', async () => {
  await org.call('POST', '/sobjects/Account', { Name: 'Fraction', NumberOfEmployees: 7 });
  await org.call('POST', '/__demo/faults', { kind: 'int-fractions', match: { method: 'POST', path: '/services' } });
  await org.call('POST', '/__demo/faults', { kind: 'malformed-rows', defect: 'nul', match: { path: 'results$' } });
  const { id } = await complete("SELECT Name, NumberOfEmployees FROM Account WHERE Name = 'Fraction'");
  expect((await results(id)).text).toBe('"Name","NumberOfEmployees"\n"Fraction\u0000","7.0"\n');
  expect((await results(id)).text).toBe('"Name","NumberOfEmployees"\n"Fraction","7.0"\n');
});

test('delimiters and line endings are those of the job', async () => {
  const query = 'SELECT Id, LastName FROM Contact ORDER BY Id LIMIT 1';
  const [row] = (await org.query(query)).records;
  const delimiters = { BACKQUOTE: '`', CARET: '^', COMMA: ',', PIPE: '|', SEMICOLON: ';', TAB: '\t' };
  for (const [columnDelimiter, sign] of Object.entries(delimiters)) {
    const { id } = await complete(query, { columnDelimiter, lineEnding: 'CRLF' });
    expect((await results(id)).text).toBe(`"Id"${sign}"LastName"\r\n"${row!.Id}"${sign}"${row!.LastName}"\r\n`);
  }
});

test('queryAll finds deleted records too', async () => {
  const query = 'SELECT Id, IsDeleted FROM Contact';
  const job = await complete(query, { operation: 'queryAll' });
  const all = (await org.query(query, '/queryAll')).totalSize;
  expect(all).toBeGreaterThan(1200);
  expect(job.numberRecordsProcessed).toBe(all);
  expect((await lines(job.id, 10_000)).filter((line) => line.endsWith('"true"')).length).toBe(all - 1200);
});

test('a result stays what it was when the job ran', async () => {
  const soql = 'SELECT Id, Title FROM Contact WHERE Title != null ORDER BY Id LIMIT 3';
  const before = (await org.query(soql)).records;
  const { id } = await complete(soql);
  const made = await org.call('POST', '/sobjects/Contact', { LastName: 'Later', Title: 'Later' });
  await org.call('PATCH', `/sobjects/Contact/${before[0]!.Id}`, { Title: 'Changed once' });
  await org.call('PATCH', `/sobjects/Contact/${before[0]!.Id}`, { Title: 'Changed twice' });
  await org.call('DELETE', `/sobjects/Contact/${before[1]!.Id}`);
  expect(made.status).toBe(201);
  expect(await lines(id, 2)).toEqual(before.map((row) => `"${row.Id}","${row.Title}"`));
});

test('a result is compressed when the client takes that', async () => {
  const { id } = await complete('SELECT Id, Email FROM Contact');
  const plain = (await results(id, '', { 'accept-encoding': 'identity' })).text;
  const raw = await new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
    const headers = { authorization: `Bearer ${org.token}`, 'accept-encoding': 'gzip' };
    const url = `${org.url}/services/data/v60.0/jobs/query/${id}/results`;
    const request = http.get(url, { headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('end', () =>
        resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(parts) }),
      );
    });
    request.once('error', reject);
  });
  expect(raw.encoding).toBe('gzip');
  expect(raw.body.length).toBeLessThan(plain.length / 2);
  expect(gunzipSync(raw.body).toString()).toBe(plain);
});

test('pages can be read at the same time', async () => {
  const { id } = await complete('SELECT Id FROM Contact');
  await org.call('POST', '/__demo/faults', { kind: 'small-pages', rows: 200, times: null, match: { path: 'result' } });
  const ids = new Set<string>();
  let path: string | null = `/jobs/query/${id}/resultPages`;
  const counts = [];
  while (path !== null) {
    const { body } = await org.call('GET', path);
    const answer = body as { resultPages: { resultUrl: string }[]; nextRecordsUrl: string | null; done: boolean };
    counts.push(answer.resultPages.length);
    expect(answer.done).toBe(answer.nextRecordsUrl === null);
    const pages = await Promise.all(answer.resultPages.map(({ resultUrl }) => org.call('GET', resultUrl)));
    for (const page of pages) for (const line of page.text.split('\n').slice(1, -1)) ids.add(line);
    path = answer.nextRecordsUrl;
  }
  expect([counts, ids.size]).toEqual([[5, 1], (await org.query('SELECT COUNT() FROM Contact')).totalSize]);
});

test('what the Bulk API cannot read is refused when the job is made', async () => {
  expect(await refusal('SELECT MailingAddress FROM Contact')).toEqual([
    400,
    ['API_ERROR', 'Selecting compound data not supported in Bulk Query'],
  ]);
  const unsupported = [
    'SELECT COUNT() FROM Contact',
    'SELECT COUNT(Id) FROM Contact',
    'SELECT LastName FROM Contact GROUP BY LastName',
    'SELECT Id FROM Contact ORDER BY Id LIMIT 10 OFFSET 5',
    'SELECT Id, (SELECT Id FROM Contacts) FROM Account',
    'SELECT TYPEOF Owner WHEN User THEN Name END FROM Contact',
    'SELECT FIELDS(ALL) FROM Contact LIMIT 10',
  ];
  for (const query of unsupported) {
    expect([query, await refusal(query)]).toMatchObject([
      query,
      [400, ['API_ERROR', expect.stringContaining('not supported in Bulk Query')]],
    ]);
  }
  expect(await refusal('SELECT Nope FROM Contact')).toMatchObject([400, ['INVALID_FIELD', expect.any(String)]]);
  expect(await refusal("SELECT Id FROM Contact WHERE CreatedDate = 'x'")).toMatchObject([
    400,
    ['INVALID_FIELD', expect.any(String)],
  ]);
  expect(await refusal('SELECT Id FROM Nope')).toMatchObject([400, ['INVALID_TYPE', expect.any(String)]]);
  expect(await refusal('SELECT Id FROM')).toMatchObject([400, ['MALFORMED_QUERY', expect.any(String)]]);
  expect(await refusal('')).toMatchObject([400, ['INVALIDJOB', expect.any(String)]]);
  for (const more of [
    { operation: 'insert' },
    { columnDelimiter: 'DOT' },
    { lineEnding: 'CR' },
    { contentType: 'JSON' },
  ]) {
    expect(await refusal('SELECT Id FROM Contact', more)).toMatchObject([400, ['INVALIDJOB', expect.any(String)]]);
  }
});

test('words of a value are not taken for clauses', async () => {
  const { numberRecordsProcessed } = await complete(
    "SELECT Id FROM Contact WHERE LastName = 'OFFSET (SELECT GROUP BY'",
  );
  expect(numberRecordsProcessed).toBe(0);
});

test('a job at work can be aborted and has no results; a complete one cannot be', async () => {
  await org.call('POST', '/__demo/faults', { kind: 'slow-job', ms: 600_000, match: { method: 'POST' } });
  const { id } = await start('SELECT Id FROM Contact');
  const path = `/jobs/query/${id}`;
  expect(await results(id)).toMatchObject({ status: 400, body: [{ errorCode: 'INVALIDJOBSTATE' }] });
  expect((await org.call('PATCH', path, { state: 'JobComplete' })).body).toMatchObject([
    { errorCode: 'INVALIDJOBSTATE' },
  ]);
  expect(await org.call('PATCH', path, { state: 'Aborted' })).toMatchObject({
    status: 200,
    body: { state: 'Aborted' },
  });
  expect(await results(id)).toMatchObject({ status: 400, body: [{ errorCode: 'INVALIDJOBSTATE' }] });
  expect((await org.call('DELETE', path)).status).toBe(204);
  expect((await org.call('GET', path)).status).toBe(404);

  const done = await complete('SELECT Id FROM Contact LIMIT 1');
  expect(await org.call('PATCH', `/jobs/query/${done.id}`, { state: 'Aborted' })).toMatchObject({
    status: 400,
    body: [{ errorCode: 'INVALIDJOBSTATE', message: 'Aborting already Completed Job not allowed' }],
  });
});

test('a job can fail, be aborted by somebody else, or be retried too often', async () => {
  const ends = [
    [{ kind: 'fail-job', message: 'InternalServerError : no luck' }, 'Failed', 'InternalServerError : no luck', 0],
    [{ kind: 'abort-job' }, 'Aborted', undefined, 0],
    [{ kind: 'retry-job' }, 'Failed', expect.stringContaining('more than 15 times'), 15],
  ] as const;
  for (const [rule, state, errorMessage, retries] of ends) {
    await org.call('POST', '/__demo/faults', { ...rule, match: { method: 'POST', path: '/services/data' } });
    const job = await complete('SELECT Id FROM Contact');
    expect([job.state, job.errorMessage, job.retries]).toEqual([state, errorMessage, retries]);
    expect((await results(job.id)).status).toBe(400);
  }
});

test('jobs are listed, belong to a version of the API, and are gone after a week', async () => {
  const { id } = await complete('SELECT Id FROM Contact LIMIT 1');
  const { body } = await org.call('GET', '/jobs/query?jobType=V2Query');
  expect(body).toMatchObject({ done: true, nextRecordsUrl: null });
  expect((body as { records: JobAnswer[] }).records.map((job) => job.id)).toContain(id);
  const other = await org.call('GET', `/services/data/v61.0/jobs/query/${id}/results`);
  expect(other.status).toBe(409);
  for (const query of ['?maxRecords=0', '?locator=nonsense']) expect((await results(id, query)).status).toBe(400);
  const limits = (await org.call('GET', '/limits')).body as {
    DailyBulkV2QueryJobs: { Max: number; Remaining: number };
  };
  expect(limits.DailyBulkV2QueryJobs.Remaining).toBeLessThan(limits.DailyBulkV2QueryJobs.Max);
  org.org.clock.advance(7 * 86_400 + 1);
  await org.signIn();
  expect((await org.call('GET', `/jobs/query/${id}`)).status).toBe(404);
});
