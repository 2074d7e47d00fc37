import { readPath } from '../../contract/form.ts';
import type { NodeCatalog } from '../../contract/node.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { readRecipients } from '../alarms/recipients.ts';
import type { Db } from '../db/transaction.ts';

/** Who names a connection: workflows (the draft or the published version), by internal name, and the alarms of the instance. */
export async function findUses(db: Db, nodes: NodeCatalog, connection: string): Promise<string[]> {
  const drafts: { name: string; file: string }[] = await db('workflows').select({
    name: 'internal_name',
    file: 'draft',
  });
  const published: { name: string; file: string }[] = await db('workflows')
    .join('workflow_versions', (on) => {
      on.on('workflow_versions.workflow_id', 'workflows.id');
      on.andOn('workflow_versions.version', 'workflows.published_version');
    })
    .select({ name: 'workflows.internal_name', file: 'workflow_versions.file' });
  const using = [...drafts, ...published].filter(({ file }) => names(JSON.parse(file) as Workflow, nodes, connection));
  const alarms = (await readRecipients(db)).some((recipient) => recipient.connection === connection);
  return [...new Set(using.map(({ name }) => name)), ...(alarms ? ['the alarms of this instance'] : [])].sort();
}

/** A node says by its form which settings are connections; the workflow's settings name those that carry its alarms. */
function names(workflow: Workflow, nodes: NodeCatalog, connection: string): boolean {
  const byNode = workflow.nodes.some((node) =>
    nodes
      .get(node.type)
      ?.form.some((field) => field.kind === 'connection' && readPath(node.config, field.name) === connection),
  );
  const recipients = workflow.settings?.alarmRecipients ?? [];
  return byNode || recipients.some((recipient) => recipient.connection === connection);
}
