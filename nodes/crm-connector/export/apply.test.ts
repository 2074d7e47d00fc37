/** Plans made by hand, applied to a real organisation: what it holds afterwards, and what the ledger says of each row. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clientAs } from '../../../contract/connector.ts';
import type { ExportAction } from '../../../contract/exports.ts';
import { defineNode } from '../../../contract/node.ts';
import type { Cell, Column, Json } from '../../../contract/types.ts';
import type { CrmWriter, SendLimit, WriteJobs, WriteRequest } from '../../../contract/write.ts';
import { testEngine } from '../../../test/harness/engine.ts';
import type { Flow } from '../../../test/harness/flow.ts';
import type { Organisation } from '../../../test/harness/organisation.ts';
import { plainClient } from '../../../test/harness/organisation.ts';
import { passTime } from '../../../test/harness/passTime.ts';
import type { RunView } from '../../../test/harness/runView.ts';
import type { Demo } from '../../../test/harness/salesforceClient.ts';
import { openDemo } from '../../../test/harness/salesforceClient.ts';
import { successPort } from '../../kit/ports.ts';
import { noReason, rejectColumns } from '../../kit/rejects.ts';
import type { NodeRun } from '../../kit/run.ts';
import { defaults } from '../config.ts';
import type { ExportConfig } from '../exportConfig.ts';
import { applyPlan } from './apply.ts';
import { readFields } from './fields.ts';
import { Ledger } from './ledger.ts';
import { movedColumn } from './moved.ts';

type Values = Record<string, Cell>;
interface PlanRow {
  action: ExportAction;
  recordId?: string;
  key?: string;
  stamp?: string;
  values?: Values;
  before?: Values;
}

const ownColumns: Column[] = [
  ['_row', 'integer'],
  ['action', 'text'],
  ['recordId', 'text'],
  ['key', 'text'],
  ['stamp', 'text'],
  ['values', 'json'],
  ['before', 'json'],
  ['told', 'json'],
].map(([name = '', type]) => ({ name, label: name, type }) as Column);
const columns: Column[] = [...ownColumns, movedColumn, ...rejectColumns];

const config = z.record(z.string(), z.json());
type Settings = Partial<ExportConfig> & { keyField?: string };
interface Applying {
  rows: PlanRow[];
  settings: Settings;
  /** Called with each request right before the client gets it. */
  onWrite?(request: WriteRequest, limit: SendLimit | undefined): void;
  onJob?(job: string): void;
  onRemove?(): void;
  withoutJobs?: boolean;
  /** In place of the organisation's own. */
  limits?: Partial<Pick<CrmWriter, 'most' | 'worthAJob'>>;
}
/** By name of the workflow. */
const plans = new Map<string, Applying>();

const run: NodeRun = async (context) => {
  const applying = plans.get(context.config.plan as string) as Applying;
  const { rows, settings, onWrite, onJob, onRemove, withoutJobs, limits } = applying;
  const made = await context.writer({ columns, name: 'plan', resume: true });
  const cells = rows.map(({ action, recordId, key, stamp, values, before }, index) => [
    index + 1,
    action,
    recordId ?? null,
    key ?? null,
    stamp ?? null,
    values ?? {},
    before ?? null,
    null,
    null,
    ...noReason,
  ]);
  if (made.count === 0) await made.append(cells);
  const client = clientAs((await context.connect('demo')).client, 'crm', 'demo');
  const { writer: real } = client;
  const { jobs } = real;
  const open: WriteJobs['open'] = async (request) => {
    const job = (await jobs?.open(request)) ?? '';
    onJob?.(job);
    return job;
  };
  const remove: WriteJobs['remove'] = async (job) => {
    onRemove?.();
    await jobs?.remove(job);
  };
  const writer = {
    ...real,
    ...limits,
    jobs: withoutJobs ? undefined : jobs && { ...jobs, open, remove },
    write: (request: WriteRequest, limit?: SendLimit) => {
      onWrite?.(request, limit);
      return real.write(request, limit);
    },
  };
  Object.defineProperty(client, 'writer', { value: writer });
  const { keyField = null, ...rest } = settings;
  const own = {
    ...defaults,
    object: 'Contact',
    export: { ...defaults.export, mapping: byJobs.mapping ?? [], ...rest },
  };
  const exporting = { ...context, config: own };
  const { fields } = await readFields(own, client);
  const { assignmentRule } = own.export;
  const target = {
    object: 'Contact',
    idField: 'Id',
    keyField,
    newer: null,
    moved: undefined,
    follows: false,
    stampField: 'SystemModstamp',
    fields,
    assignmentRule,
  };
  const plan = { rows: await made.finish(), target };
  const applied = await applyPlan(exporting, client, plan, await Ledger.open(context));
  if ('waitUntil' in applied) return applied;
  return { ports: { success: applied.outcomes }, vars: { counts: { ...applied.counts } } };
};

