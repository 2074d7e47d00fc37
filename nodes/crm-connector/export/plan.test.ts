import { describe, expect, it } from 'vitest';
import { defineNode } from '../../../contract/node.ts';
import type { ColumnType } from '../../../contract/types.ts';
import type { Row, Settings } from '../../../test/harness/exports.ts';
import { code, exportTests, mapped } from '../../../test/harness/exports.ts';
import type { InterruptibleCall } from '../../../test/harness/interruptions.ts';
import type { RunView } from '../../../test/harness/runView.ts';
import { successPort } from '../../kit/ports.ts';
import type { NodeContext } from '../../kit/run.ts';
import type { CrmConfig } from '../config.ts';
import { definition } from '../definition.ts';
import { openClient } from '../readRecords.ts';
import { makePlan } from './plan.ts';

/** Gives the rows of the plan as they are kept for those who send them. */
const planOfTest = {
  definition: defineNode({
    ...definition,
    type: 'plan-of-test',
    ports: () => [successPort],
    columns: () => ({ success: null }),
    check: () => [],
  }),
  run: async (context: NodeContext) => {
    const own = context as unknown as NodeContext<CrmConfig>;
    return { ports: { success: (await makePlan(own, await openClient(own))).rows } };
  },
};

const { org, flow, requestsOf } = await exportTests(1_500, 7, [planOfTest]);

const types: Record<string, ColumnType> = {
  crm: 'text',
  ext: 'text',
  name: 'text',
  title: 'text',
  value: 'decimal',
  at: 'datetime',
  flag: 'boolean',
};
const keyed = mapped('External_Id__c', 'ext');
const named = mapped('LastName', 'name');
const identified = mapped('Id', 'crm');
const upsert: Settings = { mode: 'upsert', key: 'External_Id__c', mapping: [keyed, named] };
const byId: Settings = { mode: 'automatic', key: 'Id', mapping: [identified, named] };

const planning = (rows: readonly Row[], settings: Settings) => flow(types, rows, { planOnly: true, ...settings });

/** What is planned, in the order of the input, and what is rejected. */
async function planOf(rows: readonly Row[], settings: Settings) {
  return outcome(await planning(rows, settings).finished(), rows.length);
}

async function outcome(run: RunView, count: number) {
  expect(run.error).toBeNull();
  const planned = await run.rows('send.plan');
  const rejects = await run.rows('send.reject');
  expect(planned.length + rejects.length).toBe(count);
  return {
    run,
    actions: planned.map(({ action }) => action),
    values: planned.map(({ values }) => values),
    planned: planned.map(({ action, recordId, key, values, before }) => ({ action, recordId, key, values, before })),
    reasons: rejects.map(({ errorCode, errorFields }) => [errorCode, errorFields]),
    rejects,
  };
}

const fields =
  'Id, LastName, Title, Email, AccountId, AnnualValue__c, Consent_Date__c, Consent_Email__c, External_Id__c, SystemModstamp';
const contacts = (count: number, where = 'AccountId != null'): Promise<Row[]> =>
  org().query(`SELECT ${fields} FROM Contact WHERE External_Id__c != null AND ${where} ORDER BY Id LIMIT ${count}`);

let made = 0;
/** A contact of its own for a test that changes it. */
async function make(values: Record<string, unknown>): Promise<{ id: string; key: string }> {
  made += 1;
  const key = `made-${made}`;
  const own = { LastName: 'Made', External_Id__c: key, ...values };
  await org().control('records', [{ operation: 'create', object: 'Contact', values: own }]);
  const [found] = await org().query(`SELECT Id FROM Contact WHERE External_Id__c = '${key}'`);
  return { id: String(found?.Id), key };
}

