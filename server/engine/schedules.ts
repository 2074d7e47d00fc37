/** Which instants of published workflows are due, and the rows that say so. */
import { buildGraph } from '../../contract/graph.ts';
import type { NodeCatalog } from '../../contract/node.ts';
import { parsedConfig } from '../../contract/node.ts';
import type { Plan, Schedule } from '../../contract/schedule.ts';
import { canonicalJson } from '../../contract/types.ts';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import type { ScheduleRow } from '../db/rows.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { ZonedPlan } from './instants.ts';
import { nextInstants } from './instants.ts';

interface Published {
  version: number;
  file: string;
}

/**
 * Makes the rows of a workflow's schedules say what its published version says; none if nothing is published. An instant
 * that was due already stays due: only changed times, validity or zone begin anew, at `now`. Call it in the transaction that
 * publishes, unpublishes or deletes. `timeZone` is that of the instance.
 */
export async function syncSchedules(
  tx: Tx,
  definitions: NodeCatalog,
  workflowId: string,
  now: Date,
  timeZone: string,
): Promise<void> {
  const published = await findPublishedFile(tx, workflowId);
  const wanted = published ? readSchedules(definitions, published, timeZone) : [];
  const rows: ScheduleRow[] = await tx('schedules').where({ workflow_id: workflowId });
  for (const row of rows)
    if (!wanted.some((schedule) => schedule.node_id === row.node_id)) await tx('schedules').where(keyOf(row)).delete();
  for (const schedule of wanted) {
    const row = rows.find((one) => one.node_id === schedule.node_id);
    const same = row && row.plan === schedule.plan && row.time_zone === schedule.time_zone;
    const next = same ? row.next_at : (nextInstants(planOf(schedule), 1, now)[0]?.toISOString() ?? null);
    const starts = same ? row.starts : 0;
    const values: ScheduleRow = { ...schedule, workflow_id: workflowId, next_at: next, starts };
    await tx('schedules').insert(values).onConflict(['workflow_id', 'node_id']).merge();
  }
}

/** The same for every workflow: what was published while no engine ran, or under another time zone. */
export async function listScheduled(db: Db): Promise<string[]> {
  const published: { id: string }[] = await db('workflows').whereNotNull('published_version').select('id');
  const rows: { workflow_id: string }[] = await db('schedules').distinct('workflow_id');
  return [...new Set([...published.map((row) => row.id), ...rows.map((row) => row.workflow_id)])];
}

export function findPublishedFile(db: Db, workflowId: string): Promise<Published | undefined> {
  return db('workflows')
    .join('workflow_versions', (on) =>
      on
        .on('workflow_versions.workflow_id', 'workflows.id')
        .andOn('workflow_versions.version', 'workflows.published_version'),
    )
    .where({ 'workflows.id': workflowId })
    .first('workflow_versions.version', 'workflow_versions.file');
}

type Wanted = Omit<ScheduleRow, 'workflow_id' | 'next_at' | 'starts'>;

function readSchedules(definitions: NodeCatalog, published: Published, timeZone: string): Wanted[] {
  const workflow = JSON.parse(published.file) as Workflow;
  return [...buildGraph(workflow).nodes.values()].flatMap((node) => {
    const schedule = scheduleOf(definitions, node);
    if (!schedule) return [];
    return [
      {
        node_id: node.id,
        version: published.version,
        plan: canonicalJson({ timing: schedule.timing, validity: schedule.validity }),
        time_zone: schedule.timeZone || node.timeZone || workflow.settings?.timeZone || timeZone,
        overlap: schedule.overlap,
        catch_up: schedule.catchUp,
        catch_up_hours: schedule.catchUpHours,
        late_after: schedule.lateAfter,
      },
    ];
  });
}

function scheduleOf(definitions: NodeCatalog, node: WorkflowNode): Schedule | null {
  const definition = definitions.get(node.type);
  if (definition?.starts !== 'schedule' || node.execution === 'disabled') return null;
  return definition.schedule?.(parsedConfig(definition, node)) ?? null;
}

/** The plan of a row, as the functions of `instants.ts` take it. */
export function planOf(row: Pick<ScheduleRow, 'plan' | 'time_zone'>): ZonedPlan {
  return { ...(JSON.parse(row.plan) as Plan), timeZone: row.time_zone };
}

export function keyOf(row: Pick<ScheduleRow, 'workflow_id' | 'node_id'>): { workflow_id: string; node_id: string } {
  return { workflow_id: row.workflow_id, node_id: row.node_id };
}
