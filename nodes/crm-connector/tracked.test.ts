/** Import by change tracking, against Dynamics 365. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { inTransaction } from '../../server/db/transaction.ts';
import { changeOption, deleteOption } from '../../server/options/options.ts';
import { listEvents } from '../../server/runs/events.ts';
import { type DynamicsDemo, openDynamics } from '../../test/harness/dynamicsClient.ts';
import { testEngine } from '../../test/harness/engine.ts';
import type { CrmConfig } from './config.ts';
import { defaults } from './config.ts';

let demo: DynamicsDemo;
const engine = testEngine({ loadConnection: async () => ({ kind: 'dynamics', settings: demo.settings }) });
beforeAll(async () => {
  demo = await openDynamics({ contacts: 600, clock: engine.clock.now().toISOString() });
});
beforeEach(async () => {
  await later(60);
});
afterEach(() => {
  demo.org.faults.clear();
  demo.org.requests.clear();
});
afterAll(() => demo.close());

const fields = [
  { name: 'lastname', label: 'Last name', type: 'text' as const, conversion: 'default' as const },
  { name: 'modifiedon', label: 'Modified on', type: 'datetime' as const, conversion: 'dateOnly' as const },
];
const drawn = (index: Partial<CrmConfig['index']> = {}, more: Partial<CrmConfig> = {}, properties: object = {}) => {
  const config = { ...defaults, connection: 'demo', object: 'contact', fields, ...more };
  const crm = { ...config, index: { ...defaults.index, enabled: true, ...index } };
  return engine.flow({ crm: { type: 'crm-connector', config: crm, ...properties } }, []);
};
const optionOf = (flow: ReturnType<typeof drawn>): string => `LASTIMPORT_${flow.workflow().internalName}_crm`;
const person = () => ({ by: 'a person', runId: null, at: new Date(demo.org.clock.now()).toISOString() });
const later = (seconds: number) => demo.control('clock', { advanceSeconds: seconds });
const change = (id: string, lastname: string) =>
  demo.control('records', { operation: 'update', table: 'contact', id, values: { lastname } });
const remove = (id: string) => demo.control('records', { operation: 'delete', table: 'contact', id });
const idsHeld = (): string[] => demo.held('contact').map(({ contactid }) => String(contactid));
const asked = (): string[] =>
  demo.org.requests.since(0).map(({ path, query }) => decodeURIComponent(`${path}?${query}`));
const sorted = (values: unknown[]): string[] => values.map(String).sort();
type Run = Awaited<ReturnType<ReturnType<typeof drawn>['finished']>>;
async function alarms(run: Run): Promise<string[]> {
  const events = await listEvents(engine.parts.db, run.detail.id, 0, 10_000);
  return events.flatMap((event) => (event.type === 'alarm' ? [event.message] : []));
}
const namesIn = async (run: Run, port = 'crm.success'): Promise<unknown[]> =>
  (await run.rows(port)).map((row) => row.lastname ?? row.Id);

it('reads everything once, then what the CRM says has changed, and says which way and why', async () => {
  const flow = drawn();
  const first = await flow.finished();
  expect([first.error, first.counts]).toEqual([null, { 'crm.success': idsHeld().length, 'crm.reject': 0 }]);
  expect(first.log('crm').join('\n')).toMatch(/By change tracking, since neither.*\n?[\s\S]*from now on what changes/);
  const [one = '', two = '', three = ''] = idsHeld();
  await later(30);
  await change(one, 'First');
  await change(two, 'Second');
  await change(one, 'Third');
  await remove(three);
  demo.org.requests.clear();
  const second = await flow.finished();
  expect(sorted(await namesIn(second))).toEqual(['Second', 'Third']);
  expect(asked().some((path) => path.includes('$filter=modifiedon'))).toBe(false);
  expect(second.log('crm').join('\n')).toMatch(/2 records imported from Contact .*1 gone.* The CRM counts as many/);
  expect((await flow.finished()).counts['crm.success']).toBe(0);
});

it('gives the ids of deleted records by Gone where that is wanted, those that changed before among them', async () => {
  const flow = drawn({ gone: true });
  expect((await flow.finished()).counts['crm.gone']).toBe(0);
  const [one = '', two = '', three = ''] = idsHeld();
  await change(one, 'Changed, then gone');
  await remove(one);
  await remove(two);
  await change(three, 'Stays');
  const run = await flow.finished();
  expect(await namesIn(run)).toEqual(['Stays']);
  expect(sorted(await namesIn(run, 'crm.gone'))).toEqual(sorted([one, two]));
});

it('keeps the mark of a run that failed where it was: the next one tells the same again', async () => {
  const config = {
    ...defaults,
    connection: 'demo',
    object: 'contact',
    fields,
    index: { ...defaults.index, enabled: true },
  };
  const failing = engine.flow(
    {
      crm: { type: 'crm-connector', config },
      code: { type: 'javascript-code', config: { script: 'if (vars.recCount === 1) throw new Error("no")' } },
    },
    ['crm -> code'],
  );
  expect((await failing.finished()).state).toBe('succeeded');
  await later(10);
  await change(idsHeld()[4] ?? '', 'Told twice');
  expect((await failing.finished()).state).toBe('failed');
  await later(10);
  const again = await failing.finished();
  expect([again.state, await namesIn(again)]).toEqual(['failed', ['Told twice']]);
  await change(idsHeld()[5] ?? '', 'And another');
  const whole = await failing.finished();
  expect([whole.state, sorted(await namesIn(whole))]).toEqual(['succeeded', ['And another', 'Told twice']]);
  expect((await failing.finished()).counts['crm.success']).toBe(0);
});

it('reads everything again when the mark is too old, and says so', async () => {
  const flow = drawn({ gone: true });
  await flow.finished();
  await later(8 * 86_400);
  const run = await flow.finished();
  expect([run.state, run.counts['crm.success']]).toEqual(['succeeded', idsHeld().length]);
  expect(run.log('crm').join('\n')).toContain('has forgotten what changed in Contact since');
  expect(await alarms(run)).toEqual([expect.stringContaining('were deleted since is not known')]);
  await change(idsHeld()[0] ?? '', 'Goes on');
  expect(await namesIn(await flow.finished())).toEqual(['Goes on']);
});

it('passes on what changed since a date that a person has moved, and everything where there is none', async () => {
  const flow = drawn();
  await flow.finished();
  const name = optionOf(flow);
  await later(3_600);
  await change(idsHeld()[7] ?? '', 'An hour later');
  await later(3_600);
  const moved = new Date(demo.org.clock.now() - 3_900_000)
    .toISOString()
    .slice(0, 19)
    .replaceAll('-', '/')
    .replace('T', ' ');
  await inTransaction(engine.parts.db, (tx) => changeOption(tx, { name, value: moved, ...person() }));
  const run = await flow.finished();
  expect(await namesIn(run)).toEqual(['An hour later']);
  expect(run.log('crm').join('\n')).toContain('There is no mark of change tracking for');
  await inTransaction(engine.parts.db, (tx) => deleteOption(tx, { name, ...person() }));
  expect((await flow.finished()).counts['crm.success']).toBe(idsHeld().length);
});

it('goes on where an attempt died, between any two pages, and loses and doubles nothing', async () => {
  await demo.fault('small-pages', { rows: 250, times: null });
  for (const [number, when] of [
    [1, 'after'],
    [2, 'after'],
    [3, 'before'],
    [4, 'after'],
  ] as const) {
    const flow = drawn({ gone: true }).interrupted('crm', { call: 'append', number, when });
    const first = await flow.finished();
    expect([first.error, first.counts['crm.success']]).toEqual([null, idsHeld().length]);
    const [one = '', two = ''] = idsHeld();
    await later(5);
    await change(one, `Attempt ${number}`);
    await remove(two);
    const second = await flow.interrupted('crm', { call: 'append', number, when }).finished();
    expect([await namesIn(second), await namesIn(second, 'crm.gone')]).toEqual([[`Attempt ${number}`], [two]]);
  }
});

it('takes no record for gone that is there again when its page is read once more', async () => {
  await drawn({ gone: true, optionName: 'LAST_AGAIN' }).finished();
  const [one = '', two = ''] = idsHeld();
  await later(30);
  await remove(one);
  await remove(two);
  let isBack = false;
  const run = await drawn(
    { gone: true, optionName: 'LAST_AGAIN' },
    {},
    { retry: { attempts: 3, delay: 0, maxDelay: 0 } },
  )
    .watched('crm', {
      // Behind how far the import reaches and who is gone, the page's rows.
      interruption: { call: 'append', number: 3, when: 'before' },
      async onCall(_, { task }) {
        if (task.attempt === 1 || isBack) return;
        isBack = true;
        await demo.control('records', {
          operation: 'create',
          table: 'contact',
          id: one,
          values: { lastname: 'Back' },
        });
      },
    })
    .finished();
  expect([run.error, isBack, await namesIn(run), await namesIn(run, 'crm.gone')]).toEqual([
    null,
    true,
    ['Back'],
    [two],
  ]);
});

it('passes a record on once, as it was last, when it changes while it is read', async () => {
  const flow = drawn();
  await demo.fault('small-pages', { rows: 100, times: null });
  await demo.fault('changes-while-paging', { times: null });
  const [one = ''] = [...(demo.org.table('contact')?.rows.values() ?? [])]
    .sort((a, b) => a.version - b.version)
    .map(({ id }) => id);
  let appends = 0;
  const run = await flow
    .watched('crm', {
      async onCall(call) {
        // Behind the date that the import will have reached, and the first page.
        if (call === 'append' && ++appends === 2) await change(one, 'Meanwhile');
      },
    })
    .finished();
  expect([run.error, run.counts['crm.success']]).toEqual([null, idsHeld().length]);
  expect((await run.rows('crm.success')).find(({ Id }) => Id === one)?.lastname).toBe('Meanwhile');
});

it('counts what a script moves the date to, and reads the same again until it does', async () => {
  const config = { ...defaults, connection: 'demo', object: 'contact', fields };
  const flow = engine.flow(
    {
      crm: {
        type: 'crm-connector',
        config: { ...config, index: { ...defaults.index, enabled: true, advance: 'inCode' } },
      },
      code: {
        type: 'javascript-code',
        config: { mode: 'run', script: 'if (vars.recCount !== 1) setOption(vars.crmOptionName, vars.crmEndDate)' },
      },
    },
    ['crm -> code'],
  );
  await flow.finished();
  await later(10);
  await change(idsHeld()[9] ?? '', 'Not yet');
  expect(await namesIn(await flow.finished())).toEqual(['Not yet']);
  await later(10);
  expect(await namesIn(await flow.finished())).toEqual(['Not yet']);
  await change(idsHeld()[10] ?? '', 'Now');
  expect(sorted(await namesIn(await flow.finished()))).toEqual(['Not yet', 'Now']);
  expect((await flow.finished()).counts['crm.success']).toBe(0);
});

it('raises an alarm when the CRM counts changes that were not told', async () => {
  const flow = drawn();
  await flow.finished();
  await demo.fault('status', {
    status: 200,
    body: '7',
    contentType: 'text/plain',
    match: { path: '/api/data/v9.2/contacts/$count' },
  });
  const run = await flow.finished();
  expect(await alarms(run)).toEqual([expect.stringContaining('counts 7 where 0 were read: 7 are not explained')]);
});

it('goes on behind a mark that an earlier version has kept under the name of the date alone', async () => {
  const flow = drawn({ gone: true });
  await flow.finished();
  const [former, name] = [`CHANGE_MARK_${optionOf(flow)}`, `CHANGE_MARK_${optionOf(flow)}.contact`];
  const value = (await engine.option(name)) ?? '';
  await inTransaction(engine.parts.db, async (tx) => {
    await changeOption(tx, { name: former, value, ...person() });
    await deleteOption(tx, { name, ...person() });
  });
  const [one = ''] = idsHeld();
  await remove(one);
  await later(10);
  const run = await flow.finished();
  expect([run.counts['crm.success'], await namesIn(run, 'crm.gone')]).toEqual([0, [one]]);
  expect((await flow.finished()).counts).toMatchObject({ 'crm.success': 0, 'crm.gone': 0 });
});

it.each([
  ['a mark that a person has spoilt', 'not JSON'],
  ['a mark of another table', JSON.stringify([{ date: 'x', mark: 'y' }])],
])('%s leads to all records, of which those are passed on that changed since', async (_what, value) => {
  const flow = drawn();
  await flow.finished();
  const name = `CHANGE_MARK_${optionOf(flow)}.contact`;
  await inTransaction(engine.parts.db, (tx) => changeOption(tx, { name, value, ...person() }));
  await later(3_600);
  await change(idsHeld()[11] ?? '', 'Since');
  const run = await flow.finished();
  expect(await namesIn(run)).toContain('Since');
  expect(run.log('crm').join('\n')).toContain('There is no mark of change tracking');
});

it.each<[string, Partial<CrmConfig['index']>, Partial<CrmConfig>]>([
  [
    'a filter is set',
    {},
    {
      filter: {
        kind: 'group',
        operator: 'and',
        items: [{ kind: 'condition', field: 'lastname', operator: 'isNotEmpty' }],
      },
    },
  ],
  ['an order is set', {}, { orderBy: [{ field: 'lastname', direction: 'asc' }] }],
  ['an index field is named', { indexField: 'modifiedon' }, {}],
  [
    'is a field of another table',
    {},
    { fields: [{ name: 'parentcustomerid_account.name', label: '', type: 'text', conversion: 'default' }] },
  ],
  ['change tracking is switched off for this table', {}, { object: 'incident', fields: [] }],
])('reads by modifiedon and says why, when %s; then deleted records cannot be told', async (reason, index, more) => {
  const run = await drawn(index, more).finished();
  expect([run.error, run.state]).toEqual([null, 'succeeded']);
  expect(run.log('crm').join('\n')).toContain(`By modifiedon and not by change tracking, since `);
  expect(run.log('crm').join('\n')).toContain(reason);
  // What the settings say is refused while drawing, what the table says when it runs.
  const refused = await drawn({ ...index, gone: true }, more)
    .finished()
    .then(
      ({ error }) => error,
      (error: unknown) => error,
    );
  expect(refused).toMatchObject({ message: expect.stringContaining(reason) });
});
