/** dynamics-web-api as it comes from the registry: reading. */
import type { DataverseProcess } from '../harness/dataverse.ts';
import type { DynamicsWebApi, Listed } from './dynamicsWebApi.ts';
import { type Line, same, sameSet } from './line.ts';

type Demo = DataverseProcess;
type Row = Record<string, unknown>;

export function dynamicsReadingLines(
  client: DynamicsWebApi,
  demo: Demo,
  signedInBy: (token: string) => DynamicsWebApi,
): Line[] {
  return [
    { title: 'callFunction WhoAmI', run: () => whoAmI(client, demo) },
    { title: 'a token that is none', run: () => refusal(signedInBy('none').callFunction('WhoAmI'), 401) },
    { title: 'retrieve', run: () => retrieve(client, demo) },
    { title: 'retrieve (etag unchanged)', run: () => unchanged(client, demo) },
    {
      title: 'retrieve (not there)',
      run: () => refusal(client.retrieve({ collection: 'contacts', key: missing }), 404),
    },
    { title: 'retrieve by alternate key', run: () => byKey(client, demo) },
    { title: 'retrieveMultiple with filter, order, top', run: () => filtered(client, demo) },
    { title: 'retrieveMultiple, page by page (maxPageSize)', run: () => paged(client, demo) },
    { title: 'retrieveAll', run: () => all(client, demo) },
    { title: 'retrieveMultiple with expand', run: () => expanded(client) },
    { title: 'retrieveMultiple with annotations', run: () => annotated(client) },
    { title: 'retrieveMultiple with query functions', run: () => functions(client, demo) },
    { title: 'retrieveMultiple (address over 2,000 signs)', run: () => longAddress(client, demo) },
    {
      title: 'retrieveMultiple (no such column)',
      run: () => refusal(client.retrieveMultiple({ collection: 'contacts', select: ['nope'] }), 400),
    },
    { title: 'count, countAll, $count', run: () => counts(client, demo) },
    { title: 'retrieveAll with trackChanges, then its delta link', run: () => delta(client, demo) },
    { title: 'retrieveEntities', run: () => entities(client) },
    { title: 'retrieveEntity with keys and relationships', run: () => entity(client) },
    { title: 'retrieveAttributes, with a cast', run: () => attributes(client) },
    { title: 'retrieveAttribute', run: () => attribute(client) },
    { title: 'retrieveRelationships', run: () => relationships(client) },
    { title: 'retrieveGlobalOptionSets, retrieveGlobalOptionSet', run: () => optionSets(client) },
    { title: 'retrieveCsdlMetadata', run: () => csdl(client) },
    { title: 'a 429 with its time', run: () => limited(client, demo) },
  ];
}

const missing = '00000000-0000-0000-0000-00000000dead';
const contacts = { collection: 'contacts', select: ['contactid'] };
const idsOf = ({ value }: Listed): unknown[] => value.map(({ contactid }) => contactid);

/** Throws unless the call is refused with this status. */
export async function refusal(call: Promise<unknown>, status: number, code?: string): Promise<string> {
  const error = await call.then(
    (came) => {
      throw new Error(`it was not refused: ${JSON.stringify(came)}`);
    },
    (refused: { status?: number; code?: string; message?: string }) => refused,
  );
  same('status', error.status, status);
  if (code !== undefined) same('code', error.code, code);
  return `${error.status} ${error.code ?? ''} ${error.message?.slice(0, 60) ?? ''}`;
}

async function whoAmI(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const { UserId: user, OrganizationId: organisation } = await client.callFunction('WhoAmI');
  same('organisation', organisation, (await demo.rows('organizations'))[0]?.organizationid);
  return `user ${String(user)}`;
}

async function retrieve(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const [row = {}] = await demo.rows('contacts?$select=lastname&$top=1');
  const found = await client.retrieve({ collection: 'contacts', key: row.contactid, select: ['lastname'] });
  same('lastname', found.lastname, row.lastname);
  return String(found.lastname);
}

async function unchanged(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const [row = {}] = await demo.rows('contacts?$select=lastname&$top=1');
  const request = { collection: 'contacts', key: row.contactid, select: ['lastname'], ifnonematch: row['@odata.etag'] };
  same('what came', (await client.retrieve(request)) ?? null, null);
  return 'nothing, as nothing changed';
}

async function byKey(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const [row] = await demo.rows("accounts?$select=name&$filter=accountnumber eq 'ACC000003'");
  const found = await client.retrieve({ collection: 'accounts', key: "accountnumber='ACC000003'", select: ['name'] });
  same('account', found.accountid, row?.accountid);
  return String(found.name);
}

