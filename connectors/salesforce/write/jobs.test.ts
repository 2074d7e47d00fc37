import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CrmClient } from '../../../contract/connector.ts';
import type { Cell } from '../../../contract/types.ts';
import type { JobRequest, JobResult, RecordWrite, WriteJobs } from '../../../contract/write.ts';
import { jobsOf } from '../../../demo/salesforce/bulk/jobs.ts';
import type { Demo } from '../../../test/harness/salesforceClient.ts';
import { failure, openDemo, readRows } from '../../../test/harness/salesforceClient.ts';

let demo: Demo;
let client: CrmClient;
let jobs: WriteJobs;

beforeAll(async () => {
  demo = await openDemo({ contacts: 300 });
  client = await demo.connect();
  jobs = client.writer.jobs as WriteJobs;
});
afterEach(() => demo.org.faults.clear());
afterAll(() => demo.close());

const insert: JobRequest = { object: 'Contact', operation: 'insert', fields: ['LastName', 'Title'] };
const values = (...all: Record<string, Cell>[]): RecordWrite[] => all.map((one) => ({ id: null, values: one }));
const people = (count: number): RecordWrite[] =>
  Array.from({ length: count }, (_, at) => ({ id: null, values: { LastName: `Person ${at}`, Title: 'Dr' } }));
async function* pagesOf(records: readonly RecordWrite[]): AsyncGenerator<readonly RecordWrite[]> {
  for (let from = 0; from < records.length; from += 100) yield records.slice(from, from + 100);
}
const play = (fault: Record<string, unknown>): Promise<unknown> =>
  demo.control('faults', { times: 1, match: { path: 'jobs/ingest' }, ...fault });
const at = (method: string, path: string) => ({ match: { method, path } });
const results = async (job: string, request: JobRequest): Promise<JobResult[]> => {
  const all: JobResult[] = [];
  for await (const page of jobs.results(job, request)) all.push(...page);
  return all;
};

async function upload(request: JobRequest, records: readonly RecordWrite[]): Promise<string> {
  const job = await jobs.open(request);
  await jobs.upload(job, request, pagesOf(records));
  return job;
}

/** Asks until it is over: each answer takes its time. */
async function finish(job: string): Promise<string> {
  await jobs.start(job);
  for (;;) {
    const { state } = await jobs.state(job);
    if (state !== 'working') return state;
  }
}

async function run(request: JobRequest, records: readonly RecordWrite[]): Promise<JobResult[]> {
  const job = await upload(request, records);
  expect(await finish(job)).toBe('done');
  return results(job, request);
}

const outcomeOf = (all: JobResult[], request: JobRequest, record: RecordWrite): JobResult['result'][] => {
  const mark = jobs.markOf(request, record);
  return all.filter((one) => one.mark === mark).map(({ result }) => result);
};
const contacts = (...ids: string[]): Promise<Cell[][]> =>
  Promise.all(
    ids.map(async (value) => {
      const filter = { kind: 'condition', field: 'Id', operator: 'eq', value } as const;
      const fields = ['LastName', 'Title', 'Description', 'DoNotCall', 'Birthdate', 'AccountId'];
      return (await readRows(client, { object: 'Contact', fields, filter }))[0] ?? [];
    }),
  );
const idOf = (result: JobResult['result'] | undefined): string => (result?.outcome === 'written' ? result.id : '');

