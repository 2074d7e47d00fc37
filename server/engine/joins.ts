/**
 * Joins. A node that waits for all its inputs keeps a queue of tokens per inbound transition. It fires when each
 * transition has one, or when nothing alive in the run can still reach that transition; with at least one token.
 *
 * Alive are tasks that are not over, and tokens that wait in other joins, because those fire sooner or later.
 */
import type { Graph } from '../../contract/graph.ts';
import { reachableFrom } from '../../contract/graph.ts';
import { openTaskStates } from '../../contract/run.ts';
import type { WorkflowNode } from '../../contract/workflow.ts';
import type { ArrivalRow } from '../db/rows.ts';
import type { RunChange } from '../runs/changeRun.ts';
import { beginEnding } from '../runs/finish.ts';
import { createTask } from './activate.ts';
import type { Flow } from './flow.ts';

/** Fires every join that may fire now, until none does. */
export async function fireJoins(change: RunChange, flow: Flow): Promise<void> {
  for (let waiting = await findWaiting(change); waiting.size > 0; waiting = await findWaiting(change)) {
    if (change.run.ending !== null) return;
    const alive = await findAlive(change);
    const ready = chooseJoin(flow, waiting, alive);
    if (!ready) return;
    const tokens = firstTokens(flow.graph, ready, waiting.get(ready.id) ?? []);
    const { id, refusal } = await createTask(change, flow, ready, tokens);
    const ids = tokens.map((token) => token.id);
    await change.tx('arrivals').whereIn('id', ids).update({ state: 'taken', task_id: id });
    if (refusal) return beginEnding(change, 'fail', refusal);
  }
}

async function findWaiting(change: RunChange): Promise<Map<string, ArrivalRow[]>> {
  const rows: ArrivalRow[] = await change
    .tx('arrivals')
    .where({ run_id: change.run.id, state: 'waiting' })
    .orderBy('id');
  return Map.groupBy(rows, (row) => row.to_node);
}

async function findAlive(change: RunChange): Promise<string[]> {
  const rows: { node_id: string }[] = await change
    .tx('tasks')
    .where({ run_id: change.run.id })
    .whereIn('state', openTaskStates)
    .distinct('node_id');
  return rows.map((row) => row.node_id);
}

/** In the order of the drawing, so that the same run fires in the same order. */
function chooseJoin(
  flow: Flow,
  waiting: ReadonlyMap<string, ArrivalRow[]>,
  alive: readonly string[],
): WorkflowNode | undefined {
  const joins = flow.workflow.nodes.filter((node) => waiting.has(node.id));
  const ready = joins.find((join) => {
    const others = joins.filter((other) => other.id !== join.id).map((other) => other.id);
    return mayFire(flow, join, waiting.get(join.id) ?? [], [...alive, ...others]);
  });
  // Joins that wait for each other, with nothing else alive: the first goes with what it has, else the run never ended.
  return ready ?? (alive.length === 0 ? joins[0] : undefined);
}

function mayFire(
  { graph, ends }: Flow,
  join: WorkflowNode,
  tokens: readonly ArrivalRow[],
  alive: readonly string[],
): boolean {
  const delivered = new Set(tokens.map((token) => token.transition_id));
  const missing = (graph.in.get(join.id) ?? []).filter((transition) => !delivered.has(transition.id));
  if (missing.length === 0) return true;
  const reached = reachableFrom(graph, alive, ends);
  return missing.every((transition) => ends.has(transition.from) || !reached.has(transition.from));
}

/** The oldest token of each transition, in the order of the drawing. */
function firstTokens(graph: Graph, join: WorkflowNode, tokens: readonly ArrivalRow[]): ArrivalRow[] {
  return (graph.in.get(join.id) ?? []).flatMap((transition) => {
    const first = tokens.find((token) => token.transition_id === transition.id);
    return first ? [first] : [];
  });
}