const applyNode = {
  definition: defineNode<Record<string, Json>>({
    type: 'apply-of-test',
    label: 'Apply',
    description: 'Applies a plan that a test has made.',
    group: 'sources',
    icon: 'IconTable',
    keywords: [],
    config,
    defaults: {},
    form: [],
    inputs: { min: 0, max: 0, join: 'each', rows: 'none' },
    starts: 'manual',
    ports: () => [successPort],
    columns: () => ({ success: null }),
    summary: () => '',
    resumable: true,
  }),
  run,
};

let demo: Demo;
let org: Omit<Organisation, 'pid' | 'stop'>;
const engine = testEngine({
  nodes: [applyNode],
  loadConnection: async () => ({
    kind: 'salesforce',
    settings: { instanceUrl: demo.url, clientId: demo.clientId, clientSecret: demo.clientSecret, apiVersion: '60.0' },
  }),
});
beforeAll(async () => {
  demo = await openDemo({ contacts: 400 });
  org = plainClient(demo);
});
afterAll(() => demo.close());
beforeEach(() => org.clearFaults());

const mapped = (field: string): ExportConfig['mapping'][number] => ({
  field,
  label: field,
  type: 'text',
  source: { kind: 'column', column: field },
  conversion: 'default',
  empty: 'keep',
  onlyIf: '',
});
let number = 0;

/** Writing by requests. */
const collections = '/services/data/v60.0/composite/sobjects';
const ingest = '/services/data/v60.0/jobs/ingest';
const byJobs: Settings = {
  batches: 'always',
  keyField: 'External_Id__c',
  mapping: ['LastName', 'Title', 'Department', 'External_Id__c', 'Description'].map(mapped),
};
const retry = { attempts: 6, delay: 0, maxDelay: 0 };

function flowOf(rows: PlanRow[], settings: Settings = {}, more: Partial<Applying> = {}): Flow {
  number += 1;
  const plan = `plan_${number}`;
  plans.set(plan, { rows, settings, ...more });
  return engine.flow({ apply: { type: 'apply-of-test', config: { plan }, retry } }, []);
}

/** Time passes whenever the export waits for it. */
const finish = async (flow: Flow): Promise<RunView> => passTime(engine, await flow.started(), 'apply', 730_000);

async function contacts(where: string): Promise<Values[]> {
  const found = await org.query(
    `SELECT Id, LastName, Title, External_Id__c, SystemModstamp FROM Contact WHERE ${where} ORDER BY External_Id__c, Title, Id`,
  );
  return found as Values[];
}

const department = (): string => `department ${number + 1}`;
const inDepartment = (name: string): Promise<Values[]> => contacts(`Department = '${name}'`);

async function make(count: number, name: string): Promise<Values[]> {
  const changes = Array.from({ length: count }, (_, index) => ({
    operation: 'create',
    object: 'Contact',
    values: {
      LastName: `old ${index}`,
      Title: 'old',
      Department: name,
      External_Id__c: `${name} ${String(index).padStart(4, '0')}`,
    },
  }));
  await org.control('records', changes);
  return inDepartment(name);
}

