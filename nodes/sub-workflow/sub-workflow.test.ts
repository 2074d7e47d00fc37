import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/harness/engine.ts';
import type { Flow } from '../../test/harness/flow.ts';
import type { FlowNode } from '../../test/harness/workflow.ts';
import type { SubWorkflowConfig } from './definition.ts';
import { definition } from './definition.ts';

const engine = testEngine();
const columns = [
  { name: 'Email', type: 'text' },
  { name: 'Score', type: 'integer' },
] as const;
const declared = columns.map((column) => ({ ...column }));
const rows = [
  ['anna@example.org', 9],
  ['anna@example.org', 3],
  ['ben@example.org', 5],
];

/** Keeps one record per address, and counts in a variable. */
const cleaning = (more: Record<string, FlowNode> = {}, arrows: string[] = []): Promise<Flow> =>
  engine
    .flow(
      {
        start: { type: 'start', config: { columns: declared } },
        dedupe: {
          type: 'deduplication',
          config: { keys: [{ kind: 'column', column: 'Email' }] },
          initScript: 'vars.cleaned = (vars.country ?? "?") + " done"',
        },
        end: { type: 'end' },
        ...more,
      },
      ['start -> dedupe', 'dedupe -> end', ...arrows],
    )
    .published();

const calling = (child: Flow, config: Partial<SubWorkflowConfig> = {}, more: Partial<FlowNode> = {}) =>
  engine
    .flow(
      {
        call: {
          type: 'sub-workflow',
          config: { workflow: child.workflow().internalName, takeRows: true, ...config },
          ...more,
        },
      },
      ['input -> call'],
    )
    .withRows('input', columns, rows);

describe('a Sub-workflow', () => {
  it('gives rows and variables, waits for the run, and goes on with what reached its End', async () => {
    const child = await cleaning();
    const parent = calling(child, { parameters: [{ name: 'country', value: '"FR"' }] });
    const run = await parent.with('call', { initScript: 'vars.mine = 1', type: 'sub-workflow' }).finished();
    expect(run.describe()).toMatch(/^succeeded/);
    expect(await run.rows('call.success')).toEqual([
      { Email: 'anna@example.org', Score: 9 },
      { Email: 'ben@example.org', Score: 5 },
    ]);
    expect(run.vars('call')).toMatchObject({ mine: 1, country: 'FR', cleaned: 'FR done' });
    expect((await run.rids('call.success')).every((rid) => rid !== '')).toBe(true);
  });

  it('makes a run of its own, linked both ways', async () => {
    const child = await cleaning();
    const run = await calling(child).finished();
    const called = await (await child.startedRun()).now();
    expect(called.state).toBe('succeeded');
    expect(called.detail.origin).toEqual({ kind: 'workflow', by: run.detail.workflow, run: run.detail.id });
    expect(run.task('call').calledRun).toBe(called.detail.id);
    expect(called.detail.version).toBe(1);
  });

  it('gives and takes only what it is told to', async () => {
    const child = await cleaning();
    const parent = calling(child, { passRows: false, passVars: false, takeVars: false, takeRows: false });
    const run = await parent.with('call', { initScript: 'vars.mine = 1', type: 'sub-workflow' }).finished();
    expect(run.counts).toEqual({ 'input.success': 3, 'call.success': null });
    expect(run.vars('call')).toEqual({ mine: 1 });
    const called = await (await child.startedRun()).now();
    expect(called.counts['start.success']).toBe(0);
    expect(called.vars('start')).toEqual({});
  });

  it('gives the columns that were declared, which are known while drawing', async () => {
    const child = await cleaning();
    const run = await calling(child, { columns: [{ name: 'Score', type: 'integer' }] }).finished();
    expect(await run.rows('call.success')).toEqual([{ Score: 9 }, { Score: 5 }]);
    const wrong = await calling(child, { columns: [{ name: 'Score', type: 'text' }] }).finished();
    expect(wrong.error?.message).toBe('Score: it is integer, not text.');
  });

  it('takes the rows of the End that was named', async () => {
    const other = { other: { type: 'end' } };
    const child = await cleaning(other, ['start -> other']);
    const run = await calling(child, { end: 'other' }).finished();
    expect(run.counts['call.success']).toBe(3);
  });

  it('fails with the reason and the run when the called run failed, and its Error transition can be taken', async () => {
    const broken = { type: 'test', config: { conditions: [{ name: 'a', condition: 'nothing.at.all' }] } };
    const child = await cleaning({ broken }, ['start -> broken']);
    const run = await calling(child).finished();
    expect(run.error).toMatchObject({ code: 'SUBWORKFLOW_FAILED' });
    const called = await child.startedRun();
    expect(run.error?.message).toContain(`The run ${called.id} of the workflow`);
    expect(run.error?.message).toContain('nothing.at.all');
    const parent = engine.flow(
      {
        start: { type: 'start' },
        call: { type: 'sub-workflow', config: { workflow: child.workflow().internalName }, onError: 'transition' },
        after: { type: 'wait', config: { amount: 0 } },
      },
      ['start -> call', 'call.error -> after'],
    );
    const taken = await parent.finished();
    expect(taken.vars('after')).toMatchObject({ errorCode: 'SUBWORKFLOW_FAILED' });
  });

  it('says so when no rows came back', async () => {
    const child = await engine.flow({ start: { type: 'start' } }, []).published();
    const run = await calling(child).finished();
    expect(run.error).toMatchObject({ code: 'SUBWORKFLOW_NO_ROWS' });
  });

  it('refuses rows that are not those that were declared', async () => {
    const child = await engine
      .flow({ start: { type: 'start', config: { columns: [{ name: 'Phone', type: 'text' }] } } }, [])
      .published();
    const run = await calling(child).finished();
    expect(run.error?.message).toContain('There is no column "Phone" in the input');
  });
});

