/** The filter as set work: right sides are evaluated once, before the table is read. */
import type { FilterOperator, ResolvedFilter } from '../../contract/filter.ts';
import { filterConditions, resolveFilter } from '../../contract/filter.ts';
import type { Predicate } from '../../contract/relation.ts';
import { column, literal } from '../../contract/relation.ts';
import type { Cell, Column, ColumnType } from '../../contract/types.ts';
import { dayInZone } from '../kit/days.ts';
import { demandTableColumn } from '../kit/localTables.ts';
import type { NodeContext } from '../kit/run.ts';
import type { QueryConfig } from './config.ts';

/** Throws UserError TABLE_COLUMN_UNKNOWN, EXPRESSION_FAILED, FILTER_OPERATOR or FILTER_VALUE. */
export async function predicateOf(
  { config, evaluate, timeZone }: NodeContext<QueryConfig>,
  columns: readonly Column[],
): Promise<Predicate> {
  const table = { name: config.table, columns };
  for (const { condition } of filterConditions(config.filter)) demandTableColumn(table, condition.field);
  const typeOf = (name: string): ColumnType => demandTableColumn(table, name).type;
  const resolved = await resolveFilter(config.filter, evaluate, async () => ({
    typeOf,
    dayOf: (instant) => dayInZone(instant, timeZone),
  }));
  return predicate(resolved, typeOf) ?? { op: 'and', items: [] };
}

/** null: a level without conditions, which says nothing. */
function predicate(filter: ResolvedFilter, typeOf: (name: string) => ColumnType): Predicate | null {
  if (filter.kind === 'condition') return condition(filter.field, typeOf(filter.field), filter.operator, filter.value);
  const items = filter.items.flatMap((item) => predicate(item, typeOf) ?? []);
  return items.length === 0 ? null : { op: filter.operator, items };
}

/** Rows without a value differ from every value, and are empty as those with an empty text are. */
function condition(name: string, type: ColumnType, operator: FilterOperator, value: Cell): Predicate {
  const own = column(name);
  switch (operator) {
    case 'isEmpty':
      return emptyOf(name, type);
    case 'isNotEmpty':
      return { op: 'not', item: emptyOf(name, type) };
    case 'contains':
    case 'startsWith':
      return { op: operator, value: own, text: String(value) };
    case 'ne':
      return { op: 'different', left: own, right: literal(value, type) };
    default:
      return { op: operator, left: own, right: literal(value, type) };
  }
}

function emptyOf(name: string, type: ColumnType): Predicate {
  const none: Predicate = { op: 'isNull', value: column(name) };
  if (type !== 'text') return none;
  const blank: Predicate = { op: 'same', left: column(name), right: literal('', 'text') };
  return { op: 'or', items: [none, blank] };
}
