import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canRun, checkWorkflow } from '../../contract/check.ts';
import type { UserError } from '../../contract/errors.ts';
import type { Validity } from '../../contract/schedule.ts';
import { alwaysValid } from '../../contract/schedule.ts';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import type { TestDatabase } from '../../test/harness/database.ts';
import { makeDatabase } from '../../test/harness/database.ts';
import type { Actor } from '../access/actor.ts';
import type { Change } from '../access/audit.ts';
import { listAudit } from '../access/audit.ts';
import { openControl } from '../db/control.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import { readSamples } from '../demo/install.ts';
import { loadCatalog } from '../engine/catalog.ts';
import { copyWorkflow, createWorkflow, deleteWorkflow, saveWorkflow } from './drafts.ts';
import type { CheckAgainst } from './problems.ts';
import { createProblemCounts, findProblems } from './problems.ts';
import { publishWorkflow, unpublishWorkflow } from './publish.ts';
import { listVersions, listWorkflows, readVersion, readWorkflow } from './read.ts';
import { previewSchedule } from './schedulePreview.ts';

const ada: Actor = { kind: 'user', name: 'Ada', role: 'editor' };
const bob: Actor = { kind: 'user', name: 'Bob', role: 'editor' };
const now = new Date('2024-05-01T10:00:00.000Z');
let checks: CheckAgainst;
let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  const { definitions, connectors } = await loadCatalog();
  const capabilitiesOf = (kind: string) => connectors.get(kind)?.definition.capabilities ?? [];
  checks = { nodes: definitions, timeZone: 'Europe/Paris', capabilitiesOf };
});
beforeEach(async () => {
  database = await makeDatabase();
  db = await openControl(database.place, { clock: { now: () => now, after: () => () => undefined } });
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});

const change = <T>(work: (change: Change) => Promise<T>, actor = ada): Promise<T> =>
  inTransaction(db, (tx) => work({ tx, actor, now }));
const failure = (work: Promise<unknown>): Promise<UserError> =>
  work.then(
    () => Promise.reject(new Error('nothing was thrown')),
    (error: UserError) => error,
  );
const node = (id: string, type: string, config: WorkflowNode['config'] = {}): WorkflowNode => {
  const defaults = checks.nodes.get(type)?.defaults as WorkflowNode['config'];
  return { id, type, name: id, label: id, x: 0, y: 0, config: { ...defaults, ...config } };
};
const draw = (nodes: WorkflowNode[], label = 'Contacts'): Workflow => ({
  formatVersion: 1,
  internalName: 'contacts',
  label,
  nodes,
  transitions: [],
});
const read = () => readWorkflow(db, checks, 'contacts');
const create = (workflow = draw([node('begin', 'start')])) =>
  change((it) => createWorkflow(it, workflow, { id: 'w1' }));
const publish = async (actor = ada, note?: string) => {
  const { workflow, revision } = await read();
  const issues = await findProblems(db, checks, workflow);
  return change((it) => publishWorkflow(it, checks, 'contacts', { revision, note, issues }), actor);
};

