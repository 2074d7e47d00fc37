/** Rows that pass a person's filters, in the order asked for. */
import { column, type Relation, relationColumns } from '../../../contract/relation.ts';
import type { Column } from '../../../contract/types.ts';
import type { Connection } from '../connection.ts';
import { orderTerms } from '../relation/order.ts';
import { type Plan, withPlan } from '../relation/plan.ts';
import type { Shape } from '../relation/shape.ts';
import type { Setting } from '../relation/sources.ts';
import { findColumn, passing, type Wish } from './query.ts';

/** A table as a relation of its rows, and how they are reached. */
export interface RowSource {
  rows: Relation & { op: 'scan' | 'local' };
  shape: Shape;
  total: number;
}

export interface Sort {
  column: Column;
  direction: 'asc' | 'desc';
}
/** Throws COLUMN_UNKNOWN. */
export function sortOf({ rows }: RowSource, { sort }: Wish): Sort | null {
  return sort && { column: findColumn(relationColumns(rows), sort.column), direction: sort.direction };
}

/** The rows that pass, with the column to sort by. */
export function withSorted<T>(
  db: Connection,
  setting: Setting,
  source: RowSource,
  { query, sort, signal }: { query: Wish; sort: Sort | null; signal?: AbortSignal },
  work: (plan: Plan) => Promise<T>,
): Promise<T> {
  const place = sort ? [relationColumns(source.rows).indexOf(sort.column)] : [];
  const relation = passing(source.rows, query);
  return withPlan(db, setting, { relation, want: { columns: new Set(place) }, signal }, work);
}

/** The order of the statement around a planned select called `q`. */
export function sortText({ compiler }: Plan, source: RowSource, sort: Sort | null): string {
  if (!sort) return 'q.o1';
  const by = column(sort.column.name);
  const nulls = sort.direction === 'asc' ? 'first' : 'last';
  const terms = orderTerms(compiler.scope(source.rows, 'q'), [{ by, direction: sort.direction, nulls }]);
  return [...terms.map(({ text }) => text), 'q.o1'].join(', ');
}
