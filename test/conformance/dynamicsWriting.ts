/** dynamics-web-api as it comes from the registry: writing. */
import { randomUUID } from 'node:crypto';
import type { DataverseProcess } from '../harness/dataverse.ts';
import { refusal } from './dynamicsReading.ts';
import type { DynamicsWebApi } from './dynamicsWebApi.ts';
import { type Line, same } from './line.ts';

type Demo = DataverseProcess;
type Row = Record<string, unknown>;

export function dynamicsWritingLines(client: DynamicsWebApi, demo: Demo): Line[] {
  return [
    { title: 'create, update, updateSingleProperty, deleteRecord', run: () => singles(client, demo) },
    { title: 'create (returnRepresentation, lookup)', run: () => represented(client, demo) },
    { title: 'create (text outside of ASCII)', run: () => texts(client, demo) },
    {
      title: 'create (refused)',
      run: () => refusal(client.create({ collection: 'contacts', data: { nope: 1 } }), 400, '0x80048d19'),
    },
    { title: 'create (duplicate detection)', run: () => duplicates(client) },
    {
      title: 'update (not there)',
      run: () => refusal(client.update({ collection: 'accounts', key: randomUUID(), data: { name: 'x' } }), 404),
    },
    { title: 'update (an old etag)', run: () => oldTag(client) },
    { title: 'upsert by id', run: () => upsertById(client, demo) },
    { title: 'upsert by alternate key', run: () => upsertByKey(client, demo) },
    { title: 'upsert (ifmatch, ifnonematch)', run: () => conditions(client, demo) },
    { title: 'deleteRecord (twice)', run: () => deleteTwice(client) },
    { title: 'associate, disassociate', run: () => collections(client, demo) },
    { title: 'associateSingleValued, disassociateSingleValued', run: () => lookups(client, demo) },
    { title: 'startBatch, executeBatch (one change set)', run: () => changeSet(client, demo) },
    { title: 'executeBatch (a failing change set)', run: () => failingSet(client, demo) },
    { title: 'executeBatch (continueOnError, no change set)', run: () => goingOn(client, demo) },
    { title: 'executeBatch (reads and writes)', run: () => mixed(client) },
    { title: 'callAction CreateMultiple, UpdateMultiple', run: () => multiple(client, demo) },
    { title: 'callAction UpsertMultiple', run: () => upsertMultiple(client, demo) },
    { title: 'callAction CreateMultiple (one refused)', run: () => multipleRefused(client, demo) },
    { title: 'callAction UpdateMultiple (one not there)', run: () => updateMissing(client, demo) },
    { title: 'callAction UpsertMultiple (a key twice)', run: () => keyTwice(client, demo) },
    { title: 'retrieveMultiple (messages of a table)', run: () => messagesOf(client) },
    { title: 'callAction Restore', run: () => restore(client, demo) },
    { title: 'executeBatch (a deleted record anew, with its state)', run: () => remake(client, demo) },
    { title: 'executeBatch (anew, with a state that is refused)', run: () => remakeRefused(client, demo) },
  ];
}

const accountsNamed = (demo: Demo, name: string): Promise<Row[]> =>
  demo.rows(`accounts?$select=name,telephone1&$filter=startswith(name,'${name}')&$orderby=name`);
const namesOf = (rows: Row[]): unknown[] => rows.map(({ name }) => name);
const account = (name: string, more: Row = {}): Row => ({ collection: 'accounts', data: { name, ...more } });
const target = (more: Row): Row => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', ...more });

async function singles(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const key = String(await client.create(account('Single')));
  await client.update({ collection: 'accounts', key, data: { telephone1: '1' } });
  await client.updateSingleProperty({ collection: 'accounts', key, fieldValuePair: { name: 'Single two' } });
  same(
    'changed',
    (await accountsNamed(demo, 'Single')).map(({ name, telephone1 }) => [name, telephone1]),
    [['Single two', '1']],
  );
  await client.deleteRecord({ collection: 'accounts', key });
  same('left', await accountsNamed(demo, 'Single'), []);
  return `${key}: made, changed, gone`;
}

