/** How often a node that ignores its errors failed in a row; the workflow says how many are too many. */
import type { TaskRow } from '../db/rows.ts';
import type { RunChange } from '../runs/changeRun.ts';
import type { Flow } from './flow.ts';

/** Gives whether the node failed once too often. Costs nothing where the workflow has no limit or the node fails the run anyway. */
export function countError(change: RunChange, flow: Flow, task: Pick<TaskRow, 'node_id'>, failed: boolean): boolean {
  const limit = flow.workflow.settings?.consecutiveErrors ?? 0;
  if (limit === 0 || flow.node(task.node_id).onError !== 'ignore') return false;
  const counts = JSON.parse(change.run.error_counts) as Record<string, number>;
  const count = failed ? (counts[task.node_id] ?? 0) + 1 : 0;
  if (count !== (counts[task.node_id] ?? 0))
    change.set({ error_counts: JSON.stringify({ ...counts, [task.node_id]: count }) });
  return count > limit;
}
