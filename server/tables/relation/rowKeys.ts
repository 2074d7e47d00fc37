/** Keys that are the `_id` of their row: at most one row has a value, and it is found without an index of its own. */
import type { Expr, Relation } from '../../../contract/relation.ts';

export function isRowKey(relation: Relation, expr: Expr): boolean {
  switch (relation.op) {
    case 'scan':
      return expr.op === 'rowId';
    case 'filter':
      return isRowKey(relation.input, expr);
    case 'project': {
      const own = expr.op === 'column' ? relation.columns.find(({ name }) => name === expr.name) : undefined;
      if (own) return own.type === 'integer' && isRowKey(relation.input, own.expr);
      return expr.op === 'rowId' || relation.keep ? isRowKey(relation.input, expr) : false;
    }
    default:
      return false;
  }
}