describe('a call', () => {
  const slow = { slow: { type: 'wait', config: { amount: 1, unit: 'weeks' } } };

  it('is stopped with the run that made it', async () => {
    const child = await cleaning(slow, ['start -> slow']);
    const run = await calling(child).started();
    await run.reached('call', 'waiting');
    const called = await child.startedRun();
    await called.reached('slow', 'waiting');
    await run.stop();
    await run.finished();
    expect((await called.finished()).state).toBe('stopped');
  });

  it('is waited for across a restart of the engine, and by a caller that is woken too early', async () => {
    const child = await cleaning(slow, ['start -> slow']);
    const run = await calling(child).started();
    const called = await engine.watch(
      async () => ((await run.now()).tasks('call')[0]?.calledRun ? child.startedRun() : null),
      () => 'the call',
    );
    await called.reached('slow', 'waiting');
    await run.wake();
    await run.attempted('call', 2);
    await engine.restart();
    await called.wake();
    const end = await run.finished();
    expect(end.counts['call.success']).toBe(2);
    expect(end.tasks('call')).toHaveLength(1);
    const runs: { id: string }[] = await engine.parts.db('runs').where({ parent_run: run.id });
    expect(runs).toHaveLength(1);
  });

  it('fails its caller when it is stopped by itself', async () => {
    const child = await cleaning(slow, ['start -> slow']);
    const run = await calling(child).started();
    await run.reached('call', 'waiting');
    await (await child.startedRun()).stop();
    expect((await run.finished()).error?.message).toContain('it ended as stopped');
  });

  it('goes beside other runs of the same workflow', async () => {
    const child = await cleaning(slow, ['start -> slow']);
    const direct = await child.started();
    await direct.reached('slow', 'waiting');
    const run = await calling(child).started();
    await run.reached('call', 'waiting');
    const called = await child.startedRun();
    expect(called.id).not.toBe(direct.id);
    for (const one of [run, direct]) await one.stop();
    expect((await called.finished()).state).toBe('stopped');
    await direct.finished();
  });

  it('ends where workflows call themselves', async () => {
    const self = engine.flow(
      { start: { type: 'start' }, call: { type: 'sub-workflow', config: { workflow: 'flow_self' } } },
      ['start -> call'],
    );
    const flow = await self.named('flow_self').published();
    const run = await (await flow.started()).finished();
    expect(run.error?.message).toContain('would be called by 10 workflows above each other');
    const depths: { depth: number }[] = await engine.parts
      .db('runs')
      .where({ workflow_name: 'flow_self' })
      .orderBy('depth');
    expect(depths.map(({ depth }) => depth)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it.each([
    ['nowhere', 'The workflow "nowhere" does not exist.'],
    ['draft_only', 'The workflow has no published version.'],
  ])('of %s fails the node', async (workflow, message) => {
    const by = { created_at: '', created_by: '', updated_at: '', updated_by: '' };
    const draft = { id: 'draft_only', internal_name: 'draft_only', label: '', draft: '{}', revision: 1, ...by };
    await engine.parts.db('workflows').insert(draft).onConflict('id').ignore();
    const run = await engine
      .flow({ start: { type: 'start' }, call: { type: 'sub-workflow', config: { workflow } } }, ['start -> call'])
      .finished();
    expect(run.error?.message).toBe(message);
    expect(run.task('call').state).toBe('failed');
  });
});

it.each([
  [{}, ['workflow: choose a workflow']],
  [{ workflow: 'two words' }, ['workflow: start with a letter, then letters, digits or "_", at most 64']],
  [
    { workflow: 'a', parameters: [{ name: '', value: '' }] },
    ['parameters.0.name: give the parameter a name', 'parameters.0.value: write an expression'],
  ],
  [{ workflow: 'a', takeRows: true, columns: [{ name: '' }] }, ['columns.0.name: give the column a name']],
  [
    { workflow: 'a', takeRows: true, columns: [{ name: 'b' }, { name: 'b' }] },
    ['columns.1.name: another column is called "b" too'],
  ],
])('its settings must make sense: %j', (config, problems) => {
  const parsed = definition.config.safeParse({ ...definition.defaults, ...config });
  expect(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)).toEqual(problems);
});

it.each([
  ['clean_contacts', []],
  ['draft_only', ['warning workflow SUBWORKFLOW_UNPUBLISHED']],
  ['nowhere', ['warning workflow SUBWORKFLOW_MISSING']],
  ['drawn', ['warning workflow SUBWORKFLOW_SELF']],
])('what it calls is looked up while drawing: %s', (workflow, problems) => {
  const node = { id: 'n', type: 'sub-workflow', name: 'call', label: 'Call', x: 0, y: 0, config: {} };
  const workflows = [
    { name: 'clean_contacts', published: true },
    { name: 'draft_only', published: false },
  ];
  const check = (known: typeof workflows | null) =>
    definition
      .check?.(
        { ...definition.defaults, workflow },
        { node, inputs: [], connections: null, workflows: known, workflow: 'drawn' },
      )
      .map(({ severity, path, code }) => `${severity} ${path} ${code}`);
  expect(check(workflows)).toEqual(problems);
  expect(check(null)).toEqual(problems.filter((problem) => problem.endsWith('SELF')));
});
