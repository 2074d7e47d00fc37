import { UserError } from '../../contract/errors.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { Db } from '../db/transaction.ts';

/** A workflow as stored: its draft is the text of a workflow file. */
export interface WorkflowRow {
  id: string;
  internal_name: string;
  label: string;
  draft: string;
  revision: number;
  published_version: number | null;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
}

export interface VersionRow {
  workflow_id: string;
  version: number;
  file: string;
  note: string;
  created_at: string;
  created_by: string;
}

/** Throws UserError NOT_FOUND. */
export async function findWorkflow(db: Db, internalName: string): Promise<WorkflowRow> {
  const row = await db<WorkflowRow>('workflows').where({ internal_name: internalName }).first();
  if (!row) throw new UserError('NOT_FOUND', { what: nameWorkflow(internalName) });
  return row;
}

/** The version that schedules run; null when none is published. */
export async function findPublished(db: Db, row: WorkflowRow): Promise<VersionRow | null> {
  if (row.published_version === null) return null;
  const key = { workflow_id: row.id, version: row.published_version };
  return (await db<VersionRow>('workflow_versions').where(key).first()) ?? null;
}

export const readFile = (text: string): Workflow => JSON.parse(text) as Workflow;
export const nameWorkflow = (internalName: string): string => `The workflow "${internalName}"`;
export const subjectOf = (internalName: string): string => `workflow:${internalName}`;
