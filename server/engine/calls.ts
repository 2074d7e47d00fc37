/**
 * Calls of other workflows. The called run is made in the transaction in which its caller begins to wait, and wakes it in
 * the transaction in which it ends; rows are copied into the store of the run that works with them.
 */
import type { ErrorReply } from '../../contract/errors.ts';
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { TaskState } from '../../contract/run.ts';
import { isFinal, openRunStates } from '../../contract/run.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { CalledRun, WorkflowCall } from '../../nodes/kit/run.ts';
import type { RunRow, TaskRow } from '../db/rows.ts';
import type { RunChange } from '../runs/changeRun.ts';
import { stopRun } from '../runs/commands.ts';
import { createRun } from '../runs/createRun.ts';
import { readFrozen } from '../runs/frozen.ts';
import type { Execution } from './attempt.ts';
import type { Given } from './copyTable.ts';
import { copyTable } from './copyTable.ts';
import type { Flow } from './flow.ts';
import type { Host } from './host.ts';
import { commitChange, readVars } from './host.ts';
import { findPublishedFile } from './schedules.ts';

/** Calls above each other: a workflow that calls itself ends here. */
const deepest = 10;

/** Throws UserError SUBWORKFLOW_TOO_DEEP, NOT_FOUND, NOT_PUBLISHED and what createRun throws; then nothing was written. */
export async function startCall(
  change: RunChange,
  flow: Flow,
  task: TaskRow,
  { workflow, vars, table }: WorkflowCall,
): Promise<string> {
  const { tx, run, at } = change;
  if (run.depth >= deepest) throw new UserError('SUBWORKFLOW_TOO_DEEP', { workflow, most: deepest });
  const stored: { id: string } | undefined = await tx('workflows').where({ internal_name: workflow }).first('id');
  if (!stored) throw new UserError('NOT_FOUND', { what: `The workflow "${workflow}"` });
  const published = await findPublishedFile(tx, stored.id);
  if (!published) throw new UserError('NOT_PUBLISHED');
  const child = await createRun(
    tx,
    { catalog: flow.catalog, newId: flow.newId, at },
    {
      workflow: JSON.parse(published.file) as Workflow,
      workflowId: stored.id,
      version: published.version,
      origin: { kind: 'workflow', by: run.workflow_name, run: run.id },
      vars,
      // A call belongs to its caller: it neither waits for other runs of the workflow nor keeps them from starting.
      concurrency: 'parallel',
      simulated: Boolean(run.simulated),
    },
  );
  const given: Given | null = table && { run: run.id, table };
  await tx('runs')
    .where({ id: child.id })
    .update({ parent_run: run.id, parent_task: task.id, depth: run.depth + 1 });
  await tx('tasks')
    .where({ run_id: child.id })
    .update({ given: given && JSON.stringify(given) });
  await tx('tasks').where({ id: task.id }).update({ call_run: child.id });
  return child.id;
}

const overTasks: TaskState[] = ['succeeded', 'failed', 'ignored', 'stopped'];

/** Called runs whose caller does not wait for them any more are stopped: its run was stopped, or has failed elsewhere. */
export async function stopOrphans(host: Host): Promise<void> {
  const orphans: { id: string }[] = await host
    .db('runs')
    .join('tasks', 'tasks.id', 'runs.parent_task')
    .whereIn('runs.state', openRunStates)
    .whereNull('runs.ending')
    .whereIn('tasks.state', overTasks)
    .select('runs.id');
  for (const { id } of orphans) {
    await commitChange(host, id, async ({ tx, at, run }) => {
      // Asked again: its caller may have been retried meanwhile.
      const caller: { id: string } | undefined = await tx('tasks')
        .where({ id: run.parent_task })
        .whereIn('state', overTasks)
        .first('id');
      if (caller && !isFinal(run.state)) await stopRun(tx, id, at);
    });
  }
}

/** The rows with which a caller started the run at this task, copied; null if it gave none. */
export async function takeGiven(execution: Execution): Promise<TableRef | null> {
  const { given } = execution.task;
  return given === null ? null : copyTable(execution, JSON.parse(given) as Given, own(execution, 'given'));
}

/** The run that the task has called; null if it has called none. */
export async function readCalled(execution: Execution): Promise<CalledRun | null> {
  const { host, task } = execution;
  if (task.call_run === null) return null;
  const run: RunRow | undefined = await host.db('runs').where({ id: task.call_run }).first();
  if (!run) throw new UserError('NOT_FOUND', { what: `The run ${task.call_run}` });
  return {
    run: run.id,
    workflow: run.workflow_name,
    state: run.state,
    over: isFinal(run.state),
    error: run.error === null ? null : (JSON.parse(run.error) as ErrorReply),
    returned: (node) => readReturned(execution, run.id, node),
  };
}

/** What reached a node that returns something: of the given name, or else the one that was reached last. */
async function readReturned(
  execution: Execution,
  run: string,
  name: string | null,
): Promise<Awaited<ReturnType<CalledRun['returned']>>> {
  const { host, flow } = execution;
  const { nodes } = await readFrozen(host.db, run);
  const returning = nodes.filter(
    (node) => flow.catalog.get(node.type)?.returns === true && (name === null || node.name === name),
  );
  const task: TaskRow | undefined = await host
    .db('tasks')
    .where({ run_id: run, state: 'succeeded' })
    .whereIn(
      'node_id',
      returning.map((node) => node.id),
    )
    .orderBy(['ended_at', 'id'])
    .then((rows: TaskRow[]) => rows.at(-1));
  if (!task) return null;
  const arrival: { table_ref: string } | undefined = await host
    .db('arrivals')
    .where({ task_id: task.id })
    .whereNotNull('table_ref')
    .first('table_ref');
  const table = arrival ? (JSON.parse(arrival.table_ref) as TableRef) : null;
  return {
    vars: readVars(task.vars_out ?? task.vars),
    table: table && (await copyTable(execution, { run, table }, own(execution, 'returned'))),
  };
}

/** Copied anew by each attempt: it may have called another run. */
const own = ({ task }: Execution, name: string) => ({ taskId: task.id, name, resume: false });
