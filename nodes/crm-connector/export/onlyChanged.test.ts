/** Exports of a real organisation again and again: what goes out is what changed. */
import { describe, expect, it } from 'vitest';
import type { Cell, ColumnType } from '../../../contract/types.ts';
import { readMarks, sayings } from '../../../server/exports/marks.ts';
import { toMoves } from '../../../server/exports/sent.ts';
import type { Row, Settings } from '../../../test/harness/exports.ts';
import { exportTests, mapped } from '../../../test/harness/exports.ts';
import type { Flow } from '../../../test/harness/flow.ts';
import { passTime } from '../../../test/harness/passTime.ts';
import type { RunView } from '../../../test/harness/runView.ts';
import type { FlowNode } from '../../../test/harness/workflow.ts';
import { defaults } from '../config.ts';
import { exportDefaults } from '../exportConfig.ts';

const tests = await exportTests(300, 12);
const { engine, org, requestsOf } = tests;

const types: Record<string, ColumnType> = { key: 'text', name: 'text', email: 'text' };
const keyed = mapped('External_Id__c', 'key');
const named = mapped('LastName', 'name');
const mailed = mapped('Email', 'email');
const onlyChanged = { enabled: true, column: '', again: false };
const upsert: Settings = { mode: 'upsert', key: 'External_Id__c', mapping: [keyed, named, mailed], onlyChanged };
const insert: Settings = { mode: 'insert', mapping: [named], onlyChanged: { ...onlyChanged, column: 'key' } };

let flows = 0;

/** One workflow, run again and again with other rows and settings. */
function drawn(settings: Settings) {
  flows += 1;
  const name = `only_changed_${flows}`;
  const flow = (rows: readonly Row[], other: Settings = {}) =>
    tests.flow(types, rows, { ...settings, ...other }).named(name);
  const finished = async (rows: readonly Row[], other: Settings = {}): Promise<RunView> => {
    const run = await passTime(engine, await flow(rows, other).started(), 'send', 730_000);
    const counts = ['success', 'reject', 'error', 'doubt'].map((port) => run.counts[`send.${port}`] ?? 0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rows.length);
    return run;
  };
  return { name, flow, run: finished };
}

/** What became of each row by its key, and by the reject's code. */
async function outcomes(run: RunView): Promise<Record<string, Cell>> {
  const success = await run.rows('send.success');
  const reject = await run.rows('send.reject');
  return Object.fromEntries([
    ...success.map(({ key, outcome = null }) => [String(key), outcome]),
    ...reject.map(({ key, errorSymbol = null }) => [String(key), errorSymbol]),
  ]);
}

const row = (key: string, name: string, email: string | null = null): Row => ({ key, name, email });
const namesOf = async (like: string): Promise<unknown[]> =>
  (await org().query(`SELECT LastName FROM Contact WHERE LastName LIKE '${like}%' ORDER BY LastName`)).map(
    (record) => record.LastName,
  );
/** Requests about records, other than describing the object and signing in. */
const aboutRecords = (requests: string[]): string[] =>
  requests.filter((one) => /query|composite|jobs|sobjects\/Contact\/[^d]/.test(one));

