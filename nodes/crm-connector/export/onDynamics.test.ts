/** Exports to a CRM that writes all records of a request or none, and makes deleted records anew. */
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../contract/types.ts';
import { engineWithDynamics } from '../../../test/harness/engineWithDynamics.ts';
import type { Kept, Row, Settings } from '../../../test/harness/exports.ts';
import { exportTools, mapped } from '../../../test/harness/exports.ts';
import { passTime } from '../../../test/harness/passTime.ts';
import type { RunView } from '../../../test/harness/runView.ts';

const { engine, demo } = await engineWithDynamics(60);
const { flow, kept, undo } = exportTools(engine, { name: 'demo', kind: 'dynamics', capabilities: ['crm'] });

/** Longer than whatever an export waits for. */
const hours = 14_400_000;
const types: Record<string, ColumnType> = { id: 'text', name: 'text' };
const insert: Settings = { object: 'account', mode: 'insert', mapping: [mapped('name', 'name')] };
const deletion: Settings = { object: 'account', operation: 'delete', key: 'Id', mapping: [mapped('Id', 'id')] };
const tooLong = 'x'.repeat(200);

const written = (): string[] =>
  demo.org.requests.since(0).flatMap(({ path }) => /CreateMultiple|UpdateMultiple|\$batch/.exec(path)?.[0] ?? []);
const account = (id: unknown) => demo.held('account').find(({ accountid }) => accountid === id);

async function exported(rows: Row[], settings: Settings): Promise<{ run: RunView; kept: Kept }> {
  const started = await flow(types, rows, settings).started();
  const run = await passTime(engine, started, 'send', hours);
  return { run, kept: await kept(started) };
}

const numbered = (name: string, count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({ name: `${name} ${String(index).padStart(3, '0')}` }));

const namedLike = (name: string) => demo.held('account').filter((one) => String(one.name).startsWith(name));
const deletionOf = (object: string): Settings => ({ ...deletion, object });

describe('records that are refused together', () => {
  it('are sent in halves until those are found that are wrong: each half is a call of its own', async () => {
    const rows = numbered('Halved', 120).with(50, { name: tooLong });
    const { run, kept: done } = await exported(rows, insert);
    expect([run.state, run.counts['send.success']]).toEqual(['succeeded with rejects', 119]);
    expect(await run.rows('send.reject')).toMatchObject([{ name: tooLong, errorCode: 'VALUE_REFUSED' }]);
    // 120, 60, 30, 30, 15 and 15 of them, 8 and 7 apart, and the other 60.
    expect(written()).toEqual([...Array<string>(6).fill('CreateMultiple'), '$batch', '$batch', 'CreateMultiple']);
    expect(done.calls.filter(({ event }) => event === 'unsent')).toHaveLength(4);
    expect(new Set(done.calls.map(({ call }) => call)).size).toBe(9);
    expect(namedLike('Halved')).toHaveLength(119);
  });

  it.each([
    ['reset-after', 'the answer to a half is lost'],
    ['reset-before', 'a half never arrives'],
    ['limit', 'a limit comes between two halves'],
  ])('are written once where %s: %s', async (kind) => {
    // The first half of the first half: what is before it is refused, what is behind it is still to come.
    await demo.fault(kind, { match: { path: 'CreateMultiple' }, after: 2, seconds: 0 });
    const { run } = await exported(numbered(kind, 100).with(60, { name: tooLong }), insert);
    expect([run.counts['send.success'], run.counts['send.reject']]).toEqual([99, 1]);
    expect(new Set(namedLike(kind).map(({ name }) => name)).size).toBe(99);
    expect(namedLike(kind)).toHaveLength(99);
  });

  it('go apart from then on where many are wrong, so that calls stay few', async () => {
    const rows = numbered('Many', 300).map((row, index) => (index % 4 === 0 ? { name: tooLong } : row));
    const { run } = await exported(rows, insert);
    expect([run.counts['send.success'], run.counts['send.reject']]).toEqual([225, 75]);
    expect(written().length).toBeLessThanOrEqual(26);
    // The second request is not tried together.
    expect(written().at(-1)).toBe('$batch');
    expect(namedLike('Many')).toHaveLength(225);
  });

  it('go apart at once where they are few, and each is told by itself', async () => {
    const [one, two, three] = demo.held('account').map(({ accountid }) => String(accountid));
    const update: Settings = {
      object: 'account',
      mode: 'update',
      key: 'Id',
      mapping: [mapped('Id', 'id'), mapped('name', 'name')],
    };
    const rows = [one, two, three].map((id) => ({ id, name: 'Changed together' }));
    // As where one of them is deleted between the look at it and the write.
    const gone = { status: 404, errorCode: '0x80040217', message: `account With Ids = ${two} Do Not Exist` };
    await demo.fault('status', { ...gone, match: { path: 'UpdateMultiple' } });
    const { run } = await exported(rows, update);
    expect(run.counts['send.success']).toBe(3);
    expect(written()).toEqual(['UpdateMultiple', '$batch']);
  });
});