describe('a job', () => {
  test('writes every record once, and each is found in the results by its mark, though they come in another order', async () => {
    const records = people(1_200);
    const all = await run(insert, records);
    expect(all.map(({ mark }) => mark)).not.toEqual(records.map((record) => jobs.markOf(insert, record)));
    expect(all).toHaveLength(1_200);
    for (const record of records)
      expect(outcomeOf(all, insert, record)).toEqual([{ outcome: 'written', id: expect.any(String), created: true }]);
  });

  test('equal records have equal marks, as many as there are of them', async () => {
    const twins = values({ LastName: 'Twin' }, { LastName: 'Twin' }, { LastName: 'Twin', Title: null });
    const all = await run(insert, twins);
    expect(new Set(all.map(({ mark }) => mark)).size).toBe(2);
    expect(outcomeOf(all, insert, twins[0] as RecordWrite)).toHaveLength(2);
  });

  test('refused records have the words and families that a request has', async () => {
    const request: JobRequest = { ...insert, fields: ['LastName', 'Email', 'Birthdate', 'Account.External_Id__c'] };
    const records = values(
      { Email: 'a: b --' },
      { LastName: 'Late', Birthdate: 'soon' },
      { LastName: 'Orphan', 'Account.External_Id__c': 'none' },
    );
    const all = await run(request, records);
    const [first, second, third] = records.map((record) => outcomeOf(all, request, record)[0]);
    expect(first).toEqual({
      outcome: 'refused',
      code: 'VALUE_REFUSED',
      symbol: 'INVALID_EMAIL_ADDRESS',
      message: 'Email: invalid email address: a: b -- Required fields are missing: [LastName]',
      fields: ['Email', 'LastName'],
      passing: false,
    });
    expect(second).toMatchObject({ code: 'VALUE_REFUSED', symbol: 'INVALID_TYPE_ON_FIELD_IN_RECORD' });
    expect(third).toMatchObject({ code: 'REFERENCE_UNKNOWN', symbol: 'INVALID_FIELD' });
  });

  test('without records is done at once and has no results', async () => {
    expect(await run(insert, [])).toEqual([]);
  });

  test('a locked record is refused for now', async () => {
    await play({ kind: 'lock-row', record: 1, ...at('PATCH', 'jobs/ingest') });
    const records = people(3);
    const all = await run(insert, records);
    const outcomes = records.map((record) => outcomeOf(all, insert, record)[0]);
    expect(outcomes[1]).toMatchObject({ code: 'RECORD_BUSY', passing: true });
    expect(outcomes.filter((one) => one?.outcome === 'written')).toHaveLength(2);
  });
});

