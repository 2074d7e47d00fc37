/** Exports of a real organisation, taken back: by the runs that people start for it. */
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../contract/types.ts';
import type { Kept, Row, Settings } from '../../../test/harness/exports.ts';
import { exportTests, mapped } from '../../../test/harness/exports.ts';
import type { Run } from '../../../test/harness/flow.ts';
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
      actions: { create: 0, upsert: 1, update: 1, delete: 0, undelete: 0, unchanged: 1 },
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
