/** jsforce as it comes from the registry: writing, in single calls, collections and jobs. */
import { Readable } from 'node:stream';
import type { Connection } from 'jsforce';
import { readCsv, writeCsv } from './csv.ts';
import type { Demo } from './demo.ts';
import { type Opened, refusal } from './jsforceReading.ts';
import { type Line, same, sameSet } from './line.ts';

const key = 'External_Id__c';

export function jsforceWritingLines(demo: Demo, opened: Opened): Line[] {
  const on = (run: (connection: Connection, demo: Demo) => Promise<string>) => () => run(opened.connection, demo);
  return [
    { title: 'create, update, retrieve, destroy (one record)', run: on(singles) },
    { title: 'create (refused)', run: on(refused) },
    { title: 'create (collection, one of them refused)', run: on(createMany) },
    { title: 'create (collection, allOrNone)', run: on(allOrNone) },
    { title: 'create (450 records, allowRecursive)', run: on(createRecursively) },
    { title: 'update (collection)', run: on(updateMany) },
    { title: 'upsert (one record)', run: on(upsertOne) },
    { title: 'upsert (collection)', run: on(upsertMany) },
    { title: 'updated', run: on(updated) },
    { title: 'destroy (collection)', run: on(destroyMany) },
    { title: 'deleted', run: on(deleted) },
    { title: 'bulk2 loadAndWaitForResults (insert)', run: on(bulkInsert) },
    { title: 'bulk2 createJob, step by step (upsert)', run: on(bulkUpsert) },
    { title: 'bulk2 loadAndWaitForResults (delete)', run: on(bulkDelete) },
    { title: 'bulk2 loadAndWaitForResults (a field nobody has)', run: on(bulkRefused) },
    { title: 'bulk2 createJob, abort', run: on(bulkAbort) },
    { title: 'bulk2 query (one result page)', run: on(bulkQuery) },
    { title: 'bulk2 query (refused)', run: on(bulkQueryRefused) },
  ];
}

const named = (name: string): string => `SELECT Id, LastName, Title FROM Contact WHERE LastName LIKE '${name}%'`;

async function singles(connection: Connection, demo: Demo): Promise<string> {
  const contacts = connection.sobject('Contact');
  const { id } = await contacts.create({ LastName: 'Single', Email: 'single@example.com' });
  same('made', await demo.ids(named('Single')), [id]);
  await contacts.update({ Id: id ?? '', Title: 'Changed' });
  same('changed', (await contacts.retrieve(id ?? '')).Title, 'Changed');
  await contacts.destroy(id ?? '');
  same('left', await demo.ids(named('Single')), []);
  await refusal(contacts.destroy(id ?? ''), 'ENTITY_IS_DELETED');
  return `${id}: made, changed, read, gone`;
}

function refused(connection: Connection): Promise<string> {
  return refusal(connection.sobject('Contact').create({ FirstName: 'Nobody' }), 'REQUIRED_FIELD_MISSING');
}

async function createMany(connection: Connection, demo: Demo): Promise<string> {
  const results = await connection
    .sobject('Contact')
    .create([{ LastName: 'Many 1' }, { Email: 'nobody' }, { LastName: 'Many 2' }]);
  same(
    'success',
    results.map(({ success }) => success),
    [true, false, true],
  );
  sameSet(
    'ids',
    results.flatMap(({ id }) => id ?? []),
    await demo.ids(named('Many')),
  );
  return '2 records made, 1 refused';
}

async function allOrNone(connection: Connection, demo: Demo): Promise<string> {
  const records = [{ LastName: 'Together' }, { Email: 'nobody' }];
  const results = await connection.sobject('Contact').create(records, { allOrNone: true });
  same(
    'success',
    results.map(({ success }) => success),
    [false, false],
  );
  same('records', await demo.count(named('Together')), 0);
  return 'nothing was written';
}

