/** What exports promise, with Dynamics 365. */
import { describe, expect, it } from 'vitest';
import type { Cell, ColumnType } from '../../contract/types.ts';
import { engineWithDynamics } from '../../test/harness/engineWithDynamics.ts';
import type { Row, Settings } from '../../test/harness/exports.ts';
import { code, exportTools, mapped } from '../../test/harness/exports.ts';
import type { Flow } from '../../test/harness/flow.ts';
import { passTime } from '../../test/harness/passTime.ts';
import type { RunView } from '../../test/harness/runView.ts';
import { defaults } from './config.ts';
import { exportDefaults } from './exportConfig.ts';

const { engine, demo } = await engineWithDynamics(60);
const { flow } = exportTools(engine, { name: 'demo', kind: 'dynamics', capabilities: ['crm'] });

/** Longer than whatever an export waits for. */
const hours = 14_400_000;
const types: Record<string, ColumnType> = { id: 'text', key: 'text', name: 'text', day: 'text', at: 'text' };
const object = 'contact';
const named = mapped('lastname', 'name');
const keyed = mapped('new_externalid', 'key');
const byKey: Settings = { object, key: 'new_externalid', mapping: [keyed, named] };
const held = (index: number): Record<string, unknown> => demo.held('contact')[index] ?? {};
const find = (name: string) => demo.held('contact').filter(({ lastname }) => lastname === name);
const finish = async (drawn: Flow): Promise<RunView> => passTime(engine, await drawn.started(), 'send', hours);
const exported = (rows: readonly Row[], settings: Settings): Promise<RunView> => finish(flow(types, rows, settings));
const outcomes = async (run: RunView): Promise<Cell[][]> =>
  (await run.rows('send.success')).map((row) => [row.name ?? null, row.outcome ?? null]);
const codes = async (run: RunView): Promise<unknown[]> =>
  (await run.rows('send.reject')).map(({ name, errorCode }) => [name, errorCode]);
const writes = (): string[] =>
  demo.org.requests.since(0).flatMap(({ path }) => /\w+Multiple|\$batch/.exec(path)?.[0] ?? []);

describe('a mode', () => {
  it('Automatic updates a row with a key value and inserts one without', async () => {
    const rows = [
      { id: String(held(1).contactid), name: 'Automatic one' },
      { id: null, name: 'Automatic two' },
    ];
    const run = await exported(rows, { object, mode: 'automatic', key: 'Id', mapping: [mapped('Id', 'id'), named] });
    expect([await outcomes(run), await codes(run)]).toEqual([
      [
        ['Automatic one', 'updated'],
        ['Automatic two', 'created'],
      ],
      [],
    ]);
    expect(held(1).lastname).toBe('Automatic one');
    expect(find('Automatic two')).toHaveLength(1);
  });

  it('Insert leaves a record that has the key as it is; Update makes none', async () => {
    const { new_externalid: key, lastname } = held(2);
    const inserted = await exported(
      [
        { key, name: 'Never' },
        { key: 'ins-1', name: 'Inserted' },
      ],
      { ...byKey, mode: 'insert' },
    );
    expect([await outcomes(inserted), await codes(inserted)]).toEqual([
      [['Inserted', 'created']],
      [['Never', expect.any(String)]],
    ]);
    expect(held(2).lastname).toBe(lastname);
    const updated = await exported(
      [
        { key: 'nobody', name: 'Nobody' },
        { key, name: 'Updated' },
      ],
      { ...byKey, mode: 'update' },
    );
    expect([await outcomes(updated), await codes(updated)]).toEqual([
      [['Updated', 'updated']],
      [['Nobody', 'NO_MATCH']],
    ]);
    expect(find('Nobody')).toEqual([]);
  });

  it.each(['update', 'upsert'] as const)('%s refuses to start without a key', (mode) => {
    const problems = flow(types, [], { object, mode, mapping: [named] }).problems();
    expect(problems).toContainEqual(expect.objectContaining({ severity: 'error', path: 'export.key' }));
  });
});

it('writes what JavaScript makes of a row, and converts days, instants and dates in no zone', async () => {
  const mapping = [
    mapped('Id', 'id'),
    mapped('lastname', '', { source: code('record.name.toUpperCase()') }),
    mapped('birthdate', 'at', { type: 'date', conversion: 'dateOnly' }),
    mapped('lastonholdtime', 'day', { type: 'datetime' }),
    mapped('new_meetingon', 'day', { type: 'datetime' }),
  ];
  const id = String(held(3).contactid);
  const row = { id, name: 'Script', at: '2024-01-31T23:30:00Z', day: '2024-01-31 23:30' };
  const run = await finish(
    flow(types, [row], { object, mode: 'update', key: 'Id', mapping }).with('send', { timeZone: 'Europe/Paris' }),
  );
  expect([run.error, await codes(run)]).toEqual([null, []]);
  expect(held(3)).toMatchObject({
    lastname: 'SCRIPT',
    birthdate: '2024-02-01',
    lastonholdtime: '2024-01-31T22:30:00Z',
    new_meetingon: '2024-01-31T23:30:00Z',
  });
});

