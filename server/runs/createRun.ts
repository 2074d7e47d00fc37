/** Starts a run: freezes the workflow, decides whether it may go beside others, makes the first tasks. */
import { canRun, checkWorkflow } from '../../contract/check.ts';
import { UserError } from '../../contract/errors.ts';
import type { Graph } from '../../contract/graph.ts';
import { buildGraph, leadingTo, manualStarts } from '../../contract/graph.ts';
import type { CheckScope, NodeCatalog } from '../../contract/node.ts';
import type { RunOrigin, RunSummary } from '../../contract/run.ts';
import { isFinal } from '../../contract/run.ts';
import type { Json } from '../../contract/types.ts';
import type { Workflow, WorkflowSettings } from '../../contract/workflow.ts';
import { serializeWorkflow } from '../../contract/workflow.ts';
import type { NewId } from '../db/ids.ts';
import type { RunRow } from '../db/rows.ts';
import type { Tx } from '../db/transaction.ts';
import { refuseHeld } from '../keeping/hold.ts';
import type { Carried } from './carried.ts';
import { readCarried } from './carried.ts';
import type { RunChange } from './changeRun.ts';
import { changeRun, setRunState } from './changeRun.ts';
import { mustWait } from './concurrency.ts';
import { finishWhenQuiet } from './finish.ts';
import { hasActiveCalls } from './hasActiveCalls.ts';
import { toRunSummary } from './readRuns.ts';
import type { StoredInputs } from './storedInputs.ts';
import { startFromStored } from './storedInputs.ts';
import { insertTask } from './tasks.ts';

export interface RunRequest {
  workflow: Workflow;
  /** null: a file, run without being stored. */
  workflowId: string | null;
  /** null: a draft. */
  version: number | null;
  origin: RunOrigin;
  /** The only node to begin at; left out: all that begin by hand. */
  startNode?: string;
  /** Variables of the first tasks. */
  vars?: Record<string, Json>;
  /** In place of the workflow's own setting. */
  concurrency?: WorkflowSettings['concurrency'];
  /** Nothing is done behind this node, nor on ways that do not lead to it. */
  toNode?: string;
  /** Begins at one node with what came to it in another run of the workflow, and with the variables of that run. */
  from?: StoredInputs;
  /** Nodes that write do not run. */
  simulated?: boolean;
  /** A restart: it waits for the end of that run only, and goes on with its variables. */
  restartOf?: RunRow;
  /** For the check that precedes every run; null: not known. */
  connections?: CheckScope['connections'];
}

export interface RunHost {
  catalog: NodeCatalog;
  newId: NewId;
  /** The instant of the start (ISO). */
  at: string;
}

/**
 * `tx` comes from `inTransaction`. Throws UserError WORKFLOW_INVALID with its issues, NOTHING_STARTS, INSTANCE_HELD, or
 * ALREADY_RUNNING when the workflow allows no further run now; with `from` also WORK_TABLE_LOST. Nudge the engine after the commit.
 */
export async function createRun(tx: Tx, host: RunHost, request: RunRequest): Promise<RunSummary> {
  await refuseHeld(tx);
  const graph = requireRunnable(host.catalog, request);
  const starts = findStarts(graph, host.catalog, request);
  const place = await findPlace(tx, request);
  const carried = await findCarried(tx, request);
  const id = host.newId();
  await insertRun(tx, host, request, { ...place, ...carried, id });
  return changeRun(tx, id, host.at, async (change) => {
    change.emit({ type: 'run.created', origin: request.origin, version: request.version });
    if (request.from) await startFromStored(change, { ...host, graph }, request.from);
    else await startAfresh(change, host, request, starts);
    if (starts.some((nodeId) => graph.nodes.get(nodeId)?.execution === 'stop')) setRunState(change, 'paused');
    await finishWhenQuiet(change);
    return toRunSummary(change.run);
  });
}

async function startAfresh(
  change: RunChange,
  host: RunHost,
  { origin, vars = {} }: RunRequest,
  starts: readonly string[],
): Promise<void> {
  const scheduledFor = origin.instant ?? null;
  for (const nodeId of starts) await insertTask(change, host.newId, { nodeId, pass: 1, vars, rowsIn: 0, scheduledFor });
}

/** A restart takes the place of the run before; every other run asks whether there is one. */
async function findPlace(tx: Tx, request: RunRequest): Promise<Pick<RunRow, 'held' | 'after_run'>> {
  const { workflow, workflowId, restartOf } = request;
  if (restartOf && (!isFinal(restartOf.state) || (await hasActiveCalls(tx, restartOf.id))))
    return { held: true, after_run: restartOf.id };
  const policy = request.concurrency ?? workflow.settings?.concurrency ?? 'skip';
  return { held: await mustWait(tx, { workflowId, workflow: workflow.internalName, policy }), after_run: null };
}

async function findCarried(tx: Tx, { workflowId, origin, restartOf, from }: RunRequest): Promise<Carried> {
  if (restartOf) return { instance_vars: restartOf.instance_vars, error_counts: '{}' };
  const carried = await readCarried(tx, workflowId, origin);
  return from ? { ...carried, instance_vars: from.instanceVars } : carried;
}

function requireRunnable(catalog: NodeCatalog, request: RunRequest): Graph {
  const issues = checkWorkflow(request.workflow, catalog, request.connections ?? null);
  if (canRun(issues)) return buildGraph(request.workflow, catalog);
  const first = issues.find((issue) => issue.severity === 'error');
  throw new UserError('WORKFLOW_INVALID', { reason: first?.message.replace(/\.$/, '') }, { issues });
}

function findStarts(graph: Graph, catalog: NodeCatalog, request: RunRequest): string[] {
  const { toNode, from, startNode = from?.node } = request;
  const starts = startNode === undefined ? manualStarts(graph, catalog) : [startNode];
  if (toNode !== undefined && !graph.nodes.has(toNode))
    throw new UserError('NOT_FOUND', { what: `The node ${toNode}` });
  const within = toNode === undefined ? graph.nodes : leadingTo(graph, toNode);
  const enabled = starts.filter((id) => within.has(id) && graph.nodes.get(id)?.execution !== 'disabled');
  if (enabled.length === 0) throw new UserError('NOTHING_STARTS');
  return enabled;
}

const priorities = { high: 2, normal: 1, low: 0 };

async function insertRun(
  tx: Tx,
  host: RunHost,
  request: RunRequest,
  run: Pick<RunRow, 'id' | 'held' | 'after_run'> & Carried,
): Promise<void> {
  await tx('runs').insert({
    ...run,
    workflow_id: request.workflowId,
    workflow_name: request.workflow.internalName,
    workflow_label: request.workflow.label,
    version: request.version,
    state: 'queued',
    origin: JSON.stringify(request.origin),
    start_node: request.startNode ?? null,
    created_at: host.at,
    priority: priorities[request.workflow.settings?.priority ?? 'normal'],
    to_node: request.toNode ?? null,
    simulated: request.simulated ?? false,
  });
  await tx('run_files').insert({ run_id: run.id, file: serializeWorkflow(request.workflow) });
}
