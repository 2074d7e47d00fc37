/** What arrived at a task, checked before its node sees it. */
import type { TableRef } from '../../contract/relation.ts';
import type { InboundTransition, NodeInput } from '../../nodes/kit/run.ts';
import type { ArrivalRow } from '../db/rows.ts';
import type { Execution } from './attempt.ts';
import { copyInputs } from './copyInputs.ts';
import type { Flow } from './flow.ts';
import { readVars } from './host.ts';

/** In the order of the drawing. Throws UserError WORK_TABLE_LOST: rows that are gone are never taken for no rows. */
export async function readInputs(execution: Execution): Promise<NodeInput[]> {
  const { host, flow, task } = execution;
  const arrived: ArrivalRow[] = await host.db('arrivals').where({ task_id: task.id }).orderBy('id');
  const rows = await copyInputs(execution, arrived);
  const inputs = listInbound(flow, task.node_id).flatMap((transition) =>
    rows
      .filter((row) => row.transition_id === transition.transitionId)
      .map(
        (row): NodeInput => ({
          ...transition,
          table: row.table_ref === null ? null : (JSON.parse(row.table_ref) as TableRef),
          vars: readVars(row.vars),
        }),
      ),
  );
  for (const { table } of inputs) if (table) await host.stores.run(task.run_id).verify(table);
  return inputs;
}

/** The transitions that lead to a node, in the order of the drawing. */
export function listInbound(flow: Flow, nodeId: string): InboundTransition[] {
  return (flow.graph.in.get(nodeId) ?? []).map(({ id, from, port }) => ({
    transitionId: id,
    fromNode: from,
    fromName: flow.node(from).name,
    port,
  }));
}