async function represented(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const [parent] = await accountsNamed(demo, 'M');
  const data = { lastname: 'Bound', 'parentcustomerid_account@odata.bind': `accounts(${String(parent?.accountid)})` };
  const made = (await client.create({
    collection: 'contacts',
    data,
    returnRepresentation: true,
    select: ['lastname', '_parentcustomerid_value'],
  })) as Row;
  same('parent', made._parentcustomerid_value, parent?.accountid);
  return `${String(made.contactid)} of ${String(parent?.name)}`;
}

/** The library writes them as \\uXXXX. */
async function texts(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const name = 'Ünïcode 大阪 😀';
  await client.create(account(name));
  same('name', namesOf(await accountsNamed(demo, 'Ünïcode')), [name]);
  return name;
}

async function duplicates(client: DynamicsWebApi): Promise<string> {
  const data = { lastname: 'Alike', emailaddress1: 'alike@mail.example' };
  await client.create({ collection: 'contacts', data });
  return refusal(client.create({ collection: 'contacts', data, duplicateDetection: true }), 412, '0x80040333');
}

async function oldTag(client: DynamicsWebApi): Promise<string> {
  const key = String(await client.create(account('Tagged')));
  const came = await client.update({ collection: 'accounts', key, data: { telephone1: '1' }, ifmatch: 'W/"1"' });
  same('what came', came, false);
  return 'false, as the library tells a 412';
}

async function upsertById(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const key = randomUUID();
  await client.upsert({ collection: 'accounts', key, data: { name: 'Upsert one' } });
  const changed = (await client.upsert({
    collection: 'accounts',
    key,
    data: { name: 'Upsert two' },
    returnRepresentation: true,
  })) as Row;
  same('id', changed.accountid, key);
  same('rows', namesOf(await accountsNamed(demo, 'Upsert')), ['Upsert two']);
  return `made and changed ${key}`;
}

async function upsertByKey(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const key = "accountnumber='CONF-1'";
  same('what came', (await client.upsert({ collection: 'accounts', key, data: { name: 'Keyed one' } })) ?? null, null);
  await client.upsert({ collection: 'accounts', key, data: { name: 'Keyed two' } });
  same('rows', namesOf(await accountsNamed(demo, 'Keyed')), ['Keyed two']);
  return 'made and changed; the library tells no id';
}

async function conditions(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const absent = await client.upsert({
    collection: 'accounts',
    key: randomUUID(),
    data: { name: 'Condition' },
    ifmatch: '*',
  });
  const key = String(await client.create(account('Condition')));
  const present = await client.upsert({ collection: 'accounts', key, data: { name: 'Other' }, ifnonematch: '*' });
  same('what came', [absent, present], [null, null]);
  same('rows', namesOf(await accountsNamed(demo, 'Condition')), ['Condition']);
  return 'null for both, and nothing was written';
}

async function deleteTwice(client: DynamicsWebApi): Promise<string> {
  const key = String(await client.create(account('Twice')));
  await client.deleteRecord({ collection: 'accounts', key });
  return refusal(client.deleteRecord({ collection: 'accounts', key }), 404, '0x80040217');
}

async function collections(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const primaryKey = String(await client.create(account('Parent')));
  const relatedKey = String(await client.create({ collection: 'contacts', data: { lastname: 'Related' } }));
  const request = {
    collection: 'accounts',
    primaryKey,
    relationshipName: 'contact_customer_accounts',
    relatedCollection: 'contacts',
    relatedKey,
  };
  const related = async (): Promise<number> =>
    (await demo.rows(`contacts?$filter=_parentcustomerid_value eq ${primaryKey}`)).length;
  await client.associate(request);
  same('related', await related(), 1);
  await client.disassociate(request);
  same('related', await related(), 0);
  return 'joined and parted';
}