describe('a plan', () => {
  it('updates what differs, field by field, creates what is new, and leaves the rest', async () => {
    const [same, other] = await contacts(2);
    const { planned, run } = await planOf(
      [
        { ext: ` ${same?.External_Id__c} `, name: same?.LastName },
        { ext: other?.External_Id__c, name: 'Changed' },
        { ext: 'new-1', name: 'New' },
      ],
      upsert,
    );
    const [sameKey, otherKey] = [same?.External_Id__c, other?.External_Id__c];
    expect(planned).toEqual([
      { action: 'unchanged', recordId: same?.Id, key: sameKey, values: {}, before: {} },
      {
        action: 'update',
        recordId: other?.Id,
        key: otherKey,
        values: { LastName: 'Changed' },
        before: { LastName: other?.LastName },
      },
      {
        action: 'upsert',
        recordId: null,
        key: 'new-1',
        values: { External_Id__c: 'new-1', LastName: 'New' },
        before: null,
      },
    ]);
    expect(await run.rids('send.plan')).toEqual(await run.rids('input.success'));
  });

  it('writes nothing', async () => {
    const [one] = await contacts(1);
    const asked = await requestsOf(() =>
      planOf(
        [
          { ext: one?.External_Id__c, name: 'Never' },
          { ext: 'never', name: 'Never' },
        ],
        upsert,
      ),
    );
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((request) => !request.startsWith('GET') && !request.includes('token'))).toEqual([]);
    expect(await org().query("SELECT Id FROM Contact WHERE LastName = 'Never'")).toEqual([]);
  });

  it('by record id updates rows that have one, in whatever form, and creates those that have none', async () => {
    const [one, two] = await contacts(2);
    const rows = [
      { crm: String(one?.Id).slice(0, 15), name: 'A' },
      { crm: two?.Id, name: 'B' },
      { crm: '', name: 'C' },
      { crm: '003000000000009AAA', name: 'D' },
      { crm: 'no id', name: 'E' },
    ];
    for (const mode of ['automatic', 'upsert'] as const) {
      const { planned, reasons } = await planOf(rows, { ...byId, mode });
      expect(planned).toMatchObject([
        { action: 'update', recordId: one?.Id, values: { LastName: 'A' } },
        { action: 'update', recordId: two?.Id, values: { LastName: 'B' } },
        { action: 'create', recordId: null, key: null, values: { LastName: 'C' }, before: null },
      ]);
      expect(reasons).toEqual([
        ['NO_MATCH', 'Id'],
        ['RECORD_ID_INVALID', 'Id'],
      ]);
    }
    const updating = await planOf(rows, { ...byId, mode: 'update' });
    expect(updating.reasons).toEqual([
      ['KEY_EMPTY', 'Id'],
      ['NO_MATCH', 'Id'],
      ['RECORD_ID_INVALID', 'Id'],
    ]);
  });

  it('automatic by another key updates rows that have it, and creates nothing for a key that matches nothing', async () => {
    const [one] = await contacts(1);
    const rows = [{ ext: one?.External_Id__c, name: 'A' }, { ext: 'nowhere', name: 'B' }, { name: 'C' }];
    const { actions, reasons } = await planOf(rows, { ...upsert, mode: 'automatic' });
    expect(actions).toEqual(['update', 'create']);
    expect(reasons).toEqual([['NO_MATCH', 'External_Id__c']]);
  });

  it('asks the CRM for no record where all are inserted; with a key none that is there is touched', async () => {
    const [one] = await contacts(1);
    const rows = [
      { ext: one?.External_Id__c, name: 'A' },
      { ext: 'inserted', name: 'B' },
    ];
    const asked = await requestsOf(() => planOf(rows, { mode: 'insert', mapping: [named] }));
    expect(asked.filter((request) => request.includes('/query'))).toEqual([]);
    const { planned, reasons } = await planOf(rows, { ...upsert, mode: 'insert' });
    expect(planned).toMatchObject([{ action: 'create', key: 'inserted' }]);
    expect(reasons).toEqual([['ALREADY_EXISTS', 'External_Id__c']]);
  });

  it('rejects all rows of one key, however it is written, and whatever else is wrong with one of them', async () => {
    const [one, two] = await contacts(2);
    const key = String(one?.External_Id__c);
    const rows = [
      { ext: key, name: 'A' },
      { ext: ` ${key.toLowerCase()} `, name: 'B' },
      { ext: 'twice', name: 'C' },
      { ext: 'twice', name: 'D', title: 'not a number' },
      { ext: two?.External_Id__c, name: two?.LastName },
    ];
    const mapping = [keyed, named, mapped('AnnualValue__c', 'title', { type: 'decimal' })];
    const { actions, reasons } = await planOf(rows, { ...upsert, mapping });
    expect(actions).toEqual(['unchanged']);
    expect(reasons).toEqual([
      ['DUPLICATE_KEY', 'External_Id__c'],
      ['DUPLICATE_KEY', 'External_Id__c'],
      ['DUPLICATE_KEY', 'External_Id__c'],
      ['TYPE_MISMATCH', 'AnnualValue__c'],
    ]);
  });

  it('rejects a key that several records have', async () => {
    await make({ Legacy_Id__c: 'shared' });
    await make({ Legacy_Id__c: 'SHARED' });
    const { id } = await make({ Legacy_Id__c: 'alone' });
    const mapping = [mapped('Legacy_Id__c', 'ext'), named];
    const rows = [
      { ext: 'Shared', name: 'A' },
      { ext: 'ALONE', name: 'B' },
    ];
    const { planned, reasons } = await planOf(rows, { mode: 'update', key: 'Legacy_Id__c', mapping });
    expect(reasons).toEqual([['AMBIGUOUS_MATCH', 'Legacy_Id__c']]);
    expect(planned).toMatchObject([{ action: 'update', recordId: id, values: { LastName: 'B' } }]);
  });

  it('takes values for equal by what they mean', async () => {
    const { key } = await make({
      Title: 'Chief',
      AnnualValue__c: 1.5,
      Consent_Date__c: '2026-03-04T05:06:07Z',
      DoNotCall: false,
    });
    const mapping = [
      keyed,
      named,
      mapped('Title', 'title'),
      mapped('AnnualValue__c', 'value', { type: 'decimal' }),
      mapped('Consent_Date__c', 'at', { type: 'datetime' }),
      mapped('DoNotCall', 'flag', { type: 'boolean', empty: 'clear' }),
    ];
    const same = { ext: key, name: 'Made', title: ' Chief ', value: '1.5', at: '2026-03-04T05:06:07.000Z' };
    expect((await planOf([same], { ...upsert, mapping })).actions).toEqual(['unchanged']);
    const other = { ...same, title: 'chief', value: '1.51', at: '2026-03-04T05:06:08.000Z', flag: true };
    expect((await planOf([other], { ...upsert, mapping })).values).toEqual([
      { Title: 'chief', AnnualValue__c: '1.51', Consent_Date__c: '2026-03-04T05:06:08.000Z', DoNotCall: true },
    ]);
  });

  it('takes several choices for equal in any order', async () => {
    const [choices] = await org().query(
      "SELECT External_Id__c, Extras__c FROM Subscription__c WHERE External_Id__c != null AND Extras__c LIKE '%;%' LIMIT 1",
    );
    const backwards = String(choices?.Extras__c).split(';').toReversed().join('; ');
    const settings: Settings = {
      object: 'Subscription__c',
      mode: 'update',
      key: 'External_Id__c',
      mapping: [keyed, mapped('Extras__c', 'title')],
    };
    const ext = choices?.External_Id__c;
    expect((await planOf([{ ext, title: backwards }], settings)).actions).toEqual(['unchanged']);
    expect((await planOf([{ ext, title: backwards.split('; ')[0] }], settings)).actions).toEqual(['update']);
  });
});