async function createRecursively(connection: Connection, demo: Demo): Promise<string> {
  const records = Array.from({ length: 450 }, (_, index) => ({ LastName: `Recursive ${index}` }));
  const results = await connection.sobject('Contact').create(records, { allowRecursive: true });
  sameSet(
    'ids',
    results.flatMap(({ id }) => id ?? []),
    await demo.ids(named('Recursive')),
  );
  return `${results.length} records in three calls`;
}

async function updateMany(connection: Connection, demo: Demo): Promise<string> {
  const ids = await demo.ids(named('Recursive'));
  const records = ids.slice(0, 200).map((Id) => ({ Id, Title: 'Together' }));
  const results = await connection.sobject('Contact').update(records);
  same('refused', results.filter(({ success }) => !success).length, 0);
  same('changed', await demo.count(`${named('Recursive')} AND Title = 'Together'`), 200);
  return '200 records changed';
}

async function upsertOne(connection: Connection, demo: Demo): Promise<string> {
  const contacts = connection.sobject('Contact');
  const made = await contacts.upsert({ [key]: 'js-up', LastName: 'Keyed made' }, key);
  const changed = await contacts.upsert({ [key]: 'js-up', LastName: 'Keyed changed' }, key);
  same(
    'created',
    [made, changed].map((result) => 'created' in result && result.created),
    [true, false],
  );
  same('records', await demo.ids(named('Keyed')), [made.id]);
  return 'made, then changed';
}

async function upsertMany(connection: Connection, demo: Demo): Promise<string> {
  const records = ['js-up', 'js-up-2', 'js-up-3'].map((value) => ({ [key]: value, LastName: `Keyed ${value}` }));
  const results = await connection.sobject('Contact').upsert(records, key);
  const created = results.map((result) => 'created' in result && result.created);
  same('created', created, [false, true, true]);
  sameSet(
    'ids',
    results.flatMap(({ id }) => id ?? []),
    await demo.ids(named('Keyed')),
  );
  return '1 record changed, 2 made';
}

/** From an hour ago to two minutes from now, as the organisation's clock is this machine's. */
const period = (): [string, string] => {
  const now = Date.now();
  return [new Date(now - 3_600_000).toISOString(), new Date(now + 120_000).toISOString()];
};

async function updated(connection: Connection, demo: Demo): Promise<string> {
  const [start, end] = period();
  const { ids, latestDateCovered } = await connection.sobject('Contact').updated(start, end);
  const since = `${start.slice(0, 16)}:00Z`;
  sameSet('ids', ids, await demo.ids(`SELECT Id FROM Contact WHERE SystemModstamp >= ${since}`));
  return `${ids.length} ids, covered until ${latestDateCovered}`;
}

async function destroyMany(connection: Connection, demo: Demo): Promise<string> {
  const ids = (await demo.ids(named('Recursive'))).slice(0, 200);
  const results = await connection.sobject('Contact').destroy(ids);
  same('refused', results.filter(({ success }) => !success).length, 0);
  same('left', await demo.count(named('Recursive')), 250);
  return '200 records deleted';
}

async function deleted(connection: Connection, demo: Demo): Promise<string> {
  const [start, end] = period();
  const { deletedRecords, latestDateCovered } = await connection.sobject('Contact').deleted(start, end);
  const options = { scanAll: true, autoFetch: true, maxFetch: 50_000 };
  const since = `${start.slice(0, 16)}:00Z`;
  const soql = `SELECT Id FROM Contact WHERE IsDeleted = true AND SystemModstamp >= ${since}`;
  const inBin = new Set((await connection.query(soql, options)).records.map(({ Id }) => Id));
  const found = new Set(deletedRecords.map(({ id }) => id));
  same(
    'records of the bin that are not named',
    [...inBin].filter((id) => !found.has(id ?? '')),
    [],
  );
  const live = new Set(await demo.ids('SELECT Id FROM Contact'));
  same(
    'named records that live',
    [...found].filter((id) => live.has(id)),
    [],
  );
  return `${found.size} ids, covered until ${latestDateCovered}`;
}

const quick = { pollInterval: 50, pollTimeout: 60_000 };