describe('an export of only what changed', () => {
  it('asks the CRM nothing about rows that were sent as they are, and gives them with their record ids', async () => {
    const { run } = drawn(upsert);
    const rows = [row('oc-1', 'One'), row('oc-2', 'Two')];
    const first = await run(rows);
    expect(await outcomes(first)).toEqual({ 'oc-1': 'created', 'oc-2': 'created' });
    const second = { view: first };
    const requests = await requestsOf(async () => {
      second.view = await run(rows);
    });
    expect(aboutRecords(requests)).toEqual([]);
    expect(await outcomes(second.view)).toEqual({ 'oc-1': 'unchanged', 'oc-2': 'unchanged' });
    const ids = async (view: RunView) => (await view.rows('send.success')).map(({ recordId }) => recordId);
    expect(await ids(second.view)).toEqual(await ids(first));
    expect(await outcomes(await run([row('oc-1', 'Uno'), row('oc-2', 'Two')]))).toEqual({
      'oc-1': 'updated',
      'oc-2': 'unchanged',
    });
  });

  it('sends what was rejected again until it succeeds', async () => {
    const { run } = drawn(upsert);
    const rows = [row('rej-1', 'One', 'no address'), row('rej-2', 'Two')];
    const refused = { 'rej-1': 'INVALID_EMAIL_ADDRESS' };
    expect(await outcomes(await run(rows))).toEqual({ ...refused, 'rej-2': 'created' });
    expect(await outcomes(await run(rows))).toEqual({ ...refused, 'rej-2': 'unchanged' });
    const mended = [row('rej-1', 'One', 'one@example.org'), row('rej-2', 'Two')];
    expect(await outcomes(await run(mended))).toEqual({ 'rej-1': 'created', 'rej-2': 'unchanged' });
    expect(await outcomes(await run(mended))).toEqual({ 'rej-1': 'unchanged', 'rej-2': 'unchanged' });
  });

  it('leaves out what a person dismissed until it changes, what the plan refused too', async () => {
    const { run } = drawn(upsert);
    const rows = [row('dis-1', 'One', 'no address'), row('dis-2', ''), row('dis-3', 'Three')];
    const refused = { 'dis-1': 'INVALID_EMAIL_ADDRESS', 'dis-2': 'REQUIRED_MISSING' };
    const first = await run(rows);
    expect(await outcomes(first)).toEqual({ ...refused, 'dis-3': 'created' });
    const kept = await tests.kept({ id: first.detail.id });
    const marks = await readMarks(engine.parts.db, kept.row.id);
    const how = { saying: sayings.dismissed, named: null };
    await engine.local.moveSent(null, toMoves(kept.row, marks, how, engine.clock.now()));
    expect(await outcomes(await run(rows))).toEqual({
      'dis-1': 'unchanged',
      'dis-2': 'unchanged',
      'dis-3': 'unchanged',
    });
    const changed = [row('dis-1', 'One', 'still none'), row('dis-2', 'Two'), row('dis-3', 'Three')];
    expect(await outcomes(await run(changed))).toEqual({ ...refused, 'dis-2': 'created', 'dis-3': 'unchanged' });
  });

  it('counts what the CRM held already as sent', async () => {
    const [held] = await org().query(
      'SELECT LastName, External_Id__c, Email FROM Contact WHERE External_Id__c != null LIMIT 1',
    );
    const { run } = drawn(upsert);
    const rows = [row(String(held?.External_Id__c), String(held?.LastName), String(held?.Email))];
    await run(rows);
    const requests = await requestsOf(() => run(rows));
    expect(aboutRecords(requests)).toEqual([]);
  });

  it('makes all rows due by another mapping, and by another connection or object', async () => {
    const { run } = drawn(upsert);
    const rows = [row('map-1', 'One', 'one@example.org')];
    await run(rows);
    const constant = mapped('LastName', 'name', { source: { kind: 'expression', code: 'record.name + "!"' } });
    expect(await outcomes(await run(rows, { mapping: [keyed, constant, mailed] }))).toEqual({ 'map-1': 'updated' });
    expect(await namesOf('One!')).toEqual(['One!']);
    expect(await outcomes(await run(rows, { mapping: [keyed, constant, mailed] }))).toEqual({ 'map-1': 'unchanged' });
  });

  it('refuses rows that share a key each time, the one that was sent too', async () => {
    const { run } = drawn(upsert);
    await run([row('twin', 'One')]);
    const twins = await run([row('twin', 'One'), row('twin', 'Two')]);
    expect((await twins.rows('send.reject')).map(({ errorCode }) => errorCode)).toEqual([
      'DUPLICATE_KEY',
      'DUPLICATE_KEY',
    ]);
    expect(await outcomes(await run([row('twin', 'One')]))).toEqual({ twin: 'unchanged' });
  });

  it('knows what was sent although the attempt dies before its end, and the run is stopped', async () => {
    const { flow, run } = drawn({ ...upsert, batches: 'never' });
    const rows = Array.from({ length: 450 }, (_, index) => row(`die-${index}`, `Die ${index}`));
    const dying = flow(rows).interrupted('send', { call: 'delivered', number: 3, when: 'before' });
    expect((await passTime(engine, await dying.started(), 'send', 730_000)).state).toBe('succeeded');
    const changed = rows.map((one, index) => (index < 300 ? one : { ...one, name: 'Dead' }));
    const halfWay = await flow(changed).interrupted('send', { call: 'delivered', number: 2, when: 'after' }).started();
    await halfWay.reached('send', 'waiting');
    await halfWay.stop();
    expect((await halfWay.finished()).state).toBe('stopped');
    expect(await namesOf('Dead')).toHaveLength(150);
    const requests = await requestsOf(async () => {
      expect(Object.values(await outcomes(await run(changed)))).toEqual(rows.map(() => 'unchanged'));
    });
    expect(aboutRecords(requests)).toEqual([]);
  });

  it('is due again when its export is undone', async () => {
    const { run } = drawn(upsert);
    await run([row('undo-1', 'One')]);
    const rows = [row('undo-1', 'Undone'), row('undo-2', 'New')];
    const kept = await tests.kept({ id: (await run(rows)).detail.id });
    const undo = await tests.undo(kept);
    await undo.reached('send', 'waiting');
    await undo.decide('send', true);
    expect((await passTime(engine, undo, 'send', 730_000)).state).toBe('succeeded');
    expect(await namesOf('Undone')).toEqual([]);
    expect(await outcomes(await run(rows))).toEqual({ 'undo-1': 'updated', 'undo-2': 'created' });
  });

  it('does nothing to what was sent when it only plans', async () => {
    const { flow, run } = drawn(upsert);
    await flow([row('plan-1', 'One')], { planOnly: true }).finished();
    expect(await outcomes(await run([row('plan-1', 'One')]))).toEqual({ 'plan-1': 'created' });
  });

  it('is forgotten by a person, and then all is due', async () => {
    const { run, name } = drawn(upsert);
    await run([row('gone-1', 'One')]);
    expect(await engine.local.sumSent(name, 'send')).toMatchObject([{ target: 'demo Contact', sent: 1 }]);
    await engine.local.forgetSent(name, 'send');
    const requests = await requestsOf(() => run([row('gone-1', 'One')]));
    expect(aboutRecords(requests)).not.toEqual([]);
  });
});

