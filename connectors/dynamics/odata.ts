/** OData from a query. No raw value ever reaches the text: every literal is made by the type of its field. */
import type { ReadQuery } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { FilterOperator, ResolvedFilter } from '../../contract/filter.ts';
import type { Cell } from '../../contract/types.ts';
import { canonicalDecimal } from '../../contract/types.ts';
import type { Spelling } from '../kit/literals.ts';
import { demandInstant, spell } from '../kit/literals.ts';
import type { Described, Wire } from './describe.ts';
import { fullId } from './ids.ts';

/** One chosen field: how it is asked for, and how it is reached in an answer. */
export interface Chosen {
  /** As it was asked for. */
  name: string;
  wire: Wire;
  /** The ways to the related row that has it; none for a field of the row itself. */
  path: readonly string[];
}

export type Part = { ids: readonly string[] } | { key: Wire; literals: readonly string[] } | null;

/** The request for a query, behind the service's address. */
export function buildQuery(query: ReadQuery, described: Described, chosen: readonly Chosen[], part: Part): string {
  const filter = conditions(query, described, part);
  const expand = expandOf(
    chosen.filter(({ path }) => path.length > 0),
    0,
  );
  const options = [
    `$select=${selectOf(
      chosen.filter(({ path }) => path.length === 0),
      described,
    ).join(',')}`,
    ...(expand === '' ? [] : [`$expand=${expand}`]),
    ...(filter === '' ? [] : [`$filter=${encodeURIComponent(filter)}`]),
    `$orderby=${orderOf(query, described).join(',')}`,
  ];
  return `${described.table.setName}?${options.join('&')}`;
}

/** The request that counts, which sees no more than 5,000 rows. */
export function buildCount(query: ReadQuery, described: Described): string {
  const filter = conditions(query, described, null);
  const { setName, primaryId } = described.table;
  return `${setName}?$select=${primaryId}${filter === '' ? '' : `&$filter=${encodeURIComponent(filter)}`}`;
}

function selectOf(chosen: readonly Chosen[], { table }: Described): string[] {
  return [...new Set([...chosen.map(({ wire }) => wire.property), table.primaryId])];
}

/** `primarycontactid($select=fullname;$expand=…)`, one for each way. */
function expandOf(chosen: readonly Chosen[], depth: number): string {
  const ways = Map.groupBy(chosen, ({ path }) => path[depth] ?? '');
  return [...ways]
    .map(([way, inner]) => {
      const own = inner.filter(({ path }) => path.length === depth + 1).map(({ wire }) => wire.property);
      const further = expandOf(
        inner.filter(({ path }) => path.length > depth + 1),
        depth + 1,
      );
      const options = [
        ...(own.length > 0 ? [`$select=${[...new Set(own)].join(',')}`] : []),
        ...(further === '' ? [] : [`$expand=${further}`]),
      ];
      return `${way}(${options.join(';')})`;
    })
    .join(',');
}

/** A unique column at the end, or rows of equal places come twice, or not at all. */
function orderOf({ window, orderBy = [] }: ReadQuery, described: Described): string[] {
  const named = window ? [{ field: window.field, direction: 'asc' }] : orderBy;
  const own = named.map(({ field, direction }) => `${wireOf(described, field).property} ${direction}`);
  const isById = named.some(({ field }) => wireOf(described, field).kind === 'id');
  return isById ? own : [...own, `${described.table.primaryId} asc`];
}

function conditions(query: ReadQuery, described: Described, part: Part): string {
  const filter = query.filter ? compile(query.filter, described) : '';
  const own = [...windowConditions(query, described), ...(part ? [partCondition(part, described)] : [])];
  if (filter === '') return own.join(' and ');
  return own.length === 0 ? filter : [...own, `(${filter})`].join(' and ');
}

