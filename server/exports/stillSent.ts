/** Records that the run of an export may still send itself: requeued as well, they would be sent twice. */
import { UserError } from '../../contract/errors.ts';
import { buildGraph, leadingTo } from '../../contract/graph.ts';
import type { NodeCatalog } from '../../contract/node.ts';
import type { RunState } from '../../contract/run.ts';
import { openTaskStates } from '../../contract/run.ts';
import type { ArrivalRow, TaskRow } from '../db/rows.ts';
import type { Tx } from '../db/transaction.ts';
import { readFrozen } from '../runs/frozen.ts';
import { queryRevivable } from '../runs/retryRun.ts';
import type { ExportRow } from './rows.ts';

/** A run that ended so never goes on. */
const done: readonly RunState[] = ['succeeded', 'succeeded with rejects'];

/**
 * Nothing is refused where the rows have gone a way that does not lead back to the node. Throws UserError EXPORT_GOES_ON
 * while the task of the export is not over, or while what it has put out by Reject, Error or In doubt can come back to it, be
 * it that the run is retried.
 */
export async function refuseStillSent(tx: Tx, catalog: NodeCatalog, row: ExportRow): Promise<void> {
  const run: { state: RunState; purged: boolean | number } | undefined = await tx('runs')
    .where({ id: row.run_id })
    .first('state', 'purged');
  if (!run || run.purged || done.includes(run.state)) return;
  const alive = await listAlive(tx, row.run_id);
  if (alive.some(({ id }) => id === row.id) || (await comesBack(tx, catalog, row, alive)))
    throw new UserError('EXPORT_GOES_ON', { run: row.run_id, state: run.state });
}

type Alive = Pick<TaskRow, 'id' | 'node_id'>;

/** Tasks that are not over, or would be taken up by a retry. */
async function listAlive(tx: Tx, run_id: string): Promise<Alive[]> {
  const open: Alive[] = await tx('tasks').where({ run_id }).whereIn('state', openTaskStates).select('id', 'node_id');
  const revivable: Alive[] = await queryRevivable(tx, run_id).select('id', 'node_id');
  return [...open, ...revivable];
}

type Arrival = Pick<ArrivalRow, 'transition_id' | 'from_task' | 'task_id' | 'to_node' | 'state'>;

async function comesBack(tx: Tx, catalog: NodeCatalog, row: ExportRow, alive: readonly Alive[]): Promise<boolean> {
  const workflow = await readFrozen(tx, row.run_id);
  const leading = leadingTo(buildGraph(workflow, catalog), row.node_id);
  const ways = new Set(alive.filter(({ node_id }) => leading.has(node_id)).map(({ id }) => id));
  const ports = new Set(await listPorts(tx, row));
  const unwritten = workflow.transitions.filter(({ from, port }) => from === row.node_id && ports.has(port));
  const first = new Set(unwritten.map(({ id }) => id));
  const arrivals: Arrival[] = await tx('arrivals')
    .where({ run_id: row.run_id })
    .select('transition_id', 'from_task', 'task_id', 'to_node', 'state');
  const behind = Map.groupBy(arrivals, ({ from_task }) => from_task);
  const seen = new Set((behind.get(row.id) ?? []).filter(({ transition_id }) => first.has(transition_id)));
  // What is added on the way is come to as well.
  for (const { state, task_id, to_node } of seen) {
    if (task_id === null ? state === 'waiting' && leading.has(to_node) : ways.has(task_id)) return true;
    for (const next of (task_id !== null && behind.get(task_id)) || []) seen.add(next);
  }
  return false;
}

/** By which rows have left that were not written. */
async function listPorts(tx: Tx, { id }: ExportRow): Promise<string[]> {
  const outputs: { port: string }[] = await tx('outputs')
    .where({ task_id: id })
    .whereIn('kind', ['reject', 'error', 'doubt'])
    .select('port');
  return outputs.map(({ port }) => port);
}