async function lookups(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const primaryKey = String(await client.create(account('Looked up')));
  const relatedKey = String(await client.create({ collection: 'contacts', data: { lastname: 'Primary' } }));
  const request = { collection: 'accounts', primaryKey, navigationProperty: 'primarycontactid' };
  const primary = async (): Promise<unknown> =>
    (await demo.rows(`accounts?$select=_primarycontactid_value&$filter=accountid eq ${primaryKey}`))[0]
      ?._primarycontactid_value;
  await client.associateSingleValued({ ...request, relatedCollection: 'contacts', relatedKey });
  same('primary contact', await primary(), relatedKey);
  await client.disassociateSingleValued(request);
  same('primary contact', await primary(), null);
  return 'set and taken away';
}

async function changeSet(client: DynamicsWebApi, demo: Demo): Promise<string> {
  client.startBatch();
  void client.create({ ...account('Batch one'), contentId: '1' });
  void client.create({
    collection: 'contacts',
    data: { lastname: 'Batch', 'parentcustomerid_account@odata.bind': '$1' },
  });
  void client.create(account('Batch two'));
  const came = await client.executeBatch();
  same('results', came.length, 3);
  same('rows', namesOf(await accountsNamed(demo, 'Batch')), ['Batch one', 'Batch two']);
  const [child] = await demo.rows(
    "contacts?$filter=lastname eq 'Batch'&$expand=parentcustomerid_account($select=name)",
  );
  same('parent', (child?.parentcustomerid_account as Row | undefined)?.name, 'Batch one');
  return `${String(came[0])} and what refers to it`;
}

async function failingSet(client: DynamicsWebApi, demo: Demo): Promise<string> {
  client.startBatch();
  void client.create(account('Rolled back'));
  void client.create(account('x'.repeat(200)));
  const came = (await client.executeBatch().catch((error: unknown) => error)) as {
    status?: number;
    message?: string;
  }[];
  same(
    'errors',
    came.map(({ status }) => status),
    [400],
  );
  same('rows', await accountsNamed(demo, 'Rolled back'), []);
  return `nothing was written: ${came[0]?.message?.slice(0, 50)}`;
}

async function goingOn(client: DynamicsWebApi, demo: Demo): Promise<string> {
  client.startBatch();
  void client.create({ ...account('x'.repeat(200)), inChangeSet: false });
  void client.create({ ...account('Went on'), inChangeSet: false });
  const came = await client.executeBatch({ continueOnError: true });
  same(
    'results',
    came.map((one) => one instanceof Error),
    [true, false],
  );
  same('rows', namesOf(await accountsNamed(demo, 'Went on')), ['Went on']);
  return 'the second was written though the first was refused';
}

async function mixed(client: DynamicsWebApi): Promise<string> {
  client.startBatch();
  void client.retrieveMultiple({ collection: 'accounts', select: ['name'], top: 2 });
  void client.create(account('Mixed'));
  void client.count({ collection: 'teams' });
  const [rows, id, count] = (await client.executeBatch()) as [{ value: Row[] }, string, number];
  same('rows', rows.value.length, 2);
  same('count', count, 3);
  return `2 rows, ${id}, 3 teams`;
}

async function multiple(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const targets = Array.from({ length: 300 }, (_, index) => target({ name: `Multiple ${index}` }));
  const request = {
    collection: 'accounts',
    actionName: 'Microsoft.Dynamics.CRM.CreateMultiple',
    action: { Targets: targets },
  };
  const { Ids: ids } = (await client.callAction(request)) as { Ids: string[] };
  const changed = ids.map((accountid) => target({ accountid, telephone1: '7' }));
  await client.callAction({
    ...request,
    actionName: 'Microsoft.Dynamics.CRM.UpdateMultiple',
    action: { Targets: changed },
  });
  const rows = await accountsNamed(demo, 'Multiple');
  same('changed rows', rows.filter(({ telephone1 }) => telephone1 === '7').length, 300);
  return `${ids.length} made and changed`;
}

async function upsertMultiple(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const targets = [1, 2].map((n) =>
    target({ '@odata.id': `accounts(accountnumber='MULTI-${n}')`, name: `Upserted ${n}` }),
  );
  const request = {
    collection: 'accounts',
    actionName: 'Microsoft.Dynamics.CRM.UpsertMultiple',
    action: { Targets: targets },
  };
  await client.callAction(request);
  await client.callAction(request);
  same('rows', namesOf(await accountsNamed(demo, 'Upserted')), ['Upserted 1', 'Upserted 2']);
  return 'two rows, made once and changed once';
}

