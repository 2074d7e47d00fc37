import http from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from '../testing.ts';
import { type JobAnswer, readCsv, waitForJob } from './testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 300 });
});
afterEach(() => org.call('DELETE', '/__demo/faults'));
afterAll(() => org.close());

type Options = Record<string, unknown>;

async function open(operation: string, more: Options = {}): Promise<JobAnswer> {
  const { status, body, text } = await org.call('POST', '/jobs/ingest', { object: 'Contact', operation, ...more });
  expect([status, text]).toEqual([200, text]);
  return body as JobAnswer;
}

const upload = (id: string, csv: string, contentType = 'text/csv') =>
  org.call('PUT', `/jobs/ingest/${id}/batches`, csv, { 'content-type': contentType });

const move = (id: string, state: string) => org.call('PATCH', `/jobs/ingest/${id}`, { state });

/** Runs a job to its end. */
async function run(operation: string, csv: string, more: Options = {}): Promise<JobAnswer> {
  const { id } = await open(operation, more);
  expect((await upload(id, csv)).status).toBe(201);
  expect((await move(id, 'UploadComplete')).body).toMatchObject({ state: 'UploadComplete' });
  return waitForJob(org, 'ingest', id);
}

/** The records of a result file. */
async function results(id: string, file: string): Promise<Record<string, string>[]> {
  const { status, text, headers } = await org.call('GET', `/jobs/ingest/${id}/${file}`);
  expect([status, headers.get('content-type')]).toEqual([200, 'text/csv']);
  return readCsv(text);
}

const errorsOf = async (id: string) => (await results(id, 'failedResults')).map((row) => row.sf__Error!).sort();

const contact = async (key: string) =>
  (await org.query(`SELECT FIELDS(ALL) FROM Contact WHERE External_Id__c = '${key}' LIMIT 1`)).records[0]!;

test('a job goes through its states, and its counts and files tell of every row', async () => {
  const made = await open('insert');
  expect(made).toEqual({
    id: expect.stringMatching(/^750\w{15}$/),
    operation: 'insert',
    object: 'Contact',
    createdById: org.org.userId,
    createdDate: '2026-06-15T10:00:00.000+0000',
    systemModstamp: '2026-06-15T10:00:00.000+0000',
    state: 'Open',
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: 60,
    contentUrl: `services/data/v60.0/jobs/ingest/${made.id}/batches`,
    lineEnding: 'LF',
    columnDelimiter: 'COMMA',
  });
  await upload(made.id, 'External_Id__c,LastName,Email\ni1,Ok,a@b.co\ni2,,not-an-email\ni3,"Two\nlines ""q""",\n');
  await org.call('POST', '/__demo/faults', { kind: 'slow-job', ms: 300, match: { method: 'PATCH' } });
  await move(made.id, 'UploadComplete');
  const states = new Set<string>();
  const job = await waitForJob(org, 'ingest', made.id, ({ state }) => states.add(state));
  expect([...states]).toEqual(['UploadComplete', 'InProgress', 'JobComplete']);
  expect(job).toMatchObject({
    jobType: 'V2Ingest',
    numberRecordsProcessed: 3,
    numberRecordsFailed: 1,
    retries: 0,
    totalProcessingTime: expect.any(Number),
    apiActiveProcessingTime: expect.any(Number),
    apexProcessingTime: 0,
  });
  const successes = await results(made.id, 'successfulResults');
  expect(successes.sort((a, b) => (a.External_Id__c! < b.External_Id__c! ? -1 : 1))).toEqual([
    { sf__Id: (await contact('i1')).Id, sf__Created: 'true', External_Id__c: 'i1', LastName: 'Ok', Email: 'a@b.co' },
    {
      sf__Id: (await contact('i3')).Id,
      sf__Created: 'true',
      External_Id__c: 'i3',
      LastName: 'Two\nlines "q"',
      Email: '',
    },
  ]);
  expect((await org.call('GET', `/jobs/ingest/${made.id}/failedResults`)).text).toBe(
    '"sf__Id","sf__Error","External_Id__c","LastName","Email"\n' +
      '"","INVALID_EMAIL_ADDRESS:Email: invalid email address: not-an-email:Email --' +
      'REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --","i2","","not-an-email"\n',
  );
  expect((await org.call('GET', `/jobs/ingest/${made.id}/UNPROCESSEDRECORDS`)).text).toBe(
    '"External_Id__c","LastName","Email"\n',
  );
});

