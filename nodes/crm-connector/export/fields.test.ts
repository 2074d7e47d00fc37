import { afterAll, beforeAll, expect, it } from 'vitest';
import { mapped } from '../../../test/harness/exports.ts';
import type { Demo } from '../../../test/harness/salesforceClient.ts';
import { openDemo } from '../../../test/harness/salesforceClient.ts';
import { defaults } from '../config.ts';
import { readFields } from './fields.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await openDemo({ contacts: 5 });
});
afterAll(() => demo.close());

it.each(['LastModifiedDate', null])(
  '%s tells whether a record was changed, where the outside system says so',
  async (field) => {
    const client = await demo.connect();
    const { stampField: own, ...details } = await client.describe('Contact');
    expect(own).toBe('SystemModstamp');
    const described = Object.assign(client, {
      describe: async () => ({ ...details, ...(field === null ? {} : { stampField: field }) }),
    });
    const { stampField } = await readFields({ ...defaults, object: 'Contact' }, described);
    expect(stampField).toBe(field);
    await client.close();
  },
);

it.each([
  [['Account'], 'Account', 'Account.Name'],
  [['Account', 'Lead'], 'Account', 'Account:Account.Name'],
  [['Lead', 'Case'], 'Account', null],
])('a reference to %j is written by the key of %s as %s', async (objects, object, expected) => {
  const client = await demo.connect();
  const details = await client.describe('Contact');
  const fields = details.fields.map((field) =>
    field.name === 'AccountId' ? { ...field, references: { objects, path: 'Account' } } : field,
  );
  const described = Object.assign(client, { describe: async () => ({ ...details, fields }) });
  const lookup = { object, keyField: 'LastName', path: 'Account.Name' };
  const mapping = [{ ...mapped('AccountId', 'account'), lookup }, mapped('LastName', 'name')];
  const reading = readFields(
    { ...defaults, object: 'Contact', operation: 'export', export: { ...defaults.export, mapping } },
    described,
  );
  if (expected === null) await expect(reading).rejects.toMatchObject({ code: 'FIELD_TYPE_CHANGED' });
  else expect((await reading).fields.map(({ sentAs }) => sentAs)).toEqual([expected, 'LastName']);
  await client.close();
});
