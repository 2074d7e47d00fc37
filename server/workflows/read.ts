import type { Reply } from '../../contract/api.ts';
import { drawnSchedule } from '../../contract/drawnSchedule.ts';
import { UserError } from '../../contract/errors.ts';
import type { RunSummary } from '../../contract/run.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { Db } from '../db/transaction.ts';
import { summariseRuns } from '../runs/readRuns.ts';
import type { CheckAgainst, ProblemCounts } from './problems.ts';
import { findProblems, knownConnections } from './problems.ts';
import type { VersionRow, WorkflowRow } from './rows.ts';
import { findPublished, findWorkflow, readFile } from './rows.ts';

type ListItem = Reply<'listWorkflows'>[number];
export type WorkflowDetail = Reply<'getWorkflow'>;
type NextRun = WorkflowDetail['nextRun'];

/** The draft with its problems. Throws UserError NOT_FOUND. */
export async function readWorkflow(db: Db, against: CheckAgainst, internalName: string): Promise<WorkflowDetail> {
  const row = await findWorkflow(db, internalName);
  const workflow = readFile(row.draft);
  return {
    workflow,
    revision: row.revision,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
    publishedVersion: row.published_version,
    draftDiffers: (await findPublished(db, row))?.file !== row.draft,
    issues: await findProblems(db, against, workflow),
    nextRun: (await nextRuns(db, row.id)).get(row.id) ?? null,
  };
}

/** All workflows by label, each with how its last run went. */
export async function listWorkflows(db: Db, against: CheckAgainst, countProblems: ProblemCounts): Promise<ListItem[]> {
  const rows = await db<WorkflowRow>('workflows');
  const [connections, published, runs, next] = await Promise.all([
    knownConnections(db, against),
    publishedFiles(db),
    summariseRuns(db),
    nextRuns(db),
  ]);
  const countOf = countProblems(connections, rows);
  const items = rows.map((row) => ({
    internalName: row.internal_name,
    label: row.label,
    ...drawn(against, readFile(row.draft)),
    revision: row.revision,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
    publishedVersion: row.published_version,
    draftDiffers: published.get(row.id) !== row.draft,
    problems: countOf(row),
    ...lastAndActive(runs.get(row.internal_name)),
    nextRun: next.get(row.id) ?? null,
  }));
  return items.sort((a, b) => a.label.localeCompare(b.label, 'en') || (a.internalName < b.internalName ? -1 : 1));
}

function drawn({ nodes }: CheckAgainst, draft: Workflow): Pick<ListItem, 'description' | 'drawnSchedule'> {
  return { description: draft.description ?? '', drawnSchedule: drawnSchedule(draft, nodes) };
}

function lastAndActive(found: { lastRun: RunSummary; activeRuns: number } | undefined) {
  if (!found) return { lastRun: null, activeRuns: 0 };
  const { id, state, createdAt, endedAt, rejects } = found.lastRun;
  return { lastRun: { id, state, createdAt, endedAt, rejects }, activeRuns: found.activeRuns };
}

async function publishedFiles(db: Db): Promise<Map<string, string>> {
  const rows: { id: string; file: string }[] = await db('workflows')
    .join('workflow_versions', (on) => {
      on.on('workflow_versions.workflow_id', 'workflows.id');
      on.andOn('workflow_versions.version', 'workflows.published_version');
    })
    .select('workflows.id', 'workflow_versions.file');
  return new Map(rows.map((row) => [row.id, row.file]));
}

/** When each workflow starts next by a schedule of its published version. */
async function nextRuns(db: Db, workflowId?: string): Promise<Map<string, NonNullable<NextRun>>> {
  const query = db('schedules').whereNotNull('next_at').orderBy('next_at', 'desc');
  if (workflowId !== undefined) query.where({ workflow_id: workflowId });
  const rows: { workflow_id: string; next_at: string; time_zone: string }[] = await query;
  return new Map(rows.map((row) => [row.workflow_id, { at: row.next_at, timeZone: row.time_zone }]));
}

/** Newest first. Throws UserError NOT_FOUND. */
export async function listVersions(db: Db, internalName: string): Promise<Reply<'listVersions'>> {
  const row = await findWorkflow(db, internalName);
  const versions = await db<VersionRow>('workflow_versions').where({ workflow_id: row.id }).orderBy('version', 'desc');
  return versions.map((version) => toVersion(version, row));
}

/** Throws UserError NOT_FOUND, for the workflow or for the version. */
export async function readVersion(db: Db, internalName: string, version: string): Promise<Reply<'getVersion'>> {
  const row = await findWorkflow(db, internalName);
  const key = { workflow_id: row.id, version: Number(version) };
  const found = Number.isInteger(key.version) && (await db<VersionRow>('workflow_versions').where(key).first());
  if (!found) throw new UserError('NOT_FOUND', { what: `Version ${version} of "${internalName}"` });
  return { version: toVersion(found, row), workflow: readFile(found.file) };
}

function toVersion(version: VersionRow, row: WorkflowRow): Reply<'listVersions'>[number] {
  return {
    version: version.version,
    at: version.created_at,
    by: version.created_by,
    note: version.note,
    published: row.published_version === version.version,
  };
}