test('an empty cell leaves a field as it is, #N/A clears it', async () => {
  await run('insert', 'External_Id__c,LastName,Title,Email,HasOptedOutOfEmail\nn1,N,T,n@b.co,1\n');
  const { Id } = await contact('n1');
  const job = await run('update', `Id,Title,Email,HasOptedOutOfEmail,FirstName\n${Id},,#N/A,#N/A,New\n`);
  expect(job).toMatchObject({ state: 'JobComplete', numberRecordsProcessed: 1, numberRecordsFailed: 0 });
  expect(await contact('n1')).toMatchObject({ Title: 'T', Email: null, HasOptedOutOfEmail: false, FirstName: 'New' });
});

test('the rows of a result come in another order than they went', async () => {
  const keys = Array.from({ length: 50 }, (_, i) => `s${i}`);
  const job = await run('insert', `External_Id__c,LastName\n${keys.map((key) => `${key},S`).join('\n')}\n`);
  const found = (await results(job.id, 'successfulResults')).map((row) => row.External_Id__c!);
  expect(found).not.toEqual(keys);
  expect(new Set(found)).toEqual(new Set(keys));
});

test('upsert finds records by an external id and says which it made', async () => {
  await run('insert', 'External_Id__c,LastName\nu1,Old\n');
  const csv = 'Id,External_Id__c,LastName\n,U1,New\n,u2,Made\n,,No key\n,u3,A\n,U3,B\n';
  const job = await run('upsert', csv, { externalIdFieldName: 'External_Id__c' });
  expect(job).toMatchObject({
    numberRecordsProcessed: 5,
    numberRecordsFailed: 3,
    externalIdFieldName: 'External_Id__c',
  });
  const successes = await results(job.id, 'successfulResults');
  expect(Object.fromEntries(successes.map((row) => [row.External_Id__c, row.sf__Created]))).toEqual({
    U1: 'false',
    u2: 'true',
  });
  expect(await contact('u1')).toMatchObject({ LastName: 'New' });
  expect(await errorsOf(job.id)).toEqual([
    'DUPLICATE_VALUE:Duplicate external id specified: U3:--',
    'DUPLICATE_VALUE:Duplicate external id specified: u3:--',
    'MISSING_ARGUMENT:External_Id__c not specified:--',
  ]);
});

test('upsert by Id changes the record of an id and makes one where there is none', async () => {
  await run('insert', 'External_Id__c,LastName\nui1,Old\n');
  const { Id } = await contact('ui1');
  const csv = `Id,External_Id__c,LastName\n${Id.slice(0, 15)},ui1,New\n,ui2,Made\n`;
  const job = await run('upsert', csv, { externalIdFieldName: 'Id' });
  expect(job).toMatchObject({ numberRecordsProcessed: 2, numberRecordsFailed: 0 });
  expect([(await contact('ui1')).LastName, (await contact('ui2')).LastName]).toEqual(['New', 'Made']);
});

test('a key that fits several records refuses the row', async () => {
  await run('insert', 'LastName,Legacy_Id__c\nA,bulk-twice\nB,bulk-twice\n');
  const job = await run('upsert', 'Legacy_Id__c,Title\nbulk-twice,T\n', { externalIdFieldName: 'Legacy_Id__c' });
  expect(await errorsOf(job.id)).toEqual([expect.stringMatching(/^DUPLICATE_EXTERNAL_ID:.*:--$/)]);
});

test('a parent can be named by one of its keys', async () => {
  await run('insert', 'Name,External_Id__c\nParent,bulk-acc\n', { object: 'Account' });
  const [account] = (await org.query("SELECT Id FROM Account WHERE External_Id__c = 'bulk-acc'")).records;
  const user = (await org.query('SELECT Id, Username FROM User ORDER BY Id DESC LIMIT 1')).records[0]!;
  const header = 'External_Id__c,LastName,Account.External_Id__c,User:Owner.Username';
  const job = await run('insert', `${header}\np1,P,BULK-ACC,${user.Username}\np2,P,,\np3,P,none,\n`);
  expect(job.numberRecordsFailed).toBe(1);
  expect(await contact('p1')).toMatchObject({ AccountId: account!.Id, OwnerId: user.Id });
  expect(await contact('p2')).toMatchObject({ AccountId: null, OwnerId: org.org.userId });
  expect(await errorsOf(job.id)).toEqual([
    'INVALID_FIELD:Foreign key external ID: none not found for field External_Id__c in entity Account:--',
  ]);
  await run('update', `Id,Account.External_Id__c\n${(await contact('p1')).Id},#N/A\n`);
  expect(await contact('p1')).toMatchObject({ AccountId: null });
});