const stampOf = (record: Values): string => new Date(String(record.SystemModstamp)).toISOString();

const update = (record: Values, values: Values, before: Values): PlanRow => ({
  action: 'update',
  recordId: String(record.Id),
  stamp: stampOf(record),
  values,
  before,
});

const create = (name: string, index: number): PlanRow => {
  const key = `${name} ${String(index).padStart(4, '0')}`;
  return { action: 'create', key, values: { LastName: `new ${index}`, Department: name, External_Id__c: key } };
};

const words = async (run: RunView): Promise<Cell[]> =>
  (await run.rows('apply.success')).map((row) => row.outcome ?? null);

async function requestsTo(path: string): Promise<number> {
  const answer = await fetch(`${demo.url}/__demo/requests`);
  const all = (await answer.json()) as { path: string }[];
  return all.filter((one) => one.path.includes(path)).length;
}

describe('a plan', () => {
  it('is written by requests, and each of its rows has one outcome', async () => {
    const name = department();
    const [first, second, third] = (await make(3, name)) as [Values, Values, Values];
    const rows: PlanRow[] = [
      create(name, 7),
      update(first, { Title: 'new' }, { Title: 'old' }),
      { action: 'delete', recordId: String(second.Id), stamp: stampOf(second), before: { Title: 'old' } },
      { action: 'unchanged', recordId: String(third.Id) },
    ];
    const run = await finish(flowOf(rows, { batches: 'never', keyField: 'External_Id__c' }));
    expect(run.state, run.describe()).toBe('succeeded');
    expect(await words(run)).toEqual(['created', 'updated', 'deleted', 'unchanged']);
    const left = await inDepartment(name);
    expect(left.map(({ LastName, Title }) => [LastName, Title])).toEqual([
      ['old 0', 'new'],
      ['old 2', 'old'],
      ['new 7', null],
    ]);
    const outcomes = await run.rows('apply.success');
    expect(outcomes[0]).toMatchObject({ _row: 1, recordId: left[2]?.Id, call: 1, errorCode: null });
  });

  it('whose answer is lost is not sent again before the CRM was asked', async () => {
    const name = department();
    const [first, second] = (await make(2, name)) as [Values, Values];
    await org.control('faults', { kind: 'reset-after', match: { path: collections }, times: 3 });
    const rows: PlanRow[] = [
      create(name, 7),
      update(first, { Title: 'new' }, { Title: 'old' }),
      { action: 'delete', recordId: String(second.Id), stamp: stampOf(second) },
    ];
    const before = await requestsTo('/composite/sobjects');
    const run = await finish(flowOf(rows, { batches: 'never', keyField: 'External_Id__c' }));
    expect(await words(run)).toEqual(['created', 'updated', 'deleted']);
    expect((await requestsTo('/composite/sobjects')) - before).toBe(3);
    const left = await inDepartment(name);
    expect(left.map(({ LastName, Title }) => [LastName, Title])).toEqual([
      ['old 0', 'new'],
      ['new 7', null],
    ]);
    expect((await run.rows('apply.success'))[0]).toMatchObject({ recordId: left[1]?.Id });
  });

  it('whose request never arrived is sent again, after the CRM was asked', async () => {
    const name = department();
    const [first, second] = (await make(2, name)) as [Values, Values];
    await org.control('faults', { kind: 'reset-before', match: { path: collections }, times: 3 });
    const rows: PlanRow[] = [
      { ...create(name, 7), action: 'upsert' },
      update(first, { Title: null }, { Title: 'old' }),
      { action: 'delete', recordId: String(second.Id), stamp: stampOf(second) },
    ];
    const run = await finish(flowOf(rows, { batches: 'never', mode: 'upsert', keyField: 'External_Id__c' }));
    expect(await words(run)).toEqual(['created', 'updated', 'deleted']);
    expect((await inDepartment(name)).map(({ LastName, Title }) => [LastName, Title])).toEqual([
      ['old 0', null],
      ['new 7', null],
    ]);
  });

  it('is not sent by an attempt that slept until its time to leave was over', async () => {
    const name = department();
    let slept = false;
    const onWrite = (_request: WriteRequest, limit: SendLimit | undefined): void => {
      if (slept) return;
      slept = true;
      engine.clock.step(30_000);
      expect(() => limit?.check()).toThrow('kept back');
    };
    const run = await finish(flowOf([create(name, 1)], { batches: 'never', keyField: 'External_Id__c' }, { onWrite }));
    expect(await words(run)).toEqual(['created']);
    expect(run.task('apply').attempt).toBe(2);
    expect(await inDepartment(name)).toHaveLength(1);
  });

  it('is not asked for while the CRM may still be at work on it', async () => {
    const name = department();
    await org.control('faults', { kind: 'reset-before', match: { path: collections }, times: 1 });
    const started = await flowOf([create(name, 1)], { batches: 'never', keyField: 'External_Id__c' }).started();
    const { due } = (await started.reached('apply', 'waiting')).task('apply');
    expect(Date.parse(due ?? '') - engine.clock.now().getTime()).toBeGreaterThan(600_000);
    expect(await words(await passTime(engine, started, 'apply', 730_000))).toEqual(['created']);
  });

  it('is left in doubt where its key may be that of several records, and none is there', async () => {
    const name = department();
    await org.control('faults', { kind: 'reset-before', match: { path: collections }, times: 1 });
    const key = `legacy ${number}`;
    const rows: PlanRow[] = [
      { action: 'create', key, values: { LastName: 'once', Department: name, Legacy_Id__c: key } },
    ];
    const mapping = ['LastName', 'Department', 'Legacy_Id__c'].map((field) => mapped(field));
    const run = await finish(flowOf(rows, { batches: 'never', keyField: 'Legacy_Id__c', mapping }));
    expect(await run.rows('apply.success')).toMatchObject([{ outcome: 'doubt', errorCode: 'IN_DOUBT', call: 1 }]);
    expect(await inDepartment(name)).toEqual([]);
  });

  it('is left in doubt where nobody can know: a creation without a key whose answer is lost', async () => {
    const name = department();
    await org.control('faults', { kind: 'reset-after', match: { path: collections }, times: 1 });
    const rows: PlanRow[] = [{ action: 'create', values: { LastName: 'once', Department: name } }];
    const run = await finish(flowOf(rows, {}, { withoutJobs: true }));
    expect(await run.rows('apply.success')).toMatchObject([
      { outcome: 'doubt', errorCode: 'IN_DOUBT', recordId: null },
    ]);
    expect(await inDepartment(name)).toHaveLength(1);
  });

  it('whose records changed since is refused for them, and for them alone', async () => {
    const name = department();
    const made = await make(5, name);
    const [same, moved, other, gone, doomed] = made as [Values, Values, Values, Values, Values];
    await org.control('clock', { advanceSeconds: 60 });
    await org.control('records', [
      { operation: 'update', object: 'Contact', id: moved.Id, values: { LastName: 'elsewhere' } },
      { operation: 'update', object: 'Contact', id: other.Id, values: { Title: 'theirs' } },
      { operation: 'delete', object: 'Contact', id: gone.Id },
      { operation: 'update', object: 'Contact', id: doomed.Id, values: { LastName: 'alive' } },
      { operation: 'create', object: 'Contact', values: { LastName: 'theirs', External_Id__c: `${name} 0009` } },
    ]);
    const rows: PlanRow[] = [
      create(name, 8),
      create(name, 9),
      ...[same, moved, other, gone].map((one) => update(one, { Title: 'new' }, { Title: 'old' })),
      { action: 'delete', recordId: String(doomed.Id), stamp: stampOf(doomed) },
    ];
    const run = await finish(flowOf(rows, { batches: 'never', keyField: 'External_Id__c' }));
    const outcomes = await run.rows('apply.success');
    expect(outcomes.map((row) => row.errorCode ?? row.outcome)).toEqual([
      'created',
      'CHANGED_SINCE_PLAN',
      'updated',
      'updated',
      'CHANGED_SINCE_PLAN',
      'CHANGED_SINCE_PLAN',
      'CHANGED_SINCE_PLAN',
    ]);
    const titles = (await inDepartment(name)).map(({ Title }) => Title);
    expect(titles).toEqual(['new', 'new', 'theirs', 'old', null]);
  });

  it('is refused for a record that was changed within the second of its stamp', async () => {
    const name = department();
    const [record] = (await make(1, name)) as [Values];
    await org.control('records', {
      operation: 'update',
      object: 'Contact',
      id: record.Id,
      values: { Title: 'theirs' },
    });
    const [changed] = (await inDepartment(name)) as [Values];
    const rows = [update(changed, { Title: 'new' }, { Title: 'old' })];
    const run = await finish(flowOf(rows, { batches: 'never' }));
    expect(await run.rows('apply.success')).toMatchObject([{ errorCode: 'CHANGED_SINCE_PLAN' }]);
    expect((await inDepartment(name)).map(({ Title }) => Title)).toEqual(['theirs']);
  });

  it('asks only for what was sent, where the rest had changed', async () => {
    const name = department();
    const [first, second] = (await make(2, name)) as [Values, Values];
    await org.control('clock', { advanceSeconds: 60 });
    await org.control('records', { operation: 'update', object: 'Contact', id: first.Id, values: { Title: 'theirs' } });
    await org.control('faults', { kind: 'reset-after', match: { path: collections }, times: 1 });
    const rows = [first, second].map((one) => update(one, { Title: 'new' }, { Title: 'old' }));
    const run = await finish(flowOf(rows, { batches: 'never' }));
    expect(await run.rows('apply.success')).toMatchObject([
      { outcome: 'rejected', errorCode: 'CHANGED_SINCE_PLAN' },
      { outcome: 'updated', call: 1 },
    ]);
    expect((await inDepartment(name)).map(({ Title }) => Title)).toEqual(['theirs', 'new']);
  });

  it('tries a locked record again, alone at last, and rejects one that stays locked', async () => {
    const name = department();
    const made = await make(4, name);
    const rows = made.map((one) => update(one, { Title: 'new' }, { Title: 'old' }));
    await org.control('faults', { kind: 'lock-row', match: { path: collections }, times: 1, record: 2 });
    const run = await finish(flowOf(rows, { batches: 'never' }));
    expect(await words(run)).toEqual(['updated', 'updated', 'updated', 'updated']);
    await org.control('faults', { kind: 'lock-row', match: { path: collections }, times: null, record: 0 });
    const [again] = (await inDepartment(name)) as [Values];
    const stuck = await finish(flowOf([update(again, { Title: 'newer' }, { Title: 'new' })], { batches: 'never' }));
    expect(await stuck.rows('apply.success')).toMatchObject([
      { outcome: 'rejected', errorSymbol: 'UNABLE_TO_LOCK_ROW', call: 3 },
    ]);
  });

  it('splits a request that is refused for one record of it', async () => {
    const name = department();
    const made = await make(30, name);
    const rows = made.map((one, index) =>
      update(one, { Birthdate: index === 17 ? 'never' : '2001-02-03' }, { Birthdate: null }),
    );
    const run = await finish(flowOf(rows, { batches: 'never' }));
    const outcomes = await run.rows('apply.success');
    expect(outcomes.filter(({ outcome }) => outcome === 'updated')).toHaveLength(29);
    expect(outcomes[17]).toMatchObject({ outcome: 'rejected', errorCode: 'REMOTE_REFUSED' });
  });

  it('goes on where request after request is refused for one record of it', async () => {
    const name = department();
    const made = await make(40, name);
    const rows = made.map((one, index) =>
      update(one, { Birthdate: index % 10 === 5 ? 'never' : '2001-02-03' }, { Birthdate: null }),
    );
    const run = await finish(flowOf(rows, { batches: 'never' }, { limits: { most: 10 } }));
    expect(run.state, run.describe()).toBe('succeeded');
    const outcomes = await run.rows('apply.success');
    expect(outcomes.filter(({ outcome }) => outcome === 'updated')).toHaveLength(36);
    expect(outcomes.filter(({ outcome }) => outcome === 'rejected').map(({ _row }) => _row)).toEqual([6, 16, 26, 36]);
  });

  it('is not sent to its end where each request is refused, those of a single record among them', async () => {
    const name = department();
    const made = await make(40, name);
    const rows = made.map((one) => update(one, { Birthdate: 'never' }, { Birthdate: null }));
    const before = await requestsTo(collections);
    await finish(flowOf(rows, { batches: 'never' }, { limits: { most: 10 } }));
    expect((await requestsTo(collections)) - before).toBe(5);
  });

  it('ends with what was not sent, where that is asked for, when the CRM does not answer any more', async () => {
    const name = department();
    const made = await make(3, name);
    const rows = [create(name, 9), ...made.map((one) => update(one, { Title: 'new' }, { Title: 'old' }))];
    await org.control('faults', { kind: 'limit', match: { path: collections, method: 'PATCH' }, times: null });
    const settings: Settings = { batches: 'never', processErrors: true, keyField: 'External_Id__c' };
    const run = await finish(flowOf(rows, settings));
    expect(await words(run)).toEqual(['created', 'unsent', 'unsent', 'unsent']);
    expect(run.vars('apply').counts).toMatchObject({ created: 1, unsent: 3, doubt: 0 });
  });

  it('is written once wherever an attempt dies', async () => {
    const places = [2, 3, 4, 5, 6, 7, 8, 9];
    for (const when of ['before', 'after'] as const)
      for (const place of when === 'before' ? places : [2, 5, 8]) {
        const name = department();
        const [first, second] = (await make(2, name)) as [Values, Values];
        const rows: PlanRow[] = [
          create(name, 7),
          update(first, { Title: 'new' }, { Title: 'old' }),
          { action: 'delete', recordId: String(second.Id), stamp: stampOf(second) },
        ];
        const flow = flowOf(rows, { batches: 'never', keyField: 'External_Id__c' });
        const run = await finish(flow.watched('apply', { interruption: { call: 'append', number: place, when } }));
        expect([when, place, ...(await words(run))]).toEqual([when, place, 'created', 'updated', 'deleted']);
        expect((await inDepartment(name)).map(({ LastName }) => LastName)).toEqual(['old 0', 'new 7']);
      }
  });
});

