import type { DescribeSObjectResult } from 'jsforce';
import { expect, it } from 'vitest';
import { toObjectDetails } from './describe.ts';

it.each([
  [['LastModifiedDate', 'SystemModstamp', 'CreatedDate'], 'SystemModstamp'],
  [['CreatedDate', 'LastModifiedDate'], 'LastModifiedDate'],
  [['CreatedDate', 'LoginTime'], undefined],
  [[], undefined],
])('of the fields %j, %s tells whether a record was changed', (names, expected) => {
  const fields = names.map((name) => ({ name, type: 'datetime' }));
  const described = { name: 'Sample__c', fields, childRelationships: [] } as unknown as DescribeSObjectResult;
  expect(toObjectDetails(described).stampField).toBe(expected);
});