test('delete takes ids only, hardDelete leaves nothing in the recycle bin', async () => {
  await run('insert', 'External_Id__c,LastName\nd1,D\nd2,D\nd3,D\n');
  const [one, two] = [(await contact('d1')).Id, (await contact('d2')).Id];
  const gone = await run('delete', `Id\n${one}\n${one}\n003000000000001AAA\nnonsense\n`);
  expect(gone).toMatchObject({ numberRecordsProcessed: 4, numberRecordsFailed: 3 });
  expect(await errorsOf(gone.id)).toEqual([
    `DUPLICATE_VALUE:duplicate id in list: ${one}:Id --`,
    'INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--',
    'MALFORMED_ID:Contact ID: id value of incorrect type: nonsense:Id --',
  ]);
  const failed = await results(gone.id, 'failedResults');
  expect(failed.map((row) => row.sf__Id).sort()).toEqual(['003000000000001AAA', one, 'nonsense'].sort());
  const again = await run('delete', `Id\n${one}\n`);
  expect(await errorsOf(again.id)).toEqual(['ENTITY_IS_DELETED:entity is deleted:--']);
  await run('hardDelete', `Id\n${one}\n${two}\n`);
  const left = (await org.query(`SELECT Id FROM Contact WHERE Id IN ('${one}', '${two}')`, '/queryAll')).totalSize;
  expect(left).toBe(0);
  const refused = await run('delete', `Id,LastName\n${one},D\n`);
  expect(refused).toMatchObject({ state: 'Failed', errorMessage: expect.stringMatching(/^InvalidBatch : .*LastName/) });
});

test('values of a wrong kind, fields that cannot be written and an id in an insert refuse their rows', async () => {
  const header = 'LastName,Birthdate,HasOptedOutOfEmail,CreatedDate,Id,AccountId';
  const rows = [
    'A,soon,,,,',
    'B,,maybe,,,',
    'C,,,2024-01-01T00:00:00.000Z,,',
    'D,,,,003000000000001AAA,',
    'E,,,,,001000000000001AAA',
    'F,1990-02-28Z,false,,,',
  ];
  const job = await run('insert', `${header}\n${rows.join('\n')}\n`);
  expect(job).toMatchObject({ numberRecordsProcessed: 6, numberRecordsFailed: 5 });
  expect((await errorsOf(job.id)).map((text) => text.replace(/:.*:/, ' '))).toEqual([
    'INVALID_CROSS_REFERENCE_KEY --',
    'INVALID_FIELD_FOR_INSERT_UPDATE CreatedDate --',
    'INVALID_FIELD_FOR_INSERT_UPDATE Id --',
    'INVALID_TYPE_ON_FIELD_IN_RECORD Birthdate --',
    'INVALID_TYPE_ON_FIELD_IN_RECORD HasOptedOutOfEmail --',
  ]);
});

test('data that is not what the job says fails it, and no row is processed', async () => {
  const cases: [string, Options, string][] = [
    [
      'LastName\r\nA\r\n',
      {},
      'ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF',
    ],
    [
      'LastName\nA\n',
      { lineEnding: 'CRLF' },
      'ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is CRLF',
    ],
    ['LastName;Title\nA;B\n', {}, 'InvalidBatch : Field name not found : LastName;Title'],
    ['\ufeffLastName\nA\n', {}, 'InvalidBatch : Field name not found : \ufeffLastName'],
    ['LastName,Nope__c\nA,B\n', {}, 'InvalidBatch : Field name not found : Nope__c'],
    ['LastName,Account.Name\nA,B\n', {}, 'InvalidBatch : Field name not found : Account.Name'],
    ['LastName,LASTNAME\nA,B\n', {}, 'InvalidBatch : Duplicate field name : LASTNAME'],
    ['LastName\n"A\n', {}, 'InvalidBatch : Failed to parse CSV: a quoted value is not closed'],
    ['', {}, 'InvalidBatch : The uploaded data is empty'],
  ];
  const before = (await org.query('SELECT COUNT() FROM Contact')).totalSize;
  for (const [csv, more, errorMessage] of cases) {
    const job = await run('insert', csv, more);
    expect(job).toMatchObject({ state: 'Failed', errorMessage, numberRecordsProcessed: 0, numberRecordsFailed: 0 });
    expect(await results(job.id, 'successfulResults')).toEqual([]);
  }
  expect((await org.query('SELECT COUNT() FROM Contact')).totalSize).toBe(before);
  const noKey = await run('upsert', 'LastName\nA\n', { externalIdFieldName: 'External_Id__c' });
  expect(noKey).toMatchObject({ state: 'Failed', errorMessage: expect.stringContaining('External_Id__c') });
});

