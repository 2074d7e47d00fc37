import { malformed } from '../errors.ts';
import type { Org } from '../org.ts';
import type { Row, Table } from '../store/table.ts';
import type { Value } from '../tables/column.ts';
import { reach, typeOf } from './evaluate.ts';
import { propertyName } from './properties.ts';
import type { Reached } from './reached.ts';

export interface Order {
  name: string;
  isDescending: boolean;
  read(row: Row): Value;
}

export function readOrder(org: Org, table: Table, text: string | undefined): Order[] {
  return (text ?? '').split(',').flatMap((part) => {
    if (part.trim() === '') return [];
    const [, path = '', direction = 'asc'] = /^([\w/]+)(?:\s+(asc|desc))?$/.exec(part.trim()) ?? [];
    if (path === '') throw malformed(`Syntax error at position 0 in '${part}'.`);
    const reached = reach(org, table, path.split('/'), '');
    return { name: propertyName(reached.column), isDescending: direction === 'desc', read: sortable(org, reached) };
  });
}

/** Choices are in the order of their numbers, lookups in that of the names they lead to, texts whatever their case. */
function sortable(org: Org, { column, read }: Reached): (row: Row) => Value {
  if (column.type === 'Lookup') {
    const target = org.table(column.targets?.[0] ?? '');
    return (row) => nameOf(target, read(row));
  }
  return typeOf(column) === 'string' ? (row) => folded(read(row)) : read;
}

function nameOf(table: Table | undefined, id: Value): Value {
  const row = typeof id === 'string' ? table?.rows.get(id) : undefined;
  return row === undefined ? null : folded(row.values[table?.definition.primaryName ?? ''] ?? null);
}

const folded = (value: Value): Value => (typeof value === 'string' ? value.toLowerCase() : value);

/** The values by which a row is placed, its id last. */
export const placeOf = (row: Row, order: readonly Order[]): Value[] => [
  ...order.map(({ read }) => read(row)),
  row.order,
];

/** Nothing is less than anything. */
function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null) return -1;
  return b === null || a > b ? 1 : -1;
}

export function comparePlaces(a: readonly Value[], b: readonly Value[], order: readonly Order[]): number {
  for (let at = 0; at < a.length; at++) {
    const result = compareValues(a[at] ?? null, b[at] ?? null);
    if (result !== 0) return order[at]?.isDescending === true ? -result : result;
  }
  return 0;
}
