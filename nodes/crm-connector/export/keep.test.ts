/** What is kept of an export at each of its stages, and what is found when its records are looked at again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../contract/types.ts';
import { inTransaction } from '../../../server/db/transaction.ts';
import { say } from '../../../server/exports/marks.ts';
import type { Kept, Row, Settings } from '../../../test/harness/exports.ts';
import { exportTests, mapped } from '../../../test/harness/exports.ts';
import type { Watch } from '../../../test/harness/interruptions.ts';
import { passTime } from '../../../test/harness/passTime.ts';

const { engine, org, flow, kept, requestsOf } = await exportTests(400, 13);

const types: Record<string, ColumnType> = { crm: 'text', key: 'text', name: 'text', title: 'text' };
const keyed = mapped('External_Id__c', 'key');
const named = mapped('LastName', 'name');
const titled = mapped('Title', 'title');
const upsert: Settings = { mode: 'upsert', key: 'External_Id__c', mapping: [keyed, named, titled] };
const inserts: Settings = { mode: 'insert', mapping: [named] };
const hours = 14_400_000;
const collections = '/services/data/v60.0/composite/sobjects';

const contacts = (count: number): Promise<Row[]> =>
  org().query(
    `SELECT Id, LastName, Title, External_Id__c FROM Contact WHERE External_Id__c != null ORDER BY Id LIMIT ${count}`,
  );

describe('an export is kept', () => {
  it('as planned, where it only plans: what it would cost, and what to know of it', async () => {
    const [known] = await contacts(1);
    const rows = [{ key: 'keep-1', name: 'New' }, { key: known?.External_Id__c, name: 'Changed' }, { name: 'Nobody' }];
    const started = await flow(types, rows, { ...upsert, planOnly: true }).started();
    const run = await started.finished();
    const plan = await kept(started);
    expect(plan.stage).toBe('planned');
    expect(plan.counts).toEqual({
      input: 3,
      refused: 1,
      actions: { create: 0, upsert: 1, update: 1, delete: 0, undelete: 0, moved: 0, unchanged: 0 },
      outcomes: {},
    });
    expect(plan.records.map((row) => [row.action, row.outcome, row.errorCode])).toEqual([
      ['upsert', null, null],
      ['update', null, null],
      [null, null, 'KEY_EMPTY'],
    ]);
    // One for each of the two kinds that are sent, one to look at each before, and one for both afterwards.
    expect(plan.forecast).toMatchObject({ needed: 5, allowed: expect.any(Number), used: expect.any(Number) });
    expect(plan.forecast?.planned).toBeGreaterThanOrEqual(3);
    expect(plan.remarks.join(' ')).toMatch(/in the instant between is overwritten.*1 records are created, or changed/s);
    expect(run.counts).toMatchObject({ 'send.plan': 2, 'send.reject': 1 });
  });

  it('forecasts about the calls that it then takes', async () => {
    const rows = Array.from({ length: 450 }, (_, index) => ({ key: `calls-${index}`, name: 'Called' }));
    let export_: Kept | null = null;
    const asked = await requestsOf(async () => {
      const started = await flow(types, rows, { ...upsert, batches: 'never' }).started();
      await started.finished();
      export_ = await kept(started);
    });
    const { planned = 0, needed = 0 } = (export_ as Kept | null)?.forecast ?? {};
    const counted = asked.filter((request) => request.includes('/services/data/v60.0/')).length;
    expect(Math.abs(counted - planned - needed)).toBeLessThanOrEqual(4);
    expect(planned + ((export_ as Kept | null)?.forecast?.made ?? 0)).toBe(counted);
  });

  it('with the calls of all attempts, none while nothing was sent', async () => {
    const approval = { always: true, deletes: null, updates: null, share: null };
    const rows = Array.from({ length: 250 }, (_, index) => ({ key: `made-${index}`, name: 'Made' }));
    let [planned, made, counted]: (number | null)[] = [0, 0, 0];
    const asked = await requestsOf(async () => {
      const started = await flow(types, rows, { ...upsert, batches: 'never', approval }).started();
      await started.reached('send', 'waiting');
      const asking = await kept(started);
      expect(asking.forecast?.made).toBeNull();
      await org().control('faults', { kind: 'reset-after', match: { path: `${collections}/Contact` }, times: 1 });
      await started.decide('send', true);
      await passTime(engine, started, 'send', hours);
      const settled = await kept(started);
      [planned = 0, made = 0] = [settled.forecast?.planned, settled.forecast?.made];
      expect(settled.counts.outcomes).toEqual({ created: 250 });
    });
    counted = asked.filter((request) => request.includes('/services/data/v60.0/')).length;
    // What an attempt asks before it goes on is among them.
    expect((planned ?? 0) + (made ?? 0)).toBe(counted);
  });

  it('as asking, refused, and once more as settled, with each of its calls', async () => {
    const approval = { always: true, deletes: null, updates: null, share: null };
    const asking = flow(types, [{ key: 'keep-2', name: 'New' }], { ...upsert, approval });
    const refused = await asking.started();
    await refused.reached('send', 'waiting');
    expect((await kept(refused)).stage).toBe('asking');
    await refused.decide('send', false);
    await refused.finished();
    expect(await kept(refused)).toMatchObject({ stage: 'refused', counts: { outcomes: {} } });
    const approved = await asking.started();
    await approved.reached('send', 'waiting');
    await approved.decide('send', true);
    await approved.finished();
    const settled = await kept(approved);
    expect(settled).toMatchObject({ stage: 'settled', counts: { outcomes: { created: 1 } } });
    expect(settled.records).toMatchObject([
      { outcome: 'created', call: 1, recordId: expect.any(String), stamp: expect.any(String) },
    ]);
    expect(settled.calls).toMatchObject([
      { call: 1, event: 'sending', kind: 'request', operation: 'upsert', job: null },
    ]);
  });

  it('with what is known while it waits for an answer that was lost', async () => {
    const [known] = await contacts(1);
    const rows = [
      { key: 'keep-3', name: 'New' },
      { key: known?.External_Id__c, name: 'Known by then' },
    ];
    // The update is sent first.
    await org().control('faults', { kind: 'reset-after', match: { path: `${collections}/Contact` }, times: 1 });
    const started = await flow(types, rows, { ...upsert, batches: 'never' }).started();
    await started.reached('send', 'waiting');
    const sending = await kept(started);
    expect(sending.stage).toBe('sending');
    expect(sending.records.map((row) => row.outcome)).toEqual([null, 'updated']);
    expect(sending.counts.outcomes).toEqual({ updated: 1 });
    await passTime(engine, started, 'send', hours);
    expect((await kept(started)).counts.outcomes).toEqual({ created: 1, updated: 1 });
  });

  it('with counts that add up, whatever arrives', async () => {
    const row = fc.record({
      key: fc.option(fc.constantFrom('sum-1', 'sum-2', 'SUM-3', 'sum-4', 'sum-5')),
      name: fc.option(fc.constantFrom('Ash', 'Birch'), { freq: 4 }),
      title: fc.option(fc.constantFrom('Chief', 'chief', 'x'.repeat(200))),
    });
    const mode = fc.constantFrom('automatic' as const, 'insert' as const, 'update' as const, 'upsert' as const);
    const sum = (counts: object): number => Object.values(counts).reduce((all: number, one: number) => all + one, 0);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), mode, async (rows, how) => {
        const started = await flow(types, rows, { ...upsert, mode: how, batches: 'never' }).started();
        await passTime(engine, started, 'send', hours);
        const { counts, records } = await kept(started);
        expect(counts.input).toBe(rows.length);
        expect(sum(counts.actions) + counts.refused).toBe(rows.length);
        expect(sum(counts.outcomes)).toBe(rows.length);
        expect(records.map((one) => one._row)).toEqual(rows.map((_, index) => index + 1));
        expect(
          records.every((one) => (one.action === null) === (one.outcome === 'rejected' && one.call === null)),
        ).toBe(true);
      }),
      { numRuns: 6 },
    );
  });
});

describe('looking again at what was written', () => {
  /** Somebody changes records at the appends by number, from when it is sent on: 3 is the call's note, 4 its result. */
  const meddling = (at: Record<number, () => Promise<unknown>>): Watch => {
    let isSending = false;
    let appends = 0;
    return {
      onCall: async (call) => {
        if (call === 'keepExport') isSending = true;
        if (call !== 'append' || !isSending) return;
        appends += 1;
        await at[appends]?.();
      },
    };
  };
  const change = (id: unknown, values: Row): Promise<unknown> =>
    org().control('records', [{ operation: 'update', object: 'Contact', id, values }]);

  it('finds a change that was overwritten in the instant before, and one that overwrote what was sent', async () => {
    const known = (await contacts(13)).slice(10);
    const [one, two] = known;
    const rows = known.map((record) => ({ key: record.External_Id__c, name: 'Raced', title: 'Exported' }));
    const watch = meddling({
      3: () => change(one?.Id, { Title: 'Somebody' }),
      4: () => change(two?.Id, { LastName: 'Somebody' }),
    });
    const started = await flow(types, rows, upsert).watched('send', watch).started();
    const run = await started.finished();
    expect(run.counts).toMatchObject({ 'send.success': 3, 'send.reject': 0 });
    const { records, counts } = await kept(started);
    expect(counts.outcomes).toEqual({ updated: 3 });
    expect(records.map((row) => [row.outcome, row.errorCode, row.errorFields])).toEqual([
      ['updated', 'WRITE_OVERTAKEN', 'Title'],
      ['updated', 'WRITE_OVERTAKEN', 'LastName'],
      ['updated', null, null],
    ]);
    expect(records[0]?.errorMessage).toContain('another change, made right before, was overwritten');
    expect(run.log('send').join('\n')).toContain(`2 records of Contact do not hold what was written`);
  });

  it('tells what the outside system has made of a value by itself, which is no other change', async () => {
    const [known] = await contacts(1);
    const settings: Settings = {
      ...{
        mode: 'update',
        key: 'External_Id__c',
        mapping: [keyed, mapped('AnnualValue__c', 'value', { type: 'decimal' })],
      },
    };
    const rows = [{ key: known?.External_Id__c, value: '12.346' }];
    const export_ = () => flow({ key: 'text', value: 'decimal' }, rows, settings).started();
    const started = await export_();
    const run = await started.finished();
    const [record] = (await kept(started)).records;
    expect(record).toMatchObject({ outcome: 'updated', errorCode: 'WRITE_ADAPTED', errorFields: 'AnnualValue__c' });
    expect(record?.errorMessage).toMatch(/the outside system stored 12\.35 for 12\.346 in AnnualValue__c\.$/);
    expect(run.log('send').join()).not.toContain('do not hold what was written');
    const again = await export_();
    await again.finished();
    expect((await kept(again)).records).toMatchObject([{ action: 'unchanged', errorCode: null }]);
  });

  it('knows the records by what people call them: before, by what the rows say, and afterwards', async () => {
    const [one, two] = await org().query(
      'SELECT Name, External_Id__c FROM Contact WHERE External_Id__c != null AND FirstName != null ORDER BY Id DESC LIMIT 2',
    );
    const rows = [
      { key: one?.External_Id__c, name: 'Renamed', title: 'Named' },
      { key: two?.External_Id__c, title: 'Named' },
      { key: 'named-1', first: 'Ada', name: 'Lovelace' },
      { key: 'named-2', name: 'x'.repeat(90) },
      { mail: 'nobody@example.org' },
    ];
    const mapping = [...(upsert.mapping ?? []), mapped('FirstName', 'first'), mapped('Email', 'mail')];
    const approval = { always: true, deletes: null, updates: null, share: null };
    const settings = { ...upsert, mapping, approval, batches: 'never' as const };
    const started = await flow({ ...types, first: 'text', mail: 'text' }, rows, settings).started();
    await started.reached('send', 'waiting');
    const nameOf = async () => (await kept(started)).records.map(({ name }) => name);
    const long = 'x'.repeat(90);
    expect(await nameOf()).toEqual([one?.Name, two?.Name, 'Ada Lovelace', long, 'nobody@example.org']);
    await started.decide('send', true);
    await started.finished();
    const first = String(one?.Name).split(' ')[0];
    const [renamed, ...others] = await nameOf();
    expect(renamed).toMatch(new RegExp(`^${first}.* Renamed$`));
    expect(others).toEqual([two?.Name, 'Ada Lovelace', long, 'nobody@example.org']);
  });

  it('is left out, and said so, where the outside system does not answer: what is written is written', async () => {
    const isDown = { kind: 'limit', match: { path: '/services/data/v60.0/query' }, times: 20 };
    const watch = meddling({ 5: () => org().control('faults', isDown) });
    const [known] = await contacts(1);
    const rows = [{ key: known?.External_Id__c, name: 'Unseen' }];
    const started = await flow(types, rows, { ...upsert, mode: 'update' })
      .watched('send', watch)
      .started();
    const run = await started.finished();
    expect(run.state).toBe('succeeded');
    expect((await kept(started)).remarks.join(' ')).toContain('Not all that was written could be looked at again');
  });
});