describe('an empty value', () => {
  it('keeps the field or clears it, as is said; a condition that does not hold leaves it out', async () => {
    const { key } = await make({ Title: 'Chief', DoNotCall: true });
    const titled = mapped('Title', 'title');
    const flagged = mapped('DoNotCall', 'flag', { type: 'boolean', empty: 'clear' });
    const plan = async (row: Row, ...mapping: Settings['mapping'] & object) =>
      (await planOf([{ ext: key, name: 'Made', ...row }], { ...upsert, mapping: [keyed, named, ...mapping] }))
        .planned[0];
    expect(await plan({ title: '' }, titled)).toMatchObject({ action: 'unchanged' });
    expect(await plan({ title: '' }, { ...titled, empty: 'clear' })).toMatchObject({
      action: 'update',
      values: { Title: null },
      before: { Title: 'Chief' },
    });
    expect(await plan({}, flagged)).toMatchObject({ values: { DoNotCall: false }, before: { DoNotCall: true } });
    const onlyIf = 'record.title !== "no"';
    expect(await plan({ title: 'no' }, { ...titled, onlyIf })).toMatchObject({ action: 'unchanged' });
    expect(await plan({ title: 'yes' }, { ...titled, onlyIf })).toMatchObject({ values: { Title: 'yes' } });
  });

  it('gives a new record nothing, and clears nothing that a record needs', async () => {
    const clear = { empty: 'clear' as const };
    const mapping = [keyed, { ...named, ...clear }, mapped('Title', 'title', clear)];
    const { key } = await make({});
    const rows = [{ name: 'A' }, { ext: key, title: 'x' }];
    const { values, rejects } = await planOf(rows, { ...upsert, mode: 'automatic', mapping });
    expect(values).toEqual([{ LastName: 'A' }]);
    expect(rejects).toMatchObject([{ ext: key, errorCode: 'REQUIRED_MISSING', errorFields: 'LastName' }]);
  });
});

