import { parseWorkflow } from '../../../contract/check.ts';
import { workflowJsonSchema } from '../../../contract/workflow.ts';
import type { Actor } from '../../access/actor.ts';
import type { Change } from '../../access/audit.ts';
import type { Instance } from '../../instance.ts';
import { copyWorkflow, createWorkflow, deleteWorkflow, saveWorkflow } from '../../workflows/drafts.ts';
import { createProblemCounts, findProblems } from '../../workflows/problems.ts';
import { publishWorkflow, unpublishWorkflow } from '../../workflows/publish.ts';
import { listVersions, listWorkflows, readVersion, readWorkflow } from '../../workflows/read.ts';
import { findWorkflow, readFile } from '../../workflows/rows.ts';
import { previewSchedule } from '../../workflows/schedulePreview.ts';
import { changeBy } from '../change.ts';
import type { HandlersOf } from '../route.ts';

type Names =
  | 'listWorkflows'
  | 'createWorkflow'
  | 'getWorkflow'
  | 'saveWorkflow'
  | 'deleteWorkflow'
  | 'copyWorkflow'
  | 'publishWorkflow'
  | 'unpublishWorkflow'
  | 'listVersions'
  | 'getVersion'
  | 'checkWorkflow'
  | 'getWorkflowSchema'
  | 'previewSchedule';

export function workflowHandlers(instance: Instance): HandlersOf<Names> {
  const { db, checks } = instance;
  const countProblems = createProblemCounts(checks);
  const changed = async (actor: Actor, name: string, work: (change: Change) => Promise<void>) => {
    await changeBy(instance, actor, work);
    instance.feed.publish('workflows');
    return readWorkflow(db, checks, name);
  };
  return {
    listWorkflows: () => listWorkflows(db, checks, countProblems),
    getWorkflow: (call) => readWorkflow(db, checks, call.param('workflow')),
    createWorkflow: ({ actor, body: { workflow } }) =>
      changed(actor, workflow.internalName, (change) => createWorkflow(change, workflow, { id: instance.newId() })),
    saveWorkflow: (call) => {
      const name = call.param('workflow');
      return changed(call.actor, name, (change) => saveWorkflow(change, name, call.body));
    },
    copyWorkflow: ({ actor, body, param }) => {
      const copy = { ...body, id: instance.newId() };
      return changed(actor, body.internalName, (change) => copyWorkflow(change, param('workflow'), copy));
    },
    deleteWorkflow: async (call) => {
      const name = call.param('workflow');
      await changeBy(instance, call.actor, (change) => deleteWorkflow(change, name));
      // One that is made under the name later has sent nothing yet.
      await instance.stores.local.forgetSent(name, null);
      instance.feed.publish('workflows');
      return { ok: true };
    },
    publishWorkflow: async ({ actor, body, param }) => {
      const name = param('workflow');
      const issues = await findProblems(db, checks, readFile((await findWorkflow(db, name)).draft));
      const detail = await changed(actor, name, (change) => publishWorkflow(change, checks, name, { ...body, issues }));
      instance.engine.nudge();
      return detail;
    },
    unpublishWorkflow: ({ actor, param }) =>
      changed(actor, param('workflow'), (change) => unpublishWorkflow(change, checks, param('workflow'))),
    listVersions: (call) => listVersions(db, call.param('workflow')),
    getVersion: (call) => readVersion(db, call.param('workflow'), call.param('version')),
    checkWorkflow: async ({ body }) => {
      const { workflow, issues } = parseWorkflow(body.workflow);
      return { issues: workflow ? await findProblems(db, checks, workflow) : issues };
    },
    getWorkflowSchema: async () => workflowJsonSchema(),
    previewSchedule: async ({ body }) => previewSchedule(body, instance.clock.now()),
  };
}
