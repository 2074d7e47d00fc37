/** What people call the workflows and nodes that alarms are about. */
import type { Db } from '../db/transaction.ts';
import type { WorkflowRow } from '../workflows/rows.ts';
import { readFile } from '../workflows/rows.ts';
import type { AlarmRow } from './rows.ts';

export interface Labels {
  /** The internal name where the workflow is gone, '' where the alarm is about none. */
  workflowLabel: string;
  /** null: it is about no node, or the node is gone. */
  nodeLabel: string | null;
}

/** By the drafts as they are now: nodes keep their ids. */
export async function readLabels(
  db: Db,
  alarms: readonly Pick<AlarmRow, 'workflow' | 'node'>[],
): Promise<(alarm: Pick<AlarmRow, 'workflow' | 'node'>) => Labels> {
  const names = [...new Set(alarms.map((alarm) => alarm.workflow))].filter((name) => name !== '');
  const rows: Pick<WorkflowRow, 'internal_name' | 'label' | 'draft'>[] = await db('workflows')
    .whereIn('internal_name', names)
    .select('internal_name', 'label', 'draft');
  const labels = new Map(rows.map((row) => [row.internal_name, row.label]));
  const asked = new Set(alarms.filter(({ node }) => node !== '').map(({ workflow }) => workflow));
  const nodes = new Map(
    rows
      .filter((row) => asked.has(row.internal_name))
      .flatMap((row) => readFile(row.draft).nodes.map((node) => [`${row.internal_name} ${node.id}`, node.label])),
  );
  return ({ workflow, node }) => ({
    workflowLabel: labels.get(workflow) ?? workflow,
    nodeLabel: nodes.get(`${workflow} ${node}`) ?? null,
  });
}
