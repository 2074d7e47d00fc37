/** fuel-soap: data extensions, their columns and rows, and imports. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cloud } from '../harness/cloud.ts';
import { ask, type FuelSoap, type SoapAnswer } from './fuel.ts';
import { type Line, same, sameSet } from './line.ts';

const key = "members & <gold> 'silver'";
const columns = ['Name', 'FieldType', 'IsPrimaryKey', 'IsRequired', 'MaxLength', 'Scale', 'Ordinal', 'DefaultValue'];

export function fuelSoapLines(soap: FuelSoap, cloud: Cloud): Line[] {
  const on = (run: (soap: FuelSoap, cloud: Cloud) => Promise<string>) => () => run(soap, cloud);
  return [
    { title: 'Retrieve DataExtension', run: on(extensions) },
    { title: 'Retrieve DataExtensionField', run: on(fields) },
    { title: 'Retrieve DataExtension by two conditions', run: on(twoConditions) },
    { title: 'Retrieve a property that there is not', run: on(unknownProperty) },
    { title: 'Retrieve DataExtensionObject, continued', run: on(rows) },
    { title: 'Retrieve DataExtensionObject by keys (IN)', run: on(byKeys) },
    { title: 'Create DataExtensionObject', run: on(create) },
    { title: 'Create DataExtensionObject that is there', run: on(createAgain) },
    { title: 'Update DataExtensionObject (UpdateAdd)', run: on(upsert) },
    { title: 'Delete DataExtensionObject', run: on(remove) },
    { title: 'Update DataExtension with a new field', run: on(addField) },
  ];
}

export function fuelImportLines(soap: FuelSoap, cloud: Cloud, folder: string): Line[] {
  return [
    { title: 'Create ImportDefinition', run: () => createDefinition(soap) },
    { title: 'Perform ImportDefinition, ImportResultsSummary', run: () => performImport(soap, cloud, folder) },
    { title: 'Perform ImportDefinition without a file', run: () => performWithout(soap) },
    { title: 'Retrieve and Delete ImportDefinition', run: () => removeDefinition(soap) },
    // The last: the library sends a token that is over again and again.
    { title: 'an expired token', run: () => expire(soap, cloud) },
  ];
}

const equals = (property: string, value: string): object => ({
  filter: { leftOperand: property, operator: 'equals', rightOperand: value },
});

function retrieve(soap: FuelSoap, type: string, properties: string[], options: object = {}): Promise<SoapAnswer> {
  return ask((callback) => soap.retrieve(type, properties, options, callback));
}

async function extensions(soap: FuelSoap, cloud: Cloud): Promise<string> {
  const { Results } = await retrieve(soap, 'DataExtension', ['ObjectID', 'CustomerKey', 'Name']);
  const { extensions: all } = (await cloud.state('state')) as { extensions: { accountId: number; key: string }[] };
  const own = all.filter(({ accountId }) => accountId === cloud.accountId);
  sameSet(
    'keys',
    Results.map(({ CustomerKey }) => CustomerKey),
    own.map((extension) => extension.key),
  );
  return `${Results.length} data extensions of the account`;
}

async function fields(soap: FuelSoap): Promise<string> {
  const { Results } = await retrieve(
    soap,
    'DataExtensionField',
    columns,
    equals('DataExtension.CustomerKey', 'SUBSCRIBERS'),
  );
  const sorted = Results.toSorted((a, b) => Number(a.Ordinal) - Number(b.Ordinal));
  same(
    'types',
    sorted.map(({ FieldType }) => FieldType),
    ['Text', 'EmailAddress', 'Text', 'Text', 'Phone', 'Number', 'Decimal', 'Date', 'Boolean', 'Locale'],
  );
  same(
    'key',
    sorted.filter(({ IsPrimaryKey }) => IsPrimaryKey === 'true').map(({ Name }) => Name),
    ['SubscriberKey'],
  );
  same('decimal', [sorted[6]?.MaxLength, sorted[6]?.Scale], ['18', '2']);
  return `${sorted.length} columns in the order of their ordinals`;
}

async function twoConditions(soap: FuelSoap): Promise<string> {
  const one = { leftOperand: 'CustomerKey', operator: 'equals', rightOperand: key };
  const other = { leftOperand: 'Name', operator: 'notEquals', rightOperand: 'x' };
  const filter = { leftOperand: one, operator: 'AND', rightOperand: other };
  const { Results } = await retrieve(soap, 'DataExtension', ['CustomerKey', 'Name'], { filter });
  same(
    'names',
    Results.map(({ Name }) => Name),
    ['Members <gold> & "silver"'],
  );
  return 'names with & and < come whole';
}

async function unknownProperty(soap: FuelSoap): Promise<string> {
  return refusal(retrieve(soap, 'DataExtension', ['RowCount']), 'The Request Property(s) RowCount');
}

async function rows(soap: FuelSoap, cloud: Cloud): Promise<string> {
  const keys: unknown[] = [];
  let [pages, continueRequest]: [number, string | undefined] = [0, undefined];
  do {
    const answer = await retrieve(soap, 'DataExtensionObject[SUBSCRIBERS]', ['SubscriberKey'], { continueRequest });
    keys.push(...answer.Results.map((row) => propertiesOf(row).SubscriberKey));
    continueRequest = answer.OverallStatus === 'MoreDataAvailable' ? answer.RequestID : undefined;
    pages += 1;
  } while (continueRequest !== undefined);
  sameSet(
    'keys',
    keys,
    (await cloud.rows('SUBSCRIBERS')).map(({ SubscriberKey }) => SubscriberKey),
  );
  return `${keys.length} rows over ${pages} pages`;
}

async function byKeys(soap: FuelSoap): Promise<string> {
  const wanted = ['P-0000003', 'p-0000007', 'P-none'];
  const filter = { leftOperand: 'SubscriberKey', operator: 'IN', rightOperand: wanted };
  const { Results } = await retrieve(soap, 'DataExtensionObject[SUBSCRIBERS]', ['SubscriberKey'], { filter });
  sameSet(
    'keys',
    Results.map((row) => propertiesOf(row).SubscriberKey),
    ['P-0000003', 'P-0000007'],
  );
  return '2 of 3 found, whatever the case';
}

async function create(soap: FuelSoap, cloud: Cloud): Promise<string> {
  await ask((callback) => soap.create('DataExtensionObject', rowOf('2000', '<new> & "more"'), {}, callback));
  same('row', (await cloud.rows(key)).at(-1), { 'Member number': '2000', 'Tier & <level>': '<new> & "more"' });
  return 'the row is there';
}

async function createAgain(soap: FuelSoap): Promise<string> {
  return refusal(
    ask((callback) => soap.create('DataExtensionObject', rowOf('2000', 'x'), {}, callback)),
    'Soap Error',
  );
}

async function upsert(soap: FuelSoap, cloud: Cloud): Promise<string> {
  const options = { SaveOptions: { SaveOption: { PropertyName: '*', SaveAction: 'UpdateAdd' } } };
  for (const number of ['2000', '2001'])
    await ask((callback) => soap.update('DataExtensionObject', rowOf(number, 'bronze'), options, callback));
  const last = (await cloud.rows(key)).slice(-2).map((row) => Object.values(row));
  same('rows', last, [
    ['2000', 'bronze'],
    ['2001', 'bronze'],
  ]);
  return '1 updated, 1 added';
}

async function remove(soap: FuelSoap, cloud: Cloud): Promise<string> {
  const row = { CustomerKey: key, Keys: { Key: { Name: 'Member number', Value: '2001' } } };
  await ask((callback) => soap.delete('DataExtensionObject', row, {}, callback));
  const left = (await cloud.rows(key)).map((one) => one['Member number']);
  if (left.includes('2001')) throw new Error('the row is still there');
  return 'the row is gone';
}

async function addField(soap: FuelSoap): Promise<string> {
  const field = {
    Name: 'Bonus',
    FieldType: 'Decimal',
    MaxLength: 10,
    Scale: 2,
    IsRequired: false,
    IsPrimaryKey: false,
  };
  const extension = { CustomerKey: key, Fields: { Field: [field] } };
  await ask((callback) => soap.update('DataExtension', extension, {}, callback));
  const { Results } = await retrieve(soap, 'DataExtensionField', columns, equals('DataExtension.CustomerKey', key));
  const added = Results.find(({ Name }) => Name === 'Bonus');
  same('field', [added?.FieldType, added?.MaxLength, added?.Scale, added?.IsRequired], ['Decimal', '10', '2', 'false']);
  return 'the column is there, and may be empty';
}

async function expire(soap: FuelSoap, cloud: Cloud): Promise<string> {
  await cloud.control('faults', { kind: 'expire-token', match: { path: '/Service.asmx' } });
  return refusal(retrieve(soap, 'Account', ['ID']), 'Token Expired');
}

const definition = {
  CustomerKey: 'conformance',
  Name: 'conformance',
  AllowErrors: true,
  DestinationObject: { $: { 'xsi:type': 'DataExtension' }, CustomerKey: 'AUDIENCE' },
  FieldMappingType: 'InferFromColumnHeadings',
  FileSpec: 'audience.csv',
  FileType: 'CSV',
  RetrieveFileTransferLocation: { CustomerKey: 'ExactTarget Enhanced FTP' },
  UpdateType: 'AddAndUpdate',
};

async function createDefinition(soap: FuelSoap): Promise<string> {
  const { Results } = await ask((callback) =>
    soap.create('ImportDefinition', structuredClone(definition), {}, callback),
  );
  return String(Results[0]?.StatusMessage);
}

async function performImport(soap: FuelSoap, cloud: Cloud, folder: string): Promise<string> {
  const lines = ['contactkey,Email,Score', 'i-1,i1@mail.example,5', 'i-2,nowhere,6', '"i-3, ""x""",i3@mail.example,'];
  await writeFile(join(folder, 'Import', 'audience.csv'), `${lines.join('\r\n')}\r\n`);
  const summary = await runImport(soap);
  same('status', summary.ImportStatus, 'Completed');
  same('totals', [summary.TotalRows, summary.NumberSuccessful, summary.NumberErrors], ['3', '2', '1']);
  const imported = (await cloud.rows('AUDIENCE')).filter((row) => row.ContactKey?.startsWith('i-'));
  same(
    'rows',
    imported.map((row) => Object.values(row)),
    [
      ['i-1', 'i1@mail.example', '5'],
      ['i-3, "x"', 'i3@mail.example', ''],
    ],
  );
  return '2 imported, 1 refused';
}

async function performWithout(soap: FuelSoap): Promise<string> {
  const other = { ...structuredClone(definition), CustomerKey: 'no-file', FileSpec: 'none.csv' };
  await ask((callback) => soap.create('ImportDefinition', other, {}, callback));
  same('status', (await runImport(soap, 'no-file')).ImportStatus, 'Error');
  return 'the summary says Error';
}

async function removeDefinition(soap: FuelSoap): Promise<string> {
  const found = await retrieve(
    soap,
    'ImportDefinition',
    ['CustomerKey', 'UpdateType'],
    equals('CustomerKey', 'conformance'),
  );
  same('update type', found.Results[0]?.UpdateType, 'AddAndUpdate');
  for (const CustomerKey of ['conformance', 'no-file'])
    await ask((callback) => soap.delete('ImportDefinition', { CustomerKey }, {}, callback));
  const { Results } = await retrieve(soap, 'ImportDefinition', ['CustomerKey']);
  same('definitions', Results.length, 0);
  return 'found by its key, and removed';
}

/** Starts a definition and asks for its summary until it is over. */
async function runImport(soap: FuelSoap, CustomerKey = 'conformance'): Promise<Record<string, unknown>> {
  const started = await ask((callback) => soap.perform('ImportDefinition', { CustomerKey }, callback));
  const [{ Result }] = started.Results as unknown as [{ Result: { Task: { ID: string } } }];
  const properties = [
    'ImportStatus',
    'TotalRows',
    'NumberSuccessful',
    'NumberErrors',
    'NumberDuplicated',
    'TaskResultID',
  ];
  for (;;) {
    const { Results } = await retrieve(
      soap,
      'ImportResultsSummary',
      properties,
      equals('TaskResultID', Result.Task.ID),
    );
    if (['Completed', 'Error'].includes(String(Results[0]?.ImportStatus))) return Results[0]!;
  }
}

function rowOf(number: string, tier: string): object {
  const Property = [
    { Name: 'Member number', Value: number },
    { Name: 'Tier & <level>', Value: tier },
  ];
  return { CustomerKey: key, Properties: { Property } };
}

function propertiesOf(row: Record<string, unknown>): Record<string, string> {
  const { Property } = row.Properties as { Property: Pair | Pair[] };
  return Object.fromEntries([Property].flat().map(({ Name, Value }) => [Name, Value]));
}

interface Pair {
  Name: string;
  Value: string;
}

async function refusal(call: Promise<unknown>, text: string): Promise<string> {
  const message = await call.then(
    () => 'it was not refused',
    (error: Error) => error.message,
  );
  if (!message.includes(text)) throw new Error(message);
  return `refused: ${message}`;
}