/** A person says of all records in doubt what became of them. */
async function sayAll({ row }: Kept, mark: 'written' | 'not written'): Promise<void> {
  const said = { mark, by: 'user:ann', at: engine.clock.now().toISOString(), run_id: null };
  await inTransaction(engine.parts.db, (tx) => say(tx, row, { rows: [{ of: 'doubt', row: 0 }] }, said));
}

describe('an export without a key', () => {
  it('is refused while it is not known what an earlier one has created', async () => {
    const job = '/services/data/v60.0/jobs/ingest';
    const drawn = flow(types, [{ name: 'In doubt' }], inserts);
    // The job is started, and forgotten before anybody has asked for its results.
    await org().control('faults', {
      kind: 'status',
      status: 404,
      errorCode: 'NOT_FOUND',
      match: { path: `^${job}/[^/]+$`, method: 'GET' },
      after: 1,
      times: 20,
    });
    const first = await drawn.started();
    expect((await passTime(engine, first, 'send', hours)).state).toBe('in doubt');
    await org().clearFaults();
    const second = await (await drawn.started()).finished();
    expect(second.error).toMatchObject({ code: 'EXPORT_IN_DOUBT', details: { export: (await kept(first)).row.id } });
    await expect(first.retry()).rejects.toMatchObject({ code: 'RUN_IN_DOUBT', details: { records: 1 } });
    await sayAll(await kept(first), 'written');
    // What the run was to do at its end is done now.
    await first.retry();
    expect((await first.finished()).state).toBe('succeeded');
    const third = await (await drawn.started()).finished();
    expect(third.error).toBeNull();
  });
});
