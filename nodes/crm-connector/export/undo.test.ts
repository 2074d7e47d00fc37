/** Exports of a real organisation, taken back: by the runs that people start for it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryLater } from '../../../contract/errors.ts';
import type { ColumnType } from '../../../contract/types.ts';
import type { Kept, Row, Settings } from '../../../test/harness/exports.ts';
import { exportTests, mapped } from '../../../test/harness/exports.ts';
import type { Run } from '../../../test/harness/flow.ts';
import type { Watch } from '../../../test/harness/interruptions.ts';
import { passTime } from '../../../test/harness/passTime.ts';
import type { RunView } from '../../../test/harness/runView.ts';

const { engine, org, flow, kept, undo } = await exportTests(300, 11);

const types: Record<string, ColumnType> = { crm: 'text', key: 'text', name: 'text', title: 'text' };
const keyed = mapped('External_Id__c', 'key');
const named = mapped('LastName', 'name');
const titled = mapped('Title', 'title', { empty: 'clear' });
const identified = mapped('Id', 'crm');
const upsert: Settings = { mode: 'upsert', key: 'External_Id__c', mapping: [keyed, named, titled] };
const deletion: Settings = { operation: 'delete', key: 'Id', mapping: [identified] };

/** Longer than whatever an export waits for. */
const hours = 14_400_000;

async function exported(rows: Row[], settings: Settings = upsert): Promise<Kept> {
  const started = await flow(types, rows, settings).started();
  const run = await passTime(engine, started, 'send', hours);
  expect(run.error).toBeNull();
  return kept(started);
}

/** Approved, and carried out to its end. */
async function undone(what: Kept, rows: number[] | null = null): Promise<{ run: RunView; kept: Kept; started: Run }> {
  const started = await undo(what, rows);
  await started.reached('send', 'waiting');
  await started.decide('send', true);
  const run = await passTime(engine, started, 'send', hours);
  return { run, kept: await kept(started), started };
}

let made = 0;
/** Contacts of a test's own. */
async function make(count: number, values: Row = {}, object = 'Contact'): Promise<{ id: string; key: string }[]> {
  const own = Array.from({ length: count }, () => {
    made += 1;
    return { key: `undo-${made}`, id: '' };
  });
  const changes = own.map(({ key }) => ({
    operation: 'create',
    object,
    values: { LastName: `Name of ${key}`, External_Id__c: key, Title: 'Old', ...values },
  }));
  await org().control('records', changes);
  const keys = own.map(({ key }) => `'${key}'`).join(', ');
  const found = await org().query(`SELECT Id, External_Id__c FROM Contact WHERE External_Id__c IN (${keys})`);
  return own.map(({ key }) => ({ key, id: String(found.find((one) => one.External_Id__c === key)?.Id) }));
}

const stateOf = (keys: string[]): Promise<Row[]> =>
  org().query(
    `SELECT Id, LastName, Title, External_Id__c FROM Contact WHERE External_Id__c IN (${keys.map((key) => `'${key}'`).join(', ')}) ORDER BY External_Id__c`,
  );

const change = (id: string | undefined, values: Row): Promise<unknown> =>
  org().control('records', [{ operation: 'update', object: 'Contact', id, values }]);

