import type { Table } from '../store/table.ts';
import type { Condition, Query } from './ast.ts';
import { malformed } from './errors.ts';

/** Throws for an object that may only be read by values of certain fields, when the query names none of them. */
export function checkFilter(table: Table, query: Query): void {
  const { filterNeeded, name } = table.definition;
  if (filterNeeded === undefined) return;
  const wanted = new Set(filterNeeded.map((field) => field.toLowerCase()));
  if (query.where !== null && namesOne(query.where, wanted)) return;
  const forms = filterNeeded.map((field) => `${field} = [single ID]`).join(', ');
  const message =
    `Implementation restriction. When querying the ${name} Object, you must filter using the following syntax: ` +
    `${forms}, or one of these with IN [list of IDs]`;
  throw malformed(query.text, query.object.at, message);
}

function namesOne(condition: Condition, wanted: ReadonlySet<string>): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.items.some((item) => namesOne(item, wanted));
    case 'in':
      return !condition.negated && wanted.has(condition.path.parts.at(-1)!.toLowerCase());
    case 'compare':
      return condition.operator === '=' && wanted.has(condition.path.parts.at(-1)!.toLowerCase());
    default:
      return false;
  }
}
