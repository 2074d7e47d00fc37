/** Starts a run: freezes the workflow, decides whether it may go beside others, makes the first tasks. */
import { canRun, checkWorkflow } from '../../contract/check.ts';
import { UserError } from '../../contract/errors.ts';
import type { Graph } from '../../contract/graph.ts';
import { buildGraph, manualStarts } from '../../contract/graph.ts';
import type { CheckScope, NodeCatalog } from '../../contract/node.ts';
import type { RunOrigin, RunSummary } from '../../contract/run.ts';
import { finalRunStates } from '../../contract/run.ts';
import type { Json } from '../../contract/types.ts';
import type { Workflow, WorkflowSettings } from '../../contract/workflow.ts';
import { serializeWorkflow } from '../../contract/workflow.ts';
import type { NewId } from '../db/ids.ts';
import type { Tx } from '../db/transaction.ts';
import { changeRun, setRunState } from './changeRun.ts';
import { finishWhenQuiet } from './finish.ts';
import { toRunSummary } from './readRuns.ts';
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
 * `tx` comes from `inTransaction`. Throws UserError WORKFLOW_INVALID with its issues, NOTHING_STARTS, or ALREADY_RUNNING when
 * the workflow allows no further run now. Nudge the engine after the commit.
 */
export async function createRun(tx: Tx, host: RunHost, request: RunRequest): Promise<RunSummary> {
  const graph = requireRunnable(host.catalog, request);
  const starts = findStarts(graph, host.catalog, request);
  const held = await mustWait(tx, request);
  const id = host.newId();
  await insertRun(tx, host, request, { id, held });
  return changeRun(tx, id, host.at, async (change) => {
    change.emit({ type: 'run.created', origin: request.origin, version: request.version });
    const scheduledFor = request.origin.instant ?? null;
    for (const nodeId of starts)
      await insertTask(change, host.newId, { nodeId, vars: request.vars ?? {}, rowsIn: 0, scheduledFor });
    if (starts.some((nodeId) => graph.nodes.get(nodeId)?.execution === 'stop')) setRunState(change, 'paused');
    await finishWhenQuiet(change);
    return toRunSummary(change.run);
  });
}

function requireRunnable(catalog: NodeCatalog, request: RunRequest): Graph {
  const issues = checkWorkflow(request.workflow, catalog, request.connections ?? null);
  if (canRun(issues)) return buildGraph(request.workflow, catalog);
  const first = issues.find((issue) => issue.severity === 'error');
  throw new UserError('WORKFLOW_INVALID', { reason: first?.message.replace(/\.$/, '') }, { issues });
}

function findStarts(graph: Graph, catalog: NodeCatalog, request: RunRequest): string[] {
  const starts = request.startNode === undefined ? manualStarts(graph, catalog) : [request.startNode];
  const enabled = starts.filter((id) => graph.nodes.has(id) && graph.nodes.get(id)?.execution !== 'disabled');
  if (enabled.length === 0) throw new UserError('NOTHING_STARTS');
  return enabled;
}

/** Whether the run has to wait for another one of its workflow. Throws UserError ALREADY_RUNNING. */
async function mustWait(tx: Tx, request: RunRequest): Promise<boolean> {
  // Taking the workflow's row lets two starts at once see each other.
  if (request.workflowId !== null)
    await tx('workflows')
      .where({ id: request.workflowId })
      .update({ published_version: tx.ref('published_version') });
  const policy = request.concurrency ?? request.workflow.settings?.concurrency ?? 'skip';
  if (policy === 'parallel') return false;
  const active: { held: boolean | number }[] = await tx('runs')
    .where({ workflow_name: request.workflow.internalName })
    .whereNotIn('state', finalRunStates)
    .select('held');
  if (active.length === 0) return false;
  if (policy === 'skip' || active.some((run) => run.held)) throw new UserError('ALREADY_RUNNING');
  return true;
}

async function insertRun(
  tx: Tx,
  host: RunHost,
  request: RunRequest,
  run: { id: string; held: boolean },
): Promise<void> {
  await tx('runs').insert({
    id: run.id,
    workflow_id: request.workflowId,
    workflow_name: request.workflow.internalName,
    workflow_label: request.workflow.label,
    version: request.version,
    file: serializeWorkflow(request.workflow),
    state: 'queued',
    origin: JSON.stringify(request.origin),
    start_node: request.startNode ?? null,
    created_at: host.at,
    held: run.held,
  });
}
