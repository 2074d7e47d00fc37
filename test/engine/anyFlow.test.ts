import fc from 'fast-check';
import { expect, it } from 'vitest';
import { UserError } from '../../contract/errors.ts';
import { isFinal } from '../../contract/run.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { ArrivalRow, TaskRow } from '../../server/db/rows.ts';
import type { Acts, NodeSettings } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

/** What a node does each time: the ports it takes, or null for a failure. */
interface Plan {
  type: 'act' | 'all';
  takes: (('success' | 'other')[] | null)[];
  onError: 'fail' | 'ignore' | 'transition';
  disabled: boolean;
}
interface Drawing {
  plans: Plan[];
  arrows: { from: number; to: number; port: 'success' | 'other' | 'error' }[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  type: fc.constantFrom('act', 'act', 'all'),
  takes: fc.array(
    fc.oneof(
      { arbitrary: fc.uniqueArray(fc.constantFrom('success' as const, 'other' as const)), weight: 6 },
      { arbitrary: fc.constant(null), weight: 1 },
    ),
    { minLength: 1, maxLength: 4 },
  ),
  onError: fc.constantFrom('fail', 'ignore', 'transition', 'transition'),
  disabled: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
});
/** Mostly forwards; an arrow backwards makes a loop, which the bound has to end. */
const drawing: fc.Arbitrary<Drawing> = fc.array(plan, { minLength: 2, maxLength: 9 }).chain((plans) =>
  fc.record({
    plans: fc.constant(plans),
    arrows: fc.array(
      fc.record({
        from: fc.nat(plans.length - 1),
        to: fc.integer({ min: 1, max: plans.length - 1 }),
        port: fc.constantFrom('success', 'success', 'other', 'error'),
      }),
      { minLength: plans.length, maxLength: plans.length * 2 },
    ),
  }),
);

function toWorkflow({ plans, arrows }: Drawing, name: string): Workflow {
  const nodes = Object.fromEntries(
    plans.map(({ type, onError, disabled }, index): [string, NodeSettings] => [
      `n${index}`,
      {
        type: index === 0 ? 'act' : type,
        onError,
        ...(disabled && index > 0 ? { execution: 'disabled' as const } : {}),
        config: { ports: ['success', 'other'] },
      },
    ]),
  );
  const drawn = arrows
    .filter(({ from, port }) => port !== 'error' || plans[from]?.onError === 'transition')
    .map(({ from, to, port }) => `n${from}.${port} -> n${to}`);
  const first = `n0 -> n1`;
  const workflow = draw([...new Set([first, ...drawn])].join(', '), nodes, { loopBound: 3 }, name);
  // A node that nothing leads to begins by itself, unless it waits for arrivals.
  const reached = new Set(workflow.transitions.map((transition) => transition.to));
  for (const node of workflow.nodes) if (!reached.has(node.id)) node.type = 'act';
  return workflow;
}

function toActs({ plans }: Drawing): Acts {
  const act =
    (takes: Plan['takes']): Acts[string] =>
    (context) => {
      const taken = takes[(context.task.pass - 1) % takes.length];
      if (!taken) throw new UserError('INVALID_INPUT', { reason: 'the plan' });
      return { ports: Object.fromEntries(taken.map((port) => [port, null])) };
    };
  return Object.fromEntries(plans.map(({ takes }, index) => [`n${index}`, act(takes)]));
}

async function checkRun(test: UnderTest, workflow: Workflow): Promise<void> {
  const run = await test.finish(workflow);
  expect(isFinal(run.state)).toBe(true);
  const tasks: TaskRow[] = await test.db('tasks').where({ run_id: run.id });
  const arrivals: ArrivalRow[] = await test.db('arrivals').where({ run_id: run.id });
  expect(tasks.filter((task) => !['succeeded', 'failed', 'ignored', 'stopped'].includes(task.state))).toEqual([]);
  expect(arrivals.filter((arrival) => arrival.state === 'waiting')).toEqual([]);
  const events = await test.events(run.id);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  for (const task of tasks) {
    const own = arrivals.filter((arrival) => arrival.task_id === task.id);
    const join = workflow.nodes.find((node) => node.id === task.node_id)?.type === 'all';
    const started = !workflow.transitions.some((transition) => transition.to === task.node_id);
    // A join takes at least one token and at most one of each transition; any other node takes exactly one.
    expect(new Set(own.map((arrival) => arrival.transition_id)).size).toBe(own.length);
    if (!started) expect(own.length)[join ? 'toBeGreaterThan' : 'toBe'](join ? 0 : 1);
  }
  const dropped = arrivals.filter((arrival) => arrival.state === 'dropped');
  const mayDrop = run.state === 'failed' || workflow.nodes.some((node) => node.execution === 'disabled');
  if (!mayDrop) expect(dropped).toEqual([]);
}

it('whatever is drawn, its run ends, and no token is lost or taken twice', { timeout: 120_000 }, async () => {
  const acts: Acts = {};
  const test = await engineUnderTest(acts);
  let number = 0;
  try {
    const property = fc.asyncProperty(drawing, async (drawn) => {
      for (const name of Object.keys(acts)) delete acts[name];
      Object.assign(acts, toActs(drawn));
      number += 1;
      await checkRun(test, toWorkflow(drawn, `flow${number}`));
    });
    await fc.assert(property, { numRuns: Number(process.env.FLOWS ?? 40), seed: Number(process.env.SEED ?? 7) });
  } finally {
    await test.close();
  }
});
