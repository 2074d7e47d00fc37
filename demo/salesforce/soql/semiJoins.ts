import type { Value } from '../objects/field.ts';
import type { Table } from '../store/table.ts';
import type { Condition, Literal, Query } from './ast.ts';
import { type Column, findColumn, findObject } from './columns.ts';
import { type Context, invalidField } from './context.ts';
import { malformed } from './errors.ts';

type Joined = Extract<Condition, { kind: 'join' }>;

/** The rows a query finds. */
export type FindRows = (context: Context, table: Table, query: Query, withDeleted: boolean) => Promise<Uint32Array>;

/** Puts in place of each query within IN the values that it finds. */
export async function resolveJoins(context: Context, condition: Condition, findRows: FindRows): Promise<Condition> {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const items: Condition[] = [];
      for (const item of condition.items) items.push(await resolveJoins(context, item, findRows));
      return { kind: condition.kind, items };
    }
    case 'not':
      return { kind: 'not', item: await resolveJoins(context, condition.item, findRows) };
    case 'join':
      return resolveJoin(context, condition, findRows);
    default:
      return condition;
  }
}

async function resolveJoin(context: Context, joined: Joined, findRows: FindRows): Promise<Condition> {
  const { path, negated, query } = joined;
  const { table, column } = innerColumn(context, query);
  const found = new Set<Value>();
  for (const row of await findRows(context, table, query, false)) found.add(column.read(row));
  const literals = [...found].filter((value) => value !== null).map((value) => textLiteral(String(value), path.at));
  return { kind: 'in', path, negated, literals };
}

function textLiteral(value: string, at: number): Literal {
  return { kind: 'string', value, pattern: value, at };
}

/** The one column of a query within IN. Throws for more, and for one that holds no ids. */
export function innerColumn(context: Context, query: Query): { table: Table; column: Column } {
  const [item, ...more] = query.select;
  const { at } = query.object;
  if (item?.kind !== 'field' || more.length > 0) {
    throw malformed(context.text, at, 'a query within IN must select exactly one field');
  }
  const table = findObject(context, query);
  const column = findColumn(context, table, query.alias, item.path);
  if (column.field.type === 'id' || column.field.type === 'reference') return { table, column };
  const message = `the field '${column.field.name}' of a query within IN must be an Id or a reference`;
  throw invalidField(context, item.path.at, message);
}
