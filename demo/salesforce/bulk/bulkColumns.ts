import { ApiError } from '../errors.ts';
import type { Query } from '../soql/ast.ts';
import { type Column, findColumn } from '../soql/columns.ts';
import { type Context, invalidField } from '../soql/context.ts';
import { parseSoql } from '../soql/parser.ts';
import type { Table } from '../store/table.ts';

/** A column of the result with the name its header has. */
export interface BulkColumn {
  name: string;
  column: Column;
}

/** Reads a query for the Bulk API. Throws what Salesforce answers to SOQL that only REST takes. */
export function parseBulkSoql(text: string): Query {
  if (/\(\s*SELECT\b/i.test(selectList(text))) {
    throw unsupported('Aggregate Relationships not supported in Bulk Query');
  }
  if (/\bTYPEOF\b/i.test(selectList(text))) throw unsupported('TYPEOF clause not supported in Bulk Query');
  if (/\bGROUP\s+BY\b/i.test(withoutStrings(text))) throw unsupported('GROUP BY not supported in Bulk Query');
  const query = parseSoql(text);
  if (query.countsRows || query.select.some(({ kind }) => kind === 'count')) {
    throw unsupported('Aggregate functions not supported in Bulk Query');
  }
  if (query.select.some(({ kind }) => kind === 'fields')) {
    throw unsupported('FIELDS functions not supported in Bulk Query');
  }
  if (/\bOFFSET\b/i.test(withoutStrings(text))) throw unsupported('OFFSET clause not supported in Bulk Query');
  return query;
}

function withoutStrings(text: string): string {
  return text.replace(/'(?:[^'\\]|\\.)*'/g, "''");
}

function selectList(text: string): string {
  return withoutStrings(text).split(/\bWHERE\b/i)[0]!;
}

function unsupported(message: string): ApiError {
  return new ApiError(400, 'API_ERROR', message);
}

/** The columns of the SELECT list. Throws for names the object does not have, and for compound fields. */
export function bulkColumns(context: Context, table: Table, query: Query): BulkColumn[] {
  const found = new Map<string, BulkColumn>();
  for (const item of query.select) {
    if (item.kind !== 'field') continue;
    const column = findColumn(context, table, query.alias, item.path);
    if (column.field.type === 'address') throw unsupported('Selecting compound data not supported in Bulk Query');
    const name = [...column.through.map((field) => field.relationshipName), column.field.name].join('.');
    if (found.has(name)) throw invalidField(context, column.at, `duplicate field selected: ${name}`);
    found.set(name, { name, column });
  }
  return [...found.values()];
}
