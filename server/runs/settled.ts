/**
 * Which rejects and errors of a run still count at its end. A task's are settled when a later task of the same node
 * descends from them, that is, from an activation of one of its ports of kind reject, error or doubt: Error → Wait → back. A node
 * that is merely reached twice, by two parents or by a loop over its success port, settles nothing.
 */
import type { ArrivalRow, OutputRow, TaskRow } from '../db/rows.ts';
import type { TakenUp } from '../exports/takenUp.ts';
import type { RunChange } from './changeRun.ts';
import { readFrozen } from './frozen.ts';

export interface Unsettled {
  /** Rows behind reject and error ports that no later pass took up. */
  rejects: number;
  /** Rows behind doubt ports that no later pass took up. */
  doubts: number;
  /** Ports of tasks that a later task of the same node descends from. */
  takenUp: readonly TakenUp[];
  /** Whether the last word of a node was success: its open tasks all succeeded, none by a port of kind error, none with rows in doubt. */
  nodeSucceeded(nodeId: string): boolean;
}

type Task = Pick<TaskRow, 'id' | 'node_id' | 'state'>;
type Arrival = Pick<ArrivalRow, 'transition_id' | 'from_task' | 'task_id'>;
type Output = Pick<OutputRow, 'task_id' | 'port' | 'kind' | 'count'>;

export async function findUnsettled(change: RunChange): Promise<Unsettled> {
  const { tx, run } = change;
  const tasks: Task[] = await tx('tasks').where({ run_id: run.id }).select('id', 'node_id', 'state');
  const taken: Output[] = await tx('outputs')
    .where({ run_id: run.id })
    .whereIn('kind', ['reject', 'error', 'doubt'])
    .select('task_id', 'port', 'kind', 'count');
  await takeWords(change, taken);
  const failedTasks = new Set(tasks.filter(({ state }) => state === 'failed').map(({ id }) => id));
  // A node that is done and put out no rows there had no trouble, and what follows settles nothing.
  const outputs = taken.filter(({ task_id, count }) => count !== 0 || failedTasks.has(task_id));
  const takenUp = outputs.length === 0 ? [] : await findTakenUp(change, tasks, outputs);
  const settled = new Set(takenUp.map(({ task_id }) => task_id));
  const open = outputs.filter((output) => !settled.has(output.task_id));
  const doubtful = open.filter((output) => output.kind === 'doubt');
  const failed = new Set(open.filter(({ kind }) => kind !== 'reject').map((one) => one.task_id));
  return {
    rejects: countRows(open) - countRows(doubtful),
    doubts: countRows(doubtful),
    takenUp: takenUp.map(({ task_id: task, kind }) => ({ task, kind })),
    nodeSucceeded: (nodeId) =>
      tasks
        .filter((task) => task.node_id === nodeId && !settled.has(task.id))
        .every((task) => task.state === 'succeeded' && !failed.has(task.id)),
  };
}

/** Of rows in doubt those count of which no person has said what became of them. */
async function takeWords({ tx, run }: RunChange, outputs: readonly Output[]): Promise<void> {
  const doubtful = outputs.filter(({ kind }) => kind === 'doubt');
  if (doubtful.length === 0) return;
  const kept: { id: string; open_doubt: number }[] = await tx('exports')
    .where({ run_id: run.id, stage: 'settled' })
    .select('id', 'open_doubt');
  const open = new Map(kept.map(({ id, open_doubt }) => [id, Number(open_doubt)]));
  for (const output of doubtful) output.count = open.get(output.task_id) ?? output.count;
}

const countRows = (outputs: readonly Output[]): number => outputs.reduce((sum, { count }) => sum + (count ?? 0), 0);

async function findTakenUp(change: RunChange, tasks: readonly Task[], outputs: readonly Output[]): Promise<Output[]> {
  const arrivals: Arrival[] = await change
    .tx('arrivals')
    .where({ run_id: change.run.id, state: 'taken' })
    .select('transition_id', 'from_task', 'task_id');
  const children = Map.groupBy(arrivals, (arrival) => arrival.from_task);
  const nodeOf = new Map(tasks.map((task) => [task.id, task.node_id]));
  const portOf = await readPorts(change);
  return outputs.filter(({ task_id, port }) => {
    const first = (children.get(task_id) ?? []).filter((arrival) => portOf.get(arrival.transition_id) === port);
    return [...descendants(first, children)].some((id) => nodeOf.get(id) === nodeOf.get(task_id));
  });
}

function descendants(first: readonly Arrival[], children: ReadonlyMap<string, Arrival[]>): Set<string> {
  const seen = new Set<string>();
  const queue = [...first];
  for (let arrival = queue.pop(); arrival; arrival = queue.pop()) {
    if (arrival.task_id === null || seen.has(arrival.task_id)) continue;
    seen.add(arrival.task_id);
    queue.push(...(children.get(arrival.task_id) ?? []));
  }
  return seen;
}

async function readPorts({ tx, run }: RunChange): Promise<Map<string, string>> {
  const { transitions } = await readFrozen(tx, run.id);
  return new Map(transitions.map((transition) => [transition.id, transition.port]));
}
