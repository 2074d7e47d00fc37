import { describe, expect, it } from 'vitest';
import type { Evaluated, FilterGroup } from './filter.ts';
import { filterGroupSchema, leftSideProblem, operatorsOf, resolveFilter } from './filter.ts';
import { plainWords } from './plainWords.ts';

const condition = (field: string, operator: string, value = '1') => ({ kind: 'condition', field, operator, value });
const group = (operator: string, ...items: object[]) => ({ kind: 'group', operator, items });

function refusal(filter: object): string | undefined {
  const parsed = filterGroupSchema.safeParse(filter, { error: plainWords });
  return parsed.success ? undefined : parsed.error.issues[0]?.message;
}

describe('a filter', () => {
  it('nests groups, each with one operator', () => {
    expect(refusal(group('and', condition('A', 'eq'), group('or', condition('B', 'gt'))))).toBeUndefined();
  });

  it('knows no AND NOT, and says so', () => {
    expect(refusal(group('and not', condition('A', 'eq')))).toContain('there is no "and not"');
  });

  it.each([
    ['Account.Name', 'no joins'],
    ['AnnualRevenue + 1', 'one plain field, no expression'],
    ['5', 'one plain field'],
  ])('refuses %s on the left side', (field, words) => {
    expect(leftSideProblem(field)).toContain(words);
    expect(leftSideProblem('AnnualRevenue__c')).toBeNull();
  });

  it('refuses an operator that says nothing about the type, by the name of the field', async () => {
    const filter = group('and', condition('Points', 'contains', '5')) as FilterGroup;
    const five = async (): Promise<Evaluated> => ({ value: 5, isDate: false, isUndefined: false });
    const scope = async () => ({ typeOf: () => 'integer' as const, dayOf: (instant: string) => instant });
    await expect(resolveFilter(filter, five, scope)).rejects.toMatchObject({
      code: 'FILTER_OPERATOR',
      details: { field: 'Points', operator: 'contains' },
    });
    expect(operatorsOf('boolean')).toEqual(['eq', 'ne', 'isEmpty', 'isNotEmpty']);
    expect(operatorsOf('text')).toContain('startsWith');
  });
});