describe('a row that cannot be sent', () => {
  it('names what its fields cannot take, all of them, and is told the first', async () => {
    const mapping = [
      named,
      mapped('Birthdate', 'title', { type: 'date' }),
      mapped('AnnualValue__c', 'ext', { type: 'decimal' }),
    ];
    const { rejects } = await planOf([{ name: 'A', title: 'soon', ext: 'much' }], { mode: 'insert', mapping });
    expect(rejects).toMatchObject([
      {
        errorCode: 'TYPE_MISMATCH',
        errorFields: 'Birthdate, AnnualValue__c',
        errorMessage: 'Birthdate: "soon" is not a date.',
        name: 'A',
      },
    ]);
  });

  it('names the script that failed, and no other row suffers', async () => {
    const mapping = [{ ...named, source: code('record.name.toUpperCase()') }];
    const { values, rejects } = await planOf([{ name: 'a' }, {}, { name: 'b' }], { mode: 'insert', mapping });
    expect(values).toEqual([{ LastName: 'A' }, { LastName: 'B' }]);
    expect(rejects).toMatchObject([
      { errorCode: 'RECORD_FAILED', errorMessage: expect.stringContaining('toUpperCase') },
    ]);
  });

  it('names what a new record lacks', async () => {
    const mapping = [keyed, mapped('Title', 'title')];
    const [one] = await contacts(1);
    const rows = [
      { ext: 'lacks', title: 'x' },
      { ext: one?.External_Id__c, title: one?.Title ?? '' },
    ];
    const { actions, rejects } = await planOf(rows, { ...upsert, mapping });
    expect(actions).toEqual(['unchanged']);
    expect(rejects).toMatchObject([{ ext: 'lacks', errorCode: 'REQUIRED_MISSING', errorFields: 'LastName' }]);
  });

  it('says which id matches nothing, and what cannot be read', async () => {
    const [one] = await contacts(1);
    const settings: Settings = { operation: 'delete', key: 'Id', mapping: [identified, named] };
    const rows = [{ crm: one?.Id }, { crm: '003000000000009AAA' }, {}];
    const { planned, rejects } = await planOf(rows, settings);
    const { LastName, Email, External_Id__c } = one ?? {};
    expect(planned).toMatchObject([{ action: 'delete', recordId: one?.Id, key: one?.Id, values: {} }]);
    // All that it would be made anew with.
    expect(planned[0]?.before).toMatchObject({ LastName, Email, External_Id__c });
    expect(planned[0]?.before).not.toHaveProperty('SystemModstamp');
    expect(rejects.map((row) => row.errorCode)).toEqual(['NO_MATCH', 'KEY_EMPTY']);
    expect(rejects[0]?.errorMessage).toContain('003000000000009AAA');
    const people = await contacts(3);
    await org().control('faults', { kind: 'malformed-rows', match: { path: '/services/data/v60.0/query' }, times: 1 });
    const mapping = [identified, named];
    const unread = await planOf(
      people.map(({ Id }) => ({ crm: Id, name: 'A' })),
      { ...byId, mode: 'update', mapping },
    );
    expect(unread.reasons.length).toBeGreaterThan(0);
    expect(unread.reasons.map(([reason]) => reason)).toEqual(unread.reasons.map(() => 'RECORD_MALFORMED'));
  });
});

