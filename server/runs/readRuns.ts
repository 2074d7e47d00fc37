/** Runs as people see them: lists, one run with its tasks, the table behind a transition. */
import type { ErrorReply } from '../../contract/errors.ts';
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Progress, RunOrigin, RunState, RunSummary, TaskSummary } from '../../contract/run.ts';
import { openRunStates } from '../../contract/run.ts';
import type { Json } from '../../contract/types.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { OutputRow, RunRow, TaskRow } from '../db/rows.ts';
import type { Db } from '../db/transaction.ts';
import { readFrozen } from './frozen.ts';

export interface RunDetail extends RunSummary {
  workflowFile: Workflow;
  tasks: TaskSummary[];
  lastSeq: number;
  instanceVars: Record<string, Json>;
}

export interface RunFilter {
  /** internalName. */
  workflow?: string | undefined;
  state?: RunState | undefined;
  /** Only runs older than the one with this id. */
  before?: string | undefined;
  limit?: number | undefined;
}

/** Newest first. */
export async function listRuns(db: Db, filter: RunFilter = {}): Promise<RunSummary[]> {
  const query = db('runs')
    .orderBy('id', 'desc')
    .limit(filter.limit ?? 50);
  if (filter.workflow !== undefined) query.where({ workflow_name: filter.workflow });
  if (filter.state !== undefined) query.where({ state: filter.state });
  if (filter.before !== undefined) query.where('id', '<', filter.before);
  const rows: RunRow[] = await query;
  return rows.map(toRunSummary);
}

/** Throws UserError NOT_FOUND. */
export async function readRun(db: Db, runId: string): Promise<RunSummary> {
  const run: RunRow | undefined = await db('runs').where({ id: runId }).first();
  if (!run) throw new UserError('NOT_FOUND', { what: `The run ${runId}` });
  return toRunSummary(run);
}

/** Throws UserError NOT_FOUND. */
export async function readRunDetail(db: Db, runId: string): Promise<RunDetail> {
  const run: RunRow | undefined = await db('runs').where({ id: runId }).first();
  if (!run) throw new UserError('NOT_FOUND', { what: `The run ${runId}` });
  const tasks: TaskRow[] = await db('tasks').where({ run_id: runId }).orderBy(['created_at', 'id']);
  const outputs: OutputRow[] = await db('outputs').where({ run_id: runId }).orderBy(['task_id', 'port']);
  const byTask = Map.groupBy(outputs, (output) => output.task_id);
  return {
    ...toRunSummary(run),
    workflowFile: await readFrozen(db, runId),
    tasks: tasks.map((task) => toTaskSummary(task, byTask.get(task.id) ?? [])),
    lastSeq: run.last_seq,
    instanceVars: JSON.parse(run.instance_vars) as Record<string, Json>,
  };
}

/** The table that left a task by a port. Throws UserError NOT_FOUND if there is none, or if its rows were purged. */
export async function findTable(db: Db, runId: string, taskId: string, port: string): Promise<TableRef> {
  const row: OutputRow | undefined = await db('outputs').where({ run_id: runId, task_id: taskId, port }).first();
  if (!row?.table_ref) throw new UserError('NOT_FOUND', { what: 'This transition with rows' });
  if (!row.kept) throw new UserError('NOT_FOUND', { what: 'The table (its rows were purged)' });
  return JSON.parse(row.table_ref) as TableRef;
}

/** Every table of a run that is still kept, in the order in which it was made. */
export async function listTables(
  db: Db,
  runId: string,
): Promise<{ taskId: string; nodeId: string; port: string; table: TableRef }[]> {
  const rows: (OutputRow & Pick<TaskRow, 'node_id'>)[] = await db('outputs')
    .join('tasks', 'tasks.id', 'outputs.task_id')
    .where({ 'outputs.run_id': runId, 'outputs.kept': true })
    .whereNotNull('outputs.table_ref')
    .orderBy(['tasks.ended_at', 'tasks.id', 'outputs.port'])
    .select('outputs.*', 'tasks.node_id');
  return rows.map((row) => ({
    taskId: row.task_id,
    nodeId: row.node_id,
    port: row.port,
    table: JSON.parse(row.table_ref ?? '') as TableRef,
  }));
}

/** By internalName: the latest run, and how many are not over. Workflows that never ran are left out. */
export async function summariseRuns(db: Db): Promise<Map<string, { lastRun: RunSummary; activeRuns: number }>> {
  const latest: RunRow[] = await db('runs').select().whereIn('id', db('runs').max('id').groupBy('workflow_name'));
  const active: { workflow_name: string; runs: number }[] = await db('runs')
    .whereIn('state', openRunStates)
    .groupBy('workflow_name')
    .select('workflow_name')
    .count({ runs: '*' });
  const counts = new Map(active.map((row) => [row.workflow_name, Number(row.runs)]));
  return new Map(
    latest.map((run) => [
      run.workflow_name,
      { lastRun: toRunSummary(run), activeRuns: counts.get(run.workflow_name) ?? 0 },
    ]),
  );
}

export function toRunSummary(run: RunRow): RunSummary {
  return {
    id: run.id,
    workflow: run.workflow_name,
    workflowLabel: run.workflow_label,
    version: run.version,
    state: run.state,
    origin: JSON.parse(run.origin) as RunOrigin,
    createdAt: run.created_at,
    startedAt: run.started_at,
    endedAt: run.ended_at,
    rejects: run.rejects,
    error: readJson<ErrorReply>(run.error),
    simulated: Boolean(run.simulated),
  };
}

function toTaskSummary(task: TaskRow, outputs: readonly OutputRow[]): TaskSummary {
  return {
    id: task.id,
    nodeId: task.node_id,
    state: task.state,
    attempt: task.attempt,
    pass: task.pass,
    due: task.state === 'pending' || task.state === 'waiting' ? task.due : null,
    startedAt: task.started_at,
    endedAt: task.ended_at,
    durationMs: task.duration_ms,
    progress: readJson<Progress>(task.progress),
    rowsIn: task.rows_in,
    error: readJson<ErrorReply>(task.error),
    outputs: Object.fromEntries(outputs.map((output) => [output.port, toOutput(output)])),
    calledRun: task.call_run,
    asks: task.state === 'waiting' ? task.asks : null,
    vars: JSON.parse(task.vars_out ?? task.vars) as Record<string, Json>,
    taskVars: JSON.parse(task.task_vars) as Record<string, Json>,
  };
}

function toOutput(output: OutputRow): TaskSummary['outputs'][string] {
  return { count: output.count, table: readJson<TableRef>(output.table_ref), kept: Boolean(output.kept) };
}

function readJson<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