describe('the undo of an export', () => {
  it('deletes what was created and gives back what was changed; what was as it was stays so', async () => {
    const [one, two] = await make(2);
    const keys = [one?.key ?? '', two?.key ?? '', 'undo-new'];
    const before = await stateOf(keys);
    const done = await exported([
      { key: one?.key, name: 'Changed' },
      { key: two?.key, name: `Name of ${two?.key}`, title: 'Old' },
      { key: 'undo-new', name: 'New', title: 'Young' },
    ]);
    expect(done.stage).toBe('settled');
    expect(done.counts).toEqual({
      input: 3,
      refused: 0,
      actions: { create: 0, upsert: 1, update: 1, delete: 0, undelete: 0, moved: 0, unchanged: 1 },
      outcomes: { created: 1, updated: 1, unchanged: 1 },
    });
    expect(done.records.map((row) => [row._row, row.action, row.changed, row.values, row.before, row.outcome])).toEqual(
      [
        [
          1,
          'update',
          ',LastName,Title,',
          { LastName: 'Changed', Title: null },
          { LastName: `Name of ${one?.key}`, Title: 'Old' },
          'updated',
        ],
        [2, 'unchanged', null, {}, {}, 'unchanged'],
        [
          3,
          'upsert',
          ',External_Id__c,LastName,Title,',
          { External_Id__c: 'undo-new', LastName: 'New', Title: 'Young' },
          null,
          'created',
        ],
      ],
    );
    const { run, kept: taken } = await undone(done);
    expect(run.counts).toMatchObject({ 'send.success': 2, 'send.reject': 0 });
    expect(await stateOf(keys)).toEqual(before);
    expect([taken.row.operation, taken.row.undoes, taken.counts.outcomes]).toEqual([
      'undo',
      done.row.id,
      { updated: 1, deleted: 1 },
    ]);
  });

  it('asks first whatever the node is drawn to do, and writes nothing when it is refused', async () => {
    const done = await exported([{ key: 'undo-asks', name: 'Asks' }]);
    const started = await undo(done);
    const waiting = await started.reached('send', 'waiting');
    expect(waiting.task('send').asks).toBe('Contact: 1 to be deleted. An undo is always looked at first. Write them?');
    await started.decide('send', false, 'not today');
    expect((await started.finished()).error).toMatchObject({ code: 'PLAN_REFUSED' });
    expect((await kept(started)).stage).toBe('refused');
    expect(await stateOf(['undo-asks'])).toHaveLength(1);
  });

  it('takes back chosen records only', async () => {
    const done = await exported(['a', 'b', 'c'].map((one) => ({ key: `undo-chosen-${one}`, name: one })));
    await undone(done, [2]);
    expect((await stateOf(['undo-chosen-a', 'undo-chosen-b', 'undo-chosen-c'])).map((row) => row.LastName)).toEqual([
      'a',
      'c',
    ]);
  });

  it('brings back what was deleted, while the outside system has it', async () => {
    const records = await make(3);
    const [one, two] = records;
    const before = await stateOf(records.map(({ key }) => key));
    const done = await exported(
      records.map(({ id }) => ({ crm: id })),
      deletion,
    );
    expect(done.records[0]?.before).toMatchObject({ LastName: `Name of ${one?.key}`, Title: 'Old' });
    await org().control('records', [{ operation: 'hardDelete', object: 'Contact', id: two?.id }]);
    const { run, kept: taken } = await undone(done);
    expect(await run.rows('send.reject')).toMatchObject([{ recordId: two?.id, errorCode: 'NOT_RESTORABLE' }]);
    expect(await stateOf(records.map(({ key }) => key))).toEqual(before.filter(({ Id }) => Id !== two?.id));
    expect(taken.counts.outcomes).toEqual({ undeleted: 2, rejected: 1 });
  });

  it('can be undone itself', async () => {
    const [one, two] = await make(2);
    const keys = [one?.key ?? '', 'undo-twice'];
    const done = await exported([
      { key: one?.key, name: 'Twice' },
      { key: 'undo-twice', name: 'Twice' },
    ]);
    const after = await stateOf(keys);
    const first = await undone(done);
    const second = await undone(first.kept);
    expect(second.kept.counts.outcomes).toEqual({ updated: 1, undeleted: 1 });
    expect(await stateOf(keys)).toEqual(after);
    const third = await undone(second.kept);
    expect(third.kept.counts.outcomes).toEqual({ updated: 1, deleted: 1 });
    const gone = await exported([{ crm: two?.id }], deletion);
    const back = await undone(gone);
    expect((await undone(back.kept)).kept.counts.outcomes).toEqual({ deleted: 1 });
  });

  it('leaves what was changed since as it is, and says what', async () => {
    const [one, two, three] = await make(3);
    const rows = [one, two, three].map((record) => ({ key: record?.key, name: 'Exported', title: 'Old' }));
    const done = await exported([...rows, { key: 'undo-since-1', name: 'New' }, { key: 'undo-since-2', name: 'New' }]);
    const [made1, made2] = await stateOf(['undo-since-1', 'undo-since-2']);
    await change(one?.id, { LastName: 'Somebody' });
    await change(two?.id, { Title: 'Somebody' });
    await org().control('records', [{ operation: 'delete', object: 'Contact', id: three?.id }]);
    await org().control('clock', { advanceSeconds: 5 });
    await change(String(made1?.Id), { Department: 'Somebody' });
    const { run } = await undone(done);
    const rejects = await run.rows('send.reject');
    expect(rejects.map((row) => [row.recordId, row.errorCode, row.errorFields])).toEqual([
      [one?.id, 'CHANGED_SINCE_EXPORT', 'LastName'],
      [three?.id, 'CHANGED_SINCE_EXPORT', null],
      [made1?.Id, 'CHANGED_SINCE_EXPORT', null],
    ]);
    expect(rejects[2]?.errorMessage).toContain('it was saved again since');
    // Another field than those that were written does not hold back the old values.
    expect(await stateOf([two?.key ?? ''])).toMatchObject([{ LastName: `Name of ${two?.key}`, Title: 'Somebody' }]);
    expect(await stateOf(['undo-since-2'])).toEqual([]);
    expect(made2).toBeDefined();
  });

  it('leaves a created record that was changed since also where none was looked at again after it was written', async () => {
    const watch: Watch = {
      onCall: async (call, { undoes }) => {
        if (call !== 'keepExport' || undoes) return;
        const isDown = { kind: 'limit', match: { path: '/services/data/v60.0/query' } };
        await org().control('faults', { ...isDown, times: 40 });
      },
    };
    const rows = ['undo-unseen-1', 'undo-unseen-2'].map((key) => ({ key, name: 'Unseen' }));
    const insert = { mode: 'insert' as const, mapping: [keyed, named] };
    const started = await flow(types, rows, insert).watched('send', watch).started();
    await passTime(engine, started, 'send', hours);
    const done = await kept(started);
    expect(done.records.map(({ outcome, stamp }) => [outcome, stamp])).toEqual([
      ['created', null],
      ['created', null],
    ]);
    await org().clearFaults();
    await org().control('clock', { advanceSeconds: 5 });
    const [one] = await stateOf(['undo-unseen-1']);
    await change(String(one?.Id), { Department: 'Somebody' });
    const { run } = await undone(done);
    expect(await run.rows('send.reject')).toMatchObject([
      { recordId: one?.Id, errorCode: 'CHANGED_SINCE_EXPORT', errorMessage: expect.stringContaining('saved again') },
    ]);
    expect(await stateOf(['undo-unseen-1', 'undo-unseen-2'])).toMatchObject([{ External_Id__c: 'undo-unseen-1' }]);
  });

  it('leaves a record of which nobody knows what it held: one that came up while it was to be created', async () => {
    let isSending = false;
    let appends = 0;
    // Behind three empty kinds the upsert is noted: it was looked up before, and is sent now.
    const onCall = async (call: string): Promise<void> => {
      if (call === 'keepExport') isSending = true;
      if (call === 'append' && isSending) appends += 1;
      if (call !== 'append' || appends !== 4) return;
      const values = { LastName: 'Quicker', External_Id__c: 'undo-quicker' };
      await org().control('records', [{ operation: 'create', object: 'Contact', values }]);
    };
    const started = await flow(types, [{ key: 'undo-quicker', name: 'Slower' }], upsert)
      .watched('send', { onCall })
      .started();
    await started.finished();
    const done = await kept(started);
    expect(done.records).toMatchObject([{ action: 'upsert', outcome: 'updated', before: null }]);
    const run = await (await undo(done)).finished();
    expect(await run.rows('send.reject')).toMatchObject([{ errorCode: 'UNDO_UNKNOWN' }]);
    expect(await stateOf(['undo-quicker'])).toMatchObject([{ LastName: 'Slower' }]);
  });

  describe('whose attempts die', () => {
    const retry = { attempts: 8, delay: 0, maxDelay: 0 };

    /** Dies once, at each `append` and `keepExport` behind the answer, by number. */
    const dyingAt = (number: number): Watch => {
      let calls = 0;
      return {
        onCall: async (call, { decision }) => {
          if (decision === null || (call !== 'append' && call !== 'keepExport')) return;
          calls += 1;
          if (calls === number)
            throw new RetryLater('REMOTE_BUSY', { status: 'dead', reason: 'the test' }, { after: 0 });
        },
      };
    };

    it.each([1, 2, 3, 5, 7, 9])('wherever that is (%d), changes and creations are taken back once', async (number) => {
      const [one] = await make(1);
      const keys = [one?.key ?? '', `undo-dies-${number}`];
      const before = await stateOf(keys);
      const rows = keys.map((key) => ({ key, name: 'Dies' }));
      const started = await flow(types, rows, upsert).with('send', { retry }).started();
      await started.finished();
      const done = await kept(started);
      engine.watches.set(`${done.row.workflow_name}.send`, dyingAt(number));
      const { run, kept: taken } = await undone(done);
      // The question, the attempt that dies, and the one that ends it.
      expect(run.task('send').attempt).toBe(3);
      expect(run.counts).toMatchObject({ 'send.success': 2, 'send.reject': 0 });
      expect(await stateOf(keys)).toEqual(before);
      expect(taken.counts.outcomes).toEqual({ updated: 1, deleted: 1 });
    });

    it('asks whether a record is there again when the answer was lost, and brings back what is not', async () => {
      for (const kind of ['reset-after', 'reset-before']) {
        const records = await make(2);
        const before = await stateOf(records.map(({ key }) => key));
        const done = await exported(
          records.map(({ id }) => ({ crm: id })),
          deletion,
        );
        await org().control('faults', { kind, match: { path: '/services/Soap' }, times: 1 });
        const { run, kept: taken } = await undone(done);
        expect(run.task('send').attempt).toBeGreaterThan(2);
        expect(taken.counts.outcomes).toEqual({ undeleted: 2 });
        expect(await stateOf(records.map(({ key }) => key))).toEqual(before);
      }
    });
  });

  it('deletes no record with which others would go', async () => {
    const started = await flow(types, [{ name: 'Undone Ltd' }, { name: 'Childless Ltd' }], {
      object: 'Account',
      mode: 'insert',
      mapping: [mapped('Name', 'name')],
    }).started();
    await started.finished();
    const [parent] = await org().query("SELECT Id FROM Account WHERE Name = 'Undone Ltd'");
    await make(2, { AccountId: parent?.Id });
    const { run } = await undone(await kept(started));
    expect(await run.rows('send.reject')).toMatchObject([
      { recordId: parent?.Id, errorCode: 'CHILDREN_WOULD_GO', errorMessage: expect.stringContaining('2 of Contact') },
    ]);
    expect(
      await org().query("SELECT Name FROM Account WHERE Name LIKE '%ess Ltd' OR Name = 'Undone Ltd'"),
    ).toMatchObject([{ Name: 'Undone Ltd' }]);
  });
});

