/** Random workflows: forks, joins, branches that are not taken, loops, failures, waits, rejects, disabled nodes. */
import fc from 'fast-check';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { NodeContext, NodeResult } from '../../nodes/kit/run.ts';
import type { Acts } from '../engine/draw.ts';

export type PortName = 'success' | 'other' | 'reject' | 'error';
export interface Arrow {
  port: PortName;
  to: string;
}

/** What a node does when it is reached: it waits, then fails for a while, then takes ports or (null) fails for good. */
export interface Visit {
  waits: number[];
  retries: number;
  takes: PortName[] | null;
}
export interface DrawnNode {
  id: string;
  waitsForAll: boolean;
  onError: 'fail' | 'ignore' | 'transition';
  disabled: boolean;
  attempts: number;
  /** One per pass, then from the first again. */
  visits: Visit[];
  arrows: Arrow[];
}
export interface Drawing {
  nodes: DrawnNode[];
}

export const loopBound = 3;
export const rejectRows = 2;
export const arrowId = (from: Pick<DrawnNode, 'id'>, { port, to }: Arrow): string => `${from.id}-${port}-${to}`;

export function visitOf(node: DrawnNode, pass: number): Visit {
  return node.visits[(pass - 1) % node.visits.length] ?? { waits: [], retries: 0, takes: ['success'] };
}

const visit: fc.Arbitrary<Visit> = fc.record({
  waits: fc.oneof(
    { arbitrary: fc.constant<number[]>([]), weight: 6 },
    { arbitrary: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 2 }), weight: 1 },
  ),
  retries: fc.oneof({ arbitrary: fc.constant(0), weight: 6 }, { arbitrary: fc.integer({ min: 1, max: 3 }), weight: 1 }),
  takes: fc.oneof(
    { arbitrary: fc.constant<PortName[] | null>(['success']), weight: 10 },
    { arbitrary: fc.uniqueArray(fc.constantFrom<PortName>('success', 'other', 'reject')), weight: 5 },
    { arbitrary: fc.constant(null), weight: 1 },
  ),
});

const sketch = fc.record({
  waitsForAll: fc.boolean(),
  onError: fc.constantFrom<DrawnNode['onError']>('ignore', 'transition', 'transition', 'fail'),
  disabled: fc.integer({ min: 0, max: 14 }).map((number) => number === 0),
  attempts: fc.integer({ min: 1, max: 3 }),
  visits: fc.array(visit, { minLength: 1, maxLength: 3 }),
  parents: fc.array(
    fc.record({
      back: fc.nat({ max: 6 }),
      port: fc.constantFrom<PortName>('success', 'success', 'success', 'other', 'reject', 'error'),
    }),
    {
      minLength: 0,
      maxLength: 3,
    },
  ),
});
const jump = fc.record({ from: fc.nat(), to: fc.nat(), port: fc.constantFrom<PortName>('other', 'reject', 'error') });

export const drawing: fc.Arbitrary<Drawing> = fc
  .record({
    sketches: fc.array(sketch, { minLength: 2, maxLength: 40, size: 'max' }),
    jumps: fc.array(jump, { maxLength: 2 }),
  })
  .map(({ sketches, jumps }) => ({ nodes: connect(sketches, jumps) }));

type Sketch = typeof sketch extends fc.Arbitrary<infer T> ? T : never;
type Jump = typeof jump extends fc.Arbitrary<infer T> ? T : never;

/** Arrows lead on from one of the nodes drawn shortly before; a jump leads anywhere, also back. */
function connect(sketches: readonly Sketch[], jumps: readonly Jump[]): DrawnNode[] {
  const nodes = sketches.map(
    ({ parents: _, ...rest }, index): DrawnNode => ({ ...rest, id: nameOf(index), arrows: [] }),
  );
  const draw = (from: DrawnNode | undefined, to: DrawnNode | undefined, wanted: PortName): void => {
    if (!from || !to) return;
    const port = wanted === 'error' && from.onError !== 'transition' ? 'other' : wanted;
    if (!from.arrows.some((arrow) => arrow.port === port && arrow.to === to.id)) from.arrows.push({ port, to: to.id });
  };
  sketches.forEach(({ parents }, index) => {
    if (index === 0) return;
    const own = parents.length > 0 || index % 7 === 0 ? parents : [{ back: 0, port: 'success' as const }];
    for (const { back, port } of own) draw(nodes[Math.max(0, index - 1 - back)], nodes[index], port);
  });
  for (const { from, to, port } of jumps) draw(nodes[from % nodes.length], nodes[1 + (to % (nodes.length - 1))], port);
  const reached = new Set(nodes.flatMap((node) => node.arrows.map((arrow) => arrow.to)));
  for (const node of nodes) if (!reached.has(node.id)) node.waitsForAll = false;
  const [first] = nodes;
  if (first) first.disabled = false;
  return nodes;
}

const nameOf = (index: number): string => `n${String(index).padStart(2, '0')}`;

export function toWorkflow({ nodes }: Drawing, internalName: string): Workflow {
  return {
    formatVersion: 1,
    internalName,
    label: internalName,
    settings: { loopBound },
    nodes: nodes.map((node) => ({
      id: node.id,
      type: node.waitsForAll ? 'all' : 'act',
      name: node.id,
      label: node.id,
      x: 0,
      y: 0,
      onError: node.onError,
      retry: { attempts: node.attempts, delay: 0, maxDelay: 0 },
      ...(node.disabled ? { execution: 'disabled' as const } : {}),
      config: { ports: ['success', 'other', 'reject'], rows: true },
    })),
    transitions: nodes.flatMap((node) =>
      node.arrows.map((arrow) => ({ id: arrowId(node, arrow), from: node.id, port: arrow.port, to: arrow.to })),
    ),
  };
}

/** What the engine's nodes do: the same plans, by the means that any node has. */
export function toActs({ nodes }: Drawing): Acts {
  const failures = new Map<string, number>();
  return Object.fromEntries(nodes.map((node) => [node.id, (context: NodeContext) => act(node, context, failures)]));
}

async function act(node: DrawnNode, context: NodeContext, failures: Map<string, number>): Promise<NodeResult> {
  const plan = visitOf(node, context.task.pass);
  const done = typeof context.wake?.memory === 'number' ? context.wake.memory : 0;
  const wait = plan.waits[done];
  if (wait !== undefined) {
    const until = new Date(context.clock.now().getTime() + wait * 1_000).toISOString();
    return { waitUntil: until, reason: 'the plan', memory: done + 1 };
  }
  const failed = failures.get(context.task.id) ?? 0;
  if (failed < plan.retries) {
    failures.set(context.task.id, failed + 1);
    throw new RetryLater('REMOTE_BUSY', { reason: 'the plan' });
  }
  if (!plan.takes) throw new UserError('INVALID_INPUT', { reason: 'the plan' });
  const rejects = plan.takes.includes('reject') ? await makeRejects(context) : null;
  return { ports: Object.fromEntries(plan.takes.map((port) => [port, port === 'reject' ? rejects : null])) };
}

async function makeRejects(context: NodeContext) {
  const writer = await context.writer({ columns: [{ name: 'id', label: 'id', type: 'integer' }], name: 'rejects' });
  await writer.append(Array.from({ length: rejectRows }, (_, index) => [index]));
  return writer.finish();
}
