/** sf: reading by queries, and single records. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Demo } from './demo.ts';
import { type Line, same, sameSet } from './line.ts';
import type { SfCli } from './sfCli.ts';

type Row = Record<string, unknown> & { Id: string };

interface Found {
  totalSize: number;
  records: Row[];
}

interface Counted {
  name: string;
  count: number;
}

const org = ['--target-org', 'demo'];
const contacts = 'SELECT Id, Name, Account.Name FROM Contact';
const one = "External_Id__c='sf-one'";

export function sfReadingLines(sf: SfCli, demo: Demo): Line[] {
  return [
    { title: 'data query (over 2,000 rows, with a parent)', run: () => query(sf, demo) },
    { title: 'data query --all-rows (deleted ones too)', run: () => queryAll(sf, demo) },
    { title: 'data query --result-format csv', run: () => queryCsv(sf, demo) },
    { title: 'data query (a mistake in it)', run: () => wrongQuery(sf) },
    { title: 'data search', run: () => search(sf, demo) },
    { title: 'data export tree', run: () => exportTree(sf, demo) },
    { title: 'sobject list', run: () => listObjects(sf, demo) },
    { title: 'sobject describe', run: () => describeObject(sf, demo) },
    { title: 'org list limits', run: () => limits(sf) },
    { title: 'org list sobject record-counts', run: () => recordCounts(sf, demo) },
    { title: 'api request rest', run: () => request(sf, demo) },
  ];
}

export function sfRecordLines(sf: SfCli, demo: Demo): Line[] {
  return [
    { title: 'data create record (all values are text)', run: () => create(sf, demo) },
    { title: 'data create record (refused)', run: () => refuse(sf, demo) },
    { title: 'data get record', run: () => get(sf, demo) },
    { title: 'data update record', run: () => update(sf, demo) },
    { title: 'data delete record', run: () => remove(sf, demo) },
  ];
}

const ask = (sf: SfCli, soql: string, ...more: string[]): Promise<Found> =>
  sf.ask<Found>(['data', 'query', '--query', soql, ...more, ...org]);

const parentName = (row: Row): string => `${row.Id} ${(row.Account as { Name: string } | null)?.Name}`;

async function query(sf: SfCli, demo: Demo): Promise<string> {
  let found: Found = { totalSize: 0, records: [] };
  const paths = await demo.requestsOf(async () => {
    found = await ask(sf, contacts);
  });
  const wanted = (await demo.query(contacts)) as Row[];
  same('totalSize', found.totalSize, wanted.length);
  sameSet('records', found.records.map(parentName), wanted.map(parentName));
  const pages = paths.filter((path) => /\/query\/01g/.test(path)).length;
  if (pages < 2) throw new Error(`only ${pages} further pages were asked for`);
  return `${found.records.length} records over ${pages + 1} pages, the same ids and parents`;
}

async function queryAll(sf: SfCli, demo: Demo): Promise<string> {
  const { records } = await ask(sf, 'SELECT Id, IsDeleted FROM Contact', '--all-rows');
  const deleted = records.filter((row) => row.IsDeleted === true).length;
  same('live records', records.length - deleted, await demo.count('SELECT Id FROM Contact'));
  if (deleted === 0) throw new Error('no deleted record came');
  return `${records.length} records, ${deleted} of them deleted`;
}

async function queryCsv(sf: SfCli, demo: Demo): Promise<string> {
  const soql = 'SELECT Id, Name, Owner.Name FROM Account ORDER BY Id LIMIT 10';
  const { code, out } = await sf.run(['data', 'query', '--query', soql, '--result-format', 'csv', ...org]);
  same('exit code', code, 0);
  const [header, ...lines] = out.trim().split('\n');
  same('header, made from columns=true', header, 'Id,Name,Owner.Name');
  sameSet(
    'ids',
    lines.map((line) => line.slice(0, 18)),
    await demo.ids(soql),
  );
  return `${lines.length} lines under ${header}`;
}

async function wrongQuery(sf: SfCli): Promise<string> {
  const { code, answer } = await sf.try(['data', 'query', '--query', 'SELECT Nope FROM Contact', ...org]);
  same('exit code', code, 1);
  same('name', answer.name, 'INVALID_FIELD');
  if (!answer.message?.includes("No such column 'Nope'")) throw new Error(`it says: ${answer.message}`);
  return `refused: ${answer.name}`;
}

async function search(sf: SfCli, demo: Demo): Promise<string> {
  const [row] = (await demo.query("SELECT LastName FROM Contact WHERE LastName LIKE 'M%' LIMIT 1")) as Row[];
  const sosl = `FIND {${row?.LastName}} IN NAME FIELDS RETURNING Contact(Id, LastName)`;
  const { searchRecords } = await sf.ask<{ searchRecords: Row[] }>(['data', 'search', '--query', sosl, ...org]);
  const named = await demo.ids(`SELECT Id FROM Contact WHERE LastName = '${row?.LastName}'`);
  const found = new Set(searchRecords.map(({ Id }) => Id));
  const missing = named.filter((id) => !found.has(id));
  same('records that were not found', missing, []);
  return `${found.size} records for ${row?.LastName}`;
}

async function exportTree(sf: SfCli, demo: Demo): Promise<string> {
  const soql = 'SELECT Id, Name, NumberOfEmployees FROM Account LIMIT 20';
  await sf.ask(['data', 'export', 'tree', '--query', soql, '--output-dir', 'tree', ...org]);
  const text = await readFile(join(sf.folder, 'tree', 'Account.json'), 'utf8');
  const { records } = JSON.parse(text) as { records: Row[] };
  const wanted = (await demo.query(soql)) as Row[];
  sameSet(
    'records',
    records.map(({ Name }) => Name),
    wanted.map(({ Name }) => Name),
  );
  return `${records.length} records`;
}

async function listObjects(sf: SfCli, demo: Demo): Promise<string> {
  const names = await sf.ask<string[]>(['sobject', 'list', ...org]);
  const state = (await (await fetch(`${demo.url}/__demo/state`)).json()) as { objects: Record<string, unknown> };
  sameSet('objects', names, Object.keys(state.objects));
  return `${names.length} objects`;
}

async function describeObject(sf: SfCli, demo: Demo): Promise<string> {
  const { fields, keyPrefix } = await sf.ask<{ fields: { name: string }[]; keyPrefix: string }>([
    'sobject',
    'describe',
    '--sobject',
    'Contact',
    ...org,
  ]);
  same('key prefix', keyPrefix, '003');
  const [row] = await demo.query('SELECT FIELDS(ALL) FROM Contact LIMIT 1');
  sameSet(
    'fields',
    fields.map(({ name }) => name),
    Object.keys(row ?? {}).filter((name) => name !== 'attributes'),
  );
  return `${fields.length} fields`;
}

async function limits(sf: SfCli): Promise<string> {
  const found = await sf.ask<{ name: string; max: number; remaining: number }[]>(['org', 'list', 'limits', ...org]);
  const calls = found.find(({ name }) => name === 'DailyApiRequests');
  if (!calls || calls.remaining >= calls.max) throw new Error(`API calls are not counted: ${JSON.stringify(calls)}`);
  return `${found.length} limits, ${calls.remaining} of ${calls.max} calls left`;
}

async function recordCounts(sf: SfCli, demo: Demo): Promise<string> {
  const args = ['org', 'list', 'sobject', 'record-counts', '--sobject', 'Contact', '--sobject', 'Account'];
  const counts = await sf.ask<Counted[]>([...args, ...org]);
  for (const { name, count } of counts) same(name, count, await demo.count(`SELECT Id FROM ${name}`));
  same('objects', counts.length, 2);
  return counts.map(({ name, count }) => `${count} × ${name}`).join(', ');
}

async function request(sf: SfCli, demo: Demo): Promise<string> {
  const { code, out } = await sf.run(['api', 'request', 'rest', '/services/data/v60.0/sobjects/Account', ...org]);
  same('exit code', code, 0);
  const { objectDescribe } = JSON.parse(out) as { objectDescribe: { name: string } };
  same('object', objectDescribe.name, 'Account');
  return `${objectDescribe.name} at ${new URL(demo.url).protocol}//…`;
}

async function create(sf: SfCli, demo: Demo): Promise<string> {
  const values = "LastName='O Neill' External_Id__c='sf-one' HasOptedOutOfEmail='true' AnnualValue__c='12.5'";
  const { id } = await sf.ask<{ id: string }>([
    'data',
    'create',
    'record',
    '--sobject',
    'Contact',
    '--values',
    values,
    ...org,
  ]);
  const [row] = await demo.query(
    "SELECT Id, LastName, HasOptedOutOfEmail, AnnualValue__c FROM Contact WHERE External_Id__c = 'sf-one'",
  );
  same('id', id, row?.Id);
  same('values', [row?.LastName, row?.HasOptedOutOfEmail, row?.AnnualValue__c], ['O Neill', true, 12.5]);
  return `${id}, text became true and 12.5`;
}

async function refuse(sf: SfCli, demo: Demo): Promise<string> {
  const before = await demo.count('SELECT Id FROM Contact');
  const { code, answer } = await sf.try([
    'data',
    'create',
    'record',
    '--sobject',
    'Contact',
    '--values',
    'FirstName=Nobody',
    ...org,
  ]);
  same('exit code', code, 1);
  same('name', answer.name, 'REQUIRED_FIELD_MISSING');
  same('contacts', await demo.count('SELECT Id FROM Contact'), before);
  return `refused: ${answer.message}`;
}

async function get(sf: SfCli, demo: Demo): Promise<string> {
  const row = await sf.ask<Row>(['data', 'get', 'record', '--sobject', 'Contact', '--where', one, ...org]);
  same('id', [row.Id], await demo.ids("SELECT Id FROM Contact WHERE External_Id__c = 'sf-one'"));
  return `${Object.keys(row).length - 1} fields of ${row.Id}`;
}

async function update(sf: SfCli, demo: Demo): Promise<string> {
  const values = ['--where', one, '--values', "Title='Head of Data' HasOptedOutOfEmail='false'"];
  await sf.ask(['data', 'update', 'record', '--sobject', 'Contact', ...values, ...org]);
  const [row] = await demo.query("SELECT Title, HasOptedOutOfEmail FROM Contact WHERE External_Id__c = 'sf-one'");
  same('values', [row?.Title, row?.HasOptedOutOfEmail], ['Head of Data', false]);
  return `Title is ${row?.Title}`;
}

async function remove(sf: SfCli, demo: Demo): Promise<string> {
  const { id } = await sf.ask<{ id: string }>([
    'data',
    'delete',
    'record',
    '--sobject',
    'Contact',
    '--where',
    one,
    ...org,
  ]);
  same('records left', await demo.ids("SELECT Id FROM Contact WHERE External_Id__c = 'sf-one'"), []);
  const { code, answer } = await sf.try([
    'data',
    'delete',
    'record',
    '--sobject',
    'Contact',
    '--record-id',
    id,
    ...org,
  ]);
  same('exit code of a second time', code, 1);
  same('name', answer.name, 'ENTITY_IS_DELETED');
  return `${id} is gone, a second time is ${answer.name}`;
}