describe('the file', () => {
  const fields = ['Id', 'LastName', 'Title', 'Description', 'DoNotCall', 'Birthdate', 'Account.External_Id__c'];
  const update: JobRequest = { object: 'Contact', operation: 'update', fields };

  test('tells null from what is left out, in every type; text of any kind arrives as it was', async () => {
    const account = (
      await client.writer.write({
        object: 'Account',
        operation: 'insert',
        records: values({ Name: 'Firm', External_Id__c: 'F,"1"' }),
      })
    )[0];
    const full = {
      Title: 'Dr',
      Description: 'old',
      DoNotCall: true,
      Birthdate: '1968-02-29',
      'Account.External_Id__c': 'F,"1"',
    };
    const made = await run(
      { ...update, operation: 'insert', fields: fields.slice(1) },
      values({ LastName: 'A', ...full }, { LastName: 'B', ...full }),
    );
    const accountId = account?.outcome === 'written' ? account.id : '';
    const text = ' "quoted", \\back\\\nsecond\r\nthird & \'single\' ünï 🦉 ';
    const ids = made.map(({ result }) => idOf(result));
    expect(await contacts(...ids)).toEqual(
      expect.arrayContaining([
        ['A', 'Dr', 'old', true, '1968-02-29', accountId],
        ['B', 'Dr', 'old', true, '1968-02-29', accountId],
      ]),
    );
    const [cleared = '', kept = ''] = ids;
    const records: RecordWrite[] = [
      {
        id: cleared.slice(0, 15),
        values: {
          LastName: 'C',
          Title: '',
          Description: null,
          DoNotCall: null,
          Birthdate: null,
          'Account.External_Id__c': null,
        },
      },
      { id: kept, values: { Description: text } },
    ];
    const all = await run(update, records);
    expect(await contacts(cleared)).toEqual([['C', null, null, false, null, null]]);
    expect(await contacts(kept)).toEqual([[expect.any(String), 'Dr', text.trim(), true, '1968-02-29', accountId]]);
    for (const record of records)
      expect(outcomeOf(all, update, record)).toMatchObject([{ outcome: 'written', created: false }]);
  });

  test('an upsert is known by its key, a deletion by its id', async () => {
    const upsert: JobRequest = {
      object: 'Contact',
      operation: 'upsert',
      keyField: 'External_Id__c',
      fields: ['External_Id__c', 'LastName'],
    };
    const record = { id: null, values: { External_Id__c: 'J-1', LastName: 'First' } };
    const made = await run(upsert, [record]);
    expect(made).toEqual([{ mark: 'J-1', result: { outcome: 'written', id: expect.any(String), created: true } }]);
    const again = { id: null, values: { External_Id__c: 'J-1', LastName: 'Second' } };
    expect(outcomeOf(await run(upsert, [again]), upsert, record)).toMatchObject([{ created: false }]);
    const id = idOf(made[0]?.result);
    const remove: JobRequest = { object: 'Contact', operation: 'delete', fields: ['Id'] };
    const all = await run(remove, [{ id: id.slice(0, 15), values: {} }]);
    expect(all).toEqual([{ mark: id, result: { outcome: 'written', id, created: false } }]);
  });

  test('sizes are bytes; what a file cannot say is known before', () => {
    expect(jobs.sizeOf(insert, { id: null, values: { LastName: 'é"', Title: null } })).toBe(
      '"é""","#N/A"\n'.length + 1,
    );
    const unfit = (one: Record<string, Cell>): unknown => jobs.unfit(insert, { id: null, values: one });
    expect(unfit({ LastName: 'x'.repeat(32_000), Title: null })).toBeNull();
    expect(unfit({ LastName: 'x'.repeat(32_001) })).toMatchObject({ code: 'JOB_CANNOT_CARRY', fields: ['LastName'] });
    expect(unfit({ Title: '#N/A' })).toMatchObject({ code: 'JOB_CANNOT_CARRY', fields: ['Title'] });
    const many: JobRequest = { ...insert, fields: Array.from({ length: 20 }, (_, at) => `F${at}`) };
    const long = Object.fromEntries(many.fields.map((field) => [field, 'x'.repeat(21_000)]));
    expect(jobs.unfit(many, { id: null, values: long })).toMatchObject({ code: 'JOB_CANNOT_CARRY', fields: [] });
  });

  test('carries the assignment rule and is refused for an object that has no jobs', async () => {
    const job = await jobs.open({ ...insert, assignmentRule: '01Q000000000001AAA' });
    expect(jobsOf(demo.org).ingest(job).assignmentRuleId).toBe('01Q000000000001AAA');
    expect(await jobs.state(job)).toEqual({ state: 'open', processed: 0, message: null });
    expect(await failure(jobs.open({ ...insert, object: 'Nothing' }))).toMatchObject({
      details: { code: 'INVALIDENTITY' },
    });
  });
});