test('every delimiter and line ending is read and written', async () => {
  const delimiters = { BACKQUOTE: '`', CARET: '^', COMMA: ',', PIPE: '|', SEMICOLON: ';', TAB: '\t' };
  for (const [columnDelimiter, sign] of Object.entries(delimiters)) {
    const csv = `LastName${sign}Title\r\n"a${sign}""b"${sign}T\r\n`;
    const job = await run('insert', csv, { columnDelimiter, lineEnding: 'CRLF' });
    const { text } = await org.call('GET', `/jobs/ingest/${job.id}/successfulResults`);
    expect(text.split('\r\n')[0]).toBe(`"sf__Id"${sign}"sf__Created"${sign}"LastName"${sign}"Title"`);
    expect(text.split('\r\n')[1]).toMatch(/"true".*"a.""b".*"T"$/);
    const id = text.split('\r\n')[1]!.slice(1, 19);
    expect((await org.call('GET', `/sobjects/Contact/${id}`)).body).toMatchObject({ LastName: `a${sign}"b` });
  }
});

test('a job can fail or be aborted after part of it is written; the rest is unprocessed', async () => {
  const keys = (prefix: string) => Array.from({ length: 450 }, (_, i) => `${prefix}-${i}`);
  for (const [kind, state] of [
    ['fail-job', 'Failed'],
    ['abort-job', 'Aborted'],
    ['retry-job', 'Failed'],
  ] as const) {
    await org.call('POST', '/__demo/faults', { kind, rows: 250, match: { method: 'PATCH' } });
    const csv = `External_Id__c,LastName\n${keys(kind)
      .map((key, i) => `${key},${i === 7 ? '' : 'L'}`)
      .join('\n')}\n`;
    const job = await run('insert', csv);
    expect(job).toMatchObject({ state, numberRecordsProcessed: 250, numberRecordsFailed: 1 });
    expect(typeof job.errorMessage).toBe(state === 'Failed' ? 'string' : 'undefined');
    expect(job.retries).toBe(kind === 'retry-job' ? 10 : 0);
    const counts = [];
    for (const file of ['successfulResults', 'failedResults', 'unprocessedrecords']) {
      counts.push((await results(job.id, file)).length);
    }
    expect(counts).toEqual([249, 1, 200]);
    const written = await org.query(`SELECT COUNT() FROM Contact WHERE External_Id__c LIKE '${kind}-%'`);
    expect(written.totalSize).toBe(249);
  }
});

test('a row with too many values fails the job, and what came before it stays', async () => {
  const rows = Array.from({ length: 450 }, (_, i) => (i === 300 ? 'tm,L,more' : `tm-${i},L`));
  const job = await run('insert', `External_Id__c,LastName\n${rows.join('\n')}\n`);
  expect(job).toMatchObject({ state: 'Failed', numberRecordsProcessed: 200 });
  expect(await results(job.id, 'unprocessedrecords')).toHaveLength(250);
});

test('a locked record is one row that fails', async () => {
  await org.call('POST', '/__demo/faults', { kind: 'lock-row', record: 230, match: { method: 'PATCH' } });
  const rows = Array.from({ length: 300 }, (_, i) => `lock-${i},L`);
  const job = await run('insert', `External_Id__c,LastName\n${rows.join('\n')}\n`);
  expect(job).toMatchObject({ state: 'JobComplete', numberRecordsFailed: 1 });
  expect(await results(job.id, 'failedResults')).toMatchObject([
    { External_Id__c: 'lock-230', sf__Error: expect.stringMatching(/^UNABLE_TO_LOCK_ROW:.*:--$/) },
  ]);
});