async function filtered(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const filter = "lastname eq 'O''Brien' and donotemail eq false";
  const orderBy = ['firstname', 'contactid'];
  const found = await client.retrieveMultiple({ ...contacts, filter, orderBy, top: 20 });
  const wanted = await demo.rows(
    `contacts?$select=contactid&$filter=${encodeURIComponent(filter)}&$orderby=${orderBy.join()}`,
  );
  same(
    'ids',
    idsOf(found),
    wanted.slice(0, 20).map(({ contactid }) => contactid),
  );
  return `${found.value.length} rows in the order asked for`;
}

async function paged(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const request = { ...contacts, maxPageSize: 1000 };
  let page = await client.retrieveMultiple(request);
  const ids = idsOf(page);
  let pages = 1;
  for (; page.oDataNextLink !== undefined; pages += 1) {
    page = await client.retrieveMultiple(request, page.oDataNextLink);
    ids.push(...idsOf(page));
  }
  if (pages < 5) throw new Error(`only ${pages} pages came`);
  sameSet(
    'ids',
    ids,
    (await demo.rows('contacts?$select=contactid')).map(({ contactid }) => contactid),
  );
  return `${ids.length} rows over ${pages} pages`;
}

async function all(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const found = await client.retrieveAll(contacts);
  sameSet(
    'ids',
    idsOf(found),
    (await demo.rows('contacts?$select=contactid')).map(({ contactid }) => contactid),
  );
  return `${found.value.length} rows`;
}

async function expanded(client: DynamicsWebApi): Promise<string> {
  const { value } = await client.retrieveMultiple({
    collection: 'accounts',
    select: ['name'],
    filter: 'primarycontactid/lastname ne null',
    expand: [{ property: 'primarycontactid', select: ['lastname'] }],
    top: 3,
  });
  const names = value.map(({ primarycontactid }) => (primarycontactid as Row).lastname);
  if (names.length !== 3 || names.some((name) => typeof name !== 'string')) throw new Error(JSON.stringify(value));
  return names.join(', ');
}

async function annotated(client: DynamicsWebApi): Promise<string> {
  const { value } = await client.retrieveMultiple({
    collection: 'contacts',
    select: ['preferredcontactmethodcode', '_parentcustomerid_value'],
    filter: 'parentcustomerid_account/name ne null',
    top: 1,
    includeAnnotations: '*',
  });
  const [row = {}] = value;
  same('table behind the lookup', row._parentcustomerid_value_LogicalName, 'account');
  same('way of the lookup', row._parentcustomerid_value_NavigationProperty, 'parentcustomerid_account');
  return `${String(row.preferredcontactmethodcode)} is ${String(row.preferredcontactmethodcode_Formatted)}`;
}

async function functions(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const filter = `Microsoft.Dynamics.CRM.In(PropertyName='lastname',PropertyValues=["O'Brien","Rossi"])`;
  const found = await client.retrieveAll({ ...contacts, filter });
  const wanted = await demo.rows("contacts?$select=contactid&$filter=lastname eq 'O''Brien' or lastname eq 'Rossi'");
  sameSet(
    'ids',
    idsOf(found),
    wanted.map(({ contactid }) => contactid),
  );
  return `${found.value.length} rows`;
}

/** The library sends it as a batch of one. */
async function longAddress(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const ids = (await demo.rows('contacts?$select=contactid')).slice(0, 60).map(({ contactid }) => String(contactid));
  const found = await client.retrieveMultiple({
    ...contacts,
    filter: ids.map((id) => `contactid eq ${id}`).join(' or '),
  });
  sameSet('ids', idsOf(found), ids);
  return `${found.value.length} rows`;
}

async function counts(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const rows = await demo.rows('contacts?$select=contactid');
  same('count', await client.count({ collection: 'contacts' }), 5_000);
  same('countAll', await client.countAll({ collection: 'contacts', select: ['contactid'] }), rows.length);
  const { oDataCount } = await client.retrieveMultiple({
    ...contacts,
    filter: 'donotemail eq true',
    count: true,
    top: 1,
  });
  same('$count', oDataCount, (await demo.rows('contacts?$select=contactid&$filter=donotemail eq true')).length);
  return `${rows.length} rows, of which count tells 5000`;
}

