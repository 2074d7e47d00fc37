import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type Row, type TestOrg } from '../testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 10 });
});
afterAll(() => org.close());

const attributes = async (cast = '', query = ''): Promise<Row[]> =>
  (await org.page(`EntityDefinitions(LogicalName='contact')/Attributes${cast}${query}`)).value;

test('tables are listed with what was chosen and their id', async () => {
  const { value } = await org.page(
    'EntityDefinitions?$select=LogicalName,EntitySetName&$filter=ChangeTrackingEnabled eq true and IsCustomEntity eq false',
  );
  expect(value.map(({ LogicalName }) => LogicalName)).toEqual(['account', 'contact', 'lead']);
  expect(Object.keys(value[0]!).sort()).toEqual(['EntitySetName', 'LogicalName', 'MetadataId']);
});

test('one table is found by its name and by its id, with keys and relationships where they are expanded', async () => {
  const path =
    "EntityDefinitions(LogicalName='contact')?$select=LogicalName,PrimaryIdAttribute,DisplayName&$expand=Keys($select=KeyAttributes,EntityKeyIndexStatus),ManyToOneRelationships($select=ReferencingAttribute,ReferencingEntityNavigationPropertyName)";
  const one = (await org.call('GET', path)).body as Row;
  expect(one).toMatchObject({
    PrimaryIdAttribute: 'contactid',
    DisplayName: { UserLocalizedLabel: { Label: 'Contact' } },
  });
  expect((one.Keys as Row[]).map((key) => [key.KeyAttributes, key.EntityKeyIndexStatus])).toContainEqual([
    ['emailaddress1'],
    'Failed',
  ]);
  expect((one.ManyToOneRelationships as Row[]).map((way) => way.ReferencingEntityNavigationPropertyName)).toContain(
    'parentcustomerid_account',
  );
  expect((await org.call('GET', `EntityDefinitions(${one.MetadataId})`)).body).toMatchObject({
    LogicalName: 'contact',
  });
  expect((await org.call('GET', "EntityDefinitions(LogicalName='nobody')")).status).toBe(404);
});

test('columns have their type, what may be done with them, and how much they are required', async () => {
  const all = await attributes('', '?$select=LogicalName,AttributeType,IsValidForCreate,RequiredLevel');
  const column = (name: string) => all.find(({ LogicalName }) => LogicalName === name);
  expect(column('lastname')).toMatchObject({
    AttributeType: 'String',
    RequiredLevel: { Value: 'ApplicationRequired' },
  });
  expect(column('modifiedon')).toMatchObject({ AttributeType: 'DateTime', IsValidForCreate: false });
  expect(column('ownerid')).toMatchObject({ AttributeType: 'Owner', RequiredLevel: { Value: 'SystemRequired' } });
  expect(column('new_interests')).toMatchObject({ AttributeType: 'Virtual' });
});

test('a cast shows what only one type of column has', async () => {
  const crm = '/Microsoft.Dynamics.CRM.';
  const [choice] = await attributes(
    `${crm}PicklistAttributeMetadata`,
    '?$select=LogicalName&$expand=OptionSet,GlobalOptionSet',
  );
  expect((choice!.OptionSet as { Options: Row[] }).Options.map(({ Value }) => Value)).toEqual([1, 2, 3, 4, 5]);
  const lookups = await attributes(`${crm}LookupAttributeMetadata`, '?$select=LogicalName,Targets');
  expect(lookups.find(({ LogicalName }) => LogicalName === 'parentcustomerid')).toMatchObject({
    Targets: ['account', 'contact'],
  });
  const dates = await attributes(`${crm}DateTimeAttributeMetadata`, '?$select=LogicalName,DateTimeBehavior');
  expect(dates.find(({ LogicalName }) => LogicalName === 'birthdate')).toMatchObject({
    DateTimeBehavior: { Value: 'DateOnly' },
  });
  const texts = await attributes(`${crm}StringAttributeMetadata`, '?$select=LogicalName,MaxLength');
  expect(texts.find(({ LogicalName }) => LogicalName === 'firstname')).toMatchObject({ MaxLength: 50 });
  expect(
    (await org.call('GET', `EntityDefinitions(LogicalName='contact')/Attributes${crm}EnumAttributeMetadata`)).status,
  ).toBe(400);
});

test('custom lookups are spelt as the schema is, and shared choices say so', async () => {
  const ways = (await org.page("EntityDefinitions(LogicalName='new_subscription')/ManyToOneRelationships")).value;
  expect(ways.map((way) => way.ReferencingEntityNavigationPropertyName)).toContain('new_ContactId');
  const sets = (await org.page('GlobalOptionSetDefinitions')).value;
  expect(sets.map(({ Name }) => Name)).toEqual(['new_plans']);
  expect((await org.call('GET', "GlobalOptionSetDefinitions(Name='new_plans')")).body).toMatchObject({
    IsGlobal: true,
  });
  expect((await org.page('RelationshipDefinitions?$select=SchemaName')).value.length).toBeGreaterThan(20);
});

test('$metadata is XML, with the tables whose changes are tracked where annotations are asked for', async () => {
  const plain = await org.call('GET', '$metadata');
  expect([plain.status, plain.headers.get('content-type')]).toEqual([200, 'application/xml']);
  expect(plain.text).toContain('<NavigationProperty Name="parentcustomerid_account" Type="mscrm.account">');
  expect((await org.call('GET', '$metadata?annotations=true')).text).toContain(
    'Org.OData.Capabilities.V1.ChangeTracking',
  );
  expect(plain.text).not.toContain('ChangeTracking');
});

test('WhoAmI and its kin tell who asks, where, and how many rows there are', async () => {
  expect((await org.call('GET', 'WhoAmI')).body).toMatchObject({ UserId: org.org.userId, OrganizationId: org.org.id });
  expect((await org.call('GET', 'WhoAmI()')).status).toBe(200);
  const where = await org.call(
    'GET',
    "RetrieveCurrentOrganization(AccessType=Microsoft.Dynamics.CRM.EndpointAccessType'Default')",
  );
  expect(where.body).toMatchObject({ Detail: { FriendlyName: 'Demo Organisation' } });
  const counted = await org.call('GET', "RetrieveTotalRecordCount(EntityNames=['account','contact'])");
  expect(counted.body).toMatchObject({
    EntityRecordCountCollection: { Keys: ['account', 'contact'], Values: [2, 10] },
  });
});