describe('a related record', () => {
  it('is named by its key: the same one is no change, one that is missing is a reject', async () => {
    const accounts = await org().query(
      'SELECT Id, External_Id__c FROM Account WHERE External_Id__c != null ORDER BY Id LIMIT 2',
    );
    const [own = {}, other = {}] = accounts;
    const { key } = await make({ AccountId: own.Id });
    const lookup = { object: 'Account', keyField: 'External_Id__c', path: 'Account.External_Id__c' };
    const mapping = [keyed, named, mapped('AccountId', 'title', { lookup, empty: 'clear' })];
    const plan = (...titles: unknown[]) =>
      planOf(
        titles.map((title, index) => ({ ext: index === 0 ? key : `child-${index}`, name: 'Made', title })),
        { ...upsert, mapping },
      );
    const same = await plan(own.External_Id__c, String(other.External_Id__c).toLowerCase(), 'orphan');
    expect(same.actions).toEqual(['unchanged', 'upsert']);
    expect(same.values[1]).toMatchObject({ 'Account.External_Id__c': String(other.External_Id__c).toLowerCase() });
    expect(same.rejects).toMatchObject([
      { errorCode: 'RELATED_MISSING', errorFields: 'AccountId', errorMessage: expect.stringContaining('orphan') },
    ]);
    expect((await plan(other.External_Id__c)).planned).toMatchObject([
      { action: 'update', values: { 'Account.External_Id__c': other.External_Id__c }, before: { AccountId: own.Id } },
    ]);
    expect((await plan(null)).planned).toMatchObject([{ values: { AccountId: null }, before: { AccountId: own.Id } }]);
  });

  it('is the same by ids of 15 and of 18 characters', async () => {
    const [one] = await contacts(1);
    const mapping = [identified, mapped('AccountId', 'title')];
    const title = String(one?.AccountId).slice(0, 15);
    expect((await planOf([{ crm: one?.Id, title }], { ...byId, mapping })).actions).toEqual(['unchanged']);
    const wrong = await planOf([{ crm: one?.Id, title: 'Acme' }], { ...byId, mapping });
    expect(wrong.reasons).toEqual([['RECORD_ID_INVALID', 'AccountId']]);
  });
});

describe('a plan of many rows', () => {
  const many = async (): Promise<Row[]> =>
    (await contacts(1_400, 'Id != null')).map((row, index) => ({
      ext: index % 5 === 0 ? `new-${index}` : row.External_Id__c,
      name: index % 3 === 0 ? row.LastName : `Name ${index}`,
    }));

  it('goes on where it was when an attempt dies, asks for no record twice, and doubles nothing', async () => {
    const rows = await many();
    const lookups = (asked: string[]): string[] => asked.filter((request) => request.includes('/query'));
    let straight: unknown[] = [];
    const asked = lookups(
      await requestsOf(async () => {
        straight = (await planOf(rows, upsert)).planned;
      }),
    );
    expect(asked.length).toBeGreaterThan(1);
    const last = { match: { path: '/services/data/v60.0/query' }, after: asked.length - 1, times: 4 };
    await org().control('faults', { kind: 'html', ...last });
    const again = lookups(
      await requestsOf(async () => {
        const run = await planning(rows, upsert)
          .with('send', { retry: { attempts: 9, delay: 0, maxDelay: 0 } })
          .finished();
        expect(run.task('send').attempt).toBeGreaterThan(1);
        expect((await outcome(run, rows.length)).planned).toEqual(straight);
      }),
    );
    expect(again.slice(0, asked.length - 1)).toEqual(asked.slice(0, -1));
    expect(again.slice(asked.length - 1)).toEqual(Array(5).fill(asked.at(-1)));
  });
});

