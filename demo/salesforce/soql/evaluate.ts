import type { Value } from '../objects/field.ts';
import type { Table } from '../store/table.ts';
import type { CompareOperator, Condition, Literal, Query } from './ast.ts';
import { type Column, findColumn } from './columns.ts';
import { fold, isText, likeTest, type Operand, operandOf, testOf } from './compare.ts';
import { type Context, invalidField, invalidOperator } from './context.ts';
import { malformed } from './errors.ts';
import { innerColumn } from './semiJoins.ts';

/** A condition whose names and literals have been understood. */
export type Bound =
  | { kind: 'and' | 'or'; items: Bound[]; holds: (row: number) => boolean }
  | { kind: 'not'; item: Bound; holds: (row: number) => boolean }
  | BoundTest;

export interface BoundTest {
  kind: 'test';
  column: Column;
  operator: CompareOperator | 'IN' | 'NOT IN';
  operands: Operand[];
  holds: (row: number) => boolean;
}

/** Gives a condition its meaning on an object. Throws for unknown names and for literals that do not fit. */
export function bind(context: Context, table: Table, alias: string | null, condition: Condition): Bound {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return combine(
        condition.kind,
        condition.items.map((item) => bind(context, table, alias, item)),
      );
    case 'not': {
      const item = bind(context, table, alias, condition.item);
      return { kind: 'not', item, holds: (row) => !item.holds(row) };
    }
    case 'join':
      return bindJoin(context, findColumn(context, table, alias, condition.path), condition.query);
    default:
      return bindTest(context, findColumn(context, table, alias, condition.path), condition);
  }
}

/** Only the names and literals of a query within IN: what it finds stands in its place when rows are looked for. */
function bindJoin(context: Context, column: Column, query: Query): BoundTest {
  const inner = innerColumn(context, query);
  if (query.where !== null) bind(context, inner.table, query.alias, query.where);
  return bindList(context, column, false, []);
}

function combine(kind: 'and' | 'or', items: Bound[]): Bound {
  const tests = items.map((item) => item.holds);
  const holds =
    kind === 'and'
      ? (row: number) => tests.every((test) => test(row))
      : (row: number) => tests.some((test) => test(row));
  return { kind, items, holds };
}

type Test = Extract<Condition, { kind: 'compare' | 'in' }>;

function bindTest(context: Context, column: Column, condition: Test): BoundTest {
  if (!column.field.filterable) {
    throw invalidField(context, column.at, `field '${column.field.name}' can not be filtered in a query call`);
  }
  if (condition.kind === 'in') return bindList(context, column, condition.negated, condition.literals);
  if (condition.operator === 'LIKE') return bindLike(context, column, condition.literal);
  const { operator, literal } = condition;
  if (literal.kind === 'null' && operator !== '=' && operator !== '!=') {
    throw malformed(context.text, literal.at, "unexpected token: 'null'");
  }
  const operand = operandOf(context, column, literal);
  const test = testOf(operator, operand, context.negationFindsNulls);
  return { kind: 'test', column, operator, operands: [operand], holds: onValues(column, test) };
}

/** Folds text before it is tested; other types are compared as they are. */
function onValues(column: Column, test: (value: Value) => boolean): (row: number) => boolean {
  const { read } = column;
  return isText(column) ? (row) => test(fold(read(row))) : (row) => test(read(row));
}

function bindList(context: Context, column: Column, negated: boolean, literals: Literal[]): BoundTest {
  const operands = literals.map((literal) => operandOf(context, column, literal));
  const plain = new Set<Value>(operands.filter((operand) => operand === null || typeof operand !== 'object'));
  const periods = operands
    .filter((operand) => operand !== null && typeof operand === 'object')
    .map((operand) => testOf('=', operand, false));
  const isListed = (value: Value): boolean => plain.has(value) || periods.some((test) => test(value));
  const nullsToo = context.negationFindsNulls && !plain.has(null);
  const test = negated ? (value: Value) => (value === null ? nullsToo : !isListed(value)) : isListed;
  return { kind: 'test', column, operator: negated ? 'NOT IN' : 'IN', operands, holds: onValues(column, test) };
}

function bindLike(context: Context, column: Column, literal: Literal): BoundTest {
  const { type } = column.field;
  if (type === 'id' || type === 'reference') throw invalidOperator(context, column.at, 'invalid operator on id field');
  if (!isText(column)) throw invalidOperator(context, column.at, `invalid operator on ${type} field`);
  if (literal.kind === 'null') throw malformed(context.text, literal.at, "unexpected token: 'null'");
  const operand = operandOf(context, column, literal);
  const fits = likeTest(literal.kind === 'string' ? literal.pattern : '');
  const test = (value: Value): boolean => fits(value === null ? '' : String(value));
  return { kind: 'test', column, operator: 'LIKE', operands: [operand], holds: onValues(column, test) };
}
