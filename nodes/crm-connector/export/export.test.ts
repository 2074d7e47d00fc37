import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../contract/errors.ts';
import type { ColumnType } from '../../../contract/types.ts';
import type { Row, Settings } from '../../../test/harness/exports.ts';
import { code, exportTests, mapped } from '../../../test/harness/exports.ts';
import { passTime } from '../../../test/harness/passTime.ts';
import type { FlowNodes } from '../../../test/harness/workflow.ts';

const { engine, org, flow, kept } = await exportTests(600, 9);

const types: Record<string, ColumnType> = { crm: 'text', key: 'text', name: 'text', outcome: 'text' };
const keyed = mapped('External_Id__c', 'key');
const named = mapped('LastName', 'name');
/** Writing by requests. */
const collections = '/services/data/v60.0/composite/sobjects';
/** Longer than whatever an export waits for. */
const hours = 14_400_000;
const upsert: Settings = { mode: 'upsert', key: 'External_Id__c', mapping: [keyed, named] };

async function exported(rows: Row[], settings: Settings) {
  const run = await passTime(engine, await flow(types, rows, settings).started(), 'send', 730_000);
  const counts = ['success', 'reject', 'error', 'doubt'].map((port) => run.counts[`send.${port}`] ?? 0);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rows.length);
  return run;
}

const contacts = (count: number): Promise<Row[]> =>
  org().query(
    `SELECT Id, LastName, External_Id__c FROM Contact WHERE External_Id__c != null ORDER BY Id LIMIT ${count}`,
  );
const withFile = (nodes: FlowNodes, rejectFile: object): FlowNodes => {
  const { send, ...others } = nodes;
  return send ? { ...others, send: { ...send, config: { ...send.config, rejectFile } } } : nodes;
};
const nameOf = async (key: string): Promise<unknown[]> =>
  (await org().query(`SELECT LastName FROM Contact WHERE External_Id__c = '${key}'`)).map((row) => row.LastName);

