/** Orders: always with the place of nulls said, and with the order of the input behind them, so that no two rows tie. */
import type { Order } from '../../../contract/relation.ts';
import { asType, type Scope, typeOf } from './expression.ts';
import { type OrderTerm, termText } from './select.ts';

export function orderTerms(scope: Scope, orders: Order[]): { key: string; term: OrderTerm; text: string }[] {
  return orders.flatMap(({ by, direction, nulls }) => {
    const type = typeOf(scope, by);
    if (type === null) return [];
    const key = scope.dialect.orderKey(type, asType(scope, by, type));
    const term: OrderTerm = { descending: direction === 'desc', nulls: nulls ?? 'first' };
    return [{ key, term, text: termText(key, term) }];
  });
}

/** The opposite order, nulls included. */
export function reversed(orders: Order[]): Order[] {
  return orders.map(({ by, direction, nulls }) => ({
    by,
    direction: direction === 'asc' ? 'desc' : 'asc',
    nulls: (nulls ?? 'first') === 'first' ? 'last' : 'first',
  }));
}