describe('a draft', () => {
  it('comes back as it was created, with its problems', async () => {
    await create(draw([node('end', 'end')]));
    const detail = await read();
    expect(detail).toMatchObject({ revision: 1, updatedBy: 'Ada', publishedVersion: null, draftDiffers: true });
    expect(detail.workflow.nodes.map((one) => one.id)).toEqual(['end']);
    expect(detail.issues.map((issue) => issue.code)).toContain('INPUT_MISSING');
  });

  it('has a name of its own', async () => {
    await create();
    expect((await failure(create())).code).toBe('NAME_TAKEN');
  });

  it('is saved over the revision it was loaded with, and counts up', async () => {
    await create();
    await change((it) => saveWorkflow(it, 'contacts', { workflow: draw([], 'People'), revision: 1 }), bob);
    expect(await read()).toMatchObject({ revision: 2, updatedBy: 'Bob', workflow: { label: 'People', nodes: [] } });
  });

  it('is not saved over the work of someone else, and says whose and when', async () => {
    await create();
    await change((it) => saveWorkflow(it, 'contacts', { workflow: draw([], 'Bobs'), revision: 1 }), bob);
    const late = change((it) => saveWorkflow(it, 'contacts', { workflow: draw([], 'Adas'), revision: 1 }));
    expect(await failure(late)).toMatchObject({
      code: 'CONFLICT',
      details: { by: 'Bob', at: now.toISOString(), revision: 2 },
    });
    expect((await read()).workflow.label).toBe('Bobs');
  });

  it('keeps its revision when nothing was changed', async () => {
    await create();
    await change((it) => saveWorkflow(it, 'contacts', { workflow: draw([node('begin', 'start')]), revision: 1 }));
    expect((await read()).revision).toBe(1);
  });

  it('keeps its internal name for ever', async () => {
    await create();
    const renamed = { ...draw([]), internalName: 'people' };
    const save = change((it) => saveWorkflow(it, 'contacts', { workflow: renamed, revision: 1 }));
    expect((await failure(save)).message).toMatch(/never changes/);
  });

  it('is copied under another name and deleted for good', async () => {
    await create();
    await change((it) => copyWorkflow(it, 'contacts', { id: 'w2', internalName: 'people', label: 'People' }));
    await change((it) => deleteWorkflow(it, 'contacts'));
    expect((await readWorkflow(db, checks, 'people')).workflow).toMatchObject({
      internalName: 'people',
      label: 'People',
    });
    expect((await failure(read())).code).toBe('NOT_FOUND');
  });

  it('leaves a row in the trail with each change', async () => {
    await create();
    await change((it) => saveWorkflow(it, 'contacts', { workflow: draw([], 'People'), revision: 1 }));
    await change((it) => copyWorkflow(it, 'contacts', { id: 'w2', internalName: 'people', label: 'P' }));
    await change((it) => deleteWorkflow(it, 'contacts'));
    const trail = await listAudit(db, {});
    expect(trail.map((entry) => [entry.action, entry.subject])).toEqual([
      ['workflow.delete', 'workflow:contacts'],
      ['workflow.copy', 'workflow:people'],
      ['workflow.save', 'workflow:contacts'],
      ['workflow.create', 'workflow:contacts'],
    ]);
    expect(trail[2]).toMatchObject({ old: { label: 'Contacts', nodes: 1 }, new: { label: 'People', nodes: 0 } });
  });
});

describe('publishing', () => {
  it('freezes the draft and says later whether it differs', async () => {
    await create();
    await publish(ada, 'first');
    expect(await read()).toMatchObject({ publishedVersion: 1, draftDiffers: false });
    await change((it) => saveWorkflow(it, 'contacts', { workflow: draw([node('other', 'start')]), revision: 1 }));
    expect(await read()).toMatchObject({ publishedVersion: 1, draftDiffers: true });
    await publish(bob, 'second');
    expect(await listVersions(db, 'contacts')).toEqual([
      { version: 2, at: now.toISOString(), by: 'Bob', note: 'second', published: true },
      { version: 1, at: now.toISOString(), by: 'Ada', note: 'first', published: false },
    ]);
    expect((await readVersion(db, 'contacts', '1')).workflow.nodes[0]?.id).toBe('begin');
    expect((await failure(readVersion(db, 'contacts', '3'))).code).toBe('NOT_FOUND');
    expect((await failure(readVersion(db, 'contacts', 'x'))).code).toBe('NOT_FOUND');
  });

  it('makes no further version of the same draft', async () => {
    await create();
    await publish();
    await change((it) => unpublishWorkflow(it, checks, 'contacts'));
    expect((await read()).publishedVersion).toBeNull();
    await publish();
    expect((await listVersions(db, 'contacts')).map((version) => version.version)).toEqual([1]);
  });

  it('is refused with the problems when the workflow cannot be run', async () => {
    await create(draw([node('end', 'end')]));
    const refused = await failure(publish());
    expect(refused.code).toBe('WORKFLOW_INVALID');
    expect(refused.issues?.some((issue) => issue.code === 'INPUT_MISSING' && issue.nodeId === 'end')).toBe(true);
    expect((await read()).publishedVersion).toBeNull();
  });

  it('is refused for a revision that is not the newest', async () => {
    await create();
    const late = change((it) => publishWorkflow(it, checks, 'contacts', { revision: 7, issues: [] }));
    expect((await failure(late)).code).toBe('CONFLICT');
  });

  it('sets the schedules going, in the time zone of the instance, and unpublishing or deleting stops them', async () => {
    const scheduler = [...checks.nodes.values()].find((one) => one.starts === 'schedule');
    await create(draw([node('daily', scheduler?.type ?? '')]));
    await publish();
    expect((await read()).nextRun).toEqual({ at: '2024-05-02T06:00:00.000Z', timeZone: 'Europe/Paris' });
    await change((it) => unpublishWorkflow(it, checks, 'contacts'));
    expect((await read()).nextRun).toBeNull();
    const [item] = await listWorkflows(db, checks, createProblemCounts(checks));
    expect(item).toMatchObject({ nextRun: null, drawnSchedule: expect.stringMatching(/daily at 08:00/) });
    await publish();
    await change((it) => deleteWorkflow(it, 'contacts'));
    expect(await db('schedules')).toEqual([]);
  });
});

