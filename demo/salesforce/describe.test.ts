import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from './testing.ts';

type Description = Record<string, unknown> & {
  fields: (Record<string, unknown> & { name: string })[];
  childRelationships: Record<string, unknown>[];
};

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 10 });
});
afterAll(() => org.close());

async function describeObject(name: string): Promise<Description> {
  return (await org.call('GET', `/sobjects/${name}/describe`)).body as Description;
}

const ATTRIBUTES = (
  'aggregatable aiPredictionField autoNumber byteLength calculated calculatedFormula cascadeDelete caseSensitive compoundFieldName ' +
  'controllerName createable custom defaultValue defaultValueFormula defaultedOnCreate dependentPicklist deprecatedAndHidden digits ' +
  'displayLocationInDecimal encrypted externalId extraTypeInfo filterable filteredLookupInfo groupable highScaleNumber htmlFormatted ' +
  'idLookup inlineHelpText label length mask maskType name nameField namePointing nillable permissionable picklistValues ' +
  'polymorphicForeignKey precision queryByDistance referenceTargetField referenceTo relationshipName relationshipOrder restrictedDelete ' +
  'restrictedPicklist scale searchPrefilterable soapType sortable type unique updateable writeRequiresMasterRead'
).split(' ');

test('every field of every object has all attributes', async () => {
  const { sobjects } = (await org.call('GET', '/sobjects')).body as { sobjects: { name: string; keyPrefix: string }[] };
  expect(new Set(sobjects.map(({ keyPrefix }) => keyPrefix)).size).toBe(sobjects.length);
  expect(Object.fromEntries(sobjects.map(({ name, keyPrefix }) => [name, keyPrefix]))).toMatchObject({
    Account: '001',
    Case: '500',
    Contact: '003',
    Contract: '800',
    Lead: '00Q',
    Opportunity: '006',
    Organization: '00D',
    User: '005',
    Task: '00T',
    Subscription__c: 'a00',
  });
  for (const { name } of sobjects) {
    const { fields } = await describeObject(name);
    for (const field of fields)
      expect([name, field.name, Object.keys(field)]).toEqual([name, field.name, expect.arrayContaining(ATTRIBUTES)]);
    expect(new Set(fields.map((field) => field.name.toLowerCase())).size).toBe(fields.length);
  }
});

test('the six business objects have 25 to 65 fields, keys and compound parts', async () => {
  for (const name of ['Account', 'Contact', 'Lead', 'Case', 'Contract', 'Opportunity']) {
    const { fields } = await describeObject(name);
    expect(fields.length).toBeGreaterThanOrEqual(25);
    expect(fields.length).toBeLessThanOrEqual(70);
    expect(fields.find((field) => field.name === 'External_Id__c')).toMatchObject({
      externalId: true,
      unique: true,
      idLookup: true,
    });
    expect(fields.filter((field) => field.nameField)).toHaveLength(1);
  }
  const { fields } = await describeObject('Contact');
  const byName = Object.fromEntries(fields.map((field) => [field.name, field]));
  expect(byName.MailingAddress).toMatchObject({ type: 'address', createable: false, updateable: false });
  expect(byName.MailingCity).toMatchObject({ compoundFieldName: 'MailingAddress' });
  expect(byName.Mail_Label__c).toMatchObject({ calculated: true, createable: false, updateable: false });
  expect(byName.AnnualValue__c).toMatchObject({ type: 'currency', precision: 18, scale: 2, soapType: 'xsd:double' });
  expect(byName.Loyalty_Points__c).toMatchObject({ type: 'double', precision: 18, scale: 0 });
  expect(byName.Description).toMatchObject({ type: 'textarea', filterable: false, sortable: false });
  expect(byName.AccountId).toMatchObject({ type: 'reference', referenceTo: ['Account'], relationshipName: 'Account' });
});

test('what is required on create is what describe says is', async () => {
  for (const name of ['Account', 'Contact', 'Lead', 'Case', 'Contract', 'Opportunity']) {
    const { fields } = await describeObject(name);
    const required = fields.filter(
      ({ createable, nillable, defaultedOnCreate }) => createable && !nillable && !defaultedOnCreate,
    );
    const { status, body } = await org.call('POST', `/sobjects/${name}`, {});
    if (required.length === 0) expect([name, status]).toEqual([name, 201]);
    else
      expect(body).toMatchObject([
        { errorCode: 'REQUIRED_FIELD_MISSING', fields: required.map((field) => field.name) },
      ]);
  }
});

test('all fields that describe names can be selected, and read as records', async () => {
  for (const table of org.org.tables) {
    const { fields } = await describeObject(table.name);
    // Longer than a URI may be, so by its id.
    const id = table.idOf(table.gatherById(0, table.rows - 1, true, 1)[0]!);
    const names = fields.map((field) => field.name);
    const where = `WHERE Id = '${id}'`;
    const soql =
      names.length > 400
        ? `SELECT FIELDS(ALL) FROM ${table.name} ${where} LIMIT 1`
        : `SELECT ${names.join(', ')} FROM ${table.name} ${where}`;
    const { records } = await org.query(soql, '/queryAll');
    expect([table.name, Object.keys(records[0]!)]).toEqual([table.name, ['attributes', ...names]]);
  }
});

test('parents know their children', async () => {
  const { childRelationships } = await describeObject('account');
  expect(childRelationships).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        childSObject: 'Contact',
        field: 'AccountId',
        relationshipName: 'Contacts',
        cascadeDelete: true,
      }),
      expect.objectContaining({ childSObject: 'Case', field: 'AccountId', restrictedDelete: true }),
    ]),
  );
});

test('a description is not sent again to those who have it', async () => {
  const { headers } = await org.call('GET', '/sobjects/Lead/describe');
  const again = await org.call('GET', '/sobjects/Lead/describe', undefined, {
    'if-modified-since': headers.get('last-modified')!,
  });
  expect([again.status, again.text]).toEqual([304, '']);
});

test('an object that is not there is not found', async () => {
  const { status, body } = await org.call('GET', '/sobjects/Nothing__c/describe');
  expect([status, body]).toEqual([404, [{ message: 'The requested resource does not exist', errorCode: 'NOT_FOUND' }]]);
});
