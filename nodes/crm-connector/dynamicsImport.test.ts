/** What imports promise, with Dynamics 365. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { FilterGroup } from '../../contract/filter.ts';
import { formatCursor } from '../../contract/run.ts';
import type { ColumnType } from '../../contract/types.ts';
import { nowText } from '../../server/db/clock.ts';
import { createIds } from '../../server/db/ids.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { createRun } from '../../server/runs/createRun.ts';
import { listEvents } from '../../server/runs/events.ts';
import { engineWithDynamics } from '../../test/harness/engineWithDynamics.ts';
import { Run } from '../../test/harness/flow.ts';
import type { CrmConfig, ImportField } from './config.ts';
import { defaults } from './config.ts';

const { engine, demo } = await engineWithDynamics(5_100);

type Held = Record<string, unknown>;
const field = (name: string, type: ColumnType = 'text', conversion: ImportField['conversion'] = 'default') => ({
  name,
  label: name,
  type,
  conversion,
});
const drawn = (config: Partial<CrmConfig>, properties: object = {}) =>
  engine.flow(
    {
      crm: {
        type: 'crm-connector',
        config: { ...defaults, connection: 'demo', object: 'account', ...config },
        ...properties,
      },
    },
    [],
  );
const incremental = (more: Partial<CrmConfig['index']> = {}): CrmConfig['index'] => ({
  ...defaults.index,
  enabled: true,
  ...more,
});
const byDate = incremental({ indexField: 'modifiedon' });
const condition = (name: string, operator: string, value?: string) =>
  ({ kind: 'condition', field: name, operator, ...(value === undefined ? {} : { value }) }) as never;
const group = (operator: 'and' | 'or', ...items: FilterGroup['items']): FilterGroup => ({
  kind: 'group',
  operator,
  items,
});
const sorted = (values: readonly unknown[]): string[] => values.map(String).sort();
const idsOf = (rows: readonly Held[]): string[] => sorted(rows.map((row) => row.Id));
const later = (seconds: number) => demo.control('clock', { advanceSeconds: seconds });
const instantOf = (value: unknown): number => new Date(String(value)).getTime();
const rowsAsked = (): string[] =>
  demo.org.requests
    .since(0)
    .map(({ path, query }) => `${path}?${query}`)
    .filter((asked) => /\/(accounts|contacts)\?/.test(asked));

it('brings more than 5,000 records page by page, each once, also behind an attempt that died', async () => {
  const flow = drawn({ object: 'contact', fields: [field('lastname')] });
  const run = await flow.interrupted('crm', { call: 'append', number: 2, when: 'after' }).finished();
  expect([run.error, run.counts]).toEqual([null, { 'crm.success': 5_100, 'crm.reject': 0 }]);
  const rows = await run.rows('crm.success');
  expect(idsOf(rows)).toEqual(sorted(demo.held('contact').map(({ contactid }) => contactid)));
  // The record id is added by itself.
  expect(Object.keys(rows[0] ?? {})).toEqual(['Id', 'lastname']);
  expect(rowsAsked().filter((asked) => asked.includes('skiptoken')).length).toBeGreaterThan(1);
});

describe('a filter', () => {
  const cases: [FilterGroup, (row: Held) => boolean][] = [
    [
      group('and', condition('name', 'eq', '"O\'" + "Brien Foods & Drinks"')),
      (row) => row.name === "O'Brien Foods & Drinks",
    ],
    [group('and', condition('numberofemployees', 'ne', '7 * 6')), (row) => row.numberofemployees !== 42],
    [
      group('and', condition('revenue', 'ge', '100 * 1000'), condition('revenue', 'lt', '200000.5')),
      (row) => Number(row.revenue) >= 100_000 && Number(row.revenue) < 200_000.5,
    ],
    [
      group(
        'and',
        condition('modifiedon', 'gt', 'new Date(Date.UTC(2021, 0, 1))'),
        condition('creditonhold', 'eq', '1 > 2'),
      ),
      (row) => instantOf(row.modifiedon) > Date.UTC(2021, 0, 1) && row.creditonhold === false,
    ],
    [
      group('or', condition('name', 'contains', '"100 % W"'), condition('name', 'startsWith', '"o\'b"')),
      (row) => String(row.name).includes('100 % W') || String(row.name).toLowerCase().startsWith("o'b"),
    ],
    [
      group(
        'and',
        condition('accountcategorycode', 'isEmpty'),
        group('or', condition('description', 'isNotEmpty'), condition('industrycode', 'le', '2')),
      ),
      (row) => row.accountcategorycode === null && (row.description !== null || Number(row.industrycode) <= 2),
    ],
  ];

  it.each(cases)('%j has right sides of JavaScript', async (filter, holds) => {
    const run = await drawn({ fields: [field('name')], filter }).finished();
    const wanted = demo.held('account').filter(holds);
    expect([run.error, idsOf(await run.rows('crm.success'))]).toEqual([
      null,
      sorted(wanted.map(({ accountid }) => accountid)),
    ]);
  });

  it.each([
    ['a text for a number', condition('revenue', 'gt', '"many"'), 'FILTER_VALUE', 'the text "many"'],
    ['a number for a text', condition('name', 'eq', '5'), 'FILTER_VALUE', 'the number 5'],
    [
      'a text that goes on as a filter',
      condition('creditonhold', 'eq', '"true or true"'),
      'FILTER_VALUE',
      'true or true',
    ],
    ['nothing', condition('name', 'eq', 'vars.nobody'), 'FILTER_VALUE', 'undefined'],
    [
      'a column that is not there',
      condition('nobody', 'eq', '5'),
      'FIELD_UNKNOWN',
      '"nobody" does not exist on Account',
    ],
  ])('refuses %s by name, before a record is asked for', async (_, wrong, code, words) => {
    const run = await drawn({ filter: group('and', wrong) }).finished();
    expect(run.error).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(rowsAsked()).toEqual([]);
  });
});

it.each([
  ['by the environment', {}],
  ['by the rows of an import of what changed', { index: byDate }],
  ['by what a comparison gives', { index: incremental({ by: 'comparison' }) }],
])('keeps an order of several fields, chosen or not, and what is empty where Dynamics has it: %s', async (_, more) => {
  const run = await drawn({
    ...more,
    fields: [field('accountcategorycode', 'integer')],
    orderBy: [
      { field: 'accountcategorycode', direction: 'desc' },
      { field: 'numberofemployees', direction: 'asc' },
    ],
  }).finished();
  const rows = await run.rows('crm.success');
  expect(Object.keys(rows[0] ?? {})).toEqual(
    'index' in more && more.index.by === 'date'
      ? ['Id', 'modifiedon', 'accountcategorycode']
      : ['Id', 'accountcategorycode'],
  );
  const place = new Map(demo.held('account').map((row) => [row.accountid, row]));
  const keys = rows.map(({ Id }) => {
    const { accountcategorycode: code, numberofemployees: number } = place.get(Id) ?? {};
    return [code, number] as [number | null, number];
  });
  const expected = keys.toSorted(([a, x], [b, y]) => (b ?? 0) - (a ?? 0) || x - y);
  expect([keys.length, keys]).toEqual([demo.held('account').length, expected]);
  expect([keys[0]?.[0], keys.at(-1)?.[0]]).toEqual([2, null]);
});

it('orders by a field that nobody chose, and takes no record for a changed one for its sake', async () => {
  const flow = drawn({
    index: incremental({ by: 'comparison' }),
    fields: [field('name')],
    orderBy: [{ field: 'numberofemployees', direction: 'asc' }],
  });
  await flow.finished();
  const id = String(demo.held('account')[3]?.accountid);
  const changed = async (values: Held): Promise<unknown[]> => {
    await demo.control('records', { operation: 'update', table: 'account', id, values });
    return (await (await flow.finished()).rows('crm.success')).map(({ name }) => name);
  };
  expect(await changed({ numberofemployees: 99_123 })).toEqual([]);
  expect(await changed({ name: 'Changed' })).toEqual(['Changed']);
  await later(120);
});

describe('the date of an import', () => {
  const fields = [field('name')];

  it.each([
    ['by modifiedon', byDate, 60],
    ['by change tracking', incremental(), 0],
  ])('is told to scripts, and is moved by one: %s', async (_, index, lag) => {
    const config = {
      ...defaults,
      connection: 'demo',
      object: 'account',
      fields,
      index: { ...index, advance: 'inCode' },
    };
    const script = 'setOption(vars.crmOptionName, vars.crmEndDate)';
    const flow = engine.flow(
      { crm: { type: 'crm-connector', config }, code: { type: 'javascript-code', config: { mode: 'run', script } } },
      ['crm -> code'],
    );
    await later(60);
    const option = `LASTIMPORT_${flow.workflow().internalName}_crm`;
    const first = await flow.finished();
    const end = formatCursor(new Date(Math.floor(demo.org.clock.now() / 1_000 - lag) * 1_000));
    expect(first.vars('crm')).toMatchObject({ crmOptionName: option, crmStartImport: '', crmEndDate: end });
    expect(await engine.option(option)).toBe(end);
    await later(120);
    const second = await flow.finished();
    expect([second.counts['crm.success'], second.vars('crm').crmStartImport]).toEqual([0, end]);
  });

  it.each([
    ['last Tuesday', 'OPTION_MALFORMED', 'yyyy/MM/dd HH:mm:ss'],
    ['2099/01/01 00:00:00', 'OPTION_IN_FUTURE', '2099/01/01 00:00:00'],
  ])('is refused where it is "%s", with the format, before a record is asked for', async (value, code, words) => {
    for (const [way, index] of Object.entries({ byDate, tracked: incremental() })) {
      const name = `LASTIMPORT_odd_${way}_${code}`;
      const row = { name, value, is_cursor: false, updated_at: '2026-01-01T00:00:00.000Z', updated_by: 'test' };
      await inTransaction(engine.parts.db, (tx) => tx('options').insert(row));
      const { error } = await drawn({ fields, index: { ...index, optionName: name } }).finished();
      expect([error?.code, `${error?.message} ${error?.action}`]).toEqual([code, expect.stringContaining(words)]);
    }
    expect(rowsAsked()).toEqual([]);
  });

  it('delivers a record that is committed late with an older stamp, once', async () => {
    const flow = drawn({ fields, index: { ...byDate, lookBack: 20 } });
    await flow.finished();
    const id = String(demo.held('account')[7]?.accountid);
    const stamp = new Date(demo.org.clock.now() - 300_000).toISOString();
    await demo.control('records', { operation: 'update', table: 'account', id, values: { name: 'Late' }, stamp });
    await later(120);
    const second = await flow.finished();
    expect((await second.rows('crm.success')).map((row) => [row.Id, row.name])).toEqual([[id, 'Late']]);
    await later(120);
    expect((await flow.finished()).counts['crm.success']).toBe(0);
  });

  it('has a name that an option can have, or nothing is read', async () => {
    for (const optionName of ['LASTIMPORT with spaces', 'x'.repeat(201)]) {
      const wrong = drawn({ fields, index: incremental({ optionName: `${optionName}<%= "" %>` }) });
      expect((await wrong.finished()).error).toMatchObject({ code: 'OPTION_NAME_INVALID' });
    }
    expect(rowsAsked()).toEqual([]);
    const long = drawn({ fields, index: incremental({ optionName: `LASTIMPORT_${'x'.repeat(189)}` }) });
    expect((await long.finished()).counts['crm.success']).toBe(demo.held('account').length);
    await later(10);
    expect((await long.finished()).log('crm').join('\n')).toContain('changed since');
  });

  it('shared by imports of two tables loses no change of either', async () => {
    const shared = (object: string) =>
      drawn({ object, fields: [], index: incremental({ optionName: 'LASTIMPORT_SHARED' }) });
    const [accounts, leads] = [shared('account'), shared('lead')];
    await accounts.finished();
    await leads.finished();
    await later(3_600);
    const id = String(demo.held('account')[11]?.accountid);
    await demo.control('records', { operation: 'update', table: 'account', id, values: { name: 'Between' } });
    await later(3_600);
    await leads.finished();
    expect(idsOf(await (await accounts.finished()).rows('crm.success'))).toEqual([id]);
    expect((await accounts.finished()).counts['crm.success']).toBe(0);
  });
});

it('of a population asks for 200 ids at a time, in addresses that are never too long', async () => {
  const some = demo
    .held('contact')
    .slice(0, 450)
    .map(({ contactid }) => String(contactid));
  const config = { source: 'population' as const, population: { column: 'id', keep: ['segment'] } };
  const flow = engine.flow(
    {
      crm: {
        type: 'crm-connector',
        config: { ...defaults, connection: 'demo', object: 'contact', fields: [field('fullname')], ...config },
      },
    },
    ['input -> crm'],
  );
  const columns = [
    { name: 'id', type: 'text' as const },
    { name: 'segment', type: 'text' as const },
  ];
  const run = await flow
    .withRows(
      'input',
      columns,
      some.map((id, index) => [id, `s${index}`]),
    )
    .finished();
  const rows = await run.rows('crm.success');
  expect(rows.map((row) => [row.Id, row.segment])).toEqual(some.map((id, index) => [id, `s${index}`]));
  expect(rowsAsked()).toHaveLength(3);
  expect(Math.max(...rowsAsked().map((asked) => encodeURI(asked).length))).toBeLessThan(16_000);
});

it('converts a day, an instant and a date in no zone, each as it is', async () => {
  const id = String(demo.held('contact')[3]?.contactid);
  const at = '2024-01-31T23:30:00Z';
  const values = { birthdate: '2024-01-31', lastonholdtime: at, new_meetingon: at };
  await demo.control('records', { operation: 'update', table: 'contact', id, values });
  const types = { birthdate: 'date', lastonholdtime: 'datetime', new_meetingon: 'datetime' } as const;
  const converted = async (conversion: ImportField['conversion']) => {
    const fields = Object.entries(types).map(([name, type]) => field(name, type, conversion));
    const filter = group('and', condition('Id', 'eq', JSON.stringify(id)));
    const run = await drawn({ object: 'contact', fields, filter }, { timeZone: 'Europe/Paris' }).finished();
    const [{ Id: _, ...row } = {}] = await run.rows('crm.success');
    return Object.values(row);
  };
  const instant = '2024-01-31T23:30:00.000Z';
  expect(await converted('default')).toEqual(['2024-01-31', instant, instant]);
  expect(await converted('dateOnly')).toEqual(['2024-01-31', '2024-02-01', '2024-01-31']);
  expect(await converted('withoutTimeOffset')).toEqual(['2024-01-31', '2024-01-31 23:30:00', '2024-01-31 23:30:00']);
  expect(await converted('copy')).toEqual(['2024-01-31', at, at]);
});

describe('rejects', () => {
  const spoil = (id: string, revenue: unknown) =>
    demo.control('records', { operation: 'update', table: 'account', id, values: { revenue } });
  const [first, other] = [40, 41];
  const idAt = (index: number): string => String(demo.held('account')[index]?.accountid);

  it('are kept in a file when asked', async () => {
    await spoil(idAt(first), 'much');
    const run = await drawn({
      fields: [field('revenue', 'decimal')],
      rejectFile: { enabled: true, name: 'rejects_<%=activityName%>.csv' },
    }).finished();
    await spoil(idAt(first), 1);
    expect([run.state, await run.rows('crm.reject')]).toMatchObject([
      'succeeded with rejects',
      [{ Id: idAt(first), errorCode: 'RECORD_MALFORMED', errorFields: 'revenue' }],
    ]);
    const path = /kept in (.+\.csv)/.exec(run.log('crm').join('\n'))?.[1] ?? '';
    expect(await readFile(path, 'utf8')).toContain(idAt(first));
  });

  it('of a page that is read again, and is another one then, are those that it has now', async () => {
    await spoil(idAt(first), 'much');
    let isMended = false;
    const run = await drawn(
      { fields: [field('revenue', 'decimal')] },
      { retry: { attempts: 3, delay: 0, maxDelay: 0 } },
    )
      .watched('crm', {
        // The first thing that is written is the page's rejects, the second its rows.
        interruption: { call: 'append', number: 2, when: 'before' },
        async onCall(_, { task }) {
          if (task.attempt === 1 || isMended) return;
          isMended = true;
          await spoil(idAt(first), 1);
          await spoil(idAt(other), 'more');
        },
      })
      .finished();
    await spoil(idAt(other), 1);
    expect((await run.rows('crm.reject')).map(({ Id }) => Id)).toEqual([idAt(other)]);
    expect(run.counts['crm.success']).toBe(demo.held('account').length - 1);
    expect((await run.rows('crm.success')).map(({ Id }) => Id)).toContain(idAt(first));
  });
});

it('waits as long as the environment says, says so, and goes on', async () => {
  await demo.fault('limit', { seconds: 3_600, match: { path: '/api/data/v9.2/accounts' } });
  const started = await drawn({ fields: [field('name')] }).started();
  const waits = await engine.watch(
    async () =>
      (await listEvents(engine.parts.db, started.id, 0, 1_000)).find(({ type }) => type === 'task.retry') ?? null,
    () => 'nothing waits for the limit',
  );
  expect(waits).toMatchObject({
    error: { code: 'REMOTE_LIMIT', message: expect.stringContaining('Number of requests exceeded the limit') },
  });
  engine.clock.step(7_200_000);
  engine.nudge();
  const run = await started.finished();
  expect([run.state, run.counts['crm.success']]).toEqual(['succeeded', demo.held('account').length]);
});

describe('records deleted between two dates', () => {
  const gone = (from: string, to: string, object = 'lead') =>
    drawn({ operation: 'deleted', object, deleted: { ...defaults.deleted, period: 'between', from, to } });
  const now = (): string => new Date(demo.org.clock.now()).toISOString();
  const remove = async (count: number): Promise<string[]> => {
    const ids = demo
      .held('lead')
      .slice(0, count)
      .map(({ leadid }) => String(leadid));
    await demo.control(
      'records',
      ids.map((id) => ({ operation: 'delete', table: 'lead', id })),
    );
    return ids;
  };
  const found = async (from: string, to: string): Promise<string[]> => {
    const run = await gone(from, to).finished();
    expect(run.error).toBeNull();
    return idsOf(await run.rows('crm.success'));
  };

  it('are known from the first import on: a period before it is refused, one behind it is answered each time', async () => {
    await remove(1);
    expect((await gone(now(), now()).finished()).error).toMatchObject({
      code: 'DELETED_GAP',
      details: { object: 'lead' },
    });
    await later(60);
    const start = now();
    await later(60);
    const early = await remove(2);
    await later(60);
    const middle = now();
    await later(60);
    expect(await found(start, now())).toEqual(sorted(early));
    await later(60);
    const between = now();
    const late = await remove(3);
    await later(60);
    expect(await found(between, now())).toEqual(sorted(late));
    expect(await found(start, middle)).toEqual(sorted(early));
    expect(await found(start, now())).toEqual(sorted([...early, ...late]));
  });

  it('may lie outside it where two imports are far apart: then the log says how many', async () => {
    await later(60);
    const start = now();
    const ids = await remove(2);
    await later(600);
    const run = await gone(start, new Date(Date.parse(start) + 300_000).toISOString()).finished();
    expect(idsOf(await run.rows('crm.success'))).toEqual(sorted(ids));
    expect(run.log('crm').join('\n')).toContain('2 of these deletions may lie outside');
  });

  it('are kept where an attempt dies, and told once', async () => {
    await later(60);
    const start = now();
    const ids = await remove(3);
    await later(60);
    for (const number of [1, 2]) {
      const flow = gone(start, now()).interrupted('crm', { call: 'once', number, when: 'after' });
      expect(idsOf(await (await flow.finished()).rows('crm.success'))).toEqual(sorted(ids));
      ids.push(...(await remove(1)));
      await later(60);
    }
  });

  it('are told by a simulation too, which keeps nothing', async () => {
    await gone(now(), now()).finished();
    await later(60);
    const start = now();
    const ids = await remove(2);
    await later(60);
    const { db, catalog } = engine.parts;
    const host = { catalog: catalog.definitions, newId: createIds(engine.clock), at: nowText(engine.clock) };
    const origin = { kind: 'manual', by: 'test' } as const;
    const request = {
      workflow: gone(start, now()).workflow(),
      workflowId: null,
      version: null,
      origin,
      simulated: true,
    };
    const { id } = await inTransaction(db, (tx) => createRun(tx, host, request));
    engine.nudge();
    const simulated = await new Run(engine, id).finished();
    expect(idsOf(await simulated.rows('crm.success'))).toEqual(sorted(ids));
    expect(await found(start, now())).toEqual(sorted(ids));
  });

  it('are followed anew where the environment has forgotten them, and the gap is refused', async () => {
    const before = now();
    await later(8 * 86_400);
    const run = await gone(before, now()).finished();
    expect([run.error?.code, run.log('crm').join('\n')]).toEqual([
      'DELETED_GAP',
      expect.stringContaining('followed anew'),
    ]);
    const start = new Date(demo.org.clock.now() + 60_000).toISOString();
    await later(120);
    const ids = await remove(1);
    expect(await found(start, new Date(demo.org.clock.now() + 60_000).toISOString())).toEqual(sorted(ids));
  });

  it('over 30 days back are refused before any request, and of a table without change tracking by name', async () => {
    demo.org.requests.clear();
    const old = new Date(engine.clock.now().getTime() - 31 * 86_400_000).toISOString();
    expect((await gone(old, now()).finished()).error).toMatchObject({ code: 'DELETED_TOO_OLD' });
    expect(demo.org.requests.since(0)).toEqual([]);
    expect((await gone(now(), now(), 'incident').finished()).error).toMatchObject({
      code: 'DELETED_NOT_KEPT',
      message: expect.stringContaining('change tracking'),
    });
  });
});

it('deletions stay due until a script moves their date', async () => {
  const config = {
    ...defaults,
    operation: 'deleted',
    connection: 'demo',
    object: 'lead',
    deleted: { ...defaults.deleted, period: 'sinceLast' },
    index: { ...defaults.index, advance: 'inCode' },
  };
  const script = 'if (vars.recCount !== 1) setOption(vars.crmOptionName, vars.crmEndDate)';
  const flow = engine.flow(
    { crm: { type: 'crm-connector', config }, code: { type: 'javascript-code', config: { mode: 'run', script } } },
    ['crm -> code'],
  );
  const remove = (index: number): Promise<unknown> =>
    demo.control('records', { operation: 'delete', table: 'lead', id: String(demo.held('lead')[index]?.leadid) });
  await flow.finished();
  await remove(0);
  await later(10);
  expect((await flow.finished()).counts['crm.success']).toBe(1);
  await later(10);
  await remove(0);
  expect((await flow.finished()).counts['crm.success']).toBe(2);
  await later(10);
  expect((await flow.finished()).counts['crm.success']).toBe(0);
});
