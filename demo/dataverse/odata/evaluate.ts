import { malformed, noProperty } from '../errors.ts';
import type { Org } from '../org.ts';
import type { Row, Table } from '../store/table.ts';
import type { Column, Value } from '../tables/column.ts';
import { collectionOf } from '../tables/table.ts';
import type { Comparison, Filter, Operand } from './filter.ts';
import { callFunction } from './functions.ts';
import type { Literal } from './lexer.ts';
import { cellOf, follow, propertyOf, tableBehind } from './properties.ts';
import type { Reached, Test } from './reached.ts';
import { like } from './texts.ts';

/** A filter as a test of rows. Throws for properties that are not there and for values of another type. */
export function compile(org: Org, table: Table, filter: Filter, variable = ''): Test {
  const inner = (item: Filter): Test => compile(org, table, item, variable);
  switch (filter.kind) {
    case 'and': {
      const tests = filter.items.map(inner);
      return (row) => tests.every((test) => test(row));
    }
    case 'or': {
      const tests = filter.items.map(inner);
      return (row) => tests.some((test) => test(row));
    }
    case 'not': {
      const test = inner(filter.item);
      return (row) => !test(row);
    }
    case 'text': {
      const { column, read } = reach(org, table, filter.path, variable);
      const matches = like(filter.name, filter.value);
      if (typeOf(column) !== 'string')
        throw malformed(
          `No function signature for the function with name '${filter.name}' matches the specified arguments.`,
        );
      return (row) => matches(read(row));
    }
    case 'function':
      return callFunction(org, filter.name, filter.parameters, (name) => reach(org, table, name.split('/'), variable));
    case 'lambda':
      return lambda(org, table, filter);
    case 'compare':
      return compare(org, table, filter, variable);
  }
}

export function reach(org: Org, table: Table, path: readonly string[], variable: string): Reached {
  const [first = '', ...rest] = path[0] === variable && variable !== '' ? path.slice(1) : path;
  if (rest.length === 0) {
    const column = propertyOf(table, first);
    return { column, read: (row) => cellOf(row, column) };
  }
  const navigation = table.navigations.get(first);
  if (navigation === undefined) throw noProperty(first, table.name);
  const behind = reach(org, tableBehind(org, navigation), rest, '');
  return {
    column: behind.column,
    read: (row) => {
      const found = follow(org, row, navigation);
      return found ? behind.read(found.row) : null;
    },
  };
}

type EdmType = 'string' | 'number' | 'boolean' | 'guid' | 'date' | 'instant';

const EDM: Record<EdmType, string> = {
  string: 'Edm.String',
  number: 'Edm.Int32',
  boolean: 'Edm.Boolean',
  guid: 'Edm.Guid',
  date: 'Edm.Date',
  instant: 'Edm.DateTimeOffset',
};

export function typeOf({ type, behavior }: Column): EdmType {
  if (type === 'String' || type === 'Memo' || type === 'MultiSelectPicklist') return 'string';
  if (type === 'Boolean') return 'boolean';
  if (type === 'DateTime') return behavior === 'DateOnly' ? 'date' : 'instant';
  return ['Uniqueidentifier', 'Lookup', 'Customer', 'Owner'].includes(type) ? 'guid' : 'number';
}

function compare(
  org: Org,
  table: Table,
  { operator, left, right }: Filter & { kind: 'compare' },
  variable: string,
): Test {
  const [path, other] = left.kind === 'path' ? [left, right] : [right, left];
  if (path.kind !== 'path') throw malformed('A comparison needs a property on one of its sides.');
  const turned = left.kind === 'path' ? operator : (TURNED[operator] ?? operator);
  const { column, read } = reach(org, table, path.path, variable);
  const wanted = otherSide(org, table, column, other, variable, operator);
  const findsNulls = org.settings.negationFindsNulls;
  return (row) => test(turned, folded(read(row)), wanted(row), findsNulls);
}

const TURNED: Partial<Record<Comparison, Comparison>> = { gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' };

function otherSide(
  org: Org,
  table: Table,
  column: Column,
  other: Operand,
  variable: string,
  operator: Comparison,
): (row: Row) => Value {
  if (other.kind === 'path') {
    const reached = reach(org, table, other.path, variable);
    return (row) => folded(reached.read(row));
  }
  const value = folded(literalValue(column, other.literal, operator));
  return () => value;
}

const NAMES: Record<Comparison, string> = {
  eq: 'Equal',
  ne: 'NotEqual',
  gt: 'GreaterThan',
  ge: 'GreaterThanOrEqual',
  lt: 'LessThan',
  le: 'LessThanOrEqual',
};

function literalValue(column: Column, literal: Literal, operator: Comparison): Value {
  if (literal.type === 'null') return null;
  const type = typeOf(column);
  if (literal.type === type) return type === 'instant' ? wholeSeconds(String(literal.value)) : (literal.value as Value);
  // A day stands for its beginning.
  if (type === 'instant' && literal.type === 'date') return `${literal.value}T00:00:00Z`;
  const found = literal.type in EDM ? EDM[literal.type as EdmType] : 'Edm.Untyped';
  throw malformed(
    `A binary operator with incompatible types was detected. Found operand types '${EDM[type]}' and '${found}' for operator kind '${NAMES[operator]}'.`,
  );
}

/** Stamps have no fractions: a literal's are rounded as SQL Server does when it compares. */
function wholeSeconds(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw malformed(`The time zone information is missing or the DateTimeOffset value '${text}' is not valid.`);
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

/** Texts are compared whatever their case, and spaces at their end do not count. */
const folded = (value: Value): Value => (typeof value === 'string' ? value.trimEnd().toLowerCase() : value);

function test(operator: Comparison, left: Value, right: Value, findsNulls: boolean): boolean {
  if (operator === 'eq') return left === right;
  if (operator === 'ne') return left !== right && (left !== null || right === null || findsNulls);
  if (left === null || right === null) return false;
  if (operator === 'gt') return left > right;
  if (operator === 'ge') return left >= right;
  return operator === 'lt' ? left < right : left <= right;
}

/** Over the rows of another table that refer to a row. */
function lambda(org: Org, table: Table, { name, path, variable, item }: Filter & { kind: 'lambda' }): Test {
  const [collection = ''] = path;
  const { table: other, column } = referring(org, table, collection);
  const inner = item === null ? () => true : compile(org, other, item, variable);
  return (row) => {
    const related = [...other.rows.values()].filter(
      ({ values }) => values[column.name] === row.id && (values[`${column.name}type`] ?? table.name) === table.name,
    );
    return name === 'any' ? related.some(inner) : related.every(inner);
  };
}

/** The table and the column behind a collection of a table. */
export function referring(org: Org, table: Table, collection: string): { table: Table; column: Column } {
  for (const other of org.tables)
    for (const column of other.definition.columns)
      if (column.targets?.includes(table.name) && collectionOf(column, table.name) === collection)
        return { table: other, column };
  throw noProperty(collection, table.name);
}
