import { describe, expect, it } from 'vitest';
import type { Cell, ColumnType } from '../../../contract/types.ts';
import type { Row, Settings } from '../../../test/harness/exports.ts';
import { exportTests, mapped } from '../../../test/harness/exports.ts';
import { defaults } from '../config.ts';
import { exportDefaults } from '../exportConfig.ts';
import { outputColumns } from '../ports.ts';
import { isNewer } from './newest.ts';

const { org, flow, kept } = await exportTests(300, 7);

it.each<[ColumnType, Cell, Cell, boolean]>([
  ['datetime', '2026-06-01T09:00:01.000Z', '2026-06-01T09:00:00.000Z', true],
  ['datetime', '2026-06-01T09:00:00.900Z', '2026-06-01T09:00:00.000Z', true],
  ['datetime', '2026-06-01T09:00:00.000Z', '2026-06-01T09:00:00.000Z', true],
  ['datetime', '2026-06-01T09:00:00.900Z', '2026-06-01T09:00:00.500Z', true],
  ['datetime', '2026-06-01T09:00:00.100Z', '2026-06-01T09:00:00.500Z', false],
  ['datetime', '2026-06-01T08:59:59.000Z', '2026-06-01T09:00:00.000Z', false],
  ['date', '2026-06-02', '2026-06-01', true],
  ['date', '2026-06-01', '2026-06-01', true],
  ['date', '2026-05-31', '2026-06-01', false],
  ['integer', 9, 9, false],
  ['integer', 10, 9, true],
  ['integer', '9007199254740993', '9007199254740992', true],
  ['decimal', '10.5', '10.25', true],
  ['decimal', '-10.5', '-10.25', false],
  ['decimal', '-0.5', '0', false],
  ['number', 1e21, 2.5, true],
  ['datetime', null, '2026-06-01T09:00:00.000Z', false],
  ['datetime', '2026-06-01T09:00:00.000Z', null, true],
  ['date', null, null, true],
])('%s: %s is newer than %s: %s', (type, given, held, newer) => {
  expect(isNewer(type, given, held)).toBe(newer);
});

const types = { who: 'text', at: 'datetime', email: 'boolean' } as const;
const dated = mapped('Consent_Date__c', 'at', { type: 'datetime' });
const settings: Settings = {
  mode: 'update',
  key: 'External_Id__c',
  newer: 'Consent_Date__c',
  mapping: [mapped('External_Id__c', 'who'), dated, mapped('Consent_Email__c', 'email', { type: 'boolean' })],
};
const sends = (rows: readonly Row[], more: Settings = {}) => flow(types, rows, { ...settings, ...more });
const day = (number: number, time = '09:00:00.000'): string => `2026-05-${String(number).padStart(2, '0')}T${time}Z`;

/** A contact of its own, with this consent. */
async function consenting(who: string, at: string | null, email: boolean): Promise<void> {
  const values = { LastName: who, External_Id__c: who, Consent_Date__c: at, Consent_Email__c: email };
  await org().control('records', [{ operation: 'create', object: 'Contact', values }]);
}

async function held(who: string): Promise<Row | undefined> {
  const fields = 'Consent_Date__c, Consent_Email__c';
  const [row] = await org().query(`SELECT ${fields} FROM Contact WHERE External_Id__c = '${who}'`);
  return row && { at: new Date(String(row.Consent_Date__c)).toISOString(), email: row.Consent_Email__c };
}