it('rejects a value that is none of the field, and sends nothing of that row', async () => {
  const mapping = [keyed, named, mapped('creditlimit', 'at', { type: 'decimal' })];
  const rows = [
    { key: 'typed-1', name: 'Typed one', at: 'many' },
    { key: 'typed-2', name: 'Typed two', at: '12.5' },
  ];
  const run = await exported(rows, { ...byKey, mode: 'upsert', mapping });
  expect([await outcomes(run), await codes(run)]).toEqual([
    [['Typed two', 'created']],
    [['Typed one', 'TYPE_MISMATCH']],
  ]);
  expect([find('Typed one').length, find('Typed two')[0]?.creditlimit]).toEqual([0, 12.5]);
});

it('sends only what changed since it was sent, and again what was rejected', async () => {
  const settings: Settings = { ...byKey, mode: 'upsert', onlyChanged: { enabled: true, column: '', again: false } };
  const drawn = (rows: readonly Row[]) => finish(flow(types, rows, settings).named('dynamics_only_changed'));
  const tooLong = 'x'.repeat(60);
  const first = [
    { key: 'oc-1', name: 'One' },
    { key: 'oc-2', name: 'Two' },
    { key: 'oc-3', name: tooLong },
  ];
  expect(await codes(await drawn(first))).toEqual([[tooLong, 'VALUE_REFUSED']]);
  const second = await drawn(first.with(1, { key: 'oc-2', name: 'Deux' }));
  expect(await outcomes(second)).toEqual([
    ['One', 'unchanged'],
    ['Deux', 'updated'],
  ]);
  expect(await codes(second)).toEqual([[tooLong, 'VALUE_REFUSED']]);
});

it('goes by Error to a Wait and back with the rows that have no result, and then sends those alone', async () => {
  const rows = [
    { key: String(held(5).new_externalid), name: 'Loop updated' },
    { key: 'loop-1', name: 'Loop created' },
  ];
  const retry = { attempts: 1, delay: 0, maxDelay: 0 };
  const config = {
    ...defaults,
    operation: 'export',
    connection: 'demo',
    object,
    export: { ...exportDefaults, key: 'new_externalid', mapping: [keyed, named], mode: 'upsert', processErrors: true },
  };
  const looped = engine
    .flow(
      {
        send: { type: 'crm-connector', config, onError: 'transition', retry },
        wait: { type: 'wait', config: { mode: 'duration', amount: 5, unit: 'hours' } },
      },
      ['input -> send', 'send.error -> wait', 'wait -> send'],
    )
    .withRows(
      'input',
      Object.keys(types).map((name) => ({ name, type: 'text' as const })),
      rows.map((row: Row) => Object.keys(types).map((name) => (row[name] ?? null) as Cell)),
    );
  await demo.fault('limit', { seconds: 30, times: null, after: 1, match: { method: 'POST', path: '/api/data' } });
  const started = await looped.started();
  await started.reached('wait', 'waiting');
  demo.org.faults.clear();
  demo.org.requests.clear();
  await started.wake();
  const run = await started.finished();
  expect([run.error, run.state]).toEqual([null, 'succeeded']);
  expect(run.tasks('send').map(({ outputs }) => [outputs.success?.count, outputs.error?.count])).toEqual([
    [1, 1],
    [1, undefined],
  ]);
  expect([find('Loop updated').length, find('Loop created').length, writes().length]).toEqual([1, 1, 1]);
});

it('deletes by the record id, and rejects what is no id', async () => {
  const id = String(held(8).contactid);
  const rows = [
    { id, name: 'gone' },
    { id: 'x', name: 'none' },
    { id: null, name: 'empty' },
  ];
  const settings: Settings = { object, operation: 'delete', key: 'Id', mapping: [mapped('Id', 'id')] };
  const run = await exported(rows, settings);
  expect((await run.rows('send.success')).map(({ name }) => name)).toEqual(['gone']);
  expect(await codes(run)).toEqual([
    ['none', 'RECORD_ID_INVALID'],
    ['empty', 'KEY_EMPTY'],
  ]);
  expect(demo.held('contact').some(({ contactid }) => contactid === id)).toBe(false);
});
