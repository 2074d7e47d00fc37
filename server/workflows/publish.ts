import { canRun } from '../../contract/check.ts';
import type { Issue } from '../../contract/errors.ts';
import { UserError } from '../../contract/errors.ts';
import { actorText } from '../access/actor.ts';
import type { Change } from '../access/audit.ts';
import { audited } from '../access/audit.ts';
import { syncSchedules } from '../engine/schedules.ts';
import { syncHooks } from '../signals/hooks.ts';
import { refuseConflict } from './drafts.ts';
import type { CheckAgainst } from './problems.ts';
import type { VersionRow, WorkflowRow } from './rows.ts';
import { findWorkflow, readFile, subjectOf } from './rows.ts';

export interface Publication {
  /** The revision that the person saw. */
  revision: number;
  note?: string | undefined;
  /** The problems of that revision. */
  issues: readonly Issue[];
}

/**
 * Freezes the draft as the version that schedules run. A draft that equals the newest version becomes no further one.
 * Throws UserError NOT_FOUND, CONFLICT, or WORKFLOW_INVALID with the issues.
 */
export async function publishWorkflow(
  change: Change,
  against: CheckAgainst,
  internalName: string,
  publication: Publication,
): Promise<void> {
  const { tx, now } = change;
  const row = await findWorkflow(tx, internalName);
  refuseConflict(row, publication.revision);
  refuseInvalid(publication.issues);
  const newest = await tx<VersionRow>('workflow_versions')
    .where({ workflow_id: row.id })
    .orderBy('version', 'desc')
    .first();
  const version = newest?.file === row.draft ? newest.version : (newest?.version ?? 0) + 1;
  if (newest?.version !== version) await freeze(change, row, version, publication.note ?? '');
  await tx('workflows').where({ id: row.id }).update({ published_version: version });
  await syncSchedules(tx, against.nodes, row.id, now, against.timeZone);
  await syncHooks(tx, against.nodes, row.id, readFile(row.draft));
  const before = { version: row.published_version };
  await audited(change, 'workflow.publish', subjectOf(internalName), before, { version, revision: row.revision });
}

function refuseInvalid(issues: readonly Issue[]): void {
  if (canRun(issues)) return;
  const errors = issues.filter((issue) => issue.severity === 'error');
  const first = errors[0]?.message.replace(/\.$/, '') ?? '';
  const reason = errors.length === 1 ? first : `${first} (and ${errors.length - 1} more)`;
  throw new UserError('WORKFLOW_INVALID', { reason }, { issues: [...issues] });
}

async function freeze({ tx, actor, now }: Change, row: WorkflowRow, version: number, note: string): Promise<void> {
  const frozen: VersionRow = {
    workflow_id: row.id,
    version,
    file: row.draft,
    note,
    created_at: now.toISOString(),
    created_by: actorText(actor),
  };
  await tx('workflow_versions').insert(frozen);
}

/** Schedules stop; versions stay. Throws UserError NOT_FOUND. */
export async function unpublishWorkflow(change: Change, against: CheckAgainst, internalName: string): Promise<void> {
  const { tx, now } = change;
  const row = await findWorkflow(tx, internalName);
  await tx('workflows').where({ id: row.id }).update({ published_version: null });
  await syncSchedules(tx, against.nodes, row.id, now, against.timeZone);
  await syncHooks(tx, against.nodes, row.id, null);
  await audited(change, 'workflow.unpublish', subjectOf(internalName), { version: row.published_version });
}