async function bulkInsert(connection: Connection, demo: Demo): Promise<string> {
  const rows = Array.from({ length: 1200 }, (_, index) => [`js-bulk-${index}`, index === 7 ? '' : `Job ${index}`]);
  const input = writeCsv([key, 'LastName'], rows);
  const options = { object: 'Contact', operation: 'insert', input, ...quick } as const;
  const { successfulResults, failedResults, unprocessedRecords } =
    await connection.bulk2.loadAndWaitForResults(options);
  same(
    'failed',
    failedResults.map((row: Record<string, unknown>) => row[key]),
    ['js-bulk-7'],
  );
  same('unprocessed', readCsv(String(unprocessedRecords)).length, 0);
  sameSet(
    'ids',
    successfulResults.map(({ sf__Id }) => sf__Id),
    await demo.ids(named('Job')),
  );
  return `${successfulResults.length} records made, ${failedResults.length} refused`;
}

async function bulkUpsert(connection: Connection, demo: Demo): Promise<string> {
  const job = connection.bulk2.createJob({ object: 'Contact', operation: 'upsert', externalIdFieldName: key });
  await job.open();
  const rows = Array.from({ length: 100 }, (_, index) => [`js-bulk-${1150 + index}`, `Job again ${index}`]);
  await job.uploadData(Readable.from([writeCsv([key, 'LastName'], rows)]));
  await job.close();
  await job.poll(quick.pollInterval, quick.pollTimeout);
  const info = await job.check();
  same('counts', [info.numberRecordsProcessed, info.numberRecordsFailed], [100, 0]);
  const results = await job.getSuccessfulResults();
  same('made', results.filter(({ sf__Created }) => sf__Created === 'true').length, 50);
  same('records', await demo.count(named('Job again')), 100);
  await job.delete();
  await refusal(job.check(), 'NOT_FOUND');
  return '50 records made, 50 changed, and the job deleted';
}

async function bulkDelete(connection: Connection, demo: Demo): Promise<string> {
  const input = (await demo.ids(named('Job again'))).map((Id) => ({ Id }));
  const options = { object: 'Contact', operation: 'delete', input, ...quick } as const;
  const { successfulResults, failedResults } = await connection.bulk2.loadAndWaitForResults(options);
  same('counts', [successfulResults.length, failedResults.length], [100, 0]);
  same('records left', await demo.count(named('Job again')), 0);
  return '100 records deleted';
}

async function bulkRefused(connection: Connection, demo: Demo): Promise<string> {
  const before = await demo.count('SELECT Id FROM Contact');
  const options = { object: 'Contact', operation: 'insert', input: 'LastName,Nope__c\nA,B\n', ...quick } as const;
  const said = await refusal(connection.bulk2.loadAndWaitForResults(options), 'InvalidBatch : Field name not found');
  same('contacts', await demo.count('SELECT Id FROM Contact'), before);
  return said;
}

async function bulkAbort(connection: Connection): Promise<string> {
  const job = connection.bulk2.createJob({ object: 'Contact', operation: 'insert' });
  await job.open();
  await job.abort();
  same('state', (await job.check()).state, 'Aborted');
  return refusal(job.close(), 'INVALIDJOBSTATE');
}

/** Over several pages jsforce loses rows, and ends the process. */
async function bulkQuery(connection: Connection, demo: Demo): Promise<string> {
  const soql = 'SELECT Id, Name, Description FROM Contact';
  const stream = await connection.bulk2.query(soql, quick);
  const rows = await stream.toArray();
  const wanted = await demo.query(soql);
  const shown = (row: Record<string, unknown>): string => [row.Id, row.Name, row.Description ?? ''].join('|');
  sameSet('records', rows.map(shown), wanted.map(shown));
  return `${rows.length} records, value by value`;
}

function bulkQueryRefused(connection: Connection): Promise<string> {
  return refusal(connection.bulk2.query('SELECT MailingAddress FROM Contact', quick), 'API_ERROR');
}
