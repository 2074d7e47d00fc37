/** What leaves a task: outputs, activated transitions, and the tasks they make. */
import type { ErrorReply } from '../../contract/errors.ts';
import { toErrorReply } from '../../contract/errors.ts';
import type { Port } from '../../contract/node.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Json } from '../../contract/types.ts';
import type { Transition, WorkflowNode } from '../../contract/workflow.ts';
import type { ArrivalRow, TaskRow } from '../db/rows.ts';
import type { RunChange } from '../runs/changeRun.ts';
import { setRunState } from '../runs/changeRun.ts';
import { beginEnding } from '../runs/finish.ts';
import { countPasses, insertTask } from '../runs/tasks.ts';
import type { Flow } from './flow.ts';
import { readVars } from './host.ts';
import { findLoopError } from './loops.ts';

export type Ports = Record<string, TableRef | null>;

/** Records the ports that were taken and follows their transitions. */
export async function activatePorts(
  change: RunChange,
  flow: Flow,
  task: Pick<TaskRow, 'id' | 'node_id'>,
  taken: Ports,
  vars: Record<string, Json>,
): Promise<void> {
  const node = flow.node(task.node_id);
  const ports = flow.ports(node).filter((port) => port.name in taken);
  await insertOutputs(change, task.id, ports, taken);
  let refusal: ErrorReply | null = null;
  for (const port of ports) {
    const out = (flow.graph.out.get(node.id) ?? []).filter((transition) => transition.port === port.name);
    const table = taken[port.name] ?? null;
    if (out.length === 0) emitPort(change, task, port, table);
    for (const transition of out)
      refusal = (await activate(change, flow, task, { transition, table, vars })) ?? refusal;
  }
  // Not before the other tasks are made: they are stopped then, and go on when the run is retried.
  if (refusal) await beginEnding(change, 'fail', refusal);
}

/** A port that a task took before, while it went on waiting, shows what left by it last. */
async function insertOutputs(change: RunChange, taskId: string, ports: readonly Port[], taken: Ports): Promise<void> {
  if (ports.length === 0) return;
  const rows = ports.map((port) => {
    const table = taken[port.name] ?? null;
    return {
      task_id: taskId,
      port: port.name,
      run_id: change.run.id,
      kind: port.kind,
      count: table?.count ?? null,
      table_ref: table === null ? null : JSON.stringify(table),
      kept: true,
    };
  });
  await change.tx('outputs').insert(rows).onConflict(['task_id', 'port']).merge();
}

function emitPort(change: RunChange, task: Pick<TaskRow, 'id' | 'node_id'>, port: Port, table: TableRef | null): void {
  const count = table?.count ?? null;
  change.emit({ type: 'port.activated', taskId: task.id, nodeId: task.node_id, port: port.name, count });
}

interface Activation {
  transition: Transition;
  table: TableRef | null;
  vars: Record<string, Json>;
}

/** Gives why the task that was made may not run; null if it may, or if there is none yet. */
async function activate(
  change: RunChange,
  flow: Flow,
  task: Pick<TaskRow, 'id' | 'node_id'>,
  { transition, table, vars }: Activation,
): Promise<ErrorReply | null> {
  const target = flow.node(transition.to);
  const count = table?.count ?? null;
  const before = count === null ? 0 : await countActivated(change, transition.id);
  change.emit({
    type: 'transition.activated',
    transitionId: transition.id,
    taskId: task.id,
    nodeId: task.node_id,
    port: transition.port,
    count,
    total: count === null ? null : before + count,
  });
  const arrival: NewArrival = {
    run_id: change.run.id,
    transition_id: transition.id,
    from_task: task.id,
    to_node: target.id,
    table_ref: table === null ? null : JSON.stringify(table),
    count,
    vars: JSON.stringify(vars),
    state: flow.skipped.has(target.id) || flow.ends.has(task.node_id) ? 'dropped' : 'waiting',
    task_id: null,
    from_run: null,
  };
  if (arrival.state !== 'dropped' && !flow.isJoin(target)) {
    const { id, refusal } = await createTask(change, flow, target, [arrival]);
    await change.tx('arrivals').insert({ ...arrival, state: 'taken', task_id: id });
    return refusal;
  }
  await change.tx('arrivals').insert(arrival);
  return null;
}

/** Rows that went along a transition so far. */
async function countActivated(change: RunChange, transitionId: string): Promise<number> {
  const row: { rows?: number | string | null } | undefined = await change
    .tx('arrivals')
    .where({ run_id: change.run.id, transition_id: transitionId })
    .sum({ rows: 'count' })
    .first();
  return Number(row?.rows ?? 0);
}

type NewArrival = Omit<ArrivalRow, 'id'>;

/**
 * Makes the task for these arrivals, in the order of the drawing; later ones win where variables differ. The caller marks
 * them as taken by it. `refusal`: the error of a loop that does not end; then the task has failed, and the run must.
 */
export async function createTask(
  change: RunChange,
  flow: Flow,
  node: WorkflowNode,
  arrivals: readonly NewArrival[],
): Promise<{ id: string; refusal: ErrorReply | null }> {
  const passes = await countPasses(change, node.id);
  const loop = await findLoopError(change, flow, node, arrivals, passes);
  const id = await insertTask(change, flow.newId, {
    nodeId: node.id,
    pass: passes + 1,
    vars: Object.assign({}, ...arrivals.map((arrival) => readVars(arrival.vars))),
    rowsIn: arrivals.reduce((sum, arrival) => sum + (arrival.count ?? 0), 0),
    scheduledFor: null,
  });
  if (loop) return { id, refusal: await refusePass(change, node, id, toErrorReply(loop)) };
  if (node.execution === 'stop' && change.run.ending === null) setRunState(change, 'paused');
  return { id, refusal: null };
}

/** A loop that does not end fails the run whatever its node does about errors: an Error transition could be the loop. */
async function refusePass(
  change: RunChange,
  node: WorkflowNode,
  taskId: string,
  error: ErrorReply,
): Promise<ErrorReply> {
  await change
    .tx('tasks')
    .where({ id: taskId })
    .update({ state: 'failed', ended_at: change.at, error: JSON.stringify(error) });
  const place = { taskId, nodeId: node.id };
  change.emit({ type: 'task.failed', ...place, attempt: 0, durationMs: 0, error, outcome: 'failed' });
  return error;
}
