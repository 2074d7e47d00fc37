/** SOQL from a query. No raw value ever reaches the text: every literal is escaped by the type of its field. */
import type { ReadQuery, RemoteField } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { FilterOperator, ResolvedFilter } from '../../contract/filter.ts';
import type { Cell } from '../../contract/types.ts';
import type { Spelling } from '../kit/literals.ts';
import { demandInstant, spell } from '../kit/literals.ts';
import { isOrdered } from '../kit/reads.ts';

/** Behind the last record read: in the order (index field, Id), or Id alone. */
export interface Keyset {
  stamp: string | null;
  id: string;
}

/**
 * The part of a query that one request asks for: what is behind one record, and not behind another; some ids of it; or what
 * has one of these values, escaped already, in a field. null: all.
 */
export type Part =
  | { after: Keyset | null; until?: Keyset }
  | { ids: readonly string[] }
  | { keyField: string; literals: readonly string[] }
  | null;

export type FieldsByName = ReadonlyMap<string, RemoteField>;

export function buildQuery(query: ReadQuery, fields: FieldsByName, part: Part): string {
  const where = conditions(query, fields, part);
  return [
    `SELECT ${query.fields.map(plainName).join(', ')}`,
    `FROM ${plainName(query.object)}`,
    ...(where ? [`WHERE ${where}`] : []),
    `ORDER BY ${order(query)}`,
    ...(query.limit === undefined ? [] : [`LIMIT ${query.limit}`]),
  ].join(' ');
}

/** SOQL as it stands in an address. Apostrophes are written out, as every client sends them, so that the length is the true one. */
export function toAddress(soql: string): string {
  return encodeURIComponent(soql).replaceAll("'", '%27');
}

export function buildCount(query: ReadQuery, fields: FieldsByName): string {
  const where = conditions(query, fields, null);
  return `SELECT COUNT() FROM ${plainName(query.object)}${where ? ` WHERE ${where}` : ''}`;
}

function conditions(query: ReadQuery, fields: FieldsByName, part: Part): string {
  const filter = query.filter ? compileFilter(query.filter, fields) : '';
  return [
    ...windowConditions(query),
    ...(part ? partConditions(query, part) : []),
    ...(filter ? [`(${filter})`] : []),
  ].join(' AND ');
}

function windowConditions({ window }: ReadQuery): string[] {
  if (!window) return [];
  const field = plainName(window.field);
  return [
    ...(window.from === null ? [] : [`${field} >= ${demandInstant(window.from)}`]),
    `${field} < ${demandInstant(window.to)}`,
  ];
}

function partConditions(query: ReadQuery, part: NonNullable<Part>): string[] {
  if ('ids' in part) return [`Id IN (${part.ids.map(quote).join(',')})`];
  if ('literals' in part) return [`${plainName(part.keyField)} IN (${part.literals.join(',')})`];
  return [
    ...(part.after ? [compareKey(query, part.after, '>', '>')] : []),
    ...(part.until ? [compareKey(query, part.until, '<', '<=')] : []),
  ];
}

/** Where a record stands against another in the order of the read: by its stamp, then by its id. */
function compareKey(query: ReadQuery, key: Keyset, beyond: '<' | '>', byId: '>' | '<='): string {
  const id = quote(key.id);
  if (!query.window || key.stamp === null) return `Id ${byId} ${id}`;
  const field = plainName(query.window.field);
  const stamp = demandInstant(key.stamp);
  return `((${field} = ${stamp} AND Id ${byId} ${id}) OR ${field} ${beyond} ${stamp})`;
}

function order(query: ReadQuery): string {
  if (query.window) return `${plainName(query.window.field)}, Id`;
  if (!isOrdered(query)) return 'Id';
  return [
    ...(query.orderBy ?? []).map((item) => `${plainName(item.field)} ${item.direction === 'desc' ? 'DESC' : 'ASC'}`),
    'Id',
  ].join(', ');
}

/** A field or object name, or a path of them. Anything else never reaches the CRM. */
function plainName(name: string): string {
  if (!/^[A-Za-z]\w*(\.[A-Za-z]\w*){0,5}$/.test(name))
    throw new UserError('FIELD_UNKNOWN', { field: name, object: '' });
  return name;
}

/** An empty group holds no condition and disappears. */
function compileFilter(filter: ResolvedFilter, fields: FieldsByName): string {
  if (filter.kind === 'condition') return compileCondition(filter.field, filter.operator, filter.value, fields);
  const parts = filter.items.map((item) => compileFilter(item, fields)).filter((part) => part !== '');
  return parts.length < 2
    ? (parts[0] ?? '')
    : parts.map((part) => `(${part})`).join(filter.operator === 'and' ? ' AND ' : ' OR ');
}

const comparisons: Partial<Record<FilterOperator, string>> = { eq: '=', lt: '<', le: '<=', gt: '>', ge: '>=' };

function compileCondition(name: string, operator: FilterOperator, value: Cell, fields: FieldsByName): string {
  const field = fields.get(name.toLowerCase());
  if (!field) throw new UserError('FIELD_UNKNOWN', { field: name, object: '' });
  if (!field.filterable) throw new UserError('FIELD_NOT_FILTERABLE', { field: name });
  const left = plainName(field.name);
  if (operator === 'isEmpty' || operator === 'isNotEmpty') return `${left} ${operator === 'isEmpty' ? '=' : '!='} null`;
  if (operator === 'contains') return `${left} LIKE ${quoteLike(`%`, String(value), '%')}`;
  if (operator === 'startsWith') return `${left} LIKE ${quoteLike('', String(value), '%')}`;
  const right = literalFor(field, value);
  // Whether "!=" gives records without a value is not the same everywhere, so it is always said.
  if (operator === 'ne') return `(${left} != ${right} OR ${left} = null)`;
  return `${left} ${comparisons[operator] ?? '='} ${right}`;
}

export const literalFor = (field: RemoteField, value: Cell): string => spell(field.type, value, spelling);

function numeral(text: string): string {
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) throw new TypeError(`${text} is not a number`);
  return text;
}

const escapes: Record<string, string> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

export function quote(text: string): string {
  return `'${escapeText(text)}'`;
}

/** The interface knows whole seconds and milliseconds, both with their UTC mark. */
const spelling: Spelling = {
  boolean: (value) => (value ? 'TRUE' : 'FALSE'),
  number: numeral,
  instant: (text) => text,
  text: quote,
};

function quoteLike(before: string, text: string, after: string): string {
  return `'${before}${escapeText(text).replace(/[%_]/g, '\\$&')}${after}'`;
}

function escapeText(text: string): string {
  return text.replace(/[\\'"\n\r\t\b\f]/g, (character) => escapes[character] ?? character);
}
