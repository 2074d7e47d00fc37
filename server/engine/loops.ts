/** Loops: how often a node lies on its own way. */
import { UserError } from '../../contract/errors.ts';
import type { WorkflowNode } from '../../contract/workflow.ts';
import { defaultLoopBound } from '../../contract/workflow.ts';
import type { ArrivalRow } from '../db/rows.ts';
import type { RunChange } from '../runs/changeRun.ts';
import type { Flow } from './flow.ts';

type Link = Pick<ArrivalRow, 'from_task' | 'task_id'>;

/** So many times the bound: a loop that also forks reaches its nodes more often with every turn. */
const mostTurns = 100;

/**
 * Why the node, reached `passes` times so far, may not be reached once more; null if it may. Counted is how often it lies on the way that led here: a node
 * that many parents reach is no loop. The way is only followed when the node was reached often enough for it to matter.
 */
export async function findLoopError(
  change: RunChange,
  flow: Flow,
  node: WorkflowNode,
  arrivals: readonly Pick<ArrivalRow, 'from_task'>[],
  passes: number,
): Promise<UserError | null> {
  const bound = flow.workflow.settings?.loopBound ?? defaultLoopBound;
  if (passes < bound) return null;
  const turns = passes < bound * mostTurns ? await countTurns(change, node, arrivals) : passes;
  return turns < bound ? null : new UserError('LOOP_BOUND', { node: node.label, count: turns + 1, bound });
}

async function countTurns(
  change: RunChange,
  node: WorkflowNode,
  arrivals: readonly Pick<ArrivalRow, 'from_task'>[],
): Promise<number> {
  const { tx, run } = change;
  const links: Link[] = await tx('arrivals').where({ run_id: run.id, state: 'taken' }).select('from_task', 'task_id');
  const own: { id: string }[] = await tx('tasks').where({ run_id: run.id, node_id: node.id }).select('id');
  const before = ancestors(
    arrivals,
    Map.groupBy(links, (link) => link.task_id ?? ''),
  );
  return own.filter((task) => before.has(task.id)).length;
}

function ancestors(
  arrivals: readonly Pick<ArrivalRow, 'from_task'>[],
  parents: ReadonlyMap<string, Link[]>,
): Set<string> {
  const seen = new Set(arrivals.map((arrival) => arrival.from_task));
  const queue = [...seen];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const { from_task: parent } of parents.get(id) ?? []) {
      if (!seen.has(parent)) queue.push(parent);
      seen.add(parent);
    }
  }
  return seen;
}