/** What a record that is made anew has of its own. */
const own = new Set(['createdon', 'modifiedon', 'createdby', 'modifiedby', 'overriddencreatedon']);
const withoutOwn = (row: Row | undefined): Row =>
  Object.fromEntries(Object.entries(row ?? {}).filter(([name, value]) => !own.has(name) && value !== null));
const contact = (id: unknown): Row | undefined => demo.held('contact').find(({ contactid }) => contactid === id);

async function make(table: string, values: Row): Promise<string> {
  const answer = await demo.control('records', { operation: 'create', table, values });
  return String((answer as { ids?: string[] }).ids?.[0]);
}

/** Its plan, and what became of it once it was approved. */
async function undone(what: Kept, between: () => Promise<unknown> = async () => null) {
  const started = await undo(what);
  const waiting = await started.reached('send', 'waiting');
  const plan = await kept(started);
  await between();
  await started.decide('send', true);
  const run = await passTime(engine, started, 'send', hours);
  return { asks: waiting.task('send').asks, plan, run, kept: await kept(started) };
}

describe('the undo of deletions', () => {
  it('makes records anew where there is no recycle bin: with their ids, their values and their state', async () => {
    const [parent] = demo.held('account');
    const id = await make('contact', {
      firstname: 'Ada',
      lastname: 'Anew',
      parentcustomerid: String(parent?.accountid),
      parentcustomeridtype: 'account',
      new_interests: '1,3',
      birthdate: '1970-02-28',
      creditlimit: 12.5,
      overriddencreatedon: '2020-01-01T00:00:00Z',
    });
    await demo.control('records', {
      operation: 'update',
      table: 'contact',
      id,
      values: { statecode: 1, statuscode: 2 },
    });
    const plain = await make('contact', { lastname: 'Plain', donotemail: true });
    const before = [contact(id), contact(plain)];
    const { kept: done } = await exported([{ id }, { id: plain }], deletionOf('contact'));
    expect(done.remarks.join(' ')).toContain(
      'Deleted records of Contact go to no recycle bin: an undo makes them anew',
    );
    expect([contact(id), contact(plain)]).toEqual([undefined, undefined]);
    const { asks, plan, run, kept: taken } = await undone(done);
    expect(asks).toContain('2 to be brought back');
    expect(plan.remarks).toEqual([
      'Contact has no recycle bin: its records are made anew, with their old ids and the values that were kept.',
      expect.stringContaining('when and by whom it was created and changed is what the undo makes it'),
      expect.stringContaining('What belonged to a record does not come back with it'),
    ]);
    expect([run.state, taken.counts.outcomes]).toEqual(['succeeded', { undeleted: 2 }]);
    expect([contact(id), contact(plain)].map(withoutOwn)).toEqual(before.map(withoutOwn));
    expect(contact(id)).toMatchObject({ statecode: 1, statuscode: 2 });
    // It was looked at again: it holds what it was given, and the undo can be undone.
    expect(taken.records).toMatchObject([{ errorCode: null }, { errorCode: null }]);
    expect((await undone(taken)).kept.counts.outcomes).toEqual({ deleted: 2 });
    expect(contact(id)).toBeUndefined();
  });

  it('takes what is in the recycle bin from there, and makes anew what was purged from it', async () => {
    const ids = [await make('account', { name: 'In the bin' }), await make('account', { name: 'Purged' })];
    const { kept: done } = await exported(
      ids.map((id) => ({ id })),
      deletion,
    );
    demo.org.table('account')?.bin.delete(ids[1] ?? '');
    await demo.control('clock', { advanceSeconds: 60 });
    const { plan, kept: taken } = await undone(done);
    expect(plan.remarks[0]).toBe(
      'What the recycle bin does not have is made anew, with its old id and the values that were kept.',
    );
    expect(taken.counts.outcomes).toEqual({ undeleted: 2 });
    const [restored, remade] = ids.map(account);
    expect([restored?.name, remade?.name]).toEqual(['In the bin', 'Purged']);
    expect(String(restored?.createdon) < String(remade?.createdon)).toBe(true);
  });

  it('rejects a record that refers to one that is gone, and leaves one that is there again as it is', async () => {
    const parent = await make('account', { name: 'Gone parent' });
    const child = await make('contact', {
      lastname: 'Child',
      parentcustomerid: parent,
      parentcustomeridtype: 'account',
    });
    const back = await make('contact', { lastname: 'Back' });
    const { kept: done } = await exported([{ id: child }, { id: back }], deletionOf('contact'));
    await demo.control('records', { operation: 'delete', table: 'account', id: parent });
    const again = { operation: 'create', table: 'contact', id: back, values: { lastname: 'By somebody' } };
    const { run } = await undone(done, () => demo.control('records', again));
    const rejects = await run.rows('send.reject');
    expect(rejects.map(({ recordId, errorCode }) => [recordId, errorCode])).toEqual([
      [child, 'REFERENCE_UNKNOWN'],
      [back, 'CHANGED_SINCE_PLAN'],
    ]);
    expect(rejects[0]?.errorMessage).toContain(parent);
    expect([contact(child), contact(back)?.lastname]).toEqual([undefined, 'By somebody']);
  });

  it.each(['children first', 'parents first'])(
    'brings a record back before those that refer to it, whichever were deleted first: %s',
    async (order) => {
      await demo.control('app', { recycleBin: false });
      const ids: string[] = [];
      for (const name of ['A', 'B', 'C', 'D', 'E'])
        ids.push(await make('account', { name, ...(ids.length > 0 ? { parentaccountid: ids.at(-1) } : {}) }));
      const sent = order === 'children first' ? ids.toReversed() : ids;
      const { kept: done } = await exported(
        sent.map((id) => ({ id })),
        deletion,
      );
      const { kept: taken } = await undone(done);
      await demo.control('app', { recycleBin: true });
      expect(taken.counts.outcomes).toEqual({ undeleted: 5 });
      expect(ids.map((id) => account(id)?.parentaccountid ?? null)).toEqual([null, ...ids.slice(0, -1)]);
    },
  );

  it.each(['reset-after', 'reset-before'])('asks what is there again where the answer was lost (%s)', async (kind) => {
    const ids = [await make('contact', { lastname: kind }), await make('contact', { lastname: kind })];
    const { kept: done } = await exported(
      ids.map((id) => ({ id })),
      deletionOf('contact'),
    );
    await demo.fault(kind, { match: { path: '/api/data/v9.2/$batch' } });
    const { run, kept: taken } = await undone(done);
    expect(run.task('send').attempt).toBeGreaterThan(2);
    expect(taken.counts.outcomes).toEqual({ undeleted: 2 });
    expect(ids.map((id) => contact(id)?.lastname)).toEqual([kind, kind]);
  });
});
