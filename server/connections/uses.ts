import { readPath } from '../../contract/form.ts';
import type { NodeCatalog } from '../../contract/node.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { Db } from '../db/transaction.ts';

/** Internal names of the workflows whose draft or published version names a connection. */
export async function workflowsUsing(db: Db, nodes: NodeCatalog, connection: string): Promise<string[]> {
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
  return [...new Set(using.map(({ name }) => name))].sort();
}

/** A node says by its form which settings are connections. */
function names(workflow: Workflow, nodes: NodeCatalog, connection: string): boolean {
  return workflow.nodes.some((node) =>
    nodes
      .get(node.type)
      ?.form.some((field) => field.kind === 'connection' && readPath(node.config, field.name) === connection),
  );
}
