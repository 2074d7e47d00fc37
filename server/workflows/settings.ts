import type { Workflow, WorkflowSettings } from '../../contract/workflow.ts';
import type { Db } from '../db/transaction.ts';

/** What stored workflows say of themselves, by internal name: the published version, or the draft where none is published. */
export async function listWorkflowSettings(db: Db): Promise<Map<string, WorkflowSettings>> {
  return new Map((await readFiles(db)).map(({ name, file }) => [name, settingsOf(file)]));
}

/** undefined: no such workflow is stored. */
export async function readWorkflowSettings(db: Db, name: string): Promise<WorkflowSettings | undefined> {
  const [row] = await readFiles(db, name);
  return row && settingsOf(row.file);
}

const settingsOf = (file: string): WorkflowSettings => (JSON.parse(file) as Workflow).settings ?? {};

async function readFiles(db: Db, name?: string): Promise<{ name: string; file: string }[]> {
  const query = db('workflows')
    .leftJoin('workflow_versions', (on) =>
      on
        .on('workflow_versions.workflow_id', 'workflows.id')
        .andOn('workflow_versions.version', 'workflows.published_version'),
    )
    .select({ name: 'workflows.internal_name', draft: 'workflows.draft', file: 'workflow_versions.file' });
  if (name !== undefined) query.where({ 'workflows.internal_name': name });
  const rows: { name: string; draft: string; file: string | null }[] = await query;
  return rows.map((row) => ({ name: row.name, file: row.file ?? row.draft }));
}