describe('inserting without a key', () => {
  it('makes one record for each value of the column, and none for what has changed', async () => {
    const { run } = drawn(insert);
    await run([row('ins-1', 'Ins One')]);
    expect(await outcomes(await run([row('ins-1', 'Ins Uno'), row('ins-2', 'Ins Two')]))).toEqual({
      'ins-1': 'unchanged',
      'ins-2': 'created',
    });
    expect(await namesOf('Ins ')).toEqual(['Ins One', 'Ins Two']);
  });

  it('makes further records for what has changed when it is told to, once each', async () => {
    const settings = { ...insert, onlyChanged: { enabled: true, column: 'key', again: true } };
    const { run } = drawn(settings);
    await run([row('more-1', 'More One')]);
    const changed = [row('more-1', 'More Uno')];
    expect(await outcomes(await run(changed))).toEqual({ 'more-1': 'created' });
    expect(await outcomes(await run(changed))).toEqual({ 'more-1': 'unchanged' });
    expect(await namesOf('More ')).toEqual(['More One', 'More Uno']);
  });

  it('rejects rows without a value in the column, and rows that share one', async () => {
    const { run } = drawn(insert);
    const rows: Row[] = [{ name: 'Ref A' }, row('same', 'Ref B'), row('same', 'Ref C'), row('fine', 'Ref D')];
    const refused = await (await run(rows)).rows('send.reject');
    expect(refused.map(({ errorCode }) => errorCode)).toEqual(['KEY_EMPTY', 'DUPLICATE_KEY', 'DUPLICATE_KEY']);
    expect(await namesOf('Ref ')).toEqual(['Ref D']);
  });

  it('refuses a plan whose rows another run has inserted while it waited', async () => {
    const asking = { ...insert, approval: { always: true, deletes: null, updates: null, share: null } };
    const { flow } = drawn(insert);
    const waiting = await flow([row('late-1', 'Late One')], asking)
      .under({ concurrency: 'parallel' })
      .started();
    await waiting.reached('send', 'waiting');
    const other = await flow([row('late-1', 'Late One')])
      .under({ concurrency: 'parallel' })
      .started();
    await passTime(engine, other, 'send', 730_000);
    await waiting.decide('send', true);
    expect((await waiting.finished()).error).toMatchObject({ code: 'SENT_MEANWHILE' });
    expect(await namesOf('Late ')).toEqual(['Late One']);
  });

  it('needs the column, and warns of further records', () => {
    const problems = (settings: Settings) =>
      drawn(settings)
        .flow([row('a', 'A')])
        .problems()
        .flatMap(({ path, severity }) => (path?.startsWith('export.onlyChanged') ? [`${severity} ${path}`] : []));
    expect(problems({ ...insert, onlyChanged })).toEqual(['error export.onlyChanged.column']);
    expect(problems({ ...insert, onlyChanged: { ...onlyChanged, column: 'nowhere' } })).toEqual([
      'error export.onlyChanged.column',
    ]);
    expect(problems({ ...insert, onlyChanged: { enabled: true, column: 'key', again: true } })).toEqual([
      'warning export.onlyChanged.again',
    ]);
    expect(problems(upsert)).toEqual([]);
  });
});