describe('an export', () => {
  it('writes what the plan says; each row leaves as the record that it is in the run, with what became of it', async () => {
    const [same, other] = await contacts(2);
    const rows = [
      { key: same?.External_Id__c, name: same?.LastName, outcome: 'mine' },
      { key: 'export-new', name: 'New' },
      { key: other?.External_Id__c, name: 'Exported' },
      { key: null, name: 'Nobody' },
    ];
    const run = await exported(rows, upsert);
    expect(run.state).toBe('succeeded with rejects');
    const success = await run.rows('send.success');
    const [made] = await org().query("SELECT Id FROM Contact WHERE External_Id__c = 'export-new'");
    expect(success.map((row) => [row.key, row.outcome, row.recordId, row._outcome])).toEqual([
      [same?.External_Id__c, 'mine', same?.Id, 'unchanged'],
      ['export-new', null, made?.Id, 'created'],
      [other?.External_Id__c, null, other?.Id, 'updated'],
    ]);
    expect(await run.rids('send.success')).toEqual((await run.rids('input.success')).slice(0, 3));
    expect(await run.rows('send.reject')).toMatchObject([{ name: 'Nobody', errorCode: 'KEY_EMPTY' }]);
    expect([await nameOf('export-new'), await nameOf(String(other?.External_Id__c))]).toEqual([['New'], ['Exported']]);
  });

  it('finds nothing left to do when it is run again', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => ({ key: `again-${index}`, name: `Again ${index}` }));
    await exported(rows, upsert);
    const run = await exported(rows, upsert);
    expect((await run.rows('send.success')).map((row) => row._outcome)).toEqual(rows.map(() => 'unchanged'));
  });

  it('inserts without a key, each row once', async () => {
    const rows = [{ name: 'Twin' }, { name: 'Twin' }];
    const run = await exported(rows, { mode: 'insert', mapping: [named] });
    expect((await run.rows('send.success')).map((row) => row._outcome)).toEqual(['created', 'created']);
    expect(await org().query("SELECT Id FROM Contact WHERE LastName = 'Twin'")).toHaveLength(2);
  });

  it('rejects what the CRM refuses beside what the plan refused', async () => {
    const email = mapped('Email', 'outcome');
    const rows = [
      { key: 'refused-1', name: 'Refused', outcome: 'no address' },
      { key: 'refused-2', outcome: 'a@example.org' },
    ];
    const run = await exported(rows, { ...upsert, mapping: [keyed, named, email] });
    const rejects = await run.rows('send.reject');
    expect(rejects.map((row) => [row.key, row.errorSymbol, row.errorFields])).toEqual([
      ['refused-1', 'INVALID_EMAIL_ADDRESS', 'Email'],
      ['refused-2', 'REQUIRED_MISSING', 'LastName'],
    ]);
  });

  describe('that asks first', () => {
    const rows = [{ key: 'asked-1', name: 'Asked' }, { key: 'asked-2', name: 'Asked' }, { name: 'No key' }];
    const asking: Settings = { ...upsert, approval: { always: true, deletes: null, updates: null, share: null } };

    it('shows its plan, writes nothing before the answer, and then what was planned', async () => {
      const started = await flow(types, rows, asking).started();
      const waiting = await started.reached('send', 'waiting');
      expect(waiting.state).toBe('waiting for approval');
      expect(waiting.task('send').asks).toMatch(/^Contact: 2 to be created or changed, 1 rejected\. Every plan is/);
      expect((await waiting.rows('send.plan')).map((row) => [row.key, row.action])).toEqual([
        ['asked-1', 'upsert'],
        ['asked-2', 'upsert'],
      ]);
      expect(await nameOf('asked-1')).toEqual([]);
      await started.decide('send', true);
      const run = await started.finished();
      expect(run.counts).toMatchObject({ 'send.success': 2, 'send.reject': 1 });
      expect([await nameOf('asked-1'), await nameOf('asked-2')]).toEqual([['Asked'], ['Asked']]);
    });

    it('writes nothing when it is refused, and says by whom', async () => {
      const started = await flow(types, [{ key: 'asked-3', name: 'Asked' }], asking).started();
      await started.reached('send', 'waiting');
      await started.decide('send', false, 'not today');
      const run = await started.finished();
      expect(run.error).toMatchObject({ code: 'PLAN_REFUSED', details: { by: 'user:ann', note: 'not today' } });
      expect(await nameOf('asked-3')).toEqual([]);
    });

    it('asks again when the plan is another than the one that was shown', async () => {
      const started = await flow(types, [{ key: 'asked-4', name: 'Asked' }], asking).started();
      const waiting = await started.reached('send', 'waiting');
      await engine.parts.stores.run(started.id).sweep(waiting.task('send').id, []);
      await started.decide('send', true);
      const again = await started.attempted('send', 2);
      expect(again.state).toBe('waiting for approval');
      expect(await again.rows('send.plan')).toHaveLength(1);
      expect(await nameOf('asked-4')).toEqual([]);
      await started.decide('send', true);
      expect((await started.finished()).counts).toMatchObject({ 'send.success': 1 });
    });

    it('asks once, also when it has to wait for something else afterwards', async () => {
      await org().control('faults', { kind: 'reset-after', match: { path: collections }, times: 1 });
      const started = await flow(types, [{ key: 'asked-5', name: 'Asked' }], asking).started();
      await started.reached('send', 'waiting');
      await started.decide('send', true);
      const run = await passTime(engine, started, 'send', hours);
      expect(run.counts).toMatchObject({ 'send.success': 1 });
      expect(run.task('send').attempt).toBe(3);
    });

    it('does so only over its limits', async () => {
      const [one, two, three, four] = (await contacts(4)).map(({ Id }) => Id);
      const deletion = (deletes: number): Settings => ({
        operation: 'delete',
        key: 'Id',
        mapping: [mapped('Id', 'crm')],
        approval: { always: false, deletes, updates: null, share: null },
      });
      expect((await exported([{ crm: one }, { crm: two }], deletion(2))).counts['send.success']).toBe(2);
      const more = await flow(types, [{ crm: three }, { crm: four }], deletion(1)).started();
      const waiting = await more.reached('send', 'waiting');
      expect(waiting.task('send').asks).toContain('2 to be deleted. More than 1 deletions.');
      const updates: Settings = { ...upsert, approval: { always: false, deletes: null, updates: null, share: 40 } };
      const changed = rows.map((row) => ({ ...row, name: 'Over the limit' }));
      const shared = await flow(types, changed, updates).started();
      expect((await shared.reached('send', 'waiting')).task('send').asks).toContain('More than 40 % of the rows');
    });
  });

  it('goes on behind what was sent when the run failed and is retried', async () => {
    const twins = flow(types, [{ name: 'Retried' }, { name: 'Retried' }], { mode: 'insert', mapping: [named] });
    // When all is sent, and before it is said so.
    const interruption = { call: 'keepExport', number: 2, when: 'before' } as const;
    const started = await twins
      .watched('send', { interruption })
      .with('send', { retry: { attempts: 1, delay: 0, maxDelay: 0 } })
      .started();
    expect((await started.finished()).state).toBe('failed');
    expect(await org().query("SELECT Id FROM Contact WHERE LastName = 'Retried'")).toHaveLength(2);
    await started.retry();
    const run = await started.finished();
    expect((await run.rows('send.success')).map((row) => row._outcome)).toEqual(['created', 'created']);
    expect(await org().query("SELECT Id FROM Contact WHERE LastName = 'Retried'")).toHaveLength(2);
  });

  describe('with an Error output that carries rows', () => {
    const errors: Settings = { ...upsert, batches: 'never', processErrors: true };
    const retry = { attempts: 1, delay: 0, maxDelay: 0 };

    it('takes it only when there are any', async () => {
      const run = await exported([{ key: 'sent-1', name: 'Sent' }], errors);
      expect(run.state).toBe('succeeded');
      expect(run.output('send.error')).toBeUndefined();
    });

    it('hands nothing on while nobody knows what was written: it waits until it can ask', async () => {
      await org().control('faults', { kind: 'reset-after', match: { path: collections }, times: 1 });
      let isDown = false;
      const onCall = async (_call: string, { task }: { task: { attempt: number } }): Promise<void> => {
        if (isDown || task.attempt !== 2) return;
        isDown = true;
        await org().control('faults', { kind: 'limit', match: { path: '/services/data/v60.0/query' }, times: 1 });
      };
      const started = await flow(types, [{ key: 'sent-2', name: 'Sent' }], errors)
        .watched('send', { onCall })
        .with('send', { onError: 'transition', retry })
        .started();
      const run = await passTime(engine, started, 'send', hours);
      expect(isDown).toBe(true);
      expect(run.output('send.error')).toBeUndefined();
      expect(await run.rows('send.success')).toMatchObject([{ key: 'sent-2', _outcome: 'created' }]);
    });

    it('hands on those alone that were not sent, when it is known what became of the others', async () => {
      const [known] = await contacts(1);
      const rows = [
        { key: known?.External_Id__c, name: 'Sent 3' },
        { key: 'sent-4', name: 'Sent 4' },
      ];
      let isSending = false;
      let appends = 0;
      // From then on: two empty stages, the update with its result, the end of its stage, and then the upsert.
      const onCall = async (call: string): Promise<void> => {
        if (call === 'keepExport') isSending = true;
        if (call === 'append' && isSending) appends += 1;
        if (call === 'append' && appends === 6) throw new UserError('CONNECTION_REFUSED', { reason: 'the test' });
      };
      const started = await flow(types, rows, errors)
        .watched('send', { onCall })
        .with('send', { onError: 'transition', retry })
        .started();
      const run = await started.finished();
      expect(await run.rows('send.success')).toMatchObject([{ name: 'Sent 3', _outcome: 'updated' }]);
      expect(await run.rows('send.error')).toMatchObject([{ name: 'Sent 4' }]);
      expect(await nameOf('sent-4')).toEqual([]);
    });
  });

  it('that cannot even be planned leaves by that output, though nothing is said of what happens when it fails', async () => {
    const rows = [
      { key: 'sent-5', name: 'Sent' },
      { key: 'sent-6', name: 'Sent' },
    ];
    let writers = 0;
    const onCall = async (call: string): Promise<void> => {
      if (call === 'writer') writers += 1;
      if (call === 'writer' && writers === 1) throw new UserError('CONNECTION_REFUSED', { reason: 'the test' });
    };
    const started = await flow(types, rows, { ...upsert, processErrors: true })
      .watched('send', { onCall })
      .started();
    const run = await started.finished();
    expect(run.error).toBeNull();
    expect((await run.rows('send.error')).map((row) => row.key)).toEqual(['sent-5', 'sent-6']);
  });

  it('that fails half-way says what it has sent by then', async () => {
    const [known] = await contacts(1);
    const rows = [
      { key: known?.External_Id__c, name: 'Sent 9' },
      { key: 'sent-10', name: 'Sent 10' },
    ];
    let isSending = false;
    let appends = 0;
    const onCall = async (call: string): Promise<void> => {
      if (call === 'keepExport') isSending = true;
      if (call === 'append' && isSending) appends += 1;
      if (call === 'append' && appends === 6) throw new UserError('CONNECTION_REFUSED', { reason: 'the test' });
    };
    const started = await flow(types, rows, { ...upsert, batches: 'never' })
      .watched('send', { onCall })
      .started();
    expect((await started.finished()).state).toBe('failed');
    const { stage, records } = await kept(started);
    expect([stage, records.map((row) => row.outcome)]).toEqual(['sending', ['updated', null]]);
  });

  it('rejects what was not sent where the run goes on when it fails: nobody would come back to it', async () => {
    const [known] = await contacts(1);
    const rows = [
      { key: known?.External_Id__c, name: 'Sent 7' },
      { key: 'sent-8', name: 'Sent 8' },
    ];
    let isSending = false;
    let appends = 0;
    const onCall = async (call: string): Promise<void> => {
      if (call === 'keepExport') isSending = true;
      if (call === 'append' && isSending) appends += 1;
      if (call === 'append' && appends === 6) throw new UserError('CONNECTION_REFUSED', { reason: 'the test' });
    };
    const started = await flow(types, rows, { ...upsert, batches: 'never' })
      .watched('send', { onCall })
      .with('send', { onError: 'transition' })
      .started();
    const run = await started.finished();
    expect(run.output('send.error')).toBeUndefined();
    expect(await run.rows('send.success')).toMatchObject([{ name: 'Sent 7', _outcome: 'updated' }]);
    expect(await run.rows('send.reject')).toMatchObject([{ name: 'Sent 8', errorCode: 'REMOTE_BUSY' }]);
    expect((await kept(started)).counts.outcomes).toEqual({ updated: 1, unsent: 1 });
  });

  it('says of a ledger that is lost what to do, which is not to send everything again', async () => {
    const approval = { always: true, deletes: null, updates: null, share: null };
    const started = await flow(types, [{ key: 'lost-1', name: 'Lost' }], { ...upsert, approval }).started();
    const waiting = await started.reached('send', 'waiting');
    const { id: taskId, attempt } = waiting.task('send');
    const tables = engine.parts.stores.run(started.id);
    await tables.sweep(taskId, []);
    const columns = [{ name: 'other', label: 'Other', type: 'text' as const }];
    const { signal } = new AbortController();
    const other = await tables.writer({ taskId, attempt }, { columns, name: 'calls', resume: 'must', signal });
    await other.append([['row']]);
    await started.decide('send', true);
    const run = await started.finished();
    expect(run.error).toMatchObject({ code: 'LEDGER_LOST', details: { reason: 'it was begun with other columns' } });
    expect(run.error?.action).toContain('Look in the outside system which records were written');
    expect(await nameOf('lost-1')).toEqual([]);
  });

  it('keeps the rejections in a file when asked', async () => {
    const base = flow(types, [{ name: 'Nobody' }, { key: 'filed-1', name: 'Filed' }], upsert);
    const rejectFile = { enabled: true, name: 'rejects.csv' };
    const run = await base.change((nodes) => withFile(nodes, rejectFile)).finished();
    expect(run.log('send').join()).toMatch(/1 records were rejected\. They are kept in .*rejects\.csv/);
  });

  it('deletes by record id, and names ids that match nothing', async () => {
    const [, , third] = await contacts(3);
    const run = await exported([{ crm: third?.Id }, { crm: '003000000000009AAA' }], {
      operation: 'delete',
      key: 'Id',
      mapping: [mapped('Id', 'crm')],
    });
    expect(await run.rows('send.success')).toMatchObject([{ recordId: third?.Id, _outcome: 'deleted' }]);
    expect(await run.rows('send.reject')).toMatchObject([{ crm: '003000000000009AAA', errorCode: 'NO_MATCH' }]);
    expect(await org().query(`SELECT Id FROM Contact WHERE Id = '${third?.Id}'`)).toEqual([]);
  });
});