describe('only newer', () => {
  it('writes what is newer than the record, or the first of its kind, and leaves the rest with a remark', async () => {
    await consenting('newer', day(10), false);
    await consenting('older', day(10), false);
    await consenting('equal', day(10), false);
    await consenting('first', null, false);
    await consenting('undated', day(10), false);
    const rows = [
      { who: 'newer', at: day(11), email: true },
      { who: 'older', at: day(9), email: true },
      { who: 'equal', at: day(10, '09:00:00.700'), email: true },
      { who: 'first', at: day(1), email: true },
      { who: 'undated', at: null, email: true },
    ];
    const started = await sends(rows).started();
    const run = await started.finished();
    expect([run.error, run.state]).toEqual([null, 'succeeded']);
    const success = await run.rows('send.success');
    expect(success.map(({ who, outcome, remark }) => [who, outcome, remark])).toEqual([
      ['newer', 'updated', null],
      ['older', 'unchanged', expect.stringContaining(`is ${day(10)} there already, and ${day(9)} here`)],
      ['equal', 'updated', null],
      ['first', 'updated', null],
      ['undated', 'unchanged', expect.stringContaining('and nothing here')],
    ]);
    for (const who of ['older', 'undated']) expect(await held(who)).toEqual({ at: day(10), email: false });
    expect(await held('newer')).toEqual({ at: day(11), email: true });
    expect(await held('equal')).toEqual({ at: day(10), email: true });

    const told = await kept(started);
    expect(told.counts).toMatchObject({ refused: 0, outcomes: { updated: 3, unchanged: 2 } });
    expect(told.records.map(({ errorCode, outcome }) => [errorCode, outcome])).toEqual([
      [null, 'updated'],
      ['NOT_NEWER', 'unchanged'],
      [null, 'updated'],
      [null, 'updated'],
      ['NOT_NEWER', 'unchanged'],
    ]);
  });

  it('writes the later to come of two in one second, run by run, and the same again changes nothing', async () => {
    await consenting('twice', null, false);
    const outcomes: unknown[] = [];
    for (const [time, email] of [
      ['100', true],
      ['900', false],
      ['900', false],
    ] as const) {
      const run = await sends([{ who: 'twice', at: day(10, `09:00:00.${time}`), email }]).finished();
      outcomes.push((await run.rows('send.success')).map(({ outcome, remark }) => [outcome, remark]));
    }
    expect(outcomes).toEqual([[['updated', null]], [['updated', null]], [['unchanged', null]]]);
    expect(await held('twice')).toEqual({ at: day(10), email: false });
  });

  it('says nothing of a row that is the same, and plans what it would do', async () => {
    await consenting('same', day(10), true);
    await consenting('late', day(10), true);
    const rows = [
      { who: 'same', at: day(10), email: true },
      { who: 'late', at: day(2), email: true },
      { who: 'unknown', at: day(2), email: true },
    ];
    const run = await sends(rows, { planOnly: true }).finished();
    expect((await run.rows('send.plan')).map(({ action, remark }) => [action, remark])).toEqual([
      ['unchanged', null],
      ['unchanged', expect.stringContaining('there already')],
    ]);
    expect((await run.rows('send.reject')).map(({ errorCode }) => errorCode)).toEqual(['NO_MATCH']);
  });

  it.each(['never', 'always'] as const)('is asked again right before it is sent, in batches: %s', async (batches) => {
    const [late, early] = [`late ${batches}`, `early ${batches}`];
    await consenting(late, day(10), false);
    await consenting(early, day(10), false);
    const rows = [late, early].map((who) => ({ who, at: day(12), email: true }));
    const approval = { always: true, deletes: null, updates: null, share: null };
    const run = await sends(rows, { approval, batches }).started();
    await run.reached('send', 'waiting');
    const by = (who: string, at: string) =>
      org().control('records', [
        { operation: 'update', object: 'Contact', externalId: who, values: { Consent_Date__c: at } },
      ]);
    await by(late, day(13));
    await by(early, day(11));
    await run.decide('send', true);
    const ended = await run.finished();
    expect((await ended.rows('send.success')).map(({ who, outcome, remark }) => [who, outcome, remark])).toEqual([
      [late, 'unchanged', expect.stringContaining(`is ${day(13)} there already`)],
    ]);
    expect((await ended.rows('send.reject')).map(({ who, errorCode }) => [who, errorCode])).toEqual([
      [early, 'CHANGED_SINCE_PLAN'],
    ]);
    expect(await held(late)).toEqual({ at: day(13), email: false });
    expect((await kept(run)).records.map(({ errorCode }) => errorCode)).toEqual(['NOT_NEWER', 'CHANGED_SINCE_PLAN']);
  });

  it('leaves what an upsert finds to be there meanwhile, where that is newer', async () => {
    const approval = { always: true, deletes: null, updates: null, share: null };
    const mapping = [...(settings.mapping ?? []), mapped('LastName', 'who')];
    const rows = [{ who: 'appeared', at: day(5), email: true }];
    const run = await sends(rows, { mode: 'upsert', mapping, approval }).started();
    await run.reached('send', 'waiting');
    await consenting('appeared', day(6), false);
    await run.decide('send', true);
    const ended = await run.finished();
    expect((await ended.rows('send.success')).map(({ outcome, recordId }) => [outcome, typeof recordId])).toEqual([
      ['unchanged', 'string'],
    ]);
    expect(await held('appeared')).toEqual({ at: day(6), email: false });
  });

  it('refuses a field that nobody may change', async () => {
    const rows = [{ who: 'x', at: day(1), email: true }];
    const created = mapped('CreatedDate', 'at', { type: 'datetime' });
    const mapping = [
      mapped('External_Id__c', 'who'),
      created,
      mapped('Consent_Email__c', 'email', { type: 'boolean' }),
    ];
    const run = await sends(rows, { newer: 'CreatedDate', mapping }).finished();
    expect([run.state, run.error?.code]).toEqual(['failed', 'WRITE_NOT_ALLOWED']);
  });
});

it('has a remark in its columns only where something is compared, hidden as the values that it names', () => {
  const columnsOf = (newer: string) => {
    const config = { ...defaults, operation: 'export' as const, export: { ...exportDefaults, key: 'Id', newer } };
    const arriving = [{ name: 'remark', label: 'Remark', type: 'text' as const }];
    const inputs = [{ fromNode: 'a', port: 'success', columns: arriving }];
    return outputColumns(config, inputs).success?.map(({ name, personal }) => (personal ? `${name}, hidden` : name));
  };
  expect(columnsOf('')).toEqual(['remark', 'recordId', 'outcome']);
  expect(columnsOf('Consent_Date__c')).toEqual(['remark', 'recordId', 'outcome', '_remark, hidden']);
});
