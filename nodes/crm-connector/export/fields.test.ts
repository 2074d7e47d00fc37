import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Demo } from '../../../test/harness/salesforceClient.ts';
import { openDemo } from '../../../test/harness/salesforceClient.ts';
import { defaults } from '../config.ts';
import { readFields } from './fields.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await openDemo({ contacts: 5 });
});
afterAll(() => demo.close());

it.each([
  [['LastModifiedDate', 'SystemModstamp', 'CreatedDate'], 'SystemModstamp'],
  [['CreatedDate', 'LastModifiedDate'], 'LastModifiedDate'],
  [['CreatedDate', 'LoginTime'], null],
  [[], null],
])('of the fields %j, %s tells whether a record was changed', async (indexFields, expected) => {
  const client = await demo.connect();
  const { recommendedIndexField, ...details } = await client.describe('Contact');
  expect(recommendedIndexField).toBeDefined();
  const described = Object.assign(client, { describe: async () => ({ ...details, indexFields }) });
  const { stampField } = await readFields({ ...defaults, object: 'Contact' }, described);
  expect(stampField).toBe(expected);
  await client.close();
});
