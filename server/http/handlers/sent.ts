import { audited } from '../../access/audit.ts';
import type { Instance } from '../../instance.ts';
import { findWorkflow } from '../../workflows/rows.ts';
import { changeBy } from '../change.ts';
import type { HandlersOf } from '../route.ts';

/** What nodes were last sent. */
export function sentHandlers(instance: Instance): HandlersOf<'listSent' | 'forgetSent'> {
  const { db, stores } = instance;
  return {
    listSent: async ({ param }) => {
      const workflow = await findWorkflow(db, param('workflow'));
      return stores.local.sumSent(workflow.internal_name, param('node'));
    },
    forgetSent: async ({ param, actor }) => {
      const [workflow, node] = [param('workflow'), param('node')];
      await findWorkflow(db, workflow);
      const before = await stores.local.sumSent(workflow, node);
      // The audit row comes first: local data is another file, and rows that go without a note would be worse.
      await changeBy(instance, actor, (change) =>
        audited(change, 'sent.forget', `workflow:${workflow}`, { node, sent: before.map((one) => ({ ...one })) }),
      );
      return { forgotten: await stores.local.forgetSent(workflow, node) };
    },
  };
}