describe('the undo of a creation', () => {
  it('asks of chosen records where what belongs to them is told in no other way', async () => {
    const ideas: Settings = { object: 'Idea', mode: 'insert', mapping: [mapped('Title', 'name')] };
    const started = await flow(types, [{ name: 'Voted' }, { name: 'Unvoted' }], ideas).started();
    await started.finished();
    const [voted] = await org().query("SELECT Id FROM Idea WHERE Title = 'Voted'");
    await org().control('records', [{ operation: 'create', object: 'Vote', values: { ParentId: voted?.Id } }]);
    const { run } = await undone(await kept(started));
    expect(await run.rows('send.reject')).toMatchObject([
      { recordId: voted?.Id, errorCode: 'CHILDREN_WOULD_GO', errorMessage: expect.stringContaining('1 of Vote') },
    ]);
    expect(await org().query("SELECT Title FROM Idea WHERE Title LIKE '%oted'")).toMatchObject([{ Title: 'Voted' }]);
  });

  it('is refused where nobody knows whether others would go with it', async () => {
    const accounts: Settings = { object: 'Account', mode: 'insert', mapping: [mapped('Name', 'name')] };
    const started = await flow(types, [{ name: 'Unasked Ltd' }], accounts).started();
    await started.finished();
    const refusal = { status: 400, errorCode: 'INVALID_TYPE', message: "sObject type 'Contact' is not supported." };
    const match = { path: '/services/data/v60.0/query', query: 'AccountId' };
    await org().control('faults', { kind: 'status', ...refusal, match, times: null });
    const run = await (await undo(await kept(started))).finished();
    await org().clearFaults();
    expect(await run.rows('send.reject')).toMatchObject([
      { errorCode: 'CHILDREN_UNKNOWN', errorMessage: expect.stringMatching(/cannot ask for Contact, .*\.$/) },
    ]);
    expect(await org().query("SELECT Name FROM Account WHERE Name = 'Unasked Ltd'")).toHaveLength(1);
  });
});

