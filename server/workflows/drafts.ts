import { UserError } from '../../contract/errors.ts';
import type { Json } from '../../contract/types.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { serializeWorkflow } from '../../contract/workflow.ts';
import { actorText } from '../access/actor.ts';
import type { AuditAction, Change } from '../access/audit.ts';
import { audited } from '../access/audit.ts';
import { listWaiting } from '../signals/waiting.ts';
import type { WorkflowRow } from './rows.ts';
import { findWorkflow, nameWorkflow, readFile, subjectOf } from './rows.ts';

/** Throws UserError NAME_TAKEN. */
export async function createWorkflow(
  change: Change,
  workflow: Workflow,
  options: { id: string; action?: AuditAction; from?: string },
): Promise<void> {
  const { tx, actor, now } = change;
  const name = workflow.internalName;
  if (await tx('workflows').where({ internal_name: name }).first('id')) throw new UserError('NAME_TAKEN', { name });
  const row: WorkflowRow = {
    id: options.id,
    internal_name: name,
    label: workflow.label,
    draft: serializeWorkflow(workflow),
    revision: 1,
    published_version: null,
    created_at: now.toISOString(),
    created_by: actorText(actor),
    updated_at: now.toISOString(),
    updated_by: actorText(actor),
  };
  await tx('workflows').insert(row);
  const copied: Record<string, Json> = options.from === undefined ? {} : { from: options.from };
  await audited(change, options.action ?? 'workflow.create', subjectOf(name), null, { ...outline(row), ...copied });
}

/** Replaces the draft. Throws UserError NOT_FOUND, INVALID_INPUT for another internal name, or CONFLICT with who and when. */
export async function saveWorkflow(
  change: Change,
  internalName: string,
  save: { workflow: Workflow; revision: number },
): Promise<void> {
  const { tx, actor, now } = change;
  const old = await findWorkflow(tx, internalName);
  if (save.workflow.internalName !== internalName)
    throw new UserError('INVALID_INPUT', { reason: 'the internal name of a workflow never changes' });
  refuseConflict(old, save.revision);
  const draft = serializeWorkflow(save.workflow);
  if (draft === old.draft) return;
  const row = {
    label: save.workflow.label,
    draft,
    revision: old.revision + 1,
    updated_at: now.toISOString(),
    updated_by: actorText(actor),
  };
  await tx('workflows').where({ id: old.id }).update(row);
  await audited(change, 'workflow.save', subjectOf(internalName), outline(old), outline({ ...old, ...row }));
}

export function refuseConflict(row: WorkflowRow, revision: number): void {
  if (row.revision === revision) return;
  const what = nameWorkflow(row.internal_name);
  throw new UserError('CONFLICT', { what, by: row.updated_by, at: row.updated_at, revision: row.revision });
}

/** The nodes keep their ids; options named after the workflow are others, so its imports begin anew. Throws UserError NOT_FOUND or NAME_TAKEN. */
export async function copyWorkflow(
  change: Change,
  internalName: string,
  copy: { id: string; internalName: string; label: string },
): Promise<void> {
  const row = await findWorkflow(change.tx, internalName);
  const workflow = { ...readFile(row.draft), internalName: copy.internalName, label: copy.label };
  await createWorkflow(change, workflow, { id: copy.id, action: 'workflow.copy', from: internalName });
}

/** Removes draft, versions and schedules; its runs stay. Throws UserError NOT_FOUND or EVENTS_WAIT. */
export async function deleteWorkflow(change: Change, internalName: string): Promise<void> {
  const { tx } = change;
  const row = await findWorkflow(tx, internalName);
  const waiting = await listWaiting(tx, { workflow_id: row.id });
  if (waiting.some(({ calls }) => calls > 0))
    throw new UserError('EVENTS_WAIT', {
      workflow: row.label,
      events: waiting.reduce((sum, { events }) => sum + events, 0),
    });
  await tx('schedules').where({ workflow_id: row.id }).delete();
  await tx('hooks').where({ workflow_id: row.id }).delete();
  await tx('workflow_versions').where({ workflow_id: row.id }).delete();
  await tx('workflows').where({ id: row.id }).delete();
  await audited(change, 'workflow.delete', subjectOf(internalName), outline(row));
}

/** What the trail says of a drawing: the drawing itself is in the versions. */
function outline(row: Pick<WorkflowRow, 'label' | 'revision' | 'draft'>): Record<string, Json> {
  const { nodes, transitions } = readFile(row.draft);
  return { label: row.label, revision: row.revision, nodes: nodes.length, transitions: transitions.length };
}
