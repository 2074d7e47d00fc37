/**
 * A run that begins at one node with what came to it in another run. The outputs are taken over as tasks of the new run
 * that have succeeded already; their rows are copied by the engine before the first task runs, so that the old run may be
 * purged afterwards. The newest output of each inbound transition counts, also one that did not lead to the node then.
 */
import { UserError } from '../../contract/errors.ts';
import type { Graph } from '../../contract/graph.ts';
import type { NodeCatalog } from '../../contract/node.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Json } from '../../contract/types.ts';
import type { Transition } from '../../contract/workflow.ts';
import type { NewId } from '../db/ids.ts';
import type { ArrivalRow, OutputRow, RunRow, TaskRow } from '../db/rows.ts';
import type { Db } from '../db/transaction.ts';
import type { RunChange } from './changeRun.ts';
import { countPasses, insertTask } from './tasks.ts';

export interface StoredInputs {
  /** The run that holds them, and the node they came to. */
  run: string;
  node: string;
  /** JSON of the variables of that run. */
  instanceVars: string;
  /** Rows of an export there, of which the engine copies those that are requeued; left out: what came to the node. */
  rows?: ExportedRows;
}

interface ExportedRows {
  table: TableRef;
  /** How many of them are requeued. */
  count: number;
  /** The transition along which they came then; null: not known. */
  transition: string | null;
  /** JSON of the variables that came with them. */
  vars: string;
}

interface Host {
  graph: Graph;
  catalog: NodeCatalog;
  newId: NewId;
}

type Stored = Pick<OutputRow, 'port' | 'kind' | 'count' | 'table_ref' | 'kept'> &
  Pick<TaskRow, 'node_id' | 'vars' | 'vars_out'>;

/** Throws UserError NOT_FOUND if there is no such run of the workflow. */
export async function findStoredInputs(db: Db, workflow: string, run: string, node: string): Promise<StoredInputs> {
  const row: Pick<RunRow, 'workflow_name' | 'instance_vars'> | undefined = await db('runs')
    .where({ id: run })
    .first('workflow_name', 'instance_vars');
  if (row?.workflow_name !== workflow) throw new UserError('NOT_FOUND', { what: `The run ${run} of this workflow` });
  return { run, node, instanceVars: row.instance_vars };
}

/** Throws UserError NOT_FOUND when nothing came to the node, WORK_TABLE_LOST when its rows were purged, EXPORT_NODE_GONE when exported rows cannot reach it. */
export async function startFromStored(change: RunChange, host: Host, from: StoredInputs): Promise<void> {
  const inbound = host.graph.in.get(from.node) ?? [];
  if (from.rows) return startFromExport(change, host, from, from.rows);
  const arrivals: ArrivalRow[] = [];
  for (const transition of inbound) {
    const stored = await findStored(change, host.graph, from.run, transition);
    if (stored) arrivals.push(await takeOver(change, host.newId, { transition, stored, from }));
  }
  const { label = from.node, type = '' } = host.graph.nodes.get(from.node) ?? {};
  if (inbound.length > 0 && arrivals.length === 0)
    throw new UserError('NOT_FOUND', { what: `What came to the node "${label}" in the run ${from.run}` });
  const together = inbound.length === 0 || host.catalog.get(type)?.inputs.join === 'all';
  for (const group of together ? [arrivals] : arrivals.map((arrival) => [arrival]))
    await insertFirst(change, host.newId, from.node, group);
}

/** Along the transition by which they came, if it is still there. */
async function startFromExport(
  change: RunChange,
  { graph, newId }: Host,
  from: StoredInputs,
  { table, count, transition: before, vars }: ExportedRows,
): Promise<void> {
  const inbound = graph.in.get(from.node) ?? [];
  const transition = inbound.find(({ id }) => id === before) ?? inbound[0];
  if (!transition) throw new UserError('EXPORT_NODE_GONE', { node: graph.nodes.get(from.node)?.label ?? from.node });
  const place = { node_id: transition.from, port: transition.port, kind: 'success' as const };
  const stored = { ...place, count, table_ref: JSON.stringify(table), kept: true, vars, vars_out: vars };
  await insertFirst(change, newId, from.node, [await takeOver(change, newId, { transition, stored, from })]);
}

async function findStored(
  change: RunChange,
  graph: Graph,
  run: string,
  { from, port }: Transition,
): Promise<Stored | undefined> {
  const stored: Stored | undefined = await change
    .tx('outputs')
    .join('tasks', 'tasks.id', 'outputs.task_id')
    .where({ 'outputs.run_id': run, 'outputs.port': port, 'tasks.node_id': from })
    .orderBy('tasks.id', 'desc')
    .first('outputs.*', 'tasks.node_id', 'tasks.vars', 'tasks.vars_out');
  if (stored?.table_ref && !stored.kept)
    throw new UserError('WORK_TABLE_LOST', { table: `${graph.nodes.get(from)?.label} (${port})`, reason: 'purged' });
  return stored;
}

async function takeOver(
  change: RunChange,
  newId: NewId,
  { transition, stored, from }: { transition: Transition; stored: Stored; from: StoredInputs },
): Promise<ArrivalRow> {
  const { tx, at, run } = change;
  const { port, kind, count, table_ref } = stored;
  const vars = stored.vars_out ?? stored.vars;
  const id = newId();
  const over = { state: 'succeeded', created_at: at, due: at, ended_at: at, pass: 1, vars, vars_out: vars };
  await tx('tasks').insert({ id, run_id: run.id, node_id: stored.node_id, ...over });
  await tx('outputs').insert({ task_id: id, run_id: run.id, port, kind, count, table_ref, kept: table_ref === null });
  const place = { transitionId: transition.id, taskId: id, nodeId: stored.node_id, port };
  change.emit({ type: 'transition.activated', ...place, count, total: count });
  const arrival: Omit<ArrivalRow, 'id'> = {
    run_id: run.id,
    transition_id: transition.id,
    from_task: id,
    to_node: transition.to,
    table_ref,
    count,
    vars,
    state: 'waiting',
    task_id: null,
    from_run: table_ref === null ? null : from.run,
  };
  const [row]: { id: number }[] = await tx('arrivals').insert(arrival).returning('id');
  if (!row) throw new Error('The database gave no id for an arrival.');
  return { ...arrival, id: row.id };
}

async function insertFirst(change: RunChange, newId: NewId, nodeId: string, arrivals: ArrivalRow[]): Promise<void> {
  const id = await insertTask(change, newId, {
    nodeId,
    pass: 1 + (await countPasses(change, nodeId)),
    vars: Object.assign({}, ...arrivals.map((arrival) => JSON.parse(arrival.vars) as Record<string, Json>)),
    rowsIn: arrivals.reduce((sum, arrival) => sum + (arrival.count ?? 0), 0),
    scheduledFor: null,
  });
  const ids = arrivals.map((arrival) => arrival.id);
  await change.tx('arrivals').whereIn('id', ids).update({ state: 'taken', task_id: id });
}