describe('export and undo', () => {
  const row = fc.record({
    place: fc.integer({ min: 0, max: 7 }),
    name: fc.option(fc.constantFrom('Ash', 'Birch', 'Cedar'), { freq: 5 }),
    title: fc.option(fc.constantFrom('Chief', 'chief', 'Old', '')),
  });
  const mode = fc.constantFrom('automatic' as const, 'insert' as const, 'update' as const, 'upsert' as const);
  /** What somebody changes between the two, by place. */
  const meddled = fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 2 });
  const all = (): Promise<Row[]> =>
    org().query('SELECT Id, LastName, Title, Department, External_Id__c FROM Contact ORDER BY Id');

  it('leave the organisation as it was, save what was refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), mode, meddled, async (rows, how, others) => {
        const records = await make(4);
        made += 4;
        const keys = [...records.map(({ key }) => key), ...[0, 1, 2, 3].map((index) => `undo-${made - index}`)];
        const given = rows.map(({ place, ...values }) => ({ key: keys[place], ...values }));
        const before = await all();
        const done = await exported(given, { ...upsert, mode: how, batches: 'never' });
        const written = done.records.filter((one) => ['created', 'updated'].includes(String(one.outcome)));
        const meddledIds = new Set(others.flatMap((place) => written[place]?.recordId ?? []));
        await org().control('clock', { advanceSeconds: 5 });
        for (const id of meddledIds) await change(String(id), { LastName: 'Meddled', Title: 'Meddled' });
        const between = await all();
        if (written.length === 0) return;
        const started = await undo(done);
        // Nothing is asked where all are refused: the run ends at once.
        const waits = await started.reached('send', 'waiting').catch(() => null);
        if (waits) await started.decide('send', true);
        const run = await passTime(engine, started, 'send', hours);
        const refused = new Set((await run.rows('send.reject')).map((one) => one.recordId));
        expect(refused).toEqual(meddledIds);
        const left = new Map(between.map((one) => [one.Id, one]));
        const expected = before.map((one) => (refused.has(String(one.Id)) ? left.get(one.Id) : one));
        const stayed = between.filter((one) => refused.has(String(one.Id)) && !before.some(({ Id }) => Id === one.Id));
        expect(await all()).toEqual([...expected, ...stayed]);
      }),
      { numRuns: 6 },
    );
  });
});
