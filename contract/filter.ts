/**
 * Filters on a remote object, with the rules of the Adobe CRM connector: one operator per level, groups nest, no
 * AND NOT, the left side is one plain field, no joins, and the right side is JavaScript that gives a literal.
 */
import { z } from 'zod';
import type { ErrorReply } from './errors.ts';
import { UserError } from './errors.ts';
import type { Cell, ColumnType } from './types.ts';
import { toCell } from './types.ts';

export const filterOperators = [
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'contains',
  'startsWith',
  'isEmpty',
  'isNotEmpty',
] as const;
export type FilterOperator = (typeof filterOperators)[number];

const oneOperator = 'is all of ("and") or any of ("or"): one level has one operator, and there is no "and not"';

export const filterConditionSchema = z.strictObject({
  kind: z.literal('condition'),
  field: z.string(),
  operator: z.enum(filterOperators, `must be one of ${filterOperators.join(', ')}`),
  /** JavaScript, evaluated in the sandbox before the first request. Unused by isEmpty and isNotEmpty. */
  value: z.string().optional(),
});
export type FilterCondition = z.infer<typeof filterConditionSchema>;

export interface FilterGroup {
  kind: 'group';
  operator: 'and' | 'or';
  items: (FilterGroup | FilterCondition)[];
}
export const filterGroupSchema: z.ZodType<FilterGroup> = z.lazy(() =>
  z.strictObject({
    kind: z.literal('group'),
    operator: z.enum(['and', 'or'], oneOperator),
    items: z.array(z.union([filterGroupSchema, filterConditionSchema])).max(50),
  }),
);

/** A filter whose right sides are evaluated and typed: what a connector gets. */
export type ResolvedFilter =
  | { kind: 'group'; operator: 'and' | 'or'; items: ResolvedFilter[] }
  | { kind: 'condition'; field: string; operator: FilterOperator; value: Cell };

export const emptyFilter: FilterGroup = { kind: 'group', operator: 'and', items: [] };

/** Every condition of a filter with its path in the config, for checks and for evaluation. */
export function filterConditions(group: FilterGroup, path = 'filter'): { condition: FilterCondition; path: string }[] {
  return group.items.flatMap((item, index) => {
    const here = `${path}.items.${index}`;
    return item.kind === 'group' ? filterConditions(item, here) : [{ condition: item, path: here }];
  });
}

/** The part of a condition that a refusal is about; null where it is about another one. */
export function refusedPart(
  { code, details }: ErrorReply,
  condition: FilterCondition,
): 'field' | 'operator' | 'value' | null {
  if (code === 'EXPRESSION_FAILED')
    return details?.expression && condition.value?.startsWith(String(details.expression)) ? 'value' : null;
  if (String(details?.field).toLowerCase() !== condition.field.toLowerCase()) return null;
  if (code === 'FILTER_VALUE') return 'value';
  return code === 'FILTER_OPERATOR' ? 'operator' : 'field';
}

/** The operators that say something about a value of a type. */
export function operatorsOf(type: ColumnType): readonly FilterOperator[] {
  return filterOperators.filter((operator) => {
    if (operator === 'contains' || operator === 'startsWith') return type === 'text';
    const isOrder = operator === 'lt' || operator === 'le' || operator === 'gt' || operator === 'ge';
    return !(isOrder && (type === 'boolean' || type === 'json'));
  });
}

/** Why the left side is not what a filter can compare, as words behind "Field …"; null where it may be. */
export function leftSideProblem(field: string): string | null {
  if (/^[A-Za-z_]\w*$/.test(field)) return null;
  return /^[A-Za-z_][\w.]*$/.test(field)
    ? `${field} belongs to another object: a filter compares fields of the object itself (no joins)`
    : 'the left side is one plain field, no expression';
}

/** What an expression gave, as the sandbox says it. */
export interface Evaluated {
  value: unknown;
  isDate: boolean;
  isUndefined: boolean;
}

export interface FilterScope {
  evaluate(expression: string): Promise<Evaluated>;
  /** The type of a remote field; null where the object has no such field. */
  typeOf(field: string): ColumnType | null;
  /** Turns an instant into the calendar day of the node's time zone. */
  dayOf(instant: string): string;
}

const expectations: Record<ColumnType, string> = {
  text: 'text',
  integer: 'whole number',
  number: 'number',
  decimal: 'number',
  boolean: 'boolean',
  date: 'Date or a text such as 2024-01-31',
  datetime: 'Date or a text such as 2024-01-31T23:30:00Z',
  json: 'text',
};

/**
 * Evaluates every right side and makes it a literal of its field's type. All expressions are evaluated before the first
 * type is asked for, so that a wrong expression is named before any request. Throws UserError FILTER_VALUE or FIELD_UNKNOWN.
 */
export async function resolveFilter(
  group: FilterGroup,
  evaluate: FilterScope['evaluate'],
  scope: () => Promise<Omit<FilterScope, 'evaluate'>>,
): Promise<ResolvedFilter> {
  const values = new Map<FilterCondition, Evaluated>();
  for (const { condition } of filterConditions(group)) {
    if (needsValue(condition)) values.set(condition, await evaluate(condition.value ?? ''));
  }
  return resolveItem(group, values, values.size === 0 && group.items.length === 0 ? noFields : await scope());
}

const noFields: Omit<FilterScope, 'evaluate'> = { typeOf: () => null, dayOf: (instant) => instant };

export const needsValue = (condition: FilterCondition): boolean =>
  condition.operator !== 'isEmpty' && condition.operator !== 'isNotEmpty';

function resolveItem(
  item: FilterGroup | FilterCondition,
  values: ReadonlyMap<FilterCondition, Evaluated>,
  scope: Omit<FilterScope, 'evaluate'>,
): ResolvedFilter {
  if (item.kind === 'group')
    return {
      kind: 'group',
      operator: item.operator,
      items: item.items.map((inner) => resolveItem(inner, values, scope)),
    };
  const type = scope.typeOf(item.field);
  if (type === null) throw new UserError('FIELD_UNKNOWN', { field: item.field, object: '' });
  if (!operatorsOf(type).includes(item.operator))
    throw new UserError('FILTER_OPERATOR', { field: item.field, type, operator: item.operator });
  const evaluated = values.get(item);
  return {
    kind: 'condition',
    field: item.field,
    operator: item.operator,
    value: evaluated ? literalOf(item.field, type, evaluated, scope.dayOf) : null,
  };
}

function literalOf(
  field: string,
  type: ColumnType,
  { value, isDate, isUndefined }: Evaluated,
  dayOf: FilterScope['dayOf'],
): Cell {
  const refuse = (reason: string): UserError =>
    new UserError('FILTER_VALUE', { field, reason, expected: expectations[type] });
  if (isUndefined) throw refuse('undefined');
  if (value === null) throw refuse('null (use "is empty")');
  if (isDate && type === 'date') return dayOf(String(value));
  if (isDate !== (type === 'datetime') && isDate) throw refuse('a date');
  if (!fits(type, value)) throw refuse(describeValue(value));
  const cell = toCell(type, value);
  if (!cell.ok) throw refuse(describeValue(value));
  return cell.value;
}

/** No silent conversion between kinds: "5" is no number for a whole-number field, 5 is no text. */
function fits(type: ColumnType, value: unknown): boolean {
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'integer' || type === 'number') return typeof value === 'number';
  if (type === 'decimal') return typeof value === 'number' || typeof value === 'string';
  return typeof value === 'string';
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? `the text "${value.slice(0, 60)}"` : `the ${typeof value} ${String(value)}`;
}
