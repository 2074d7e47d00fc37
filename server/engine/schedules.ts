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
    if (!wanted.some((schedule) => schedule.node_id === row.node_id)) await removeSchedule(tx, row, now);
  for (const schedule of wanted) {
    const row = rows.find((one) => one.node_id === schedule.node_id);
    const same = row && row.plan === schedule.plan && row.time_zone === schedule.time_zone;
    const named = { ...schedule, workflow_id: workflowId };
    const place = same ? { next_at: row.next_at, starts: row.starts } : await beginAnew(tx, named, row, now);
    if (row && !same) await recordDropped(tx, row, place.next_at, now);
    await tx('schedules')
      .insert({ ...named, ...place })
      .onConflict(['workflow_id', 'node_id'])
      .merge();
  }
}

/** What is due may be found this late: it belongs to the plan that holds when it is found. */
export const inTime = 60_000;

type Place = Pick<ScheduleRow, 'next_at' | 'starts'>;
type Named = Wanted & Pick<ScheduleRow, 'workflow_id'>;

/**
 * One that was published before with this plan has started runs already. An instant that is due by the plan it had, and has
 * not been found yet, is due by the new one as well if that contains it.
 */
async function beginAnew(tx: Tx, schedule: Named, row: ScheduleRow | undefined, now: Date): Promise<Place> {
  const zoned = planOf(schedule);
  const starts = row ? 0 : await countBefore(tx, schedule);
  if (starts >= (zoned.validity.runs ?? Number.POSITIVE_INFINITY)) return { next_at: null, starts };
  const from = row && isFresh(row, now) ? new Date(Date.parse(row.next_at) - 1) : now;
  return { next_at: nextInstants(zoned, 1, from)[0]?.toISOString() ?? null, starts };
}

async function countBefore(tx: Tx, { workflow_id, node_id, plan, time_zone }: Named): Promise<number> {
  const key = { workflow_id, node_id, plan, time_zone };
  const before: { starts: number } | undefined = await tx('schedule_starts').where(key).first('starts');
  return before?.starts ?? 0;
}

function isFresh(row: ScheduleRow, now: Date): row is ScheduleRow & { next_at: string } {
  const late = row.next_at === null ? -1 : now.getTime() - Date.parse(row.next_at);
  return late >= 0 && late <= inTime;
}

async function removeSchedule(tx: Tx, row: ScheduleRow, now: Date): Promise<void> {
  await recordDropped(tx, row, null, now);
  await tx('schedules').where(keyOf(row)).delete();
  const { plan, time_zone, starts } = row;
  const workflow: unknown = await tx('workflows').where({ id: row.workflow_id }).first('id');
  if (workflow !== undefined)
    await tx('schedule_starts')
      .insert({ ...keyOf(row), plan, time_zone, starts })
      .onConflict(['workflow_id', 'node_id'])
      .merge();
}

/** An instant that was due and that nothing starts any more has been missed, and that is to be seen. */
async function recordDropped(tx: Tx, row: ScheduleRow, next: string | null, now: Date): Promise<void> {
  const at = now.toISOString();
  if (row.next_at === null || row.next_at > at || row.next_at === next) return;
  await tx('schedule_fires')
    .insert({ ...keyOf(row), instant: row.next_at, outcome: 'missed', at })
    .onConflict(['workflow_id', 'node_id', 'instant'])
    .ignore();
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