test('an answer that is lost does not stop the job that it was about', async () => {
  const { id } = await open('insert');
  await upload(id, 'External_Id__c,LastName\nlost,L\n');
  await org.call('POST', '/__demo/faults', { kind: 'reset-after', match: { method: 'PATCH', path: '/services' } });
  await expect(move(id, 'UploadComplete')).rejects.toThrow();
  expect(await waitForJob(org, 'ingest', id)).toMatchObject({ state: 'JobComplete', numberRecordsProcessed: 1 });
  expect((await move(id, 'UploadComplete')).body).toMatchObject([{ errorCode: 'INVALIDJOBSTATE' }]);
});

test('calls that do not fit the state of a job are refused', async () => {
  const { id } = await open('insert');
  const path = `/jobs/ingest/${id}`;
  const refused = async (answer: Promise<{ status: number; body: unknown }>) => {
    const { status, body } = await answer;
    return [status, (body as { errorCode: string }[])[0]!.errorCode];
  };
  const wrong = [400, 'INVALIDJOBSTATE'];
  expect(await refused(upload(id, 'LastName\nA\n', 'application/json'))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  expect((await upload(id, 'LastName\nA\n', 'text/csv; charset=UTF-8')).status).toBe(201);
  expect(await refused(upload(id, 'LastName\nB\n'))).toEqual(wrong);
  expect(await refused(move(id, 'InProgress'))).toEqual(wrong);
  expect(await refused(org.call('GET', `${path}/successfulResults`))).toEqual(wrong);
  expect(await refused(org.call('DELETE', path))).toEqual(wrong);
  expect((await move(id, 'Aborted')).body).toMatchObject({ state: 'Aborted' });
  expect(await refused(move(id, 'UploadComplete'))).toEqual(wrong);
  expect(await refused(move(id, 'Aborted'))).toEqual(wrong);
  expect(await refused(upload(id, 'LastName\nA\n'))).toEqual(wrong);
  expect((await org.call('DELETE', path)).status).toBe(204);
  expect(await refused(org.call('GET', path))).toEqual([404, 'NOT_FOUND']);
  expect(await refused(org.call('GET', '/jobs/query/750000000000001AAA'))).toEqual([404, 'NOT_FOUND']);
});

test('a job that cannot be is refused when it is made', async () => {
  const refusal = async (body: Options) => {
    const answer = await org.call('POST', '/jobs/ingest', { object: 'Contact', operation: 'insert', ...body });
    return [answer.status, (answer.body as { errorCode: string }[])[0]!.errorCode];
  };
  expect(await refusal({ object: 'Nope' })).toEqual([400, 'INVALIDENTITY']);
  expect(await refusal({ object: 'User' })).toEqual([400, 'INVALIDENTITY']);
  expect(await refusal({ object: undefined })).toEqual([400, 'INVALIDJOB']);
  expect(await refusal({ operation: 'query' })).toEqual([400, 'INVALIDJOB']);
  expect(await refusal({ operation: 'upsert' })).toEqual([400, 'INVALIDJOB']);
  expect(await refusal({ operation: 'upsert', externalIdFieldName: 'Title' })).toEqual([400, 'INVALIDJOB']);
  expect(await refusal({ columnDelimiter: 'DOT' })).toEqual([400, 'INVALIDJOB']);
});

test('data can come in chunks of unknown length', async () => {
  const { id } = await open('insert');
  const status = await new Promise((resolve, reject) => {
    const request = http.request(`${org.url}/services/data/v60.0/jobs/ingest/${id}/batches`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${org.token}`, 'content-type': 'text/csv', 'transfer-encoding': 'chunked' },
    });
    request.once('response', (response) => response.resume().once('end', () => resolve(response.statusCode)));
    request.once('error', reject);
    for (const part of ['External_Id__c,Last', 'Name\nchunk-1,"Ü', 'ber"\n']) request.write(part);
    request.end();
  });
  expect(status).toBe(201);
  await move(id, 'UploadComplete');
  await waitForJob(org, 'ingest', id);
  expect(await contact('chunk-1')).toMatchObject({ LastName: 'Über' });
  const { body } = await org.call('GET', '/jobs/ingest');
  expect((body as { records: JobAnswer[] }).records.map((job) => job.id)).toContain(id);
});
