/** How many rows of a plan there are of each kind. */
import type { ExportAction } from '../../../contract/exports.ts';
import type { TableRef } from '../../../contract/relation.ts';
import { column, literal, scan } from '../../../contract/relation.ts';
import type { Context } from '../readRecords.ts';
import type { Kind } from './applyStages.ts';
import { kinds, ofKind } from './applyStages.ts';

export interface PlanCounts {
  /** Of what is sent, by how it is sent. */
  kinds: Record<Kind, number>;
  /** They add up to the rows of the plan. */
  actions: Record<ExportAction, number>;
}

export async function countPlan(context: Context, rows: TableRef): Promise<PlanCounts> {
  const counts = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>;
  for (const kind of kinds) counts[kind] = await context.count(ofKind(rows, kind));
  const { create, add, ...others } = counts;
  const sent = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const moved = await context.count({
    op: 'filter',
    input: scan(rows),
    where: { op: 'eq', left: column('action'), right: literal('moved', 'text') },
  });
  return { kinds: counts, actions: { create: create + add, ...others, moved, unchanged: rows.count - sent - moved } };
}
