/** How often each value stands in a text column. */
import { column, type Predicate, scan, type TableRef } from '../../../contract/relation.ts';
import type { Connection } from '../connection.ts';
import { withPlan } from '../relation/plan.ts';
import type { Setting } from '../relation/sources.ts';
import type { Tally } from '../types.ts';

export function tallyColumn(
  db: Connection,
  setting: Setting,
  table: TableRef,
  { name, where }: { name: string; where?: Predicate | undefined },
): Promise<Tally[]> {
  const input = scan(table);
  const relation = {
    op: 'group' as const,
    input: where ? { op: 'filter' as const, input, where } : input,
    by: [{ name: 'value', label: '', type: 'text' as const, expr: column(name) }],
    aggregates: [{ name: 'rows', label: '', type: 'integer' as const, fn: 'count' as const }],
  };
  const want = { columns: new Set([0, 1]) };
  return withPlan(db, setting, { relation, want }, ({ select, compiler }) =>
    db.all<Tally>(`SELECT q.x0 AS value, q.x1 AS rows FROM (${select.sql}) q`, compiler.params),
  );
}