describe('what goes wrong around a job', () => {
  test('one whose answer was lost when it was made is made again, and the first writes nothing', async () => {
    await play({ kind: 'reset-after', ...at('POST', 'jobs/ingest$') });
    const job = await jobs.open(insert);
    expect((await jobs.state(job)).state).toBe('open');
  });

  test.each<[string, Record<string, unknown>]>([
    ['cut', { kind: 'reset-after' }],
    ['refused with an old session', { kind: 'expire-session' }],
    ['answered by a page of maintenance', { kind: 'html' }],
  ])('an upload that is %s is over; another job takes the records', async (_, fault) => {
    await play({ ...fault, ...at('PUT', 'batches') });
    const first = await jobs.open(insert);
    expect(await failure(jobs.upload(first, insert, pagesOf(people(300))))).toMatchObject({ name: 'RetryLater' });
    await jobs.abort(first);
    expect((await jobs.state(first)).state).toBe('aborted');
    expect(await run(insert, people(300))).toHaveLength(300);
  });

  test('nothing is uploaded to a job that somebody else ended, nor twice', async () => {
    const job = await upload(insert, people(2));
    expect(await failure(jobs.upload(job, insert, pagesOf(people(2))))).toMatchObject({ name: 'RetryLater' });
    await jobs.abort(job);
    expect(await failure(jobs.upload(job, insert, pagesOf(people(2))))).toMatchObject({ name: 'RetryLater' });
  });

  test('what fails behind the upload comes back as it is', async () => {
    async function* broken(): AsyncGenerator<RecordWrite[]> {
      yield people(1);
      throw new Error('no more rows');
    }
    await expect(jobs.upload(await jobs.open(insert), insert, broken())).rejects.toThrow('no more rows');
  });

  test('a start whose answer was lost is asked for again and writes once', async () => {
    await play({ kind: 'reset-after', ...at('PATCH', 'jobs/ingest') });
    const job = await upload(insert, people(10));
    expect(await finish(job)).toBe('done');
    await jobs.start(job);
    expect(await results(job, insert)).toHaveLength(10);
  });

  test('a job that fails has the reason, and tells which records it has written and which not', async () => {
    await play({ kind: 'fail-job', rows: 400, message: 'InternalServerError', ...at('PATCH', 'jobs/ingest') });
    const records = people(1_000);
    const job = await upload(insert, records);
    expect(await finish(job)).toBe('failed');
    expect(await jobs.state(job)).toEqual({ state: 'failed', processed: 400, message: 'InternalServerError' });
    const outcomes = (await results(job, insert)).map(({ result }) => result.outcome);
    expect(outcomes.filter((one) => one === 'written')).toHaveLength(400);
    expect(outcomes.filter((one) => one === 'unprocessed')).toHaveLength(600);
  });

  test('a job that is aborted at work tells what it has written by then', async () => {
    await play({ kind: 'slow-job', ms: 60_000, ...at('PATCH', 'jobs/ingest') });
    const job = await upload(insert, people(5));
    await jobs.start(job);
    await jobs.abort(job);
    await jobs.abort(job);
    expect((await jobs.state(job)).state).toBe('aborted');
    expect((await results(job, insert)).every(({ result }) => result.outcome === 'unprocessed')).toBe(true);
  });

  test('a file that could not be read fails the job with no results', async () => {
    const request: JobRequest = { object: 'Contact', operation: 'delete', fields: ['Id', 'LastName'] };
    const job = await upload(request, [{ id: '003000000000001AAA', values: { LastName: 'A' } }]);
    expect(await finish(job)).toBe('failed');
    expect((await jobs.state(job)).message).toContain('not allowed in a delete');
  });

  test.each<[string, Record<string, unknown>]>([
    ['is cut in the middle', { kind: 'reset-mid-body' }],
    ['ends in the middle of a row', { kind: 'truncated-json' }],
    ['is a page of maintenance', { kind: 'html' }],
    ['comes with an old session', { kind: 'expire-session' }],
  ])('a result file that %s is asked for again, and every result comes once', async (_, fault) => {
    const records = people(5_000);
    const job = await upload(insert, records);
    await finish(job);
    await play({ ...fault, ...at('GET', 'successfulResults') });
    const marks = (await results(job, insert)).map(({ mark }) => mark);
    expect(marks.toSorted()).toEqual(records.map((record) => jobs.markOf(insert, record)).toSorted());
  });

  test('a result file with fewer rows than the job has written is not believed', async () => {
    const job = await upload(insert, people(3));
    await finish(job);
    const body = '"sf__Id","sf__Created","LastName","Title"\n';
    await play({
      kind: 'status',
      status: 200,
      contentType: 'text/csv',
      body,
      times: null,
      ...at('GET', 'successfulResults'),
    });
    expect(await failure(results(job, insert))).toMatchObject({ name: 'RetryLater', code: 'REMOTE_NOT_UNDERSTOOD' });
  });

  test('a job is removed whatever its state, and one that is gone has no state, no results, and is no error', async () => {
    const open = await jobs.open(insert);
    await jobs.remove(open);
    const done = await upload(insert, people(1));
    await finish(done);
    await jobs.remove(done);
    for (const job of [open, done, '750000000000001AAA']) {
      expect(await jobs.state(job)).toEqual({ state: 'gone', processed: 0, message: null });
      expect(await results(job, insert)).toEqual([]);
      await jobs.remove(job);
      await jobs.abort(job);
    }
  });
});