describe('a plan by jobs', () => {
  /** The append that settles a job: behind the plan, the stages before it, and the job's three notes. */
  const settling = ({ action }: PlanRow): number => 1 + (action === 'update' ? 2 : 1) + 3 + 1;

  const add = (name: string, count: number): PlanRow[] =>
    Array.from({ length: count }, (_, index) => ({
      action: 'create',
      values: { LastName: `twin ${index % 2}`, Department: name },
    }));

  it('is written, and each of its rows has one outcome', async () => {
    const name = department();
    const [first, second, third] = (await make(3, name)) as [Values, Values, Values];
    const rows: PlanRow[] = [
      create(name, 7),
      { ...create(name, 8), action: 'upsert' },
      update(first, { Title: null, LastName: 'a "b", c' }, { Title: 'old', LastName: 'old 0' }),
      update(second, { Title: '#N/A' }, { Title: 'old' }),
      { action: 'delete', recordId: String(third.Id), stamp: stampOf(third) },
    ];
    const run = await finish(flowOf(rows, byJobs));
    expect(await words(run)).toEqual(['created', 'created', 'updated', 'updated', 'deleted']);
    expect((await inDepartment(name)).map(({ LastName, Title }) => [LastName, Title])).toEqual([
      ['a "b", c', null],
      ['old 1', '#N/A'],
      ['new 7', null],
      ['new 8', null],
    ]);
  });

  it('makes records without a key exactly once, wherever an attempt dies, equal ones as often as they stand there', async () => {
    for (const [place, when] of [
      [2, 'after'],
      [3, 'before'],
      [3, 'after'],
      [4, 'before'],
      [4, 'after'],
      [5, 'before'],
      [5, 'after'],
    ] as const) {
      const name = department();
      const flow = flowOf(add(name, 5), { batches: 'never' });
      const run = await finish(flow.watched('apply', { interruption: { call: 'append', number: place, when } }));
      expect(run.task('apply').attempt).toBeGreaterThan(1);
      const outcomes = await run.rows('apply.success');
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(5).fill('created'));
      const there = await inDepartment(name);
      expect(there).toHaveLength(5);
      expect(outcomes.map(({ recordId }) => recordId).sort()).toEqual(there.map(({ Id }) => Id).sort());
    }
  });

  it('that fails after a part was written goes on with the rest', async () => {
    const name = department();
    const [first, ...others] = (await make(4, name)) as [Values, ...Values[]];
    await org.control('faults', { kind: 'fail-job', match: { path: ingest, method: 'PATCH' }, times: 2, rows: 2 });
    const rows = [
      ...add(name, 5),
      ...others.map((one) => update(one, { Title: 'new' }, { Title: 'old' })),
      { action: 'delete' as const, recordId: String(first.Id), stamp: stampOf(first) },
    ];
    const run = await finish(flowOf(rows, byJobs));
    expect(await words(run)).toEqual([...Array(5).fill('created'), ...Array(3).fill('updated'), 'deleted']);
    expect(await inDepartment(name)).toHaveLength(8);
  });

  it('whose answers are all lost once is written once', async () => {
    const name = department();
    await org.control('faults', { kind: 'reset-after', match: { path: ingest, method: 'PATCH' }, times: 1 });
    await org.control('faults', { kind: 'reset-after', match: { path: ingest, method: 'PUT' }, times: 1 });
    await org.control('faults', { kind: 'reset-after', match: { path: ingest, method: 'POST' }, times: 1 });
    const run = await finish(flowOf(add(name, 3), {}));
    expect(await words(run)).toEqual(['created', 'created', 'created']);
    expect(await inDepartment(name)).toHaveLength(3);
  });

  it('leaves out what has changed since', async () => {
    const name = department();
    const [first, second] = (await make(2, name)) as [Values, Values];
    await org.control('clock', { advanceSeconds: 60 });
    await org.control('records', { operation: 'update', object: 'Contact', id: first.Id, values: { Title: 'theirs' } });
    const rows = [first, second].map((one) => update(one, { Title: 'new' }, { Title: 'old' }));
    const run = await finish(flowOf(rows, byJobs));
    expect(await run.rows('apply.success')).toMatchObject([
      { outcome: 'rejected', errorCode: 'CHANGED_SINCE_PLAN' },
      { outcome: 'updated' },
    ]);
    expect((await inDepartment(name)).map(({ Title }) => Title)).toEqual(['theirs', 'new']);
  });

  it('that nobody has started is not started by a later attempt, which looks at its records again', async () => {
    const name = department();
    const [first, second] = (await make(2, name)) as [Values, Values];
    const rows = [first, second].map((one) => update(one, { Title: 'new' }, { Title: 'old' }));
    let writers = 0;
    const onCall = async (call: string): Promise<void> => {
      if (call === 'writer') writers += 1;
      if (call !== 'writer' || writers !== 4) return;
      await org.control('clock', { advanceSeconds: 60 });
      await org.control('records', {
        operation: 'update',
        object: 'Contact',
        id: first.Id,
        values: { Title: 'theirs' },
      });
    };
    const [row] = rows as [PlanRow];
    const interruption = { call: 'append', number: settling(row) - 1, when: 'after' } as const;
    const run = await finish(flowOf(rows, byJobs).watched('apply', { onCall, interruption }));
    expect(await run.rows('apply.success')).toMatchObject([
      { outcome: 'rejected', errorCode: 'CHANGED_SINCE_PLAN' },
      { outcome: 'updated' },
    ]);
    expect((await inDepartment(name)).map(({ Title }) => Title)).toEqual(['theirs', 'new']);
  });

  it('is removed at the CRM only when its results are on disk', async () => {
    const name = department();
    const steps: string[] = [];
    const flow = flowOf(add(name, 2), {}, { onRemove: () => steps.push('remove') });
    const onCall = async (call: string): Promise<void> => {
      steps.push(call);
    };
    const run = await finish(flow.watched('apply', { onCall }));
    expect(await words(run)).toEqual(['created', 'created']);
    expect(steps.slice(steps.indexOf('remove') - 2, steps.indexOf('remove'))).toEqual(['append', 'finish']);
  });

  it('leaves the clearing of a lookup to a request, since no file has a column for it', async () => {
    const name = department();
    const [first] = (await make(1, name)) as [Values];
    const [account] = (await org.query('SELECT Id FROM Account LIMIT 1')) as [Values];
    await org.control('records', {
      operation: 'update',
      object: 'Contact',
      id: first.Id,
      values: { AccountId: account.Id },
    });
    const lookup = { object: 'Account', keyField: 'External_Id__c', path: 'Account.External_Id__c' };
    const mapping = [mapped('Title'), { ...mapped('AccountId'), lookup, empty: 'clear' as const }];
    const [record] = (await inDepartment(name)) as [Values];
    const rows = [update(record, { Title: 'new', AccountId: null }, { Title: 'old', AccountId: account.Id ?? null })];
    const settings: Settings = { batches: 'auto', mapping };
    const run = await finish(flowOf(rows, settings, { limits: { worthAJob: 1 } }));
    expect(await words(run)).toEqual(['updated']);
    const held = await org.query(`SELECT Title, AccountId FROM Contact WHERE Department = '${name}'`);
    expect(held).toMatchObject([{ Title: 'new', AccountId: null }]);
  });

  it('that the CRM has forgotten is found by its records, and those without a key are in doubt', async () => {
    const name = department();
    const [first] = (await make(1, name)) as [Values];
    const opened: string[] = [];
    const client = await demo.connect();
    // The first attempt dies when the results are there; before the second one looks, somebody has removed the job.
    const apply = async (row: PlanRow): Promise<RunView> => {
      const flow = flowOf([row], byJobs, { onJob: (job) => opened.push(job) });
      let writers = 0;
      const onCall = async (call: string): Promise<void> => {
        if (call === 'writer') writers += 1;
        if (call === 'writer' && writers === 4) await client.writer.jobs?.remove(opened.at(-1) ?? '');
      };
      return finish(
        flow.watched('apply', { onCall, interruption: { call: 'append', number: settling(row), when: 'before' } }),
      );
    };
    const keyed = await apply(update(first, { Title: 'new' }, { Title: 'old' }));
    expect(await words(keyed)).toEqual(['updated']);
    const unkeyed = await apply({ action: 'create', values: { LastName: 'once', Department: name } });
    expect(await words(unkeyed)).toEqual(['doubt']);
    expect(opened).toHaveLength(2);
    expect((await inDepartment(name)).map(({ LastName, Title }) => [LastName, Title])).toEqual([
      ['once', null],
      ['old 0', 'new'],
    ]);
    await client.close();
  });

  it('refuses what no job can carry where only a job would do, and sends it by a request where that is safe', async () => {
    const name = department();
    const [first] = (await make(1, name)) as [Values];
    const long = 'x'.repeat(32_001);
    const rows: PlanRow[] = [
      { action: 'create', values: { LastName: 'long', Department: name, Description: long } },
      update(first, { Description: long }, { Description: null }),
    ];
    const run = await finish(flowOf(rows, byJobs));
    const outcomes = await run.rows('apply.success');
    expect(outcomes).toMatchObject([
      { outcome: 'rejected', errorCode: 'JOB_CANNOT_CARRY' },
      // The word of the organisation itself, of the request in the second round.
      { outcome: 'rejected', errorSymbol: 'STRING_TOO_LONG' },
    ]);
  });
});