function windowConditions({ window }: ReadQuery, described: Described): string[] {
  if (!window) return [];
  const { property } = wireOf(described, window.field);
  return [
    ...(window.from === null ? [] : [`${property} ge ${instant(window.from)}`]),
    `${property} lt ${instant(window.to)}`,
  ];
}

function partCondition(part: NonNullable<Part>, { table }: Described): string {
  if ('ids' in part) return isIn(table.primaryId, part.ids);
  const { type } = part.key.field;
  if (type === 'text' || type === 'integer') return isIn(part.key.property, part.literals);
  return `(${part.literals.map((literal) => `${part.key.property} eq ${literal}`).join(' or ')})`;
}

/** Values in double quotes: those in single ones cannot hold an apostrophe. */
const isIn = (property: string, values: readonly string[]): string =>
  `Microsoft.Dynamics.CRM.In(PropertyName='${property}',PropertyValues=${JSON.stringify(values)})`;

export function wireOf({ wires, details }: Described, name: string): Wire {
  const wire = wires.get(name.toLowerCase());
  if (!wire) throw new UserError('FIELD_UNKNOWN', { field: name, object: details.name });
  return wire;
}

function compile(filter: ResolvedFilter, described: Described): string {
  if (filter.kind === 'condition') return condition(wireOf(described, filter.field), filter.operator, filter.value);
  const parts = filter.items.map((item) => compile(item, described)).filter((part) => part !== '');
  return parts.length < 2 ? (parts[0] ?? '') : parts.map((part) => `(${part})`).join(` ${filter.operator} `);
}

const isNull: Partial<Record<FilterOperator, 'eq' | 'ne'>> = { isEmpty: 'eq', isNotEmpty: 'ne' };

function condition(wire: Wire, operator: FilterOperator, value: Cell): string {
  const { field, property, kind } = wire;
  if (!field.filterable) throw new UserError('FIELD_NOT_FILTERABLE', { field: field.name });
  const empty = isNull[operator];
  if (empty) return nullCondition(wire, empty);
  if (kind === 'id' || kind === 'lookup') {
    if (operator !== 'eq' && operator !== 'ne')
      throw new UserError('FILTER_OPERATOR', { field: field.name, type: 'record id', operator });
    const id = fullId(String(value));
    return operator === 'eq' ? `${property} eq ${id}` : unequal(property, id);
  }
  if (operator === 'contains') return `contains(${property},${quote(withoutWildcards(String(value)))})`;
  if (operator === 'startsWith') return `startswith(${property},${quote(withoutWildcards(String(value)))})`;
  const right = literalFor(wire, value);
  return operator === 'ne' ? unequal(property, right) : `${property} ${operator} ${right}`;
}

/** Whether "ne" gives rows without a value is not the same everywhere, so it is always said. */
const unequal = (property: string, right: string): string => `(${property} ne ${right} or ${property} eq null)`;

/** A lookup to one of several tables is empty as well where it leads to another one. */
function nullCondition({ property, way }: Wire, operator: 'eq' | 'ne'): string {
  if (!way?.isOneOfSeveral || way.navigation === null) return `${property} ${operator} null`;
  return `${way.navigation}/${way.target.primaryId} ${operator} null`;
}

/** A literal by the type of a field; texts of ids and numbers of choices among them. */
export function literalFor({ field, kind }: Wire, value: Cell): string {
  const isId = value !== null && (kind === 'id' || kind === 'lookup');
  return isId ? fullId(String(value)) : spell(field.type, value, spelling);
}

export function numeral(text: string): string {
  const canonical = canonicalDecimal(text);
  if (canonical === null) throw new TypeError(`${text} is not a number`);
  return canonical;
}

/** With its UTC mark, and without the fraction that no stamp has. */
const instant = (text: string): string => demandInstant(text).replace('.000Z', 'Z');

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const spelling: Spelling = { boolean: String, number: numeral, instant, text: quote };

/** Signs that stand for others in patterns stand for themselves in brackets. */
const withoutWildcards = (text: string): string => text.replace(/[%_[]/g, '[$&]');
