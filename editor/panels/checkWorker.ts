/** Checks drawings beside the page: a large one takes longer than a key press may. */
import { checkWorkflow } from '../../contract/check.ts';
import type { Issue } from '../../contract/errors.ts';
import type { CheckScope } from '../../contract/node.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { nodeCatalog } from '../catalog/nodes.ts';

export interface CheckRequest {
  id: number;
  workflow: Workflow;
  connections: CheckScope['connections'];
  workflows: CheckScope['workflows'];
}
export interface CheckReply {
  id: number;
  issues: Issue[];
}

addEventListener('message', (event: MessageEvent<CheckRequest>) => {
  const { id, workflow, connections, workflows } = event.data;
  const reply: CheckReply = { id, issues: checkWorkflow(workflow, nodeCatalog, connections, workflows) };
  postMessage(reply);
});