describe('a plan of which an attempt dies', () => {
  it('is the same, wherever that was', async () => {
    const [one, two] = await contacts(2);
    const lookup = { object: 'Account', keyField: 'External_Id__c', path: 'Account.External_Id__c' };
    const mapping = [keyed, { ...named, source: code('record.name + "!"') }, mapped('AccountId', 'title', { lookup })];
    const rows = [
      { ext: one?.External_Id__c, name: 'A' },
      { ext: two?.External_Id__c, name: 'B', title: 'orphan' },
      { ext: 'twice' },
      { ext: 'twice' },
      { ext: 'new', name: 'C' },
    ];
    const draw = () => planning(rows, { ...upsert, mapping });
    const calls: InterruptibleCall[] = [];
    const onCall = async (call: InterruptibleCall): Promise<void> => void calls.push(call);
    const expected = await outcome(await draw().watched('send', { onCall }).finished(), rows.length);
    expect(expected.actions).toEqual(['update', 'upsert']);
    const seen = new Map<InterruptibleCall, number>();
    for (const call of calls.filter((one) => one !== 'writer')) {
      const number = (seen.get(call) ?? 0) + 1;
      seen.set(call, number);
      const again = await draw().interrupted('send', { call, number, when: 'after' }).finished();
      expect({ call, number, attempt: again.task('send').attempt }).toEqual({ call, number, attempt: 2 });
      const { planned, reasons } = await outcome(again, rows.length);
      expect({ call, number, planned, reasons }).toEqual({
        call,
        number,
        planned: expected.planned,
        reasons: expected.reasons,
      });
    }
  });
});

describe('the rows of a plan', () => {
  it('lie in the order in which they are to be sent, those of one parent together', async () => {
    const [one, two] = await contacts(2);
    const parents = (await org().query('SELECT Id FROM Account ORDER BY Id LIMIT 2')).map((row) => String(row.Id));
    const [first = '', second = ''] = parents;
    const rows = [
      { crm: one?.Id, name: 'Changed', title: one?.AccountId },
      { name: 'A', title: second },
      { name: 'B', title: first },
      { crm: two?.Id, name: two?.LastName, title: two?.AccountId },
      { name: 'C', title: second },
      { name: 'D', title: first },
    ];
    const settings = { ...byId, mapping: [identified, named, mapped('AccountId', 'title')] };
    const run = await flow(types, rows, settings, 'plan-of-test').finished();
    const planned = await run.rows('send.success');
    expect(planned.map(({ _row, action }) => [_row, action])).toEqual([
      [3, 'create'],
      [6, 'create'],
      [2, 'create'],
      [5, 'create'],
      [1, 'update'],
      [4, 'unchanged'],
    ]);
    expect(planned[4]?.stamp).toBe(new Date(String(one?.SystemModstamp)).toISOString());
  });
});

describe('a plan against an organisation that has changed', () => {
  const errorOf = async (settings: Settings) => (await planning([{ name: 'A' }], settings).finished()).error;

  it('is refused by name: a field that is gone, has another type, or cannot be written', async () => {
    const insert = (field: ReturnType<typeof mapped>) => errorOf({ mode: 'insert', mapping: [named, field] });
    expect(await insert(mapped('Gone__c', 'title'))).toMatchObject({ code: 'FIELD_UNKNOWN' });
    expect(await insert(mapped('Birthdate', 'title'))).toMatchObject({ code: 'FIELD_TYPE_CHANGED' });
    expect(await insert(mapped('PhotoUrl', 'title'))).toMatchObject({
      code: 'WRITE_NOT_ALLOWED',
      message: expect.stringContaining('PhotoUrl'),
    });
    const lookup = { object: 'Account', keyField: 'Gone__c', path: 'Account.Gone__c' };
    expect(await insert(mapped('AccountId', 'title', { lookup }))).toMatchObject({ code: 'FIELD_UNKNOWN' });
  });
});
