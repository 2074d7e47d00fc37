/** The node as it is, with Dynamics 365 in place of Salesforce: nothing in it knows which CRM there is. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Cell, Column, ColumnType } from '../../contract/types.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { changeOption } from '../../server/options/options.ts';
import { type DynamicsDemo, openDynamics } from '../../test/harness/dynamicsClient.ts';
import { testEngine } from '../../test/harness/engine.ts';
import { passTime } from '../../test/harness/passTime.ts';
import type { CrmConfig } from './config.ts';
import { defaults } from './config.ts';
import type { ExportConfig, MappedField } from './exportConfig.ts';
import { exportDefaults } from './exportConfig.ts';

let demo: DynamicsDemo;
const engine = testEngine({ loadConnection: async () => ({ kind: 'dynamics', settings: demo.settings }) });
beforeAll(async () => {
  demo = await openDynamics({ contacts: 2_300, clock: engine.clock.now().toISOString() });
});
afterEach(() => demo.org.faults.clear());
afterAll(() => demo.close());

const drawn = (config: Partial<CrmConfig>) =>
  engine.flow(
    { crm: { type: 'crm-connector', config: { ...defaults, connection: 'demo', object: 'contact', ...config } } },
    [],
  );
const field = (name: string, type: ColumnType = 'text') => ({
  name,
  label: name,
  type,
  conversion: 'default' as const,
});
const modifiedAt = ({ modifiedon }: Record<string, unknown>): number => new Date(String(modifiedon)).getTime();
const sorted = (values: unknown[]): string[] => values.map(String).sort();

describe('an import', () => {
  const fields = [
    field('fullname'),
    field('birthdate', 'date'),
    field('parentcustomerid_account.name'),
    field('modifiedon', 'datetime'),
  ];
  const filter: CrmConfig['filter'] = {
    kind: 'group',
    operator: 'and',
    items: [{ kind: 'condition', field: 'emailaddress1', operator: 'isNotEmpty' }],
  };

  it('brings every record that passes the filter, then those alone that changed', async () => {
    const flow = drawn({ fields, filter, index: { ...defaults.index, enabled: true } });
    const first = await flow.finished();
    const wanted = demo.held('contact').filter(({ emailaddress1 }) => emailaddress1 !== null);
    expect([first.state, first.counts]).toEqual(['succeeded', { 'crm.success': wanted.length, 'crm.reject': 0 }]);
    const rows = await first.rows('crm.success');
    expect(sorted(rows.map((row) => row.Id))).toEqual(sorted(wanted.map(({ contactid }) => contactid)));
    const [one] = rows.filter((row) => row['parentcustomerid_account.name'] !== null);
    const account = demo.held('contact').find(({ contactid }) => contactid === one?.Id)?.parentcustomerid;
    expect(one?.['parentcustomerid_account.name']).toBe(
      demo.held('account').find(({ accountid }) => accountid === account)?.name,
    );

    const changed = wanted.slice(0, 3).map(({ contactid }) => String(contactid));
    await demo.control('clock', { advanceSeconds: 300 });
    await demo.control(
      'records',
      changed.map((id) => ({ operation: 'update', table: 'contact', id, values: { lastname: 'Changed' } })),
    );
    await demo.control('clock', { advanceSeconds: 300 });
    const second = await flow.finished();
    expect(sorted((await second.rows('crm.success')).map((row) => row.Id))).toEqual(sorted(changed));
  });

  it('explains a record that is deleted after it was read', async () => {
    // By date the first thing written is how far the import reaches, the second a page.
    let appends = 0;
    const [first] = demo.held('contact').toSorted((a, b) => modifiedAt(a) - modifiedAt(b));
    const run = await drawn({ fields, index: { ...defaults.index, enabled: true } })
      .watched('crm', {
        async onCall(call) {
          if (call !== 'append') return;
          appends += 1;
          if (appends === 2)
            await demo.control('records', [{ operation: 'delete', table: 'contact', id: String(first?.contactid) }]);
        },
      })
      .finished();
    expect([run.error, run.state]).toEqual([null, 'succeeded']);
    expect(run.log('crm').join('\n')).toContain('1 were changed or deleted meanwhile');
  });

  it('of a population finds records by their ids, and rejects what is none', async () => {
    const [known] = demo.held('contact');
    const cells: Cell[][] = [
      [`{${String(known?.contactid).toUpperCase()}}`],
      ['00000000-0000-0000-0000-00000000dead'],
      ['x'],
    ];
    const config = {
      ...defaults,
      connection: 'demo',
      object: 'contact',
      source: 'population' as const,
      population: { column: 'id', keep: [] },
      fields: [field('fullname')],
    };
    const flow = engine.flow({ crm: { type: 'crm-connector', config } }, ['input -> crm']);
    const run = await flow.withRows('input', [{ name: 'id', type: 'text' }], cells).finished();
    expect((await run.rows('crm.success')).map((row) => row.fullname)).toEqual([known?.fullname]);
    expect(sorted((await run.rows('crm.reject')).map((row) => row.errorCode))).toEqual([
      'NO_MATCH',
      'RECORD_ID_INVALID',
    ]);
  });
});

describe('deleted records', () => {
  const sinceLast = { ...defaults.deleted, period: 'sinceLast' as const };
  const remove = (from: number, count: number): Promise<string[]> => {
    const ids = demo
      .held('lead')
      .slice(from, from + count)
      .map(({ leadid }) => String(leadid));
    return demo
      .control(
        'records',
        ids.map((id) => ({ operation: 'delete', table: 'lead', id })),
      )
      .then(() => ids);
  };

  it('are known from the first import on, and each comes once', async () => {
    const flow = drawn({ operation: 'deleted', object: 'lead', deleted: sinceLast });
    await remove(0, 2);
    expect((await flow.finished()).counts['crm.success']).toBe(0);
    const gone = await remove(0, 3);
    await demo.control('clock', { advanceSeconds: 60 });
    const run = await flow.finished();
    expect(sorted((await run.rows('crm.success')).map((row) => row.Id))).toEqual(sorted(gone));
    expect((await flow.finished()).counts['crm.success']).toBe(0);
  });

  it('that the CRM has forgotten are never passed over', async () => {
    const own = drawn({ operation: 'deleted', object: 'lead', deleted: sinceLast });
    await own.finished();
    await demo.control('faults', {
      kind: 'status',
      status: 400,
      errorCode: '0x80044352',
      message: 'Version stamp has expired.',
      match: { query: 'deltatoken' },
    });
    expect((await own.finished()).error).toMatchObject({
      code: 'DELETED_MARK_LOST',
      details: { reason: expect.stringContaining('forgotten'), option: expect.any(String) },
    });
  });

  it('go on behind a mark that an earlier version has kept', async () => {
    const flow = drawn({ operation: 'deleted', object: 'lead', deleted: { ...sinceLast, optionName: 'LAST_FORMER' } });
    await flow.finished();
    const name = 'DELETION_MARK_LAST_FORMER';
    const [{ mark }] = JSON.parse((await engine.option(name)) ?? '') as [{ mark: string }];
    const by = { by: 'an earlier version', runId: null, at: new Date(demo.org.clock.now()).toISOString() };
    await inTransaction(engine.parts.db, (tx) => changeOption(tx, { name, value: mark, ...by }));
    const gone = await remove(0, 2);
    const run = await flow.finished();
    expect(sorted((await run.rows('crm.success')).map((row) => row.Id))).toEqual(sorted(gone));
    expect((await flow.finished()).counts['crm.success']).toBe(0);
  });

  it('of one table are never taken for those of another', async () => {
    const flow = (object: string) =>
      drawn({ operation: 'deleted', object, deleted: { ...sinceLast, optionName: 'LAST_OF_TWO' } });
    await flow('lead').finished();
    await remove(0, 1);
    expect((await flow('contact').finished()).error).toMatchObject({
      code: 'DELETED_MARK_LOST',
      details: { object: 'contact', reason: expect.stringContaining('another table') },
    });
  });

  it('need a table that tracks its changes', async () => {
    const untracked = drawn({ operation: 'deleted', object: 'incident', deleted: sinceLast });
    expect((await untracked.finished()).error).toMatchObject({ code: 'DELETED_NOT_KEPT' });
  });
});

describe('an export', () => {
  const types: Record<string, ColumnType> = { id: 'text', key: 'text', name: 'text', parent: 'text' };
  const mapped = (name: string, column: string, more: Partial<MappedField> = {}): MappedField => ({
    field: name,
    label: name,
    type: 'text',
    source: { kind: 'column', column },
    conversion: 'default',
    empty: 'keep',
    onlyIf: '',
    ...more,
  });
  const key = mapped('new_externalid', 'key');
  const named = mapped('lastname', 'name');

  async function exported(
    rows: Record<string, Cell>[],
    settings: Partial<ExportConfig>,
    more: Partial<CrmConfig> = {},
  ) {
    const columns: Column[] = Object.entries(types).map(([name, type]) => ({ name, label: name, type }));
    const config = {
      ...defaults,
      operation: 'export' as const,
      connection: 'demo',
      object: 'contact',
      export: { ...exportDefaults, ...settings },
      ...more,
    };
    const flow = engine.flow({ crm: { type: 'crm-connector', config } }, ['input -> crm']);
    const cells = rows.map((row) => columns.map(({ name }) => row[name] ?? null));
    return passTime(engine, await flow.withRows('input', columns, cells).started(), 'crm', 730_000);
  }
  const namesOf = (test: (row: Record<string, unknown>) => boolean): string[] =>
    sorted(
      demo
        .held('contact')
        .filter(test)
        .map(({ lastname }) => lastname),
    );

  it('upserts by a key what is new and what differs, and says what became of each row', async () => {
    const [same, other] = demo.held('contact').slice(5);
    const account = demo.held('account')[0];
    const parent = mapped('parentcustomerid_account', 'parent', {
      lookup: { object: 'account', keyField: 'accountnumber', path: 'parentcustomerid_account.accountnumber' },
    });
    const rows: Record<string, Cell>[] = [
      { key: String(same?.new_externalid), name: String(same?.lastname) },
      { key: 'new-1', name: 'Made', parent: String(account?.accountnumber) },
      { key: String(other?.new_externalid).toLowerCase(), name: 'Renamed' },
      { key: 'new-2', name: 'x'.repeat(60) },
      { key: 'new-3', name: 'Orphan', parent: 'nobody' },
      { key: null, name: 'Nobody' },
    ];
    const run = await exported(rows, { mode: 'upsert', key: 'new_externalid', mapping: [key, named, parent] });
    expect((await run.rows('crm.success')).map((row) => [row.name, row.outcome])).toEqual([
      [same?.lastname, 'unchanged'],
      ['Made', 'created'],
      ['Renamed', 'updated'],
    ]);
    expect(sorted((await run.rows('crm.reject')).map((row) => row.errorCode))).toEqual([
      'KEY_EMPTY',
      'RELATED_MISSING',
      'VALUE_REFUSED',
    ]);
    expect(demo.held('contact').find(({ new_externalid }) => new_externalid === 'new-1')).toMatchObject({
      lastname: 'Made',
      parentcustomerid: account?.accountid,
    });
    const again = await exported(rows.slice(0, 3), {
      mode: 'upsert',
      key: 'new_externalid',
      mapping: [key, named, parent],
    });
    expect((await again.rows('crm.success')).map((row) => row.outcome)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
    ]);
  });

  it('inserts without a key, each row once, also when the answer is lost', async () => {
    for (const [kind, name] of [
      ['reset-after', 'Lost'],
      ['reset-before', 'Kept'],
    ] as const) {
      await demo.fault(kind, { match: { path: 'CreateMultiple' } });
      const rows = [{ name }, { name }, { name }];
      const run = await exported(rows, { mode: 'insert', mapping: [named] });
      expect([run.state, (await run.rows('crm.success')).map((row) => row.outcome)]).toEqual([
        'succeeded',
        ['created', 'created', 'created'],
      ]);
      expect(namesOf(({ lastname }) => lastname === name)).toHaveLength(3);
    }
  });

  it('updates by id, and deletes; what is gone stays gone', async () => {
    const [one, two] = demo
      .held('contact')
      .slice(20)
      .map(({ contactid }) => String(contactid));
    const id = mapped('Id', 'id');
    const update = { mode: 'update' as const, key: 'Id', mapping: [id, named] };
    await exported([{ id: one ?? '', name: 'By id' }], update);
    expect(demo.held('contact').find(({ contactid }) => contactid === one)).toMatchObject({ lastname: 'By id' });
    const rows = [{ id: one ?? '' }, { id: two ?? '' }];
    const removed = await exported(rows, { key: 'Id', mapping: [id] }, { operation: 'delete' });
    expect(removed.counts['crm.success']).toBe(2);
    const back = await exported([{ id: one ?? '', name: 'Back' }], update);
    expect(await back.rows('crm.reject')).toMatchObject([{ errorCode: 'NO_MATCH' }]);
    expect(demo.held('contact').some(({ contactid }) => contactid === one)).toBe(false);
  });
});
