/** Rows of a relation beside each other: their order, and which are alike. */
import type { Expr, Order } from '../../../contract/relation.ts';
import type { Column } from '../../../contract/types.ts';
import { compareCells } from './cells.ts';
import { Evaluator, type Row, typeOfExpr } from './expression.ts';

/** Nulls first unless said; the sort is stable, so ties stay as they were. */
export function byOrder(columns: Column[], orders: Order[]) {
  return (left: Row, right: Row): number => {
    for (const { by, direction, nulls = 'first' } of orders) {
      const type = typeOfExpr(by, columns);
      const [a, b] = [new Evaluator(columns, left).cell(by), new Evaluator(columns, right).cell(by)];
      if (a === null && b === null) continue;
      if (a === null || b === null) return (a === null) === (nulls === 'first') ? -1 : 1;
      const order = compareCells(type, a, b);
      if (order !== 0) return direction === 'asc' ? order : -order;
    }
    return 0;
  };
}

export function keyOf(columns: Column[], row: Row, exprs: Expr[]): string {
  const evaluator = new Evaluator(columns, row);
  return JSON.stringify(exprs.map((expr) => evaluator.text(expr)));
}