async function multipleRefused(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const action = { Targets: [target({ name: 'Half one' }), target({ name: 'x'.repeat(200) })] };
  const call = client.callAction({
    collection: 'accounts',
    actionName: 'Microsoft.Dynamics.CRM.CreateMultiple',
    action,
  });
  const text = await refusal(call, 400, '0x80044331');
  same('rows', await accountsNamed(demo, 'Half'), []);
  return text;
}

async function restore(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const key = String(await client.create(account('Restored')));
  await client.deleteRecord({ collection: 'accounts', key });
  const came = await client.callAction({ actionName: 'Restore', action: { Target: target({ accountid: key }) } });
  same('id', came?.id, key);
  same('rows', namesOf(await accountsNamed(demo, 'Restored')), ['Restored']);
  return `${key} is back`;
}

/** No message makes what it was told to change. */
async function updateMissing(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const accountid = String(await client.create(account('Left alone')));
  const targets = [target({ accountid, name: 'Left changed' }), target({ accountid: randomUUID(), name: 'Left made' })];
  const call = client.callAction({
    collection: 'accounts',
    actionName: 'Microsoft.Dynamics.CRM.UpdateMultiple',
    action: { Targets: targets },
  });
  const text = await refusal(call, 404, '0x80040217');
  same('rows', namesOf(await accountsNamed(demo, 'Left')), ['Left alone']);
  return text;
}

async function keyTwice(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const one = { '@odata.id': "accounts(accountnumber='TWICE-1')", name: 'Key twice' };
  const call = client.callAction({
    collection: 'accounts',
    actionName: 'Microsoft.Dynamics.CRM.UpsertMultiple',
    action: { Targets: [target(one), target(one)] },
  });
  const text = await refusal(call, 400);
  same('rows', await accountsNamed(demo, 'Key twice'), []);
  return text;
}

async function messagesOf(client: DynamicsWebApi): Promise<string> {
  const filter =
    "primaryobjecttypecode eq 'account' and (sdkmessageid/name eq 'CreateMultiple' or sdkmessageid/name eq 'DeleteMultiple')";
  const { value } = await client.retrieveMultiple({
    collection: 'sdkmessagefilters',
    select: ['sdkmessagefilterid'],
    filter,
    expand: [{ property: 'sdkmessageid', select: ['name'] }],
  });
  const names = value.map(({ sdkmessageid }) => (sdkmessageid as Row).name);
  same('messages', names, ['CreateMultiple']);
  return names.join(', ');
}

/** What deleted records come back by where no recycle bin has them: their id, and a state that no new record can be given. */
function remaking(client: DynamicsWebApi, key: string, { name, ...state }: Row): Promise<unknown[]> {
  client.startBatch();
  void client.upsert({ collection: 'accounts', key, data: { name }, ifnonematch: '*' });
  void client.update({ collection: 'accounts', key, data: state });
  return client.executeBatch();
}

async function remake(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const key = String(await client.create(account('Anew')));
  await client.deleteRecord({ collection: 'accounts', key });
  await remaking(client, key, { name: 'Anew', statecode: 1, statuscode: 2 });
  const path = `accounts?$select=name,statecode,statuscode&$filter=accountid eq ${key}`;
  const rows = await demo.rows(path);
  same(
    'rows',
    rows.map(({ name, statecode, statuscode }) => [name, statecode, statuscode]),
    [['Anew', 1, 2]],
  );
  return `${key} is there again, inactive`;
}

async function remakeRefused(client: DynamicsWebApi, demo: Demo): Promise<string> {
  const came = await remaking(client, randomUUID(), { name: 'Anew refused', statecode: 1, statuscode: 1 }).catch(
    (error: unknown) => error,
  );
  const [error] = came as { status?: number; message?: string }[];
  same('error', error?.status, 400);
  same('rows', await accountsNamed(demo, 'Anew refused'), []);
  return `nothing was written: ${error?.message?.slice(0, 50)}`;
}
