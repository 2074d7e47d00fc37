import { malformed } from '../errors.ts';
import type { Org } from '../org.ts';
import type { Table } from '../store/table.ts';
import type { Column } from '../tables/column.ts';
import type { Navigation } from '../tables/table.ts';
import { compile, referring } from './evaluate.ts';
import { parseFilter } from './filter.ts';
import { type Order, readOrder } from './order.ts';
import { propertyName, propertyOf, tableBehind } from './properties.ts';
import type { Test } from './reached.ts';

/** What of a row is answered. */
export interface Shape {
  columns: readonly Column[];
  /** Those that were named, which the context names too; none where all are answered. */
  chosen: readonly Column[];
  expands: readonly Expand[];
}

export type Expand = { name: string; table: Table; shape: Shape } & (
  | { kind: 'one'; navigation: Navigation }
  | { kind: 'many'; column: Column; test: Test; order: readonly Order[]; top: number }
);

type Query = ReadonlyMap<string, string>;

/** Reads `$select` and `$expand`. Throws for what the table does not have. */
export function readShape(org: Org, table: Table, query: Query): Shape {
  const select = query.get('$select');
  const names = (select ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  const isChosen = names.length > 0 && !names.includes('*');
  const columns = isChosen ? names.map((name) => propertyOf(table, name)) : table.definition.columns;
  const expands = splitOutside(query.get('$expand') ?? '', ',').map((item) => readExpand(org, table, item));
  return { columns: withPartners(table, columns), chosen: isChosen ? columns : [], expands };
}

/** The id is always there, and money comes with its currency. */
function withPartners(table: Table, columns: readonly Column[]): Column[] {
  const needed = ['transactioncurrencyid', table.definition.primaryId].filter(
    (_name, index) => index > 0 || columns.some(({ type }) => type === 'Money'),
  );
  const found = needed.flatMap((name) => table.columns.get(name) ?? []);
  return [...new Set([...columns, ...found])];
}

function readExpand(org: Org, table: Table, text: string): Expand {
  const [, name = '', inner = ''] = /^([\w$]+)(?:\(([\s\S]*)\))?$/.exec(text.trim()) ?? [];
  if (name === '') throw malformed(`Term '${text}' is not valid in a $select or $expand expression.`);
  const query = new Map(
    splitOutside(inner, ';').map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim(), part.slice(at + 1)] as const;
    }),
  );
  const navigation = table.navigations.get(name);
  if (navigation !== undefined) {
    const behind = tableBehind(org, navigation);
    return { kind: 'one', name, navigation, table: behind, shape: readShape(org, behind, query) };
  }
  if (table.columns.has(name))
    throw malformed(
      `Property '${name}' on type 'Microsoft.Dynamics.CRM.${table.name}' is not a navigation property or complex property. Only navigation properties can be expanded.`,
    );
  const { table: other, column } = referring(org, table, name);
  const filter = query.get('$filter');
  return {
    kind: 'many',
    name,
    column,
    table: other,
    shape: readShape(org, other, query),
    test: filter === undefined ? () => true : compile(org, other, parseFilter(filter, query)),
    order: readOrder(org, other, query.get('$orderby')),
    top: Number(query.get('$top') ?? 5000),
  };
}

/** Splits a text at a sign that stands in no brackets and no quotes. */
export function splitOutside(text: string, sign: string): string[] {
  const parts: string[] = [];
  let [depth, isQuoted, from] = [0, false, 0];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "'") isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    else if (text[at] === sign && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part.trim() !== '');
}

/** As the context of an answer names what was chosen. */
export function describeShape({ chosen, expands }: Shape): string {
  const inner = expands.map((expand) => `${expand.name}(${describeShape(expand.shape)})`);
  return [...chosen.map(propertyName), ...inner].join(',');
}
