/** The run of one instant of a schedule. */
import type { ErrorReply } from '../../contract/errors.ts';
import { toErrorReply, UserError } from '../../contract/errors.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { nowText } from '../db/clock.ts';
import type { ScheduleRow } from '../db/rows.ts';
import type { Tx } from '../db/transaction.ts';
import { createRun } from '../runs/createRun.ts';
import type { Host } from './host.ts';
import { findPublishedFile } from './schedules.ts';

export type FireOutcome = 'started' | 'queued' | 'skipped' | 'missed' | 'refused';

export interface Started {
  run: string | null;
  outcome: FireOutcome;
  error: ErrorReply | null;
}

export async function startScheduled(
  tx: Tx,
  host: Host,
  schedule: ScheduleRow,
  instant: string,
  refusal: UserError | null,
): Promise<Started> {
  try {
    if (refusal) throw refusal;
    const run = await createScheduledRun(tx, host, schedule, instant);
    return { run: run.id, outcome: run.held ? 'queued' : 'started', error: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.code === 'ALREADY_RUNNING') return { run: null, outcome: 'skipped', error: null };
    host.log.warn({ err: error, workflow: schedule.workflow_id, instant }, 'a schedule could not start its workflow');
    return { run: null, outcome: 'refused', error: toErrorReply(error) };
  }
}

async function createScheduledRun(
  tx: Tx,
  host: Host,
  schedule: ScheduleRow,
  instant: string,
): Promise<{ id: string; held: boolean }> {
  const published = await findPublishedFile(tx, schedule.workflow_id);
  if (!published) throw new UserError('NOT_PUBLISHED');
  const workflow = JSON.parse(published.file) as Workflow;
  const node = workflow.nodes.find((one) => one.id === schedule.node_id);
  const at = nowText(host.clock);
  const run = await createRun(
    tx,
    { catalog: host.catalog.definitions, newId: host.newId, at },
    {
      workflow,
      workflowId: schedule.workflow_id,
      version: published.version,
      origin: { kind: 'schedule', by: node?.name ?? schedule.node_id, instant },
      startNode: schedule.node_id,
      concurrency: schedule.overlap,
    },
  );
  const row: { held: boolean | number } | undefined = await tx('runs').where({ id: run.id }).first('held');
  return { id: run.id, held: Boolean(row?.held) };
}