async function delta(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const request = { collection: 'leads', select: ['lastname'], trackChanges: true, maxPageSize: 1000 };
  const { value, oDataDeltaLink: link } = await client.retrieveAll(request);
  if (link === undefined) throw new Error('no delta link came');
  const [first, second] = value;
  await demo.control('records', [
    { operation: 'update', table: 'lead', id: first?.leadid, values: { lastname: 'Changed' } },
    { operation: 'delete', table: 'lead', id: second?.leadid },
  ]);
  const changes = await client.retrieveMultiple({ collection: 'leads', select: ['lastname'] }, link);
  same(
    'changes',
    changes.value.map((row) => row.reason ?? row.lastname),
    ['Changed', 'deleted'],
  );
  same('the deleted row', changes.value[1]?.id, second?.leadid);
  const later = await client.retrieveMultiple({ collection: 'leads', select: ['lastname'] }, changes.oDataDeltaLink);
  same('changes after that', later.value, []);
  return `${value.length} rows, then 1 change and 1 deletion, then none`;
}

async function entities(client: DynamicsWebApi): Promise<string> {
  const { value } = await client.retrieveEntities({ select: ['LogicalName', 'EntitySetName'] });
  const wanted = ['account', 'contact', 'lead', 'incident', 'new_subscription'];
  same(
    'tables that are missing',
    wanted.filter((name) => !value.some(({ LogicalName }) => LogicalName === name)),
    [],
  );
  return `${value.length} tables`;
}

async function entity(client: DynamicsWebApi): Promise<string> {
  const found = await client.retrieveEntity({
    key: "LogicalName='account'",
    select: ['PrimaryIdAttribute'],
    expand: [
      { property: 'Keys', select: ['KeyAttributes'] },
      { property: 'ManyToOneRelationships', select: ['ReferencingEntityNavigationPropertyName'] },
    ],
  });
  same('id column', found.PrimaryIdAttribute, 'accountid');
  const keys = (found.Keys as Row[]).map(({ KeyAttributes }) => KeyAttributes);
  same('keys', keys, [['accountnumber'], ['new_externalid']]);
  return `${keys.length} keys`;
}

async function attributes(client: DynamicsWebApi): Promise<string> {
  const key = "LogicalName='contact'";
  const { value } = await client.retrieveAttributes({ entityKey: key, select: ['LogicalName', 'AttributeType'] });
  const picklists = await client.retrieveAttributes({
    entityKey: key,
    castType: 'Microsoft.Dynamics.CRM.PicklistAttributeMetadata',
    select: ['LogicalName'],
    expand: [{ property: 'OptionSet' }],
  });
  const [first] = picklists.value;
  const { Options: options } = (first?.OptionSet ?? { Options: [] }) as { Options: Row[] };
  if (options.length < 2) throw new Error('a choice has no options');
  return `${value.length} columns, ${picklists.value.length} of them choices`;
}

async function attribute(client: DynamicsWebApi): Promise<string> {
  const found = await client.retrieveAttribute({
    entityKey: "LogicalName='contact'",
    attributeKey: "LogicalName='parentcustomerid'",
    castType: 'Microsoft.Dynamics.CRM.LookupAttributeMetadata',
    select: ['LogicalName', 'Targets'],
  });
  same('targets', found.Targets, ['account', 'contact']);
  return 'parentcustomerid leads to account and contact';
}

async function relationships(client: DynamicsWebApi): Promise<string> {
  const { value } = await client.retrieveRelationships({ select: ['SchemaName', 'ReferencingEntity'] });
  const found = value.filter(({ SchemaName }) => SchemaName === 'account_primary_contact');
  same('account_primary_contact', found.length, 1);
  return `${value.length} relationships`;
}

async function optionSets(client: DynamicsWebApi): Promise<string> {
  const { value } = await client.retrieveGlobalOptionSets({ select: ['Name'] });
  same(
    'names',
    value.map(({ Name }) => Name),
    ['new_plans'],
  );
  const one = await client.retrieveGlobalOptionSet({ key: "Name='new_plans'" });
  return `${(one.Options as Row[]).length} options`;
}

async function csdl(client: DynamicsWebApi): Promise<string> {
  const text = await client.retrieveCsdlMetadata();
  if (!text.includes('<EntityType Name="account"')) throw new Error(text.slice(0, 200));
  return `${text.length} signs of XML`;
}

async function limited(client: DynamicsWebApi, demo: Demo): Promise<string> {
  await demo.control('faults', { kind: 'limit', seconds: 9, match: { path: '/api' } });
  const error = (await client.retrieveMultiple({ ...contacts, top: 1 }).catch((refused: unknown) => refused)) as {
    status: number;
    headers: Record<string, string>;
  };
  same('status', error.status, 429);
  same('Retry-After', error.headers['retry-after'], '9');
  return 'Retry-After 9';
}
