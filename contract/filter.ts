/**
 * Filters on a remote object, with the rules of the Adobe CRM connector: one operator per level, groups nest, no
 * AND NOT, the left side is one plain field, no joins, and the right side is JavaScript that gives a literal.
 */
import { z } from 'zod';
import type { Cell } from './types.ts';

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

export const filterConditionSchema = z.strictObject({
  kind: z.literal('condition'),
  field: z.string(),
  operator: z.enum(filterOperators),
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
    operator: z.enum(['and', 'or']),
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