describe('a Change detection before the export', () => {
  const plain = { ...upsert, onlyChanged: { enabled: false, column: '', again: false } };
  const sendNode = ({ operation = 'export', ...own }: Settings): FlowNode => ({
    type: 'crm-connector',
    config: { ...defaults, operation, connection: 'demo', object: 'Contact', export: { ...exportDefaults, ...own } },
  });
  const remove = sendNode({ operation: 'delete', key: 'Id', mapping: [mapped('Id', 'recordId')] });
  const detecting =
    (name: string, gone = true) =>
    (rows: readonly Row[]) =>
      engine
        .flow(
          {
            detect: { type: 'change-detection', config: { key: ['key'], gone } },
            send: sendNode(plain),
            ...(gone ? { remove } : {}),
          },
          ['input -> detect', 'detect.new -> send', ...(gone ? ['detect.gone -> remove'] : [])],
        )
        .named(name)
        .withRows(
          'input',
          Object.entries(types).map(([column, type]) => ({ name: column, type })),
          rows.map((one) => Object.keys(types).map((column) => (one[column] ?? null) as Cell)),
        );
  const finished = async (flow: Flow): Promise<RunView> => passTime(engine, await flow.started(), 'send', 730_000);

  it('counts a row as sent when the export has written it, and what is gone when it is deleted by its record id', async () => {
    const flow = detecting('detected');
    const rows = [row('det-1', 'One', 'no address'), row('det-2', 'Det Two'), row('det-3', 'Det Three')];
    expect((await finished(flow(rows))).counts).toMatchObject({ 'detect.new': 3, 'send.success': 2, 'send.reject': 1 });
    expect((await finished(flow(rows))).counts).toMatchObject({
      'detect.new': 1,
      'detect.unchanged': 2,
      'send.reject': 1,
    });
    const without = await finished(flow(rows.slice(0, 2)));
    expect(without.counts).toMatchObject({ 'detect.gone': 1, 'remove.success': 1 });
    expect(await namesOf('Det ')).toEqual(['Det Two']);
    expect((await finished(flow(rows.slice(0, 2)))).counts).toMatchObject({ 'detect.gone': 0 });
  });

  it('has the rows of an export that is undone due again', async () => {
    const flow = detecting('detected_and_undone', false);
    const rows = [row('detundo-1', 'One'), row('detundo-2', 'Two')];
    const kept = await tests.kept({ id: (await finished(flow(rows))).detail.id });
    const undo = await tests.undo(kept, [2]);
    await undo.reached('send', 'waiting');
    await undo.decide('send', true);
    await passTime(engine, undo, 'send', 730_000);
    expect((await finished(flow(rows))).counts).toMatchObject({ 'detect.new': 1, 'detect.unchanged': 1 });
  });
});
