import { expect, it } from 'vitest';
import type { RemoteField, RemoteObjectDetails } from '../../../contract/connector.ts';
import { toCollection } from './collections.ts';
import { headerRow, row } from './jobRows.ts';
import type { WireField } from './wireFields.ts';
import { wireFields } from './wireFields.ts';

const field = (name: string, references?: RemoteField['references']): RemoteField => ({
  name,
  label: name,
  remoteType: references ? 'reference' : 'string',
  type: 'text',
  nullable: true,
  filterable: true,
  sortable: true,
  createable: true,
  updateable: true,
  calculated: false,
  ...(references ? { references } : {}),
  required: false,
  key: references === undefined,
  identifying: false,
  personal: false,
});

/** Objects as an organisation describes them: the owner of a case is a queue or a person, each known by a key of the same name. */
const fields: Record<string, RemoteField[]> = {
  Case: [field('OwnerId', { objects: ['Group', 'User'], path: 'Owner' }), field('Subject')],
  Group: [field('Key__c')],
  User: [field('Key__c'), field('Badge__c')],
};
const describer = {
  describe: async (name: string) => ({ name, fields: fields[name] ?? [] }) as unknown as RemoteObjectDetails,
};
const wired = (path: string): Promise<WireField[]> => wireFields(describer, 'Case', [path]);
const record = (path: string) => ({ id: null, values: { [path]: 'B-7' } });

it.each([
  ['User:Owner.Key__c', 'User', 'Key__c'],
  ['user:owner.key__c', 'User', 'Key__c'],
  ['Group:Owner.Key__c', 'Group', 'Key__c'],
  ['Owner.Badge__c', 'User', 'Badge__c'],
])('the owner by %s is a record of %s', async (path, object, key) => {
  const columns = await wired(path);
  const request = { object: 'Case', operation: 'insert', records: [] } as const;
  const { content } = toCollection(request, [record(path)], columns).asked;
  expect(JSON.parse(String(content?.body)).records).toEqual([
    { attributes: { type: 'Case' }, Owner: { attributes: { type: object }, [key]: 'B-7' } },
  ]);
  expect(headerRow(columns) + row(columns, record(path))).toBe(`"${object}:Owner.${key}"\n"B-7"\n`);
});

it.each(['Group:Owner.Badge__c', 'Account:Owner.Key__c', 'Case:Subject'])('%s is no field of a case', async (path) => {
  await expect(wired(path)).rejects.toMatchObject({ code: 'FIELD_UNKNOWN', details: { field: path } });
});
