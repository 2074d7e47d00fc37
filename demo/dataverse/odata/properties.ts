import { noProperty } from '../errors.ts';
import type { Org } from '../org.ts';
import type { Row, Table } from '../store/table.ts';
import type { Column, Value } from '../tables/column.ts';
import type { Navigation } from '../tables/table.ts';

/** A column under the name it has in addresses and bodies: a lookup is `_name_value`. */
export function propertyOf(table: Table, name: string): Column {
  const inner = /^_(\w+)_value$/.exec(name)?.[1];
  const column = table.columns.get(inner ?? name);
  if (column === undefined || (inner !== undefined) !== isLookup(column)) throw noProperty(name, table.name);
  return column;
}

export const isLookup = ({ type }: Column): boolean => type === 'Lookup' || type === 'Customer' || type === 'Owner';

export const propertyName = (column: Column): string => (isLookup(column) ? `_${column.name}_value` : column.name);

/** What a row holds; the version is a column as well. */
export function cellOf(row: Row, { name }: Pick<Column, 'name'>): Value {
  return name === 'versionnumber' ? row.version : (row.values[name] ?? null);
}

/** The logical name of the table that a lookup of this row leads to. */
export function targetOf(row: Row, { name, targets = [] }: Column): string {
  return targets.length === 1 ? (targets[0] ?? '') : String(row.values[`${name}type`] ?? '');
}

/** The row at the other end; null where there is none, or it is of another table than this way leads to. */
export function follow(org: Org, row: Row, { column, target }: Navigation): { table: Table; row: Row } | null {
  const id = row.values[column.name];
  const name = targetOf(row, column);
  const table = org.table(name);
  if (typeof id !== 'string' || table === undefined || (target !== 'owner' && target !== name)) return null;
  const found = table.rows.get(id);
  return found ? { table, row: found } : null;
}

/** The table whose columns are reached by a way: of an owner, those of users. */
export function tableBehind(org: Org, { target }: Navigation): Table {
  return org.table(target === 'owner' ? 'systemuser' : target)!;
}