describe('plan and export', () => {
  const key = fc.oneof(
    fc.constantFrom('p-1', 'p-2', 'P-3', 'p-4', 'p-5'),
    fc.constant(null),
    fc.constantFrom('q-1', 'q-2'),
  );
  const row = fc.record({
    key,
    name: fc.option(fc.constantFrom('Ash', 'Birch', 'Cedar'), { freq: 6 }),
    outcome: fc.option(fc.constantFrom('Chief', 'chief', ' Chief ', 'soon', '')),
  });
  const settings = fc.record({
    mode: fc.constantFrom('automatic' as const, 'update' as const, 'upsert' as const),
    empty: fc.constantFrom('keep' as const, 'clear' as const),
    batches: fc.constantFrom('never' as const, 'always' as const),
  });

  const recordsOf = (): Promise<Row[]> =>
    org().query("SELECT Id, LastName, Title, External_Id__c FROM Contact WHERE Department = 'pairs' ORDER BY Id");

  /** What the records would be if the plan were carried out by hand. */
  function carriedOut(before: Row[], planned: Row[]): Row[] {
    const changed = before.map((record) => {
      const plan = planned.find((one) => one.action === 'update' && one.recordId === record.Id);
      return { ...record, ...(plan?.values as Row | undefined) };
    });
    const added = planned.filter((one) => one.action === 'create' || one.action === 'upsert');
    return [...changed, ...added.map((one) => ({ Title: null, External_Id__c: null, ...(one.values as Row) }))];
  }

  const shape = (records: Row[]): string[] =>
    records.map((one) => [one.LastName, String(one.Title ?? '').trim(), one.External_Id__c].join('|')).sort();

  it('agree: the organisation is afterwards what the plan said, and nothing else was touched', async () => {
    const known = ['p-1', 'p-2', 'p-3', 'p-4'].map((External_Id__c) => ({
      operation: 'create',
      object: 'Contact',
      values: { LastName: 'Ash', Title: 'Chief', Department: 'pairs', External_Id__c },
    }));
    await org().control('records', known);
    const mapping = (empty: 'keep' | 'clear'): Settings['mapping'] => [
      keyed,
      named,
      mapped('Title', 'outcome', { empty }),
      mapped('Department', '', { source: code('"pairs"') }),
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), settings, async (rows, { empty, ...more }) => {
        const own: Settings = { ...more, key: 'External_Id__c', mapping: mapping(empty) };
        const before = await recordsOf();
        const plan = await flow(types, rows, { ...own, planOnly: true }).finished();
        const planned = await plan.rows('send.plan');
        const run = await exported(rows, own);
        expect(shape(await recordsOf())).toEqual(shape(carriedOut(before, planned)));
        const words = { create: 'created', upsert: 'created', update: 'updated', unchanged: 'unchanged' };
        const expected = planned.map(({ action }) => words[action as keyof typeof words]);
        expect((await run.rows('send.success')).map((one) => one._outcome)).toEqual(expected);
        expect(await run.rows('send.reject')).toEqual(await plan.rows('send.reject'));
      }),
      { numRuns: 8 },
    );
  });
});