describe('the list of workflows', () => {
  it('says what a person wants to know of each', async () => {
    await create(draw([node('end', 'end')]));
    await change((it) =>
      createWorkflow(it, { ...draw([]), internalName: 'accounts', label: 'Accounts' }, { id: 'w2' }),
    );
    const list = await listWorkflows(db, checks, createProblemCounts(checks));
    expect(list.map((item) => item.internalName)).toEqual(['accounts', 'contacts']);
    expect(list[1]).toMatchObject({ revision: 1, draftDiffers: true, lastRun: null, activeRuns: 0, nextRun: null });
    expect(list[1]?.problems).toBeGreaterThan(0);
    expect(list[0]?.problems).toBe(0);
  });

  it('counts problems anew when a connection appears or the draft changes', async () => {
    const count = createProblemCounts(checks);
    const problemsOf = async () => (await listWorkflows(db, checks, count))[0]?.problems;
    await create(draw([node('end', 'end')]));
    expect(await problemsOf()).toBeGreaterThan(0);
    await change((it) => saveWorkflow(it, 'contacts', { workflow: draw([]), revision: 1 }));
    expect(await problemsOf()).toBe(0);
  });
});

describe('the preview of a schedule', () => {
  const preview = (cron: string, timeZone: string, validity: Partial<Validity> = {}) =>
    previewSchedule({ timing: { kind: 'cron', cron }, validity: { ...alwaysValid, ...validity }, timeZone }, now);

  it('shows ten instants, also as the clock on the wall shows them', () => {
    const { instants, error } = preview('30 2 * * *', 'Europe/Paris');
    expect(error).toBeNull();
    expect(instants).toHaveLength(10);
    expect(instants[0]?.at).toBe('2024-05-02T00:30:00.000Z');
    expect(instants[0]?.local).toMatch(/02:30/);
  });

  it('ends with the validity, and with the greatest number of runs', () => {
    expect(preview('30 2 * * *', 'UTC', { to: '2024-05-04' }).instants.map(({ at }) => at.slice(0, 10))).toEqual([
      '2024-05-02',
      '2024-05-03',
      '2024-05-04',
    ]);
    expect(preview('30 2 * * *', 'UTC', { runs: 2 }).instants).toHaveLength(2);
  });

  it.each([
    ['not a cron', 'UTC'],
    ['0 2 * * *', 'Mars/Olympus'],
  ])('says what is wrong with %j in %j', (cron, timeZone) => {
    const { instants, error } = preview(cron, timeZone);
    expect(instants).toEqual([]);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('the sample workflows', () => {
  it('can all be run on an instance with the demo organisation', () => {
    const samples = readSamples();
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) {
      const problems = checkWorkflow(sample, checks.nodes, null);
      expect(canRun(problems), `${sample.internalName}: ${JSON.stringify(problems)}`).toBe(true);
    }
  });
});
